//! The receiving side of our own webhooks.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::StatusCode;

use crate::body;
use crate::exchange::Frame;
use crate::fault::Fault;
use crate::router::framed;
use crate::{Limits, ReceivedWebhook, TraceIds, WebhookKeys};

/// Receives webhooks as a merchant would: it verifies each and hands it on.
#[derive(Clone)]
pub struct WebhookReceiver {
    /// Where webhooks come in, such as `/webhooks`.
    pub path: String,
    /// The keys that they are signed with.
    pub keys: Arc<dyn WebhookKeys>,
    /// Takes each webhook that has been verified. It is answered when this returns, and told again
    /// only if we do not answer.
    pub deliver: Arc<dyn Fn(ReceivedWebhook) + Send + Sync>,
    /// Names for requests.
    pub trace_ids: TraceIds,
    /// How much and how long.
    pub limits: Limits,
}

impl WebhookReceiver {
    /// The receiver as a service that [`serve`](crate::serve()) can run.
    pub fn router(self) -> Router {
        let frame = Frame::new(&self.trace_ids, &self.limits);
        let path = self.path.clone();
        let routes = Router::new().route(&path, post(receive)).with_state(Arc::new(self));
        framed(routes, frame, None, None)
    }
}

async fn receive(
    State(receiver): State<Arc<WebhookReceiver>>,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let body = body::collect(&parts.headers, body, &receiver.limits).await?;
    let webhook = ReceivedWebhook::verify(&parts, body, &*receiver.keys).await?;
    (receiver.deliver)(webhook);
    Ok(StatusCode::ACCEPTED.into_response())
}
