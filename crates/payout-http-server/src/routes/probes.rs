//! What a load balancer and a receiver of webhooks ask.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use payout_wire::problem::ProblemKind;

use crate::Api;
use crate::answer;
use crate::fault::Fault;

/// `GET /.well-known/jwks`: receivers may keep the keys for a while.
pub(crate) async fn own_keys(State(api): State<Arc<Api>>) -> Response {
    let mut response = answer::json(StatusCode::OK, api.own_keys.clone());
    let for_a_while = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, for_a_while);
    response
}

/// `GET /healthz`: whoever answers lives.
pub(crate) async fn alive() -> Response {
    answer::json(StatusCode::OK, r#"{"status":"alive"}"#)
}

/// `GET /readyz`
pub(crate) async fn ready(State(api): State<Arc<Api>>) -> Result<Response, Fault> {
    match api.ready.check().await {
        Ok(()) => Ok(answer::json(StatusCode::OK, r#"{"status":"ready"}"#)),
        Err(not_ready) => Err(Fault::new(ProblemKind::ServiceUnavailable, not_ready.reason)),
    }
}
