//! One request and its answer, seen from outside.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};
use payout_domain::{ClientId, OperatorName};
use payout_wire::{header as wire, media_type};
use tokio::time::Instant;
use tracing::Instrument;

use crate::answer::AsWritten;
use crate::fault::Fault;
use crate::rate_limits::{Meter, RateLimits};
use crate::{AuditWho, Limits, Peer, TraceIds};

/// How long a caller is asked to wait before it tries again, in seconds.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// What all requests of a server have around them.
pub(crate) struct Frame {
    pub(crate) trace_ids: TraceIds,
    pub(crate) limits: Limits,
    pub(crate) rates: Arc<RateLimits>,
}

impl Frame {
    pub(crate) fn new(trace_ids: &TraceIds, limits: &Limits) -> Self {
        let rates = Arc::new(RateLimits::new(&limits.rates));
        Self { trace_ids: Arc::clone(trace_ids), limits: limits.clone(), rates }
    }

    /// Where a request comes from: by its socket, or by a proxy that is trusted.
    fn origin(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<ConnectInfo<Peer>>();
        let peer =
            peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(Peer(peer))| peer.ip());
        self.limits.proxies.origin(peer, request.headers())
    }
}

/// What a request and its answer are called.
#[derive(Clone, Debug)]
pub(crate) struct TraceId(pub(crate) String);

/// Who sent a request, once that is known: the log is written by a layer that cannot see it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sender {
    who: Arc<OnceLock<Known>>,
    asked: Arc<OnceLock<Asked>>,
}

/// With which key a request was signed, and a digest of it.
type Asked = (Option<String>, [u8; 32]);

/// Somebody whom we know.
#[derive(Debug)]
enum Known {
    Client(ClientId),
    Operator(OperatorName),
}

impl Sender {
    /// Says who it is.
    pub(crate) fn is(&self, client_id: &ClientId) {
        // Said twice of one request, it is the same client.
        let _known = self.who.set(Known::Client(client_id.clone()));
    }

    /// Says that it is this operator.
    pub(crate) fn is_operator(&self, name: &OperatorName) {
        let _known = self.who.set(Known::Operator(name.clone()));
    }

    /// Says what was asked: a digest of the request, and the key that it was signed with.
    pub(crate) fn asks(&self, kid: Option<&str>, digest: [u8; 32]) {
        // Said twice of one request, it is the same.
        let _asked = self.asked.set((kid.map(str::to_owned), digest));
    }

    /// What was asked, as far as somebody has said so.
    pub(crate) fn asked(&self) -> (Option<String>, Option<[u8; 32]>) {
        self.asked.get().map_or((None, None), |(kid, digest)| (kid.clone(), Some(*digest)))
    }

    /// Who it is.
    pub(crate) fn who(&self) -> AuditWho {
        match self.who.get() {
            Some(Known::Client(client_id)) => AuditWho::Client(client_id.clone()),
            Some(Known::Operator(name)) => AuditWho::Operator(name.clone()),
            None => AuditWho::Nobody,
        }
    }

    fn client(&self) -> &str {
        match self.who.get() {
            Some(Known::Client(client_id)) => client_id.as_str(),
            Some(Known::Operator(_)) | None => "-",
        }
    }

    fn operator(&self) -> &str {
        match self.who.get() {
            Some(Known::Operator(name)) => name.as_str(),
            Some(Known::Client(_)) | None => "-",
        }
    }
}

/// The outermost layer: names the request, writes errors as problem documents, adds the headers that
/// every answer has, and writes the access log.
pub(crate) async fn conduct(
    State(frame): State<Arc<Frame>>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let trace_id = (frame.trace_ids)();
    let sender = Sender::default();
    let origin = frame.origin(&request);
    let extensions = request.extensions_mut();
    extensions.insert(sender.clone());
    extensions.insert(TraceId(trace_id.clone()));
    extensions.insert(Meter { origin, rates: Arc::clone(&frame.rates) });
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", %trace_id);

    let response = next.run(request).instrument(span).await;
    let response = complete(response, &trace_id);

    tracing::info!(
        %method,
        // Paths and queries hold other people's data, so the log has the route instead.
        route = route.as_ref().map_or("-", MatchedPath::as_str),
        status = response.status().as_u16(),
        duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        client_id = sender.client(),
        operator = sender.operator(),
        %origin,
        trace_id,
        "answered"
    );
    response
}

fn complete(response: Response, trace_id: &str) -> Response {
    let mut response = match fault_of(&response) {
        Some(fault) => write(response, fault, trace_id),
        None => response,
    };
    let is_error = is_error(response.status());
    let headers = response.headers_mut();
    if is_error {
        let no_retry = HeaderValue::from_static("false");
        headers.entry(lower_case(wire::TL_SHOULD_RETRY)).or_insert(no_retry);
    }
    if let Ok(trace_id) = HeaderValue::from_str(trace_id) {
        headers.insert(lower_case(wire::TL_TRACE_ID), trace_id.clone());
        headers.insert(lower_case(wire::X_TL_CORRELATION_ID), trace_id);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// What went wrong, if anything did: our own word for it, or the framework's status.
fn fault_of(response: &Response) -> Option<Fault> {
    let status = response.status();
    if !is_error(status) || response.extensions().get::<AsWritten>().is_some() {
        return None;
    }
    let ours = response.extensions().get::<Fault>().cloned();
    Some(ours.unwrap_or_else(|| Fault::of_status(status)))
}

/// Writes a problem document. Headers such as `Allow` stay.
fn write(mut response: Response, fault: Fault, trace_id: &str) -> Response {
    let status = fault.status();
    let should_retry = if fault.should_retry() { "true" } else { "false" };
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type::PROBLEM_JSON));
    headers.insert(lower_case(wire::TL_SHOULD_RETRY), HeaderValue::from_static(should_retry));
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        let seconds = fault.retry_after().map_or(RETRY_AFTER_SECONDS, HeaderValue::from);
        headers.entry(header::RETRY_AFTER).or_insert(seconds);
    }
    *response.body_mut() = Body::from(fault.into_document(trace_id).to_bytes());
    response
}

/// HTTP/1.1 names are written in lower case by the library; readers compare without case.
fn lower_case(name: &str) -> HeaderName {
    HeaderName::from_bytes(name.as_bytes()).expect("our own header names are tokens")
}
