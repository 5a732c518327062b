//! Payments: seeing them, and in a sandbox letting users make them.

pub(crate) mod describe;
mod flow;
mod refunds;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_domain::PaymentId;
use payout_service::{PaymentApplication, ShownSource};
use payout_wire::payment::{CreatePayment, CreatedPayment, PayInBody, PaymentBody};
use payout_wire::route;

use crate::Api;
use crate::answer;
use crate::caller::Caller;
use crate::fault::Fault;
use crate::provider::{PAYMENTS_ELSEWHERE, Provider, client_write, provider};
use crate::verified_write::VerifiedWrite;

pub(crate) use flow::{cancel, consent, form, select_provider, start};
pub(crate) use refunds::{create as refund, list as refunds, show as show_refund};

/// `POST /v3/payments`
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    write: VerifiedWrite,
) -> Result<Response, Fault> {
    let take_payment = &provider(&api, PAYMENTS_ELSEWHERE)?.take_payment;
    let asked = CreatePayment::parse(write.json()?)?;
    let application = PaymentApplication {
        user_id: asked.user_id,
        merchant_account_id: asked.merchant_account_id,
        amount: asked.amount,
        provider_selection: asked.provider_selection,
        metadata: asked.metadata,
    };
    let made = take_payment.create(&client_write(&api, &write), application).await?;
    let body = CreatedPayment::new(made.id, &made.user_id, &made.resource_token);
    Ok(answer::json(StatusCode::CREATED, body.to_bytes()))
}

/// `GET /v3/payments/{id}`
pub(crate) async fn show(
    State(api): State<Arc<Api>>,
    Caller(client): Caller,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id = parse_id(&id)?;
    if let Some(provider) = api.sandbox.as_ref().map(|sandbox| &sandbox.provider)
        && provider.take_payment.knows(id).await
    {
        let report = provider.take_payment.show(&client.id, id).await.ok_or_else(not_found)?;
        let source = report.source.as_ref().map(|source| {
            let ShownSource { id, account, .. } = source;
            let holder = account.account_holder_name.as_deref();
            (*id, None, (holder, account.account_identifiers.as_slice()))
        });
        let body = PayInBody::new(&report.pay_in, source, &pages(provider));
        return Ok(answer::json(StatusCode::OK, body.to_bytes()));
    }
    let payment = api.show_payment.run(&client.id, id).await?.ok_or_else(not_found)?;
    Ok(answer::json(StatusCode::OK, PaymentBody::from(&payment).to_bytes()))
}

/// Where the pages of the banks are.
fn pages(provider: &Provider) -> String {
    format!("{}{}", provider.base_url, route::SANDBOX_BANKS)
}

/// What is no id names nothing, and looks like an id that names nothing.
fn parse_id(text: &str) -> Result<PaymentId, Fault> {
    text.parse().map_err(|_| not_found())
}

fn not_found() -> Fault {
    Fault::not_found("Payment could not be found.")
}
