//! Who did what, written down before it is answered.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use payout_domain::{ClientId, OperatorName, Timestamp};
use payout_wire::problem::ProblemKind;

use crate::ApiClock;
use crate::exchange::{Sender, TraceId};
use crate::fault::Fault;
use crate::rate_limits::Meter;

/// Remembers who did what, for ever and in order.
///
/// # Laws
///
/// 1. *Written before it is answered*: an entry that was taken outlives this process.
/// 2. *Only added to*: whoever changes, removes or moves an entry is found out.
#[async_trait]
pub trait AuditTrail: Send + Sync {
    /// Writes an entry down.
    async fn record(&self, entry: AuditEntry) -> Result<(), AuditFailed>;
}

/// The entry was not written down, or nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit trail cannot be written")]
pub struct AuditFailed;

/// One request and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When it was answered.
    pub at: Timestamp,
    /// Who asked.
    pub who: AuditWho,
    /// The id of the key that it was signed with.
    pub key: Option<String>,
    /// Where it came from: by its socket, or by a proxy that is trusted.
    pub from: IpAddr,
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// A digest of the request: of a payout the fingerprint that the store keeps with its key, else
    /// SHA-256 of the body.
    pub request: Option<[u8; 32]>,
    /// How it was answered.
    pub status: u16,
    /// What the answer was called.
    pub trace_id: String,
    /// How many refusals before it were not written down, because there were too many of them.
    pub left_out: u64,
}

/// Who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditWho {
    /// Nobody whom we know.
    Nobody,
    /// A client.
    Client(ClientId),
    /// An operator.
    Operator(OperatorName),
}

/// The most refusals of strangers that are written down in one second: a flood of them must not fill the
/// disk.
const REFUSALS_MAX: u32 = 20;

/// Where a request comes from of which nobody has said so.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// What writes entries.
#[derive(Clone)]
pub(crate) struct Auditor {
    trail: Arc<dyn AuditTrail>,
    clock: ApiClock,
    refusals: Arc<Mutex<Refusals>>,
}

#[derive(Default)]
struct Refusals {
    second: i64,
    count: u32,
    left_out: u64,
}

impl Auditor {
    pub(crate) fn new(trail: Arc<dyn AuditTrail>, clock: ApiClock) -> Self {
        Self { trail, clock, refusals: Arc::default() }
    }
}

impl Refusals {
    /// Whether one more is written down now.
    fn has_room(&mut self, second: i64) -> bool {
        if self.second != second {
            *self = Self { second, count: 0, left_out: self.left_out };
        }
        self.count = self.count.saturating_add(1);
        let has_room = self.count <= REFUSALS_MAX;
        if !has_room {
            self.left_out = self.left_out.saturating_add(1);
        }
        has_room
    }
}

/// Writes down what was asked to be changed, and who was refused. If it cannot, the answer is that nobody
/// knows: the same key finds out.
pub(crate) async fn audit(
    State(auditor): State<Auditor>,
    request: Request,
    next: Next,
) -> Response {
    let extensions = request.extensions();
    let sender = extensions.get::<Sender>().cloned().unwrap_or_default();
    let trace_id = extensions.get::<TraceId>().map(|TraceId(id)| id.clone()).unwrap_or_default();
    let from = extensions.get::<Meter>().map_or(UNKNOWN, |meter| meter.origin);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());

    let response = next.run(request).await;

    let (status, at) = (response.status(), (auditor.clock)());
    let who = sender.who();
    if !is_recorded(&method, status) {
        return response;
    }
    let Some(left_out) = room(&auditor, &who, status, at) else { return response };
    let (key, request) = sender.asked();
    let entry = AuditEntry {
        at,
        who,
        key,
        from,
        method: method.as_str().to_owned(),
        path,
        request,
        status: status.as_u16(),
        trace_id,
        left_out,
    };
    match auditor.trail.record(entry).await {
        Err(AuditFailed) if !status.is_client_error() => unrecorded().into_response(),
        Ok(()) | Err(AuditFailed) => response,
    }
}

fn is_recorded(method: &Method, status: StatusCode) -> bool {
    let is_refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    is_refused || ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// How many refusals were left out before this one; `None` if it is left out, too.
fn room(auditor: &Auditor, who: &AuditWho, status: StatusCode, at: Timestamp) -> Option<u64> {
    // Counters are whole, whoever panicked.
    let mut refusals = auditor.refusals.lock().unwrap_or_else(PoisonError::into_inner);
    let is_a_strangers = *who == AuditWho::Nobody && status.is_client_error();
    if is_a_strangers && !refusals.has_room(at.as_seconds()) {
        return None;
    }
    Some(std::mem::take(&mut refusals.left_out))
}

fn unrecorded() -> Fault {
    Fault::new(
        ProblemKind::ServiceUnavailable,
        "This could not be written down, and whether it was done is not known. Ask again; a write under \
         the same Idempotency-Key.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_counted_and_not_written() {
        let mut refusals = Refusals::default();

        let taken: Vec<_> = (0..50).filter(|_| refusals.has_room(7)).collect();

        assert_eq!((taken.len(), refusals.left_out), (20, 30));
        assert!(refusals.has_room(8), "in the next second there is room again");
        assert_eq!(refusals.left_out, 30);
    }

    #[test]
    fn what_changes_something_is_recorded_and_so_is_who_was_refused() {
        for (method, status, expected) in [
            (Method::POST, StatusCode::ACCEPTED, true),
            (Method::POST, StatusCode::BAD_REQUEST, true),
            (Method::PUT, StatusCode::OK, true),
            (Method::DELETE, StatusCode::OK, true),
            (Method::GET, StatusCode::OK, false),
            (Method::GET, StatusCode::NOT_FOUND, false),
            (Method::GET, StatusCode::UNAUTHORIZED, true),
            (Method::GET, StatusCode::FORBIDDEN, true),
        ] {
            assert_eq!(is_recorded(&method, status), expected, "{method} {status}");
        }
    }
}
