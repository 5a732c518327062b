//! Payouts.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_domain::{Payout, PayoutId};
use payout_service::{PageOrder, PayoutApplication};
use payout_wire::history::HistoryBody;
use payout_wire::payout::{CreatePayout, CreatedPayout, PayoutBody, PayoutPage};

use crate::Api;
use crate::answer;
use crate::caller::Caller;
use crate::fault::Fault;
use crate::query::Query;
use crate::verified_write::VerifiedWrite;

/// How many payouts a page has if nobody says how many.
const PAGE_SIZE: usize = 50;

/// The most payouts of a page.
const PAGE_SIZE_MAX: usize = 200;

/// `POST /v3/payouts`: the answer to a request that was accepted before comes before any look at its
/// body, so that it stays the same whatever the rules have become.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    write: VerifiedWrite,
) -> Result<Response, Fault> {
    let (client_id, key, fingerprint) = (write.client_id(), write.key(), write.fingerprint());
    let request_payout = api.request_payout();
    let earlier = request_payout.earlier_answer(client_id, key, &fingerprint).await?;
    let id = if let Some(id) = earlier {
        id
    } else {
        let order = CreatePayout::parse(write.json()?)?;
        let (client_id, key) = (client_id.clone(), key.clone());
        let application = PayoutApplication { client_id, key, fingerprint, order };
        request_payout.run(application).await?
    };
    Ok(answer::json(StatusCode::ACCEPTED, CreatedPayout::new(id).to_bytes()))
}

/// `GET /v3/payouts`
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    query: Query,
) -> Result<Response, Fault> {
    let page = page_order(&query)?;
    let payouts = api.list_payouts.run(&client.id, &page).await?;
    let last = payouts.items.last().filter(|_| payouts.more).map(Payout::id);
    let body = PayoutPage::new(&payouts.items, last.map(|id| id.to_string()));
    Ok(answer::json(StatusCode::OK, body.to_bytes()))
}

/// `GET /v3/payouts/{id}`
pub(crate) async fn show(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let payout = api.show_payout.run(&client.id, parse_id(&id)?).await?;
    let payout = payout.ok_or_else(not_found)?;
    Ok(answer::json(StatusCode::OK, PayoutBody::from(&payout).to_bytes()))
}

/// `GET /v3/payouts/{id}/history`
pub(crate) async fn history(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let history = api.show_history.run(&client.id, parse_id(&id)?).await?;
    let history = history.ok_or_else(not_found)?;
    // Who decided, and why, is between operators. A client learns what was decided.
    let records: Vec<_> = history
        .events
        .into_iter()
        .map(|event| (event.version, event.at, event.evidence.anonymous(), event.state))
        .collect();
    Ok(answer::json(StatusCode::OK, HistoryBody::new(&records).to_bytes()))
}

fn page_order(query: &Query) -> Result<PageOrder, Fault> {
    let limit = query.parsed::<usize>("limit")?.unwrap_or(PAGE_SIZE);
    if !(1..=PAGE_SIZE_MAX).contains(&limit) {
        return Err(Fault::invalid("limit", format!("must be from 1 to {PAGE_SIZE_MAX}")));
    }
    Ok(PageOrder { limit, after: query.parsed("cursor")? })
}

/// What is no id names nothing, and looks like an id that names nothing.
fn parse_id(text: &str) -> Result<PayoutId, Fault> {
    text.parse().map_err(|_| not_found())
}

fn not_found() -> Fault {
    Fault::not_found("Payout could not be found.")
}
