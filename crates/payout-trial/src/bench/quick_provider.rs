//! A provider that takes no time of its own: it says yes to every payout, and asks the sandbox for
//! everything else.

mod book;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request};
use payout_domain::GatewayPayoutId;
use payout_signature::{Jwks, SigningKey};
use payout_wire::{header, route};
use serde_json::json;

use self::book::Book;
use super::gate::Gate;
use super::line::Line;
use super::local_server::{self, Answer, respond};

/// A provider that verifies nothing, so that what sending costs can be seen beside it.
pub(crate) struct QuickProvider {
    pub(crate) address: SocketAddr,
    desk: Arc<Desk>,
}

struct Desk {
    sandbox: SocketAddr,
    /// How long it thinks about a payout.
    delay: Duration,
    /// What its events are signed with.
    events: SigningKey,
    book: Mutex<Book>,
    counts: Mutex<Counts>,
    /// Before payouts are taken.
    orders: Gate,
    /// Before payouts are shown.
    questions: Gate,
}

/// What it was asked so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// How often it was asked for a payout, also while it took none.
    pub(crate) ordered: u64,
    /// How many different payouts it has taken.
    pub(crate) taken: u64,
    /// How often it has shown one.
    pub(crate) asked: u64,
    /// How many different ones it has shown.
    pub(crate) shown: u64,
}

/// The id of the key that its events are signed with.
const KID: &str = "b7a3f0d2-51c6-4f0e-8f0b-2f6a9f1f5f3c";

impl QuickProvider {
    /// Listens, in front of the sandbox at this address.
    pub(crate) async fn start(sandbox: SocketAddr, delay: Duration) -> Result<Self> {
        let (events, _) = SigningKey::generate(KID)?;
        let desk = Arc::new(Desk {
            sandbox,
            delay,
            events,
            book: Mutex::default(),
            counts: Mutex::default(),
            orders: Gate::default(),
            questions: Gate::default(),
        });
        let own = Arc::clone(&desk);
        let address = local_server::listen(move |request| Arc::clone(&own).answer(request)).await?;
        Ok(Self { address, desk })
    }

    /// What lets those wait who ask for payouts.
    pub(crate) fn orders(&self) -> &Gate {
        &self.desk.orders
    }

    /// What lets those wait who ask after payouts.
    pub(crate) fn questions(&self) -> &Gate {
        &self.desk.questions
    }

    /// What its events are signed with.
    pub(crate) fn event_key(&self) -> &SigningKey {
        &self.desk.events
    }

    /// What it was asked so far.
    pub(crate) fn counts(&self) -> Counts {
        *self.desk.counts()
    }

    /// Waits until it was asked enough. It looks again and again, so that nobody is woken by each request.
    pub(crate) async fn until(&self, enough: impl Fn(&Counts) -> bool) {
        while !enough(&self.counts()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// The names that it gave to the payouts that it took.
    pub(crate) fn payouts(&self) -> Vec<GatewayPayoutId> {
        self.desk.book().ids()
    }

    /// Remembers a payout as if it had been asked for it, under this name and in these words.
    pub(crate) fn remember(&self, id: GatewayPayoutId, words: &[u8]) {
        self.desk.book().put(id, words);
    }

    /// An error unless it took this many payouts, each named by us once, and asked for once.
    pub(crate) fn check_each_came_once(&self, count: u64) -> Result<()> {
        let (ordered, taken) = (self.counts().ordered, self.counts().taken);
        let named = self.desk.book().named();
        ensure!(
            (ordered, taken, named) == (count, count, count),
            "of {count} payouts the provider took {taken}, which are {named} different ones, and was \
             asked {ordered} times"
        );
        Ok(())
    }
}

impl Desk {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Answer> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let path = head.uri.path();
        if path == route::PAYOUTS.v3 && head.method == Method::POST {
            return self.take(&head, &body).await;
        }
        let payout = path.strip_prefix(route::PAYOUTS.v3).and_then(|rest| rest.strip_prefix('/'));
        if let Some(id) = payout {
            return self.show(id).await;
        }
        if path == route::JWKS {
            return respond(200, Jwks::render(&[self.events.verifying_key()]));
        }
        self.hand_on(&head, &body).await
    }

    async fn take(&self, head: &Parts, body: &[u8]) -> Result<Answer> {
        self.count(|counts| counts.ordered = counts.ordered.saturating_add(1));
        self.orders.pass().await;
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let key = head.headers.get(header::IDEMPOTENCY_KEY).context("every payout has a key")?;
        let (id, is_new) = self.book().take(key.to_str()?, body)?;
        if is_new {
            self.count(|counts| counts.taken = counts.taken.saturating_add(1));
        }
        respond(202, json!({ "id": id.to_string() }).to_string())
    }

    async fn show(&self, id: &str) -> Result<Answer> {
        self.questions.pass().await;
        let (payout, is_new) = self.book().show(id)?;
        self.count(|counts| {
            counts.asked = counts.asked.saturating_add(1);
            counts.shown = counts.shown.saturating_add(u64::from(is_new));
        });
        respond(200, payout.to_string())
    }

    /// The sandbox's answer.
    async fn hand_on(&self, head: &Parts, body: &[u8]) -> Result<Answer> {
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

    fn count(&self, more: impl FnOnce(&mut Counts)) {
        more(&mut self.counts());
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
