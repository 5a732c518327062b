//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::header::STRICT_TRANSPORT_SECURITY;
use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::Service as _;

use super::patient_stream::PatientStream;
use super::places::Place;
use super::standing::Standing;
use super::watched_body::WatchedBody;
use super::{Line, Peer};
use crate::Limits;

/// How much more than what a head may have is read of it: so much is answered with a problem document,
/// and still more with the library's bare 431.
const HEAD_BYTES_READ: usize = 4;

/// For a year, whoever has come encrypted comes encrypted (RFC 6797).
const ALWAYS_ENCRYPTED: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What all connections of a server have in common.
#[derive(Clone)]
pub(super) struct Server {
    router: Router,
    limits: Arc<Limits>,
    /// Its sender is dropped when the server is to stop.
    stopping: watch::Receiver<()>,
    http: http1::Builder,
}

/// What every request of a connection is told.
#[derive(Clone)]
struct Introduction {
    peer: Peer,
    line: Line,
    standing: Arc<Standing>,
    is_encrypted: bool,
}

impl Server {
    pub(super) fn new(router: Router, limits: Limits, stopping: watch::Receiver<()>) -> Self {
        let mut http = http1::Builder::new();
        let head_bytes = limits.head_bytes_max.saturating_mul(HEAD_BYTES_READ).max(8192);
        // A connection has a clock of its own, which the library's cannot replace: that one runs while
        // nothing is asked.
        http.max_buf_size(head_bytes).header_read_timeout(None);
        Self { router, limits: Arc::new(limits), stopping, http }
    }

    /// Whether an address is one of our proxies.
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.limits.proxies.contains(address)
    }

    /// Talks until one of both has had enough, or somebody else needs the place.
    pub(super) async fn talk(
        self,
        (stream, tls): (TcpStream, Option<TlsAcceptor>),
        peer: Peer,
        place: Place,
    ) {
        let standing = Arc::clone(place.standing());
        tokio::select! {
            () = self.greet(stream, tls, peer, &standing) => {}
            () = standing.ended() => {}
        }
        // Only here, so that a place is free when its connection has ended.
        drop(place);
    }

    /// Shakes hands first, where it is encrypted. Until that is done, the connection waits for its peer
    /// like any other, and may have to make room.
    async fn greet(
        self,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
        peer: Peer,
        standing: &Arc<Standing>,
    ) {
        let Some(tls) = tls else { return self.answer_all(stream, peer, standing, false).await };
        match timeout(self.limits.head_time_max, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.answer_all(stream, peer, standing, true).await,
            Ok(Err(error)) => tracing::debug!(%error, "a handshake has failed"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }

    async fn answer_all<S>(
        mut self,
        stream: S,
        peer: Peer,
        standing: &Arc<Standing>,
        is_encrypted: bool,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let stream = PatientStream::new(stream, Arc::clone(standing), &self.limits);
        let (line, standing) = (stream.line().clone(), Arc::clone(standing));
        let introduction = Introduction { peer, line, standing, is_encrypted };
        let router = self.router.clone();
        let service =
            service_fn(move |request| answer(router.clone(), introduction.clone(), request));
        let mut talk = pin!(self.http.serve_connection(TokioIo::new(stream), service));
        let ended = tokio::select! {
            ended = talk.as_mut() => ended,
            // Its sender never sends.
            _gone = self.stopping.changed() => {
                talk.as_mut().graceful_shutdown();
                talk.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection has ended");
        }
    }
}

async fn answer(
    mut router: Router,
    introduction: Introduction,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let Introduction { peer, line, standing, is_encrypted } = introduction;
    let open = standing.open();
    let mut request = request.map(|body| Body::new(WatchedBody::new(body, standing)));
    let extensions = request.extensions_mut();
    extensions.insert(ConnectInfo(peer));
    extensions.insert(line);
    let mut response = router.call(request).await;
    if is_encrypted && let Ok(response) = &mut response {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, ALWAYS_ENCRYPTED);
    }
    drop(open);
    response
}
