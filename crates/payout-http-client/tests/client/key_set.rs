//! Key sets: from where we are told to trust, and seldom.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use payout_http_client::{JwksCache, JwksCacheError, PrivateNetworks};
use payout_signature::{Jwks, SigningKey};

use crate::scripted_server::{Act, ScriptedServer, response};
use crate::world::{Hand, KEY};

fn keys() -> Act {
    Act::Say(response(200, &[], &Jwks::render(&[KEY.verifying_key()])))
}

fn cache(jku: &str, clock: &Arc<Hand>) -> JwksCache {
    JwksCache::new([jku], &PrivateNetworks::default(), clock.clone())
        .expect("it is on this machine")
}

async fn has(cache: &JwksCache, jku: &str, kid: &str) -> bool {
    cache.key(jku, kid).await.is_some()
}

#[tokio::test]
async fn a_key_set_is_fetched_once_and_kept() {
    let server = ScriptedServer::always(keys()).await;
    let jku = format!("{}/.well-known/jwks", server.url());
    let clock = Hand::new();
    let cache = cache(&jku, &clock);

    assert!(has(&cache, &jku, KEY.kid()).await);
    clock.advance(Duration::from_mins(29));
    assert!(has(&cache, &jku, KEY.kid()).await);
    assert_eq!(server.count("/.well-known/jwks"), 1);

    clock.advance(Duration::from_mins(1));
    assert!(has(&cache, &jku, KEY.kid()).await);
    assert_eq!(server.count("/.well-known/jwks"), 2);
}

