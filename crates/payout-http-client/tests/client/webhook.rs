//! Webhooks: signed, delivered once, and never into a private network that nobody allowed.

use std::time::{Duration, Instant};

use payout_conformance::fixtures::{acme, event_id, globex, payment, seconds};
use payout_http_client::{JwksCache, PrivateNetworks, WebhookNotifier, WebhookTargetError};
use payout_ports::{Delivery, Notification, NotificationKind, NotificationSubject, Notifier};
use payout_signature::{Jwks, Request, TlSignature};

use crate::scripted_server::{Act, ScriptedServer, nobody, response};
use crate::world::{Hand, KEY};

const JKU: &str = "https://webhooks.example.com/.well-known/jwks";

/// Nothing private, or this machine and one network.
fn notifier(allow_private: bool) -> WebhookNotifier {
    WebhookNotifier::new(KEY.clone(), JKU, named(allow_private), Hand::new())
        .expect("there are certificates")
}

fn named(allow_private: bool) -> PrivateNetworks {
    let text = if allow_private { "127.0.0.0/8, ::1, 10.0.0.0/16" } else { "" };
    text.parse().expect("the test writes networks well")
}

fn notification() -> Notification {
    Notification {
        event_id: event_id(1),
        client_id: acme(),
        kind: NotificationKind::PaymentSettled,
        subject: NotificationSubject::Payment(Box::new(payment(1))),
        sequence: 1,
        created_at: seconds(1),
        tried_since: seconds(1),
        failures: 0,
    }
}

/// What became of a delivery to this server.
async fn delivered(server: &ScriptedServer) -> Result<Delivery, String> {
    let notifier = notifier(true);
    let url = format!("{}/hooks/a%20b?tenant=1", server.url());
    notifier.set_target(acme(), Some(&url)).expect("it is allowed");
    notifier.deliver(&notification()).await.map_err(|error| error.reason)
}

