//! Payouts.

pub(crate) mod describe;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_domain::{Payout, PayoutId, PayoutOrder, TransferId};
use payout_service::{PageOrder, PayoutApplication, RequestPayout};
use payout_wire::history::HistoryBody;
use payout_wire::payout::{
    AnyPayout, CreatePayout, CreatedPayout, OpenPayoutBody, PayoutBody, PayoutPage,
};
use payout_wire::problem::ProblemKind;

use crate::answer;
use crate::caller::Caller;
use crate::fault::Fault;
use crate::provider::client_write;
use crate::query::Query;
use crate::verified_write::VerifiedWrite;
use crate::{Api, Sandbox};

/// How many payouts a page has if nobody says how many.
const PAGE_SIZE: usize = 50;

/// The most payouts of a page.
const PAGE_SIZE_MAX: usize = 200;

/// `POST /v3/payouts`: a request that was accepted before gets the answer that it had then, whatever the
/// rules have become.
///
/// The store finds out by the key, in the step that accepts. So the key is looked up before only if there is
/// something in the way of that step.
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    write: VerifiedWrite,
) -> Result<Response, Fault> {
    let request_payout = api.request_payout();
    let id = match accept(&api, &request_payout, &write).await {
        Ok(Asked::ClosedLoop(id)) => id,
        Ok(Asked::Accepted(answer)) => return Ok(answer),
        Err(fault) => earlier_answer(&request_payout, &write).await?.ok_or(fault)?,
    };
    Ok(answer::json(StatusCode::ACCEPTED, CreatedPayout::new(id).to_bytes()))
}

/// What a caller asks for: a closed-loop payout, or something else that it has got by now.
enum Asked<T> {
    ClosedLoop(T),
    Accepted(Response),
}

async fn accept(
    api: &Api,
    request_payout: &RequestPayout,
    write: &VerifiedWrite,
) -> Result<Asked<PayoutId>, Fault> {
    let order = match closed_loop(api, request_payout, write).await? {
        Asked::ClosedLoop(order) => order,
        Asked::Accepted(answer) => return Ok(Asked::Accepted(answer)),
    };
    api.check_intake()?;
    let (client_id, key) = (write.client_id().clone(), write.key().clone());
    let fingerprint = write.fingerprint();
    let application = PayoutApplication { client_id, key, fingerprint, order };
    Ok(Asked::ClosedLoop(request_payout.accept(application).await?))
}

/// Reads what is asked for. Payouts to any account are a sandbox's only, and it makes them at once.
async fn closed_loop(
    api: &Api,
    request_payout: &RequestPayout,
    write: &VerifiedWrite,
) -> Result<Asked<PayoutOrder>, Fault> {
    let Some(Sandbox { provider, .. }) = &api.sandbox else {
        return Ok(Asked::ClosedLoop(CreatePayout::parse(write.json()?)?));
    };
    let known_write = client_write(api, write);
    match CreatePayout::parse_any(write.json()?)? {
        AnyPayout::ClosedLoop(order) => {
            // The two kinds share their keys, and remember them apart.
            if provider.transfer_money.is_key_taken(&known_write).await {
                return Err(Fault::of(ProblemKind::IdempotencyKeyReuse));
            }
            Ok(Asked::ClosedLoop(order))
        }
        AnyPayout::Open(order) => {
            earlier_answer(request_payout, write).await?;
            let id = provider.transfer_money.pay_out(&known_write, &order).await?;
            let body = CreatedPayout::new(PayoutId::from_uuid(id.as_uuid()));
            Ok(Asked::Accepted(answer::json(StatusCode::ACCEPTED, body.to_bytes())))
        }
    }
}

/// What the same request was answered before. That the key was used for another one is an error.
async fn earlier_answer(
    request_payout: &RequestPayout,
    write: &VerifiedWrite,
) -> Result<Option<PayoutId>, Fault> {
    let (client_id, key) = (write.client_id(), write.key());
    Ok(request_payout.earlier_answer(client_id, key, &write.fingerprint()).await?)
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
    let id = parse_id(&id)?;
    if let Some(payout) = api.show_payout.run(&client.id, id).await? {
        return Ok(answer::json(StatusCode::OK, PayoutBody::from(&payout).to_bytes()));
    }
    let Some(Sandbox { provider, .. }) = &api.sandbox else { return Err(not_found()) };
    let id = TransferId::from_uuid(id.as_uuid());
    let transfer = provider.transfer_money.find_payout(&client.id, id).await;
    let transfer = transfer.ok_or_else(not_found)?;
    Ok(answer::json(StatusCode::OK, OpenPayoutBody::from(&transfer).to_bytes()))
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
