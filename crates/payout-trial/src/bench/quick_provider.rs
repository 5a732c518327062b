//! A provider that takes no time of its own: it says yes to every payout, and asks the sandbox for
//! everything else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use payout_wire::route;
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::line::Line;

/// A provider that verifies nothing, so that what sending costs can be seen beside it.
pub(crate) struct QuickProvider {
    pub(crate) address: SocketAddr,
    taken: watch::Receiver<u64>,
}

struct Desk {
    sandbox: SocketAddr,
    /// How long it thinks about a payout.
    delay: Duration,
    /// What it was asked for, by the name that it gave.
    payouts: Mutex<BTreeMap<String, Json>>,
    taken: watch::Sender<u64>,
}

/// When everything happened that it tells of.
const ONCE: &str = "2026-03-02T09:14:07.412093Z";

impl QuickProvider {
    /// Listens, in front of the sandbox at this address.
    pub(crate) async fn start(sandbox: SocketAddr, delay: Duration) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (sender, taken) = watch::channel(0);
        let desk = Arc::new(Desk { sandbox, delay, payouts: Mutex::default(), taken: sender });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _slower_but_right = stream.set_nodelay(true);
                let desk = Arc::clone(&desk);
                let answer = service_fn(move |request| Arc::clone(&desk).answer(request));
                let served = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
                tokio::spawn(served);
            }
        });
        Ok(Self { address, taken })
    }

    /// Waits until it was asked for this many payouts.
    pub(crate) async fn until_taken(&mut self, count: u64) -> Result<()> {
        self.taken.wait_for(|taken| *taken >= count).await?;
        Ok(())
    }
}

impl Desk {
    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, anyhow::Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let path = head.uri.path();
        if path == route::PAYOUTS.v3 && head.method == Method::POST {
            tokio::time::sleep(self.delay).await;
            return self.take(&body);
        }
        let payout = path.strip_prefix(route::PAYOUTS.v3).and_then(|rest| rest.strip_prefix('/'));
        if let Some(id) = payout {
            return respond(200, self.show(id).to_string());
        }
        self.hand_on(&head, &body).await
    }

    fn take(&self, body: &[u8]) -> Result<Response<Full<Bytes>>, anyhow::Error> {
        let mut payouts = self.payouts.lock().unwrap_or_else(PoisonError::into_inner);
        let id =
            uuid::Uuid::from_u128(u128::try_from(payouts.len())?.saturating_add(1)).to_string();
        payouts.insert(id.clone(), serde_json::from_slice(body)?);
        drop(payouts);
        self.taken.send_modify(|taken| *taken = taken.saturating_add(1));
        respond(202, json!({ "id": id }).to_string())
    }

    fn show(&self, id: &str) -> Json {
        let payouts = self.payouts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut payout = payouts.get(id).cloned().unwrap_or(json!(null));
        if let Some(members) = payout.as_object_mut() {
            let more = [("status", "executed"), ("created_at", ONCE), ("executed_at", ONCE)];
            let more =
                more.into_iter().chain([("id", id), ("scheme_id", "faster_payments_service")]);
            members.extend(more.map(|(name, value)| (name.to_owned(), json!(value))));
        }
        payout
    }

    /// The sandbox's answer.
    async fn hand_on(
        &self,
        head: &hyper::http::request::Parts,
        body: &[u8],
    ) -> Result<Response<Full<Bytes>>, anyhow::Error> {
        let mut text = format!("{} {} HTTP/1.1\r\n", head.method, head.uri);
        for (name, value) in &head.headers {
            write!(text, "{name}: {}\r\n", value.to_str().context("it is text")?)?;
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend(body);
        let answer = Line::open(self.sandbox).await?.ask(&bytes).await?;
        respond(answer.status, answer.body)
    }
}

fn respond(status: u16, body: impl Into<Bytes>) -> Result<Response<Full<Bytes>>, anyhow::Error> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    Ok(response.body(Full::new(body.into()))?)
}