#[tokio::test]
async fn a_webhook_is_signed_as_the_provider_signs_its_own() {
    let server = ScriptedServer::always(Act::Say(response(202, &[], ""))).await;
    let keys = Jwks::render(&[KEY.verifying_key()]);
    let published = ScriptedServer::always(Act::Say(response(200, &[], &keys))).await;
    let jku = format!("{}/.well-known/jwks", published.url());
    let notifier = WebhookNotifier::new(KEY.clone(), &jku, named(true), Hand::new());
    let notifier = notifier.expect("there are certificates");
    let url = format!("{}/hooks/a%20b?tenant=1", server.url());
    notifier.set_target(acme(), Some(&url)).expect("it is allowed");

    let delivery = notifier.deliver(&notification()).await;

    assert_eq!(delivery, Ok(Delivery::Delivered));
    let seen = &server.seen()[0];
    assert_eq!((&*seen.method, &*seen.target), ("POST", "/hooks/a%20b?tenant=1"));
    assert_eq!(seen.header("Content-Type"), Some("application/json"));
    let sent_at = seen.header("X-TL-Webhook-Timestamp").expect("it is sent");
    assert_eq!(sent_at, "2026-03-02T09:14:07Z");
    let body = String::from_utf8_lossy(&seen.body);
    assert!(body.starts_with(r#"{"type":"payment_settled","event_version":1,"#), "{body}");
    assert!(body.contains(&event_id(1).to_string()), "{body}");
    let signature = seen.header("Tl-Signature").expect("it is sent");
    let signature = TlSignature::parse(signature).expect("it is one");
    assert_eq!(signature.signed_headers().collect::<Vec<_>>(), ["x-tl-webhook-timestamp"]);
    let cache = JwksCache::new([&*jku], &named(false), Hand::new()).expect("it is on this machine");
    let found = cache.key(signature.jku().expect("it is named"), signature.kid()).await;
    let headers = [("x-tl-webhook-timestamp", sent_at.as_bytes())];
    let request =
        Request { method: "POST", path: "/hooks/a%20b", headers: &headers, body: &seen.body };
    assert_eq!(signature.verify_exact(&found.expect("it is published"), &request), Ok(()));
}

#[tokio::test]
async fn every_delivery_is_signed_anew() {
    let server = ScriptedServer::always(Act::Say(response(200, &[], ""))).await;
    let clock = Hand::new();
    let notifier = WebhookNotifier::new(KEY.clone(), JKU, named(true), clock.clone());
    let notifier = notifier.expect("there are certificates");
    notifier.set_target(acme(), Some(&server.url())).expect("it is allowed");

    notifier.deliver(&notification()).await.expect("it is confirmed");
    clock.advance(Duration::from_mins(1));
    notifier.deliver(&notification()).await.expect("it is confirmed");

    let seen = server.seen();
    let times: Vec<_> = seen.iter().map(|seen| seen.header("X-TL-Webhook-Timestamp")).collect();
    assert_eq!(times, [Some("2026-03-02T09:14:07Z"), Some("2026-03-02T09:15:07Z")]);
    assert_eq!(seen[0].body, seen[1].body);
    assert_ne!(seen[0].header("Tl-Signature"), seen[1].header("Tl-Signature"));
}

#[tokio::test]
async fn any_2xx_confirms_whatever_is_said_with_it() {
    let long = "x".repeat(1_000_000);
    for act in [
        Act::Say(response(200, &[], "thanks")),
        Act::Say(response(204, &[], "")),
        Act::Say(response(299, &[("Content-Type", "text/html")], "<html>")),
        Act::SayAndCut(response(200, &[], &long)),
        Act::SayAndCut(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec()),
    ] {
        let server = ScriptedServer::always(act).await;

        assert_eq!(delivered(&server).await, Ok(Delivery::Delivered));
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn nothing_else_confirms_and_nothing_is_tried_twice() {
    let elsewhere = ScriptedServer::always(Act::Say(response(200, &[], ""))).await;
    for status in [301, 302, 307, 308, 400, 401, 404, 410, 429, 500, 503] {
        let answer = response(status, &[("Location", &elsewhere.url())], "canary-answer");
        let server = ScriptedServer::always(Act::Say(answer)).await;

        assert_eq!(delivered(&server).await, Err(format!("status {status}")));
        assert_eq!(server.seen().len(), 1);
    }
    let server = ScriptedServer::always(Act::SayAndCut(b"canary-answer".to_vec())).await;
    assert_eq!(delivered(&server).await, Err("there is no answer in time".to_owned()));
    assert_eq!((server.seen().len(), elsewhere.connections()), (1, 0));
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_left_after_ten_seconds() {
    let server = ScriptedServer::always(Act::Hang).await;
    let begun = Instant::now();

    let delivery = delivered(&server).await;

    assert_eq!(delivery, Err("there is no answer in time".to_owned()));
    let took = begun.elapsed();
    assert!(took > Duration::from_secs(9) && took < Duration::from_secs(12), "{took:?}");
}

#[tokio::test]
async fn a_client_without_a_target_wants_to_hear_nothing() {
    let notifier = notifier(true);
    notifier.set_target(globex(), Some("http://127.0.0.1:9")).expect("it is allowed");
    assert_eq!(notifier.deliver(&notification()).await, Ok(Delivery::NobodyListens));

    notifier.set_target(acme(), Some(&nobody().await)).expect("it is allowed");
    let reason = notifier.deliver(&notification()).await.map_err(|error| error.reason);
    assert_eq!(reason, Err("there is no connection".to_owned()));

    notifier.set_target(acme(), None).expect("nothing is always allowed");
    assert_eq!(notifier.deliver(&notification()).await, Ok(Delivery::NobodyListens));
}

/// Spellings of addresses that are nobody's on the internet.
const FORBIDDEN: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "１２７.0.0.1",
    "127。0。0。1",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "255.255.255.255",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[ff02::1]",
    "0x7f.1",
    "0177.1",
    "127.0.0.2",
    "127.255.255.255",
    "0x7F000001",
    "00000177.0.0.1",
    "0.0.0.1",
    "10.255.255.255",
    "172.31.255.255",
    "192.168.0.0",
    "100.100.100.200",
    "192.0.0.192",
    "198.18.0.1",
    "192.0.2.1",
    "203.0.113.7",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "[::ffff:169.254.169.254]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2001::1]",
    "[2001:db8::1]",
    "[fec0::1]",
    "[100::1]",
];

/// Addresses with the name of an interface (RFC 6874), in which a URL may not hide one.
const WITH_ZONES: &[&str] =
    &["[fe80::1%eth0]", "[fe80::1%25eth0]", "[::1%lo]", "[::1%25lo]", "127.0.0.1%25lo"];

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_spelled() {
    let trap = ScriptedServer::always(Act::Say(response(200, &[], ""))).await;
    let port = trap.address().port();
    let notifier = notifier(false);
    for host in FORBIDDEN {
        let url = format!("https://{host}:{port}/");

        let refused = notifier.set_target(acme(), Some(&url));

        assert_eq!(refused, Err(WebhookTargetError::Private), "{url}");
    }
    for host in WITH_ZONES {
        let url = format!("https://{host}:{port}/");

        assert!(notifier.set_target(acme(), Some(&url)).is_err(), "{url}");
    }
    // Names can be refused only when they are resolved.
    for host in ["localhost", "LOCALHOST", "localhost."] {
        let url = format!("https://{host}:{port}/");
        notifier.set_target(acme(), Some(&url)).expect("it is a name");

        let delivery = notifier.deliver(&notification()).await;

        let reason = delivery.expect_err("it leads to this machine").reason;
        // A system without this spelling of the name knows no address at all.
        let is_refused =
            reason == "its address is neither public nor in a private network that was named";
        assert!(is_refused || host == "localhost.", "{url}: {reason}");
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_target_is_encrypted_and_hides_nothing() {
    let (public, private) = (notifier(false), notifier(true));
    for (url, refused) in [
        ("http://example.com/", WebhookTargetError::NotEncrypted),
        ("ftp://example.com/", WebhookTargetError::Malformed),
        ("file:///etc/passwd", WebhookTargetError::Malformed),
        ("example.com/", WebhookTargetError::Malformed),
        ("", WebhookTargetError::Malformed),
        ("https://user@example.com/", WebhookTargetError::Unsigned),
        ("https://:secret@example.com/", WebhookTargetError::Unsigned),
        ("https://example.com/#part", WebhookTargetError::Unsigned),
    ] {
        assert_eq!(public.set_target(acme(), Some(url)), Err(refused), "{url}");
    }
    for url in ["https://example.com/hooks?a=b", "https://1.1.1.1/", "https://[2606:4700::1111]/"] {
        assert_eq!(public.set_target(acme(), Some(url)), Ok(()), "{url}");
    }
    for url in ["http://backend:8080/hooks", "http://127.0.0.1:8080/", "https://10.0.0.1/"] {
        assert_eq!(private.set_target(acme(), Some(url)), Ok(()), "{url}");
        assert!(public.set_target(acme(), Some(url)).is_err(), "{url}");
    }
    for (url, refused) in [
        ("http://1.1.1.1/", WebhookTargetError::NotEncrypted),
        ("http://10.1.0.1/", WebhookTargetError::Private),
        ("https://10.1.0.1/", WebhookTargetError::Private),
    ] {
        assert_eq!(private.set_target(acme(), Some(url)), Err(refused), "{url}");
    }
}

#[tokio::test]
async fn a_redirect_leads_nowhere() {
    let trap = ScriptedServer::always(Act::Say(response(200, &[], ""))).await;
    for status in [301, 302, 303, 307, 308] {
        let location = [("Location", &*trap.url())];
        let server = ScriptedServer::always(Act::Say(response(status, &location, ""))).await;

        let delivery = delivered(&server).await;

        assert_eq!(delivery, Err(format!("status {status}")));
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn what_is_not_true_of_its_subject_is_not_told() {
    let server = ScriptedServer::always(Act::Say(response(200, &[], ""))).await;
    let notifier = notifier(true);
    notifier.set_target(acme(), Some(&server.url())).expect("it is allowed");
    for kind in [NotificationKind::PayoutExecuted, NotificationKind::PayoutFailed] {
        let wrong = Notification { kind, ..notification() };

        assert!(notifier.deliver(&wrong).await.is_err(), "{kind:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn nothing_prints_the_path_of_a_target() {
    let notifier = notifier(true);
    notifier.set_target(acme(), Some("https://example.com/canary")).expect("it is allowed");

    let target =
        payout_http_client::WebhookTarget::new("https://example.com/canary?canary", &named(false));

    assert!(!format!("{notifier:?} {target:?}").contains("canary"));
}
