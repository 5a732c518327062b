//! A client's receiver of webhooks that takes no time of its own.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use http_body_util::BodyExt as _;
use hyper::Request;
use hyper::body::Incoming;
use payout_domain::EventId;
use payout_wire::webhook::InboundEvent;
use tokio::sync::watch;

use super::gate::Gate;
use super::local_server::{self, Answer, respond};

/// Confirms whatever it is told, as soon as its gate is open, and remembers the names of the events.
pub(super) struct QuickReceiver {
    pub(super) url: String,
    ear: Arc<Ear>,
}

#[derive(Default)]
struct Ear {
    gate: Gate,
    /// The events that were told.
    heard: Mutex<BTreeSet<EventId>>,
    /// How many they are.
    count: watch::Sender<u64>,
}

impl QuickReceiver {
    /// Listens, with its gate closed.
    pub(super) async fn listen() -> Result<Self> {
        let ear = Arc::new(Ear::default());
        ear.gate.close();
        let own = Arc::clone(&ear);
        let address = local_server::listen(move |request| Arc::clone(&own).hear(request)).await?;
        Ok(Self { url: format!("http://{address}/events"), ear })
    }

    /// Confirms from now on.
    pub(super) fn open(&self) {
        self.ear.gate.open();
    }

    /// Waits until it was told this many different events.
    pub(super) async fn until_heard(&self, count: u64) -> Result<()> {
        self.ear.count.subscribe().wait_for(|heard| *heard >= count).await?;
        Ok(())
    }
}

impl Ear {
    async fn hear(self: Arc<Self>, request: Request<Incoming>) -> Result<Answer> {
        let is_signed = request.headers().contains_key("tl-signature");
        let body = request.into_body().collect().await?.to_bytes();
        self.gate.pass().await;
        let event = InboundEvent::parse(&body).context("a webhook that cannot be read")?;
        ensure!(is_signed, "a webhook without a signature");
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.insert(event.event_id);
        let count = u64::try_from(heard.len())?;
        drop(heard);
        self.count.send_replace(count);
        respond(200, "")
    }
}
