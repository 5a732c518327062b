//! A server in our own process, for those whom the service talks to.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Result;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// What is answered.
pub(super) type Answer = Response<Full<Bytes>>;

/// Listens on a free port of this machine for as long as the bench lasts, and says where.
pub(super) async fn listen<F, R>(answer: F) -> Result<SocketAddr>
where
    F: Fn(Request<Incoming>) -> R + Clone + Send + 'static,
    R: Future<Output = Result<Answer>> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _slower_but_right = stream.set_nodelay(true);
            let service = service_fn(answer.clone());
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

/// JSON.
pub(super) fn respond(status: u16, body: impl Into<Bytes>) -> Result<Answer> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    Ok(response.body(Full::new(body.into()))?)
}
