//! Merchant accounts, what moved on them, and who has paid into them.

pub(crate) mod describe;
mod movement;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_domain::{MerchantAccountId, Timestamp, UserId};
use payout_service::{TransactionQuery, TransactionType};
use payout_wire::merchant_account::{MerchantAccountBody, MerchantAccountList};
use payout_wire::payment_source::PaymentSourceList;
use payout_wire::transaction::TransactionPage;

use crate::Api;
use crate::answer;
use crate::caller::Caller;
use crate::fault::Fault;
use crate::provider::{SWEEPING_ELSEWHERE, not_here};
use crate::query::Query;
use crate::verified_write::VerifiedWrite;

/// `GET /v3/merchant-accounts`
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
) -> Result<Response, Fault> {
    let accounts = api.list_merchant_accounts.run(&client.id).await?;
    Ok(answer::json(StatusCode::OK, MerchantAccountList::new(&accounts).to_bytes()))
}

/// `GET /v3/merchant-accounts/{id}`
pub(crate) async fn show(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id = parse_id(&id)?;
    let accounts = api.list_merchant_accounts.run(&client.id).await?;
    let account = accounts.iter().find(|account| account.id == id).ok_or_else(not_found)?;
    Ok(answer::json(StatusCode::OK, MerchantAccountBody::from(account).to_bytes()))
}

/// `GET /v3/merchant-accounts/{id}/transactions`
pub(crate) async fn transactions(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Fault> {
    let query = transaction_query(&query)?;
    let page = api.list_transactions.run(&client.id, parse_id(&id)?, &query).await?;
    let page = page.ok_or_else(not_found)?;
    let items = page.items.into_iter().map(movement::to_wire).collect();
    let body = TransactionPage::new(items, page.next_cursor);
    Ok(answer::json(StatusCode::OK, body.to_bytes()))
}

/// `GET /v3/merchant-accounts/{id}/payment-sources`
pub(crate) async fn payment_sources(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Fault> {
    query.required("user_id")?;
    let Some(user_id) = query.parsed::<UserId>("user_id")? else {
        return Err(Fault::invalid("user_id", "is required; add it"));
    };
    let sources = api.list_payment_sources.run(&client.id, parse_id(&id)?, &user_id).await?;
    let sources = sources.ok_or_else(not_found)?;
    Ok(answer::json(StatusCode::OK, PaymentSourceList::new(&sources).to_bytes()))
}

/// `GET /v3/merchant-accounts/{id}/sweeping`: none is swept.
pub(crate) async fn sweeping(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id = parse_id(&id)?;
    let accounts = api.list_merchant_accounts.run(&client.id).await?;
    if !accounts.iter().any(|account| account.id == id) {
        return Err(not_found());
    }
    Err(Fault::not_found("Sweeping is not set up for this merchant account."))
}

/// `POST` and `DELETE /v3/merchant-accounts/{id}/sweeping`: nobody here moves money on his own.
pub(crate) async fn sweep(
    State(_): State<Arc<Api>>,
    Path(_): Path<String>,
    _: VerifiedWrite,
) -> Result<Response, Fault> {
    Err(not_here(SWEEPING_ELSEWHERE))
}

/// The rest of the second at which a range ends.
const REST_OF_SECOND: Duration = Duration::from_micros(999_999);

/// Both ends of the range count to the second, because some clients cannot say it any finer.
fn transaction_query(query: &Query) -> Result<TransactionQuery, Fault> {
    let (from, to) = (query.time("from")?, query.time("to")?);
    if to < from {
        return Err(Fault::invalid("to", "is before `from`"));
    }
    let from = Timestamp::from_seconds(from.as_seconds());
    let to = Timestamp::from_seconds(to.as_seconds()).plus(REST_OF_SECOND);
    let only = query.text("type")?.map(transaction_type).transpose()?;
    Ok(TransactionQuery { from, to, only, cursor: query.text("cursor")?.map(str::to_owned) })
}

fn transaction_type(text: &str) -> Result<TransactionType, Fault> {
    match text {
        "payment" => Ok(TransactionType::Payment),
        "payout" => Ok(TransactionType::Payout),
        _ => Err(Fault::invalid("type", "must be `payment` or `payout`; leave it out for both")),
    }
}

fn parse_id(text: &str) -> Result<MerchantAccountId, Fault> {
    text.parse().map_err(|_| not_found())
}

fn not_found() -> Fault {
    Fault::not_found("Merchant account could not be found.")
}