#[tokio::test]
async fn a_jku_that_is_not_letter_by_letter_the_allowed_one_makes_no_connection() {
    let trap = ScriptedServer::always(keys()).await;
    let (host, port) = ("127.0.0.1", trap.address().port());
    let jku = format!("{}/.well-known/jwks", trap.url());
    let cache = cache(&jku, &Hand::new());

    for other in [
        String::new(),
        format!("{jku}/"),
        format!("{jku}?"),
        format!("{jku}#"),
        format!(" {jku}"),
        format!("{jku}\n"),
        jku.to_uppercase(),
        jku.replace("http:", "https:"),
        format!("HTTP://{host}:{port}/.well-known/jwks"),
        format!("http://user@{host}:{port}/.well-known/jwks"),
        format!("http://{host}:{port}//.well-known/jwks"),
        format!("http://{host}:{port}/./.well-known/jwks"),
        format!("http://{host}:{port}/%2ewell-known/jwks"),
        format!("http://{host}:{port}/.well-known/jwks2"),
        format!("http://localhost:{port}/.well-known/jwks"),
        format!("http://2130706433:{port}/.well-known/jwks"),
        "https://webhooks.truelayer.com/.well-known/jwks".to_owned(),
    ] {
        assert!(!has(&cache, &other, KEY.kid()).await, "{other}");
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_flood_of_unknown_keys_is_one_fetch_in_thirty_seconds() {
    let server = ScriptedServer::always(keys()).await;
    let jku = format!("{}/.well-known/jwks", server.url());
    let clock = Hand::new();
    let cache = Arc::new(cache(&jku, &clock));
    let flood = async |from: usize| {
        let mut tasks = tokio::task::JoinSet::new();
        for number in from..from + 100 {
            let (cache, jku) = (Arc::clone(&cache), jku.clone());
            tasks.spawn(async move { has(&cache, &jku, &format!("unknown-{number}")).await });
        }
        tasks.join_all().await
    };

    assert_eq!(flood(0).await, [false; 100]);
    assert_eq!(server.seen().len(), 1);
    clock.advance(Duration::from_millis(29_999));
    assert_eq!(flood(100).await, [false; 100]);
    assert_eq!(server.seen().len(), 1);
    clock.advance(Duration::from_millis(1));
    assert_eq!(flood(200).await, [false; 100]);
    assert_eq!(server.seen().len(), 2);
    assert!(has(&cache, &jku, KEY.kid()).await, "the known one is known all the while");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_new_key_is_found_when_it_comes() {
    let (new, _pem) = SigningKey::generate("key-2").expect("the library makes keys");
    let both = Jwks::render(&[KEY.verifying_key(), new.verifying_key()]);
    let asked = AtomicUsize::new(0);
    let server = ScriptedServer::new(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => keys(),
        _ => Act::Say(response(200, &[], &both)),
    })
    .await;
    let jku = server.url();
    let clock = Hand::new();
    let cache = cache(&jku, &clock);
    assert!(has(&cache, &jku, "key-1").await);

    clock.advance(Duration::from_secs(30));

    assert!(has(&cache, &jku, "key-2").await);
    assert!(has(&cache, &jku, "key-1").await);
}

#[tokio::test]
async fn a_withdrawn_key_is_forgotten_when_the_set_is_fetched_again() {
    let asked = AtomicUsize::new(0);
    let server = ScriptedServer::new(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => keys(),
        _ => Act::Say(response(200, &[], r#"{"keys":[]}"#)),
    })
    .await;
    let jku = server.url();
    let clock = Hand::new();
    let cache = cache(&jku, &clock);
    assert!(has(&cache, &jku, "key-1").await);

    clock.advance(Duration::from_mins(30));

    assert!(!has(&cache, &jku, "key-1").await);
}

#[tokio::test]
async fn while_a_set_cannot_be_fetched_the_last_known_keys_count() {
    let huge = format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(65 * 1024));
    let twice = Jwks::render(&[KEY.verifying_key(), KEY.verifying_key()]);
    for bad in [
        Act::Say(response(500, &[], "")),
        Act::Say(response(404, &[], r#"{"keys":[]}"#)),
        Act::Say(response(302, &[("Location", "/other")], "")),
        Act::Say(response(200, &[], "<html>")),
        Act::Say(response(200, &[], &huge)),
        Act::Say(response(200, &[], &twice)),
        Act::SayAndCut(Vec::new()),
        Act::SayAndCut(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"keys\":[]}".to_vec()),
    ] {
        let asked = AtomicUsize::new(0);
        let server = ScriptedServer::new({
            let bad = bad.clone();
            move |_| match asked.fetch_add(1, Ordering::SeqCst) {
                0 => keys(),
                _ => bad.clone(),
            }
        })
        .await;
        let jku = server.url();
        let clock = Hand::new();
        let cache = cache(&jku, &clock);
        assert!(has(&cache, &jku, "key-1").await);

        clock.advance(Duration::from_mins(30));

        assert!(has(&cache, &jku, "key-1").await, "{bad:?}");
        assert!(has(&cache, &jku, "key-1").await, "{bad:?}");
        assert_eq!(server.seen().len(), 2, "{bad:?}");
    }
}

#[tokio::test]
async fn whoever_hangs_up_does_not_keep_the_keys_from_everybody_else() {
    let slow = response(200, &[], &Jwks::render(&[KEY.verifying_key()]));
    let server = ScriptedServer::always(Act::Drip(slow, Duration::from_micros(100))).await;
    let jku = server.url();
    let cache = cache(&jku, &Hand::new());

    let hung_up = tokio::time::timeout(Duration::from_millis(20), has(&cache, &jku, "x")).await;

    assert!(hung_up.is_err());
    assert!(has(&cache, &jku, "key-1").await);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_stop_the_fetching() {
    let server = ScriptedServer::always(keys()).await;
    let jku = server.url();
    let clock = Hand::new();
    let cache = cache(&jku, &clock);
    assert!(!has(&cache, &jku, "unknown").await);

    clock.set_back(Duration::from_hours(7));

    assert!(!has(&cache, &jku, "unknown").await);
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn only_encrypted_key_sets_can_be_allowed() {
    for jku in ["http://example.com/jwks", "ftp://example.com/jwks", "jwks", ""] {
        let refused = JwksCache::new([jku], &PrivateNetworks::default(), Hand::new());

        assert!(matches!(refused, Err(JwksCacheError::Jku(text)) if text == jku), "{jku}");
    }
}

#[test]
fn key_sets_in_private_networks_are_refused_however_they_are_spelled_unless_they_are_named() {
    let named = "10.1.0.0/16".parse().expect("it is a network");
    let spelled = ["10.0.0.1", "0xa9fea9fe", "192.168.1.1", "[fd00:ec2::254]", "[::ffff:10.0.0.1]"];
    for host in spelled {
        let jku = format!("https://{host}/jwks");

        let refused = JwksCache::new([&*jku], &named, Hand::new());

        assert!(matches!(refused, Err(JwksCacheError::Private(text)) if text == jku), "{jku}");
    }
    assert!(JwksCache::new(["https://10.1.0.1/jwks"], &named, Hand::new()).is_ok());
}

#[tokio::test]
async fn a_name_of_a_key_set_that_leads_to_this_machine_is_not_asked() {
    let trap = ScriptedServer::always(Act::Say(response(200, &[], ""))).await;
    // Beside another set, so that not all of them are on this machine.
    let here = format!("https://localhost:{}/jwks", trap.address().port());
    let sets = ["https://webhooks.example.com/jwks", &*here];
    let cache = JwksCache::new(sets, &PrivateNetworks::default(), Hand::new());

    let found = cache.expect("both are URLs of https").key(&here, "kid").await;

    assert!(found.is_none());
    assert_eq!(trap.connections(), 0);
}
