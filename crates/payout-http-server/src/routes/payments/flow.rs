//! The user's way to the bank, step by step.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_domain::PayInStep;
use payout_wire::payment::{FlowBody, SelectProvider, StartFlow, SubmitForm, is_object_or_empty};

use super::{pages, parse_id};
use crate::Api;
use crate::answer;
use crate::fault::Fault;
use crate::provider::{PAYMENTS_ELSEWHERE, client_write, provider};
use crate::verified_write::VerifiedWrite;

/// `POST /v3/payments/{id}/authorization-flow`
pub(crate) async fn start(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    write: VerifiedWrite,
) -> Result<Response, Fault> {
    step(&api, &id, &write, || Ok(PayInStep::Start(StartFlow::parse(write.json()?)?))).await
}

/// `POST /v3/payments/{id}/authorization-flow/actions/provider-selection`
pub(crate) async fn select_provider(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    write: VerifiedWrite,
) -> Result<Response, Fault> {
    let read = || Ok(PayInStep::SelectProvider(SelectProvider::parse(write.json()?)?));
    step(&api, &id, &write, read).await
}

/// `POST /v3/payments/{id}/authorization-flow/actions/consent`
pub(crate) async fn consent(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    write: VerifiedWrite,
) -> Result<Response, Fault> {
    let read = || {
        is_object_or_empty(write.bytes())?;
        Ok(PayInStep::Consent)
    };
    step(&api, &id, &write, read).await
}

/// `POST /v3/payments/{id}/authorization-flow/actions/form`
pub(crate) async fn form(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    write: VerifiedWrite,
) -> Result<Response, Fault> {
    let read = || {
        let login = SubmitForm::parse(write.json()?)?;
        Ok(PayInStep::LogIn { login, by_form: true })
    };
    step(&api, &id, &write, read).await
}

/// `POST /v3/payments/{id}/actions/cancel`
pub(crate) async fn cancel(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    write: VerifiedWrite,
) -> Result<Response, Fault> {
    let take_payment = &provider(&api, PAYMENTS_ELSEWHERE)?.take_payment;
    is_object_or_empty(write.bytes())?;
    let id = parse_id(&id)?;
    take_payment.step(&client_write(&api, &write), id, &PayInStep::Cancel).await?;
    Ok(answer::json(StatusCode::ACCEPTED, "{}"))
}

async fn step(
    api: &Api,
    id: &str,
    write: &VerifiedWrite,
    read: impl FnOnce() -> Result<PayInStep, Fault>,
) -> Result<Response, Fault> {
    let provider = provider(api, PAYMENTS_ELSEWHERE)?;
    let step = read()?;
    let id = parse_id(id)?;
    let pay_in = provider.take_payment.step(&client_write(api, write), id, &step).await?;
    let body = FlowBody::new(&pay_in, &pages(provider));
    Ok(answer::json(StatusCode::OK, body.to_bytes()))
}
