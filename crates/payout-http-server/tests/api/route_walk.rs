//! Every path of the server, whoever added it, tried by strangers.
//!
//! The list of paths comes from the router, and the methods of a path from what it says that it takes.

use std::collections::BTreeMap;

use payout_http_server::Api;

use crate::call::{Answer, Call};
use crate::house::{ACME_KEY, BETS_KEY, House, PROVIDER_JKU, STRANGE_KEY};

/// An id that names nothing.
const NOTHING: &str = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4";

/// What changes something, and by what it is kept from strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    /// A client's token and signature.
    Signature,
    /// A client's secret, in the body.
    Secret,
    /// The provider's signature.
    Provider,
    /// An operator's token.
    Operator,
    /// That it comes from this machine and from no web page.
    Loopback,
}

impl Guard {
    /// By which rule a path is kept. A new path that is none of these is kept by a signature, and its
    /// tests fail if it is not.
    fn of(path: &str) -> Self {
        match path {
            "/connect/token" => Self::Secret,
            "/webhooks" => Self::Provider,
            path if path.starts_with("/operator/") => Self::Operator,
            path if path.starts_with("/sandbox/") => Self::Loopback,
            _ => Self::Signature,
        }
    }
}

/// A house, and a call that would be right but for what a test spoils.
struct Walk {
    house: House,
    acme: String,
    bets: String,
    order: String,
}

/// A path that takes a method which may change something.
struct Write {
    method: String,
    path: String,
    guard: Guard,
}

impl Walk {
    async fn new() -> Self {
        let house = House::new();
        let order = house.paid_in().await.order();
        let (acme, bets) = (house.token("acme").await, house.token("bets").await);
        Self { house, acme, bets, order }
    }

    /// Every write of every path.
    async fn writes(&self) -> Vec<Write> {
        let mut writes = Vec::new();
        for path in &self.house.paths {
            let asked = Call::new("SEARCH", &concrete(path), "").send(&self.house).await;
            let allowed = asked.header("allow").expect("no path takes SEARCH").to_owned();
            let changing = allowed.split(',').filter(|method| !["GET", "HEAD"].contains(method));
            writes.extend(changing.map(|method| Write {
                method: method.to_owned(),
                path: concrete(path),
                guard: Guard::of(path),
            }));
        }
        writes
    }

    async fn writes_behind(&self, guard: Guard) -> Vec<Write> {
        self.writes().await.into_iter().filter(|write| write.guard == guard).collect()
    }

    /// The call with a token, a key and a body, and no signature.
    fn call(&self, write: &Write) -> Call {
        Call::new(&write.method, &write.path, &self.order)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "key-1")
            .bearer(&self.acme)
    }

    /// How much the house holds: payouts, and money that was moved.
    async fn state(&self) -> String {
        let token = self.house.token("acme").await;
        let mut state = String::new();
        for path in ["/v3/payouts", "/v3/merchant-accounts"] {
            state.push_str(&Call::get(path).bearer(&token).send(&self.house).await.body);
        }
        state
    }
}

/// The path with ids that name nothing.
fn concrete(path: &str) -> String {
    let segments = path.split('/').map(|part| if part.starts_with('{') { NOTHING } else { part });
    segments.collect::<Vec<_>>().join("/")
}

fn assert_refused(answer: &Answer, write: &Write, what: &str) {
    let status = answer.status.as_u16();
    assert!((400..500).contains(&status), "{} {} {what}: {answer:?}", write.method, write.path);
}

#[tokio::test]
async fn every_kind_of_guard_has_paths_to_guard() {
    let walk = Walk::new().await;
    let mut guarded: BTreeMap<String, usize> = BTreeMap::new();

    for write in walk.writes().await {
        let count = guarded.entry(format!("{:?}", write.guard)).or_default();
        *count = count.saturating_add(1);
    }

    let of = |guard: Guard| guarded.get(&format!("{guard:?}")).copied().unwrap_or_default();
    assert!(of(Guard::Signature) >= 4, "{guarded:?}");
    assert_eq!((of(Guard::Secret), of(Guard::Provider)), (1, 1), "{guarded:?}");
    assert!(of(Guard::Operator) >= 5 && of(Guard::Loopback) >= 7, "{guarded:?}");
}

