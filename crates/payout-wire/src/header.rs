//! The names of HTTP headers, in the spelling in which they are sent. Whoever receives one compares
//! without case.

/// Carries the bearer token.
pub const AUTHORIZATION: &str = "Authorization";
/// Names the media type of the body.
pub const CONTENT_TYPE: &str = "Content-Type";
/// Names one intention, however often it is sent. It is part of what is signed.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Carries the signature of a request or of a webhook.
pub const TL_SIGNATURE: &str = "Tl-Signature";
/// Carries the id of a request; the .NET client reads it.
pub const TL_TRACE_ID: &str = "Tl-Trace-Id";
/// Carries the same id; the Java, PHP and Rust clients read it.
pub const X_TL_CORRELATION_ID: &str = "X-Tl-Correlation-Id";
/// Says whether the same request may succeed later: `true` or `false`.
pub const TL_SHOULD_RETRY: &str = "Tl-Should-Retry";
/// Names the client library.
pub const TL_AGENT: &str = "TL-Agent";
/// When a webhook was sent, in whole seconds. It is part of what is signed, under the lower-case
/// spelling [`X_TL_WEBHOOK_TIMESTAMP_SIGNED`].
pub const X_TL_WEBHOOK_TIMESTAMP: &str = "X-TL-Webhook-Timestamp";
/// How the provider's own webhooks spell the timestamp header inside the signature.
pub const X_TL_WEBHOOK_TIMESTAMP_SIGNED: &str = "x-tl-webhook-timestamp";
/// Says how many seconds to wait before another try.
pub const RETRY_AFTER: &str = "Retry-After";
