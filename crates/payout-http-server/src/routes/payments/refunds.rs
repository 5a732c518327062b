//! Refunds of payments.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_service::RefundOrder;
use payout_wire::refund::{CreateRefund, CreatedRefund, RefundBody, RefundList};

use super::{not_found, parse_id};
use crate::Api;
use crate::answer;
use crate::caller::Caller;
use crate::fault::Fault;
use crate::provider::{REFUNDS_ELSEWHERE, client_write, provider};
use crate::verified_write::VerifiedWrite;

/// `POST /v3/payments/{id}/refunds`
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    write: VerifiedWrite,
) -> Result<Response, Fault> {
    let transfer_money = &provider(&api, REFUNDS_ELSEWHERE)?.transfer_money;
    let CreateRefund { amount_in_minor, reference, metadata } = CreateRefund::parse(write.json()?)?;
    let order = RefundOrder { payment_id: parse_id(&id)?, amount_in_minor, reference, metadata };
    let id = transfer_money.refund(&client_write(&api, &write), &order).await?;
    Ok(answer::json(StatusCode::ACCEPTED, CreatedRefund::new(id).to_bytes()))
}

/// `GET /v3/payments/{id}/refunds`
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let transfer_money = &provider(&api, REFUNDS_ELSEWHERE)?.transfer_money;
    let refunds = transfer_money.refunds(&client.id, parse_id(&id)?).await;
    let refunds = refunds.ok_or_else(not_found)?;
    Ok(answer::json(StatusCode::OK, RefundList::new(&refunds).to_bytes()))
}

/// `GET /v3/payments/{id}/refunds/{refund_id}`
pub(crate) async fn show(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path((payment_id, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let transfer_money = &provider(&api, REFUNDS_ELSEWHERE)?.transfer_money;
    let payment_id = parse_id(&payment_id)?;
    let no_refund = || Fault::not_found("Refund could not be found.");
    let id = id.parse().map_err(|_| no_refund())?;
    let refund = transfer_money.find_refund(&client.id, payment_id, id).await;
    let refund = refund.ok_or_else(no_refund)?;
    Ok(answer::json(StatusCode::OK, RefundBody::from(&refund).to_bytes()))
}
