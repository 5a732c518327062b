//! From a socket to the router.

mod line;
mod patient_stream;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::middleware::map_request;
use axum::serve::{IncomingStream, Listener};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::Limits;
pub(crate) use line::Line;
use patient_stream::PatientStream;

/// Who is at the other end of a connection, by its socket. No header says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// How a server has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every open request was answered.
    Drained,
    /// Some requests took longer than they were given, and were cut off.
    CutOff,
}

/// Serves connections until `shutdown` is there, then takes no more of them and answers what is open.
pub async fn serve<F>(listener: TcpListener, router: Router, limits: Limits, shutdown: F) -> Ended
where
    F: Future<Output = ()> + Send + 'static,
{
    let (told, mut stopping) = watch::channel(());
    let shutdown = async move {
        shutdown.await;
        drop(told);
    };
    let drain_time_max = limits.drain_time_max;
    let service = router.layer(map_request(introduced));
    let service = service.into_make_service_with_connect_info::<Connection>();
    let serving = axum::serve(BoundedListener::new(listener, limits), service)
        .with_graceful_shutdown(shutdown);
    let patience = async move {
        // The sender never sends: it is gone when the server is to stop.
        let _gone = stopping.changed().await;
        tokio::time::sleep(drain_time_max).await;
    };
    tokio::select! {
        // Serving has no errors: those of one connection concern that connection.
        _ = serving.into_future() => Ended::Drained,
        () = patience => Ended::CutOff,
    }
}

/// Accepts as many connections as there may be, and leaves the others waiting.
struct BoundedListener {
    listener: TcpListener,
    places: Arc<Semaphore>,
    limits: Limits,
}

impl BoundedListener {
    fn new(listener: TcpListener, limits: Limits) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(limits.connections_max)), limits }
    }
}

impl Listener for BoundedListener {
    type Io = PatientStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (PatientStream, SocketAddr) {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.expect("nobody closes the semaphore");
        // It logs and retries what can go wrong.
        let (stream, address) = Listener::accept(&mut self.listener).await;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection answers in larger pieces");
        }
        (PatientStream::new(stream, place, &self.limits), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection as its requests see it.
#[derive(Clone)]
struct Connection {
    peer: Peer,
    line: Line,
}

impl Connected<IncomingStream<'_, BoundedListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, BoundedListener>) -> Self {
        Self { peer: Peer(*stream.remote_addr()), line: stream.io().line().clone() }
    }
}

/// Tells a request where it comes from, and how to break off its connection.
async fn introduced(mut request: Request) -> Request {
    let extensions = request.extensions_mut();
    if let Some(ConnectInfo(connection)) = extensions.remove::<ConnectInfo<Connection>>() {
        extensions.insert(ConnectInfo(connection.peer));
        extensions.insert(connection.line);
    }
    request
}
