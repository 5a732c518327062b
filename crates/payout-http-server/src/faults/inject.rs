//! Doing what a rule says.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use payout_domain::IdempotencyKey;
use payout_wire::route;
use payout_wire::sandbox::{FaultCall, FaultKind, FaultRule, FaultTime, distort};

use super::Faults;
use crate::answer;
use crate::fault::Fault;
use crate::serve::Line;
use crate::{ApiClock, TraceIds};

/// More than anybody should read of an answer.
const OVERSIZE: usize = 32 * 1024 * 1024;

/// What a proxy says when it has something to say.
const WEB_PAGE: &str = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>\
                        Checking your browser</h1></body></html>";

/// What faults are told with.
#[derive(Clone)]
pub(crate) struct Injector {
    pub(crate) faults: Faults,
    pub(crate) clock: ApiClock,
    pub(crate) ids: TraceIds,
}

/// Lets a call go as the rules say, if any applies to it.
pub(crate) async fn inject(
    State(injector): State<Injector>,
    request: Request,
    next: Next,
) -> Response {
    let Some(call) = call(&request) else { return next.run(request).await };
    let faults = &injector.faults;
    let rule = match call {
        FaultCall::CreatePayout => faults.next_payout(key(request.headers()).as_ref()),
        FaultCall::Token
        | FaultCall::GetPayout
        | FaultCall::GetPayment
        | FaultCall::MerchantAccounts
        | FaultCall::Transactions
        | FaultCall::PaymentSources
        | FaultCall::Jwks
        | FaultCall::Webhook => faults.next(call),
    };
    let Some(rule) = rule else {
        let response = next.run(request).await;
        return if call == FaultCall::CreatePayout {
            noted(faults, response).await
        } else {
            response
        };
    };
    tracing::info!(%call, fault = %rule.kind, "a fault is injected");
    let line = request.extensions().get::<Line>().cloned();
    let response = if is_processed(&rule) {
        if rule.when != Some(FaultTime::After) {
            wait(&rule).await;
        }
        Some(next.run(request).await)
    } else {
        None
    };
    injector.told(&rule, response, line).await
}

