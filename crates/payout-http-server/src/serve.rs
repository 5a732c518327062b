//! From a socket to the router.

mod connection;
mod line;
mod patient_stream;
mod places;
mod standing;
mod tls;
mod watched_body;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::Limits;
use connection::Server;
pub(crate) use line::Line;
use places::Places;
pub use tls::{Tls, TlsError};

/// Who is at the other end of a connection, by its socket. No header says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Where connections come in.
#[derive(Debug)]
pub struct Entrance {
    /// Where it listens.
    pub listener: TcpListener,
    /// What it shows to who connects; `None` if nothing is encrypted here.
    pub tls: Option<Tls>,
    /// Whether only the trusted proxies of the [`Limits`] may connect. Others are closed at once, without
    /// a word.
    pub only_proxies: bool,
}

/// How a server has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every open request was answered.
    Drained,
    /// Some requests took longer than they were given, and were cut off.
    CutOff,
}

/// How long nothing is accepted when the system has no more sockets for us.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// Serves connections until `shutdown` is there, then takes no more of them and answers what is open.
///
/// Who connects when there are as many connections as there may be gets the place of the one that has
/// waited longest for its peer: for a request, for the rest of one, or for an answer to be taken. So
/// silence cannot keep others out. Connections at work are not ended; only if all are does the next one
/// wait.
pub async fn serve<F>(
    entrance: impl Into<Entrance>,
    router: Router,
    limits: Limits,
    shutdown: F,
) -> Ended
where
    F: Future<Output = ()> + Send + 'static,
{
    let entrance = entrance.into();
    let drain_time_max = limits.drain_time_max;
    let places = Arc::new(Places::new(&limits));
    let (told, stopping) = watch::channel(());
    let server = Server::new(router, limits, stopping);
    tokio::select! {
        () = accept_all(&entrance, &places, &server) => {}
        () = shutdown => {}
    }
    // Nobody connects any more, and every connection hears that it is to end.
    drop(entrance);
    drop(told);
    if tokio::time::timeout(drain_time_max, places.all_free()).await.is_ok() {
        return Ended::Drained;
    }
    places.end_all();
    Ended::CutOff
}

impl From<TcpListener> for Entrance {
    /// Open to all who reach it, without encryption.
    fn from(listener: TcpListener) -> Self {
        Self { listener, tls: None, only_proxies: false }
    }
}

async fn accept_all(entrance: &Entrance, places: &Arc<Places>, server: &Server) {
    loop {
        let (stream, address) = accept(&entrance.listener).await;
        if entrance.only_proxies && !server.trusts(address.ip()) {
            tracing::debug!(%address, "a connection came past the proxies");
            continue;
        }
        // Who has as many as a peer may have, all of them at work, is closed at once.
        let Some(place) = places.take(address.ip()).await else { continue };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection answers in larger pieces");
        }
        let tls = entrance.tls.as_ref().map(Tls::acceptor);
        tokio::spawn(server.clone().talk((stream, tls), Peer(address), place));
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_the_peer(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(OUT_OF_SOCKETS).await;
            }
        }
    }
}

/// Whether it is the peer that has gone before we came.
fn is_of_the_peer(error: &io::Error) -> bool {
    let gone = [
        io::ErrorKind::ConnectionRefused,
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::ConnectionReset,
    ];
    gone.contains(&error.kind())
}
