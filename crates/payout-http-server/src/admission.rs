//! What every request must be before anybody looks at it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Request as HttpRequest;
use payout_wire::problem::ProblemKind;

use crate::exchange::Frame;
use crate::fault::Fault;

/// Turns away what is too large or not named in the one way, and gives up on what takes too long.
pub(crate) async fn admit(
    State(frame): State<Arc<Frame>>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(fault) = check(&frame, &request) {
        return fault.into_response();
    }
    let served = tokio::time::timeout(frame.limits.request_time_max, next.run(request)).await;
    served.unwrap_or_else(|_| took_too_long().into_response())
}

fn check<B>(frame: &Frame, request: &HttpRequest<B>) -> Result<(), Fault> {
    let limits = &frame.limits;
    if head_bytes(request) > limits.head_bytes_max {
        return Err(Fault::head_too_large(limits.head_bytes_max));
    }
    if is_canonical(request.uri().path()) {
        return Ok(());
    }
    Err(Fault::not_found(
        "There is nothing at this path. Write paths without empty or dotted segments and without \
         escapes.",
    ))
}

fn head_bytes<B>(request: &HttpRequest<B>) -> usize {
    let uri = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    let headers = request.headers().iter();
    headers.fold(uri, |sum, (name, value)| {
        sum.saturating_add(name.as_str().len()).saturating_add(value.len())
    })
}

/// Whether a path has one spelling only, so that the path that is signed, the one that is routed and
/// the one in the fingerprint are the same. Everything that we serve can be written so.
fn is_canonical(path: &str) -> bool {
    let Some(segments) = path.strip_prefix('/') else { return false };
    // One slash at the end is an official client's liberty.
    let segments = segments.strip_suffix('/').unwrap_or(segments);
    path == "/" || segments.split('/').all(is_plain)
}

fn is_plain(segment: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(is_unreserved)
}

fn took_too_long() -> Fault {
    Fault::new(
        ProblemKind::ServiceUnavailable,
        "This took too long, and whether it was done is not known. Ask again; a write under the same \
         Idempotency-Key.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_spelling() {
        for path in ["/", "/v3/payouts", "/v3/payouts/", "/.well-known/jwks", "/a-b._~/C9"] {
            assert!(is_canonical(path), "{path}");
        }
        for path in [
            "",
            "*",
            "v3",
            "//",
            "//v3",
            "/v3//payouts",
            "/v3/payouts//",
            "/v3/./payouts",
            "/v3/../payouts",
            "/v3/%70ayouts",
            "/v3/payouts%2f",
            "/v3/payouts;x",
            "/v3/payouts/..",
            "/v3/payöuts",
            "/v3/pay outs",
            "/v3/payouts\\",
        ] {
            assert!(!is_canonical(path), "{path}");
        }
    }
}
