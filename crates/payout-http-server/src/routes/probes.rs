//! What a load balancer and a receiver of webhooks ask.

pub(crate) mod describe;

use std::sync::{Arc, OnceLock};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use payout_wire::problem::ProblemKind;

use crate::Api;
use crate::answer;
use crate::fault::Fault;
use crate::openapi::{Face, Pages};
use crate::router;

/// `GET /.well-known/jwks`: receivers may keep the keys for a while.
pub(crate) async fn own_keys(State(api): State<Arc<Api>>) -> Response {
    let mut response = answer::json(StatusCode::OK, api.own_keys.clone());
    let for_a_while = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, for_a_while);
    response
}

/// The document of a server, made when somebody asks for it first.
pub(crate) struct OwnPages {
    face: Face,
    pages: OnceLock<Pages>,
}

impl OwnPages {
    pub(crate) fn new(face: Face) -> Self {
        Self { face, pages: OnceLock::new() }
    }

    fn get(&self) -> &Pages {
        self.pages.get_or_init(|| Pages::of(self.face, &router::entries(self.face)))
    }
}

/// `GET /openapi.json`
pub(crate) fn openapi(own: &OwnPages) -> Response {
    answer::json(StatusCode::OK, own.get().openapi.clone())
}

/// `GET /docs`: a browser may load nothing for it, and run nothing.
pub(crate) fn docs(own: &OwnPages) -> Response {
    let page = &own.get().html;
    let mut response = (StatusCode::OK, page.html.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&page.policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
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
