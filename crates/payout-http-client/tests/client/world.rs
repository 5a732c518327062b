//! What every test needs: a clock, a key, a connection, a payout.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use payout_conformance::fixtures;
use payout_domain::{Timestamp, TokenLife};
use payout_http_client::{ClientSecret, Connection, Deadlines, Environment, HttpGateway};
use payout_ports::{Authorisation, BearerToken, Clock, Instruction, PayoutGateway};
use payout_signature::SigningKey;

pub(crate) const SECRET: &str = "canary-secret";
pub(crate) const TOKEN: &str = "canary-token";

/// The key that everything is signed with.
pub(crate) static KEY: LazyLock<Arc<SigningKey>> = LazyLock::new(|| {
    let (key, _pem) = SigningKey::generate("key-1").expect("the library makes keys");
    Arc::new(key)
});

/// A clock that is moved by hand.
#[derive(Debug)]
pub(crate) struct Hand(AtomicI64);

impl Hand {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(fixtures::T0.as_micros())))
    }

    pub(crate) fn advance(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).expect("a test lasts less than an age");
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    pub(crate) fn set_back(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).expect("a test lasts less than an age");
        self.0.fetch_sub(micros, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Deadlines that a test can wait for.
pub(crate) fn deadlines() -> Deadlines {
    Deadlines { connect: Duration::from_millis(500), request: Duration::from_secs(1) }
}

pub(crate) fn connection(url: &str) -> Connection {
    connection_to(Environment::at(url).expect("it is on this machine"))
}

pub(crate) fn connection_to(environment: Environment) -> Connection {
    Connection {
        environment,
        client_id: fixtures::acme(),
        client_secret: ClientSecret::new(SECRET),
        signing_key: Some(Arc::clone(&KEY)),
        deadlines: deadlines(),
    }
}

pub(crate) fn gateway(url: &str) -> HttpGateway {
    gateway_with(url, &Hand::new())
}

pub(crate) fn gateway_with(url: &str, clock: &Arc<Hand>) -> HttpGateway {
    let clock: Arc<dyn Clock> = clock.clone();
    HttpGateway::new(&connection(url), clock).expect("it needs nothing of the system")
}

/// An instruction for this gateway.
pub(crate) fn instruction(gateway: &HttpGateway) -> Instruction {
    gateway.prepare(fixtures::payout_id(1), &fixtures::request(1))
}

/// Leave that nobody gave.
pub(crate) fn leave() -> Authorisation {
    let life = TokenLife { issued_at: fixtures::T0, expires_at: fixtures::seconds(3600) };
    Authorisation { life, token: BearerToken::new(TOKEN) }
}
