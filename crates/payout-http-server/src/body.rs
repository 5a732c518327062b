//! Bodies, within their limits.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody};
use http::{HeaderMap, header};
use payout_wire::media_type;
use payout_wire::problem::ProblemKind;

use crate::Limits;
use crate::fault::Fault;

/// Reads a whole body, unless it is too large or too slow.
pub(crate) async fn collect(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
) -> Result<Vec<u8>, Fault> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if announced
        .and_then(|length| length.parse().ok())
        .is_some_and(|n: u64| is_too_large(n, limits))
    {
        return Err(too_large(limits));
    }
    match tokio::time::timeout(limits.body_time_max, read(body, limits)).await {
        Ok(read) => read,
        Err(_) => Err(Fault::of(ProblemKind::RequestTimeout)),
    }
}

/// Whether a body says of itself that it is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    is(headers, media_type::JSON)
}

/// Whether a body says of itself that it is a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    is(headers, media_type::FORM)
}

fn is(headers: &HeaderMap, expected: &str) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (values.next(), values.next()) else { return false };
    only.to_str().is_ok_and(|content_type| media_type::is(content_type, expected))
}

async fn read(mut body: Body, limits: &Limits) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| unreadable())?;
        // Trailers are not signed, so nobody asks for them.
        let Ok(data) = frame.into_data() else { continue };
        bytes.extend_from_slice(&data);
        if bytes.len() > limits.body_bytes_max {
            return Err(too_large(limits));
        }
    }
    Ok(bytes)
}

fn is_too_large(length: u64, limits: &Limits) -> bool {
    usize::try_from(length).map_or(true, |length| length > limits.body_bytes_max)
}

fn too_large(limits: &Limits) -> Fault {
    let detail = format!("The body must have at most {} bytes.", limits.body_bytes_max);
    Fault::new(ProblemKind::PayloadTooLarge, detail)
}

fn unreadable() -> Fault {
    Fault::invalid("body", "ended before it was complete; send it again")
}
