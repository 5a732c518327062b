//! The merchant's side of the webhooks.

use std::sync::Arc;

use payout_http_client::{JwksCache, PrivateNetworks};
use payout_http_server::{Limits, ReceivedWebhook, WebhookReceiver, serve};
use payout_wire::webhook::InboundEvent;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::clock::SystemClock;
use crate::failure::{Failure, chain};
use crate::id_generator;
use crate::webhook_keys::ProviderKeys;

/// Receives webhooks and verifies them.
pub(super) struct Receiver {
    url: String,
    listener: Option<TcpListener>,
    sender: mpsc::UnboundedSender<String>,
    events: mpsc::UnboundedReceiver<String>,
}

const PATH: &str = "/payout-events";

impl Receiver {
    /// Takes a free address.
    pub(super) async fn listen() -> Result<Self, Failure> {
        let wrong = |error: std::io::Error| Failure::failed("webhook receiver", &error);
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(wrong)?;
        let url = format!("http://{}{PATH}", listener.local_addr().map_err(wrong)?);
        let (sender, events) = mpsc::unbounded_channel();
        Ok(Self { url, listener: Some(listener), sender, events })
    }

    pub(super) fn url(&self) -> String {
        self.url.clone()
    }

    /// Starts to receive what is signed with a key of this set.
    pub(super) fn start(&mut self, jwks_url: &str) -> Result<(), Failure> {
        let cache = JwksCache::new([jwks_url], &PrivateNetworks::default(), Arc::new(SystemClock))
            .map_err(|error| Failure::configuration(chain(&error)))?;
        let sender = self.sender.clone();
        let receiver = WebhookReceiver {
            path: PATH.to_owned(),
            keys: Arc::new(ProviderKeys { cache }),
            deliver: Arc::new(move |webhook: ReceivedWebhook| {
                if let Ok(event) = InboundEvent::parse(&webhook.body) {
                    let _nobody_waits_any_more = sender.send(event.event_type);
                }
            }),
            trace_ids: Arc::new(|| id_generator::random().simple().to_string()),
            limits: Limits::default(),
        };
        if let Some(listener) = self.listener.take() {
            let forever = std::future::pending();
            tokio::spawn(serve(listener, receiver.router(), Limits::default(), forever));
        }
        Ok(())
    }

    /// The type of the next event about a payout.
    pub(super) async fn next(&mut self) -> String {
        loop {
            match self.events.recv().await {
                Some(event) if event.starts_with("payout_") => return event,
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    }
}
