//! One request, one transmission, one answer.
//!
//! Everything that an HTTP client does of its own accord is switched off here: it follows no
//! redirect, repeats nothing, uses no proxy of the environment, and speaks HTTP/1.1. Repeating is the
//! dispatcher's work, who knows what may be repeated.

use std::fmt;
use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use payout_domain::Timestamp;
use payout_ports::Cause;
use payout_wire::header;
use reqwest::{Client, ClientBuilder, Request, Response};

use crate::{Deadlines, http_date};

/// The most bytes that an answer may have.
pub(crate) const ANSWER_LEN_MAX: usize = 1024 * 1024;

/// The most bytes that a token or a key set may have.
pub(crate) const SMALL_ANSWER_LEN_MAX: usize = 64 * 1024;

/// How long the longest wait is that we let a server ask of us.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// How long a connection may be idle and still be used. Servers close theirs after a minute or so,
/// and a request that crosses with the closing has an unknown outcome.
const IDLE: Duration = Duration::from_secs(15);

/// The HTTP client cannot be set up: the system has no TLS certificates, or no resolver.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct SetUpError(#[source] Cause);

/// Sends requests.
#[derive(Clone)]
pub(crate) struct Transport {
    client: Client,
}

/// What a server answered, read to its end.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<String>,
    /// How long the server asks us to wait, at most an hour.
    pub(crate) retry_after: Option<Duration>,
    /// What time it was there.
    pub(crate) date: Option<Timestamp>,
    /// The server's name for the request, where it has one.
    pub(crate) trace_id: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// There is no answer that could be read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendFailure {
    /// There was no connection, so not one byte of the request has left.
    #[error("there is no connection")]
    NotSent(#[source] Cause),
    /// The request may have arrived.
    #[error("the answer is lost")]
    Lost(#[source] Cause),
}

impl SendFailure {
    /// What went wrong, for whoever makes no difference.
    pub(crate) fn into_cause(self) -> Cause {
        self.into()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than {0} bytes")]
struct TooLong(usize);

impl Transport {
    /// A client for servers that we trust to be who they say they are.
    pub(crate) fn new(deadlines: Deadlines, is_plain: bool) -> Result<Self, SetUpError> {
        let builder = quiet(deadlines);
        if is_plain { Self::plain(builder) } else { Self::from_builder(builder) }
    }

    /// A client for servers that it never speaks to over TLS: it reads no certificates, and a system
    /// without any will do.
    pub(crate) fn plain(builder: ClientBuilder) -> Result<Self, SetUpError> {
        Self::from_builder(builder.tls_certs_only([]))
    }

    pub(crate) fn from_builder(builder: ClientBuilder) -> Result<Self, SetUpError> {
        let client = builder.build().map_err(|error| SetUpError(error.into()))?;
        Ok(Self { client })
    }

    /// Sends the request once, and reads the answer up to so many bytes; more are a failure.
    pub(crate) async fn send(
        &self,
        request: Request,
        len_max: usize,
    ) -> Result<Answer, SendFailure> {
        let response = self.client.execute(request).await.map_err(failure)?;
        let mut answer = head(&response);
        answer.body = body(response, len_max).await?;
        Ok(answer)
    }

    /// Sends the request once, reads at most so many bytes of the answer and forgets them.
    pub(crate) async fn send_and_forget(
        &self,
        request: Request,
        len_max: usize,
    ) -> Result<StatusCode, SendFailure> {
        let mut response = self.client.execute(request).await.map_err(failure)?;
        let status = response.status();
        let mut left = len_max;
        // The status says it all: whatever is wrong with the rest does not matter. It is read so
        // that the connection can be used again.
        while let Ok(Some(chunk)) = response.chunk().await {
            match left.checked_sub(chunk.len()) {
                Some(less) => left = less,
                None => break,
            }
        }
        Ok(status)
    }
}

/// The settings that are the same for every server.
pub(crate) fn quiet(deadlines: Deadlines) -> ClientBuilder {
    let agent = HeaderValue::from_static(concat!("payout/", env!("CARGO_PKG_VERSION")));
    let mut headers = HeaderMap::new();
    headers.insert(named(header::TL_AGENT), agent.clone());
    Client::builder()
        .user_agent(agent)
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .http1_only()
        .connect_timeout(deadlines.connect)
        .timeout(deadlines.request)
        .pool_idle_timeout(IDLE)
}

/// The header of this name.
pub(crate) fn named(name: &'static str) -> HeaderName {
    HeaderName::try_from(name).expect("the names of our headers are header names")
}

fn head(response: &Response) -> Answer {
    let text =
        |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
    let trace_id = text(named(header::TL_TRACE_ID)).or(text(named(header::X_TL_CORRELATION_ID)));
    Answer {
        status: response.status(),
        content_type: text(CONTENT_TYPE).map(str::to_owned),
        retry_after: text(RETRY_AFTER).and_then(seconds),
        date: text(DATE).and_then(http_date::parse),
        trace_id: trace_id.map(str::to_owned),
        body: Vec::new(),
    }
}

/// Reads the one form that says how long; the other one says until when, by a clock that is not ours.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: u64 = text.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

async fn body(mut response: Response, len_max: usize) -> Result<Vec<u8>, SendFailure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len().saturating_add(chunk.len()) > len_max {
            return Err(SendFailure::Lost(TooLong(len_max).into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Without a connection nothing was sent; after that, who knows.
fn failure(error: reqwest::Error) -> SendFailure {
    if error.is_connect() { SendFailure::NotSent(cause(error)) } else { lost(error) }
}

fn lost(error: reqwest::Error) -> SendFailure {
    SendFailure::Lost(cause(error))
}

/// URLs name users, so errors go without them.
fn cause(error: reqwest::Error) -> Cause {
    error.without_url().into()
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    /// Shows everything but the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("retry_after", &self.retry_after)
            .field("date", &self.date)
            .field("trace_id", &self.trace_id)
            .field("body_len", &self.body.len())
            .finish()
    }
}
