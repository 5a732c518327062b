//! Payments.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_wire::payment::PaymentBody;

use crate::Api;
use crate::answer;
use crate::caller::Caller;
use crate::fault::Fault;

/// `GET /v3/payments/{id}`
pub(crate) async fn show(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| not_found())?;
    let payment = api.show_payment.run(&client.id, id).await?.ok_or_else(not_found)?;
    Ok(answer::json(StatusCode::OK, PaymentBody::from(&payment).to_bytes()))
}

fn not_found() -> Fault {
    Fault::not_found("Payment could not be found.")
}
