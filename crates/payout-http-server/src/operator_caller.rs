//! Which operator calls, by the bearer token.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::HeaderMap;
use http::request::Parts;
use payout_domain::OperatorName;
use payout_signature::digest;
use payout_wire::InvalidBody;
use payout_wire::problem::ProblemKind;

use crate::api::Operators;
use crate::body;
use crate::caller::{claims_of, token_fault, unauthorized};
use crate::exchange::Sender;
use crate::fault::Fault;
use crate::{Api, operator_directory, rate_limits};

/// An operator whose token is valid: what every handler of an operators' route asks for.
pub(crate) struct OperatorCaller(pub(crate) OperatorName);

/// An operator's JSON.
pub(crate) struct OperatorBody(Vec<u8>);

/// That there is nothing in the body.
pub(crate) struct NoBody;

impl FromRequestParts<Arc<Api>> for OperatorCaller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Fault> {
        let claims = claims_of(api, &parts.headers)?;
        if !operator_directory::is_operators(&claims.client_id) {
            let detail = "Only an operator's token opens this.";
            return Err(Fault::new(ProblemKind::Forbidden, detail));
        }
        claims.check_audience(operator_directory::AUDIENCE).map_err(token_fault)?;
        rate_limits::admit_operator(parts, &claims.client_id)?;
        let directory = &*operators(api)?.directory;
        let Some(name) = operator_directory::of_subject(directory, &claims.client_id).await else {
            return Err(unauthorized("The operator of this token is not known any more."));
        };
        if let Some(sender) = parts.extensions.get::<Sender>() {
            sender.is_operator(&name);
        }
        if claims.has_scope(operator_directory::SCOPE) {
            return Ok(Self(name));
        }
        Err(Fault::of(ProblemKind::Forbidden))
    }
}

impl OperatorBody {
    pub(crate) fn parse<T>(&self, parse: fn(&[u8]) -> Result<T, InvalidBody>) -> Result<T, Fault> {
        Ok(parse(&self.0)?)
    }
}

impl FromRequest<Arc<Api>> for OperatorBody {
    type Rejection = Fault;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        if !body::is_json(&parts.headers) {
            return Err(Fault::of(ProblemKind::UnsupportedMediaType));
        }
        let body = collect(api, &parts.headers, body).await?;
        if let Some(sender) = parts.extensions.get::<Sender>() {
            sender.asks(None, digest::sha256(&[&body]));
        }
        Ok(Self(body))
    }
}

impl FromRequest<Arc<Api>> for NoBody {
    type Rejection = Fault;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        if collect(api, &parts.headers, body).await?.is_empty() {
            return Ok(Self);
        }
        Err(Fault::invalid("body", "is not read here; leave it out"))
    }
}

/// What operators' routes need; without operators they do not exist.
pub(crate) fn operators(api: &Api) -> Result<&Operators, Fault> {
    api.operators.as_ref().ok_or_else(|| Fault::of(ProblemKind::NotFound))
}

async fn collect(api: &Api, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Fault> {
    body::collect(headers, body, &api.limits).await
}
