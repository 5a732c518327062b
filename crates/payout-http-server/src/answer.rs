//! What is answered when all is well.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use payout_wire::media_type;

/// A JSON body.
pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = (status, body.into()).into_response();
    let json = HeaderValue::from_static(media_type::JSON);
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// A text for people.
pub(crate) fn text(status: StatusCode, body: &'static str) -> Response {
    let mut response = (status, body).into_response();
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

/// Marks an error that is no problem document and stays as it was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsWritten;

/// An error that another standard than that of problem documents describes.
pub(crate) fn as_written(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = json(status, body);
    response.extensions_mut().insert(AsWritten);
    response
}
