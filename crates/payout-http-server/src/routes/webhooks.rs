//! Events of the provider.

pub(crate) mod describe;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use payout_service::InboxSubject;
use payout_signature::digest;
use payout_wire::webhook::{InboundEvent, InboundSubject};

use crate::body;
use crate::fault::Fault;
use crate::verified_webhook::timestamp_fault;
use crate::{Api, InboundWebhooks, ReceivedWebhook, rate_limits};

/// `POST /webhooks`: remembers what the provider tells. What it says is believed by nobody before
/// somebody has asked the provider.
pub(crate) async fn receive(
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let webhooks = api.webhooks.as_ref().filter(|webhooks| is_meant(webhooks, parts.uri.path()));
    let webhooks = webhooks.ok_or_else(|| Fault::of_status(StatusCode::NOT_FOUND))?;
    rate_limits::admit_webhook(&parts)?;
    let body = body::collect(&parts.headers, body, &api.limits).await?;
    let webhook = ReceivedWebhook::verify(&parts, body, &*webhooks.keys).await?;
    if (api.clock)().since(webhook.sent_at) > webhooks.age_max {
        return Err(timestamp_fault(&"was sent too long ago"));
    }
    let event = InboundEvent::parse(&webhook.body)?;
    let digest = digest::sha256(&[&webhook.body]);
    webhooks.receive.run(event.event_id, digest, subject(event.subject)).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

fn is_meant(webhooks: &InboundWebhooks, path: &str) -> bool {
    let Some(secret) = &webhooks.path_secret else { return true };
    let told = path.strip_prefix("/webhooks/").unwrap_or_default();
    digest::constant_time_eq(
        &digest::sha256(&[told.as_bytes()]),
        &digest::sha256(&[secret.as_bytes()]),
    )
}

fn subject(subject: InboundSubject) -> InboxSubject {
    match subject {
        InboundSubject::Payout { gateway_payout_id } => InboxSubject::Payout(gateway_payout_id),
        InboundSubject::Payment { payment_id } => InboxSubject::Payment(payment_id),
        InboundSubject::Other => InboxSubject::Other,
    }
}