#[tokio::test]
async fn no_write_passes_without_the_signature_of_its_own_client() {
    let walk = Walk::new().await;
    let before = walk.state().await;

    for write in walk.writes_behind(Guard::Signature).await {
        let call = walk.call(&write);
        let signed = call.clone().signed(&ACME_KEY);
        let (key, value) = ("Idempotency-Key", "key-1");
        let signature = signed.headers.iter().find(|(name, _)| name == "Tl-Signature").cloned();
        let signature = signature.expect("it is signed").1;
        for (what, spoiled) in [
            ("unsigned", call.clone()),
            ("no token", signed.clone().without("Authorization")),
            ("another client's key", call.clone().signed(&BETS_KEY)),
            ("nobody's key", call.clone().signed(&STRANGE_KEY)),
            ("another client's token", signed.clone().without("Authorization").bearer(&walk.bets)),
            ("two tokens", signed.clone().bearer(&walk.acme)),
            ("two signatures", signed.clone().header("Tl-Signature", &signature)),
            ("two keys", signed.clone().header(key, value)),
            ("another key", signed.clone().without(key).header(key, "key-2")),
            ("another body", signed.clone().body("{}")),
        ] {
            let answer = spoiled.send(&walk.house).await;

            assert_refused(&answer, &write, what);
            assert_eq!(answer.problem().status, 401, "{} {what}", write.path);
        }
    }
    assert_eq!(walk.state().await, before);
}

#[tokio::test]
async fn no_write_has_a_query_or_another_spelling() {
    let walk = Walk::new().await;
    let before = walk.state().await;

    for write in walk.writes_behind(Guard::Signature).await {
        let path = write.path.trim_end_matches('/');
        for (spelling, status) in [
            (format!("{}?", write.path), 400),
            (format!("{}?x=1", write.path), 400),
            (format!("/{path}"), 404),
            (format!("{path}//"), 404),
            (format!("{path};x"), 404),
            (format!("{path}%2f"), 404),
            (format!("/.{path}"), 404),
            (path.replacen("/p", "/%70", 1).replacen("/merch", "/%6derch", 1), 404),
        ] {
            let call = walk.call(&write).path(&spelling).signed(&ACME_KEY);
            let answer = call.send(&walk.house).await;

            assert_eq!(answer.problem().status, status, "{} {spelling}: {answer:?}", write.method);
        }
    }
    assert_eq!(walk.state().await, before);
}

#[tokio::test]
async fn what_is_not_a_clients_is_not_reached_with_what_a_client_has() {
    let walk = Walk::new().await;
    let elsewhere = Some(([192, 0, 2, 7], 40_000).into());
    let before = walk.state().await;

    for write in walk.writes().await {
        let signed = walk.call(&write).signed(&ACME_KEY);
        let spoiled = match write.guard {
            Guard::Signature => continue,
            // Neither does an order name the secret, nor is a client's key the provider's.
            Guard::Secret | Guard::Operator => signed,
            Guard::Provider => {
                signed.signed_over(&ACME_KEY, &["Idempotency-Key"], Some(PROVIDER_JKU))
            }
            Guard::Loopback => signed.sent_by(elsewhere),
        };

        let answer = spoiled.send(&walk.house).await;

        assert_refused(&answer, &write, "with a client's token and signature");
    }
    assert_eq!(walk.state().await, before);
}

#[tokio::test]
async fn no_reading_path_shows_a_stranger_anything_but_whether_it_lives() {
    let walk = Walk::new().await;
    let open = ["/healthz", "/readyz", "/.well-known/jwks", "/openapi.json", "/docs"];

    for path in &walk.house.paths {
        let call = Call::get(&concrete(path)).sent_by(Some(([192, 0, 2, 7], 40_000).into()));
        let answer = call.send(&walk.house).await;

        let is_open = open.contains(&path.as_str());
        assert_eq!(answer.status.is_success(), is_open, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_path_takes_no_method_that_a_header_names_and_no_options() {
    let walk = Walk::new().await;

    for write in walk.writes().await {
        let options = Call::new("OPTIONS", &write.path, "").send(&walk.house).await;
        let head = Call::new("HEAD", &write.path, "").send(&walk.house).await;
        let overridden =
            walk.call(&write).signed(&ACME_KEY).header("X-HTTP-Method-Override", "GET");
        let overridden =
            overridden.header("X-Method-Override", "GET").header("X-HTTP-Method", "GET");
        let plain = walk.call(&write).signed(&ACME_KEY).send(&walk.house).await;

        assert_eq!(options.problem().status, 405, "{}", write.path);
        let reads = options.header("allow").is_some_and(|allowed| allowed.contains("HEAD"));
        assert_eq!(head.status.as_u16() == 405, !reads, "{}: {head:?}", write.path);
        let overridden = overridden.send(&walk.house).await;
        assert_eq!(overridden.status, plain.status, "{} {}", write.method, write.path);
    }
}

#[tokio::test]
async fn what_is_not_wired_has_no_path() {
    let house = House::with(|api: &mut Api| {
        api.webhooks = None;
        api.operators = None;
        api.sandbox = None;
    });

    let left = house.paths.iter().filter(|path| Guard::of(path) != Guard::Signature);

    assert_eq!(left.collect::<Vec<_>>(), ["/connect/token"]);
}