impl Injector {
    /// What is answered instead. Without a response nothing was processed.
    async fn told(
        &self,
        rule: &FaultRule,
        response: Option<Response>,
        line: Option<Line>,
    ) -> Response {
        let true_answer = response.unwrap_or_else(|| scripted(503));
        match rule.kind {
            FaultKind::Answer | FaultKind::Remember => status(rule),
            FaultKind::Hold => std::future::pending().await,
            FaultKind::Cut => {
                if let Some(line) = line {
                    line.break_off_after(rule.after_bytes.unwrap_or_default());
                }
                true_answer
            }
            FaultKind::Delay => {
                if rule.when == Some(FaultTime::After) {
                    wait(rule).await;
                }
                true_answer
            }
            FaultKind::Redirect => redirect(rule),
            FaultKind::Html => web_page(rule),
            FaultKind::Empty => code(rule, StatusCode::NO_CONTENT).into_response(),
            FaultKind::Truncate => rewritten(true_answer, distort::truncated).await,
            FaultKind::Oversize => answer::json(StatusCode::OK, vec![b' '; OVERSIZE]),
            FaultKind::Forget => self.forgotten(),
            FaultKind::SameId => self.same_id(true_answer).await,
            FaultKind::WrongAmount => rewritten(true_answer, distort::wrong_amount).await,
            FaultKind::WrongCurrency => rewritten(true_answer, distort::wrong_currency).await,
            FaultKind::Lag => {
                let horizon = (self.clock)().minus(span(rule));
                rewritten(true_answer, |body| distort::lagging(body, horizon)).await
            }
            FaultKind::Shuffle => {
                let number = self.faults.number();
                rewritten(true_answer, |body| distort::shuffled(body, number)).await
            }
            FaultKind::NoKeys => answer::json(StatusCode::OK, r#"{"keys":[]}"#),
            FaultKind::Drop
            | FaultKind::Double
            | FaultKind::Late
            | FaultKind::Reorder
            | FaultKind::Foreign
            | FaultKind::Contradict => true_answer,
        }
    }

    /// 202 with an id that names nothing.
    fn forgotten(&self) -> Response {
        let id = uuid(&(self.ids)());
        answer::json(StatusCode::ACCEPTED, format!(r#"{{"id":"{id}"}}"#))
    }

    /// The answer with the id of the payout before.
    async fn same_id(&self, response: Response) -> Response {
        let earlier = self.faults.with_memory(|memory| memory.last_id.clone());
        match earlier {
            Some(id) => rewritten(response, |body| distort::with_id(body, &id)).await,
            None => noted(&self.faults, response).await,
        }
    }
}

/// Remembers the id that is answered.
async fn noted(faults: &Faults, response: Response) -> Response {
    rewritten(response, |body| {
        if let Some(id) = distort::id(body) {
            faults.with_memory(|memory| memory.last_id = Some(id));
        }
        body.to_vec()
    })
    .await
}

/// Whether the call is processed although something goes wrong.
fn is_processed(rule: &FaultRule) -> bool {
    match rule.kind {
        FaultKind::Answer
        | FaultKind::Remember
        | FaultKind::Hold
        | FaultKind::Cut
        | FaultKind::Redirect
        | FaultKind::Html
        | FaultKind::Empty => rule.when == Some(FaultTime::After),
        FaultKind::Forget | FaultKind::Oversize | FaultKind::NoKeys => false,
        FaultKind::Delay
        | FaultKind::Truncate
        | FaultKind::SameId
        | FaultKind::WrongAmount
        | FaultKind::WrongCurrency
        | FaultKind::Lag
        | FaultKind::Shuffle
        | FaultKind::Drop
        | FaultKind::Double
        | FaultKind::Late
        | FaultKind::Reorder
        | FaultKind::Foreign
        | FaultKind::Contradict => true,
    }
}

/// Which call this is, if things can go wrong in it.
fn call(request: &Request) -> Option<FaultCall> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let path = path.strip_suffix('/').unwrap_or(path);
    let of = |route: route::Route| route.both().contains(&path);
    let (is_get, is_post) = (request.method() == Method::GET, request.method() == Method::POST);
    match () {
        () if is_post && path == route::TOKEN => Some(FaultCall::Token),
        () if is_post && of(route::PAYOUTS) => Some(FaultCall::CreatePayout),
        () if !is_get => None,
        () if path == route::JWKS => Some(FaultCall::Jwks),
        () if of(route::PAYOUT) => Some(FaultCall::GetPayout),
        () if of(route::PAYMENT) => Some(FaultCall::GetPayment),
        () if of(route::MERCHANT_ACCOUNTS) || of(route::MERCHANT_ACCOUNT) => {
            Some(FaultCall::MerchantAccounts)
        }
        () if of(route::TRANSACTIONS) => Some(FaultCall::Transactions),
        () if of(route::PAYMENT_SOURCES) => Some(FaultCall::PaymentSources),
        () => None,
    }
}

fn key(headers: &HeaderMap) -> Option<IdempotencyKey> {
    headers.get(payout_wire::header::IDEMPOTENCY_KEY)?.to_str().ok()?.parse().ok()
}

async fn wait(rule: &FaultRule) {
    if rule.kind == FaultKind::Delay {
        tokio::time::sleep(span(rule)).await;
    }
}

fn span(rule: &FaultRule) -> Duration {
    Duration::from_millis(rule.milliseconds.unwrap_or_default())
}

fn code(rule: &FaultRule, usual: StatusCode) -> StatusCode {
    rule.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(usual)
}

fn status(rule: &FaultRule) -> Response {
    let mut response = scripted(rule.status.unwrap_or(500));
    let retry_after = rule.retry_after.map(|seconds| seconds.to_string());
    if let Some(value) = retry_after.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// A problem document of this status; no document where the status is no error.
fn scripted(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_client_error() || status.is_server_error() {
        return Fault::scripted(status).into_response();
    }
    answer::json(status, "{}")
}

fn redirect(rule: &FaultRule) -> Response {
    let mut response = code(rule, StatusCode::TEMPORARY_REDIRECT).into_response();
    let location = rule.location.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn web_page(rule: &FaultRule) -> Response {
    let mut response = answer::as_written(code(rule, StatusCode::OK), WEB_PAGE);
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

/// The response with another body, if it is a success.
async fn rewritten(response: Response, rewrite: impl FnOnce(&[u8]) -> Vec<u8>) -> Response {
    if !response.status().is_success() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Our own answers are in memory already, so there is no end to wait for.
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(rewrite(&body)))
}

/// A UUID of 32 hexadecimal digits.
fn uuid(digits: &str) -> String {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("0000");
    format!(
        "{}-{}-4{}-8{}-{}",
        digits.get(0..8).unwrap_or("00000000"),
        part(8, 12),
        digits.get(13..16).unwrap_or("000"),
        digits.get(17..20).unwrap_or("000"),
        digits.get(20..32).unwrap_or("000000000000"),
    )
}
