//! What a client is told, signed, until it has heard.

use std::time::Duration;

use serde_json::Value as Json;
use truelayer_signing::Method;

use crate::http;
use crate::receiver::{Receiver, Seen};
use crate::world::World;

/// A world whose service tells this receiver, and whose sandbox tells the service.
fn telling(receiver: &Receiver) -> World {
    let url = format!("{}/payout-events", receiver.url());
    let world = World::with(&[], &["--webhook", &url]);
    world.tell_the_service();
    world
}

/// Fails the test unless the provider's own crate finds the signature right.
#[track_caller]
fn verify(world: &World, seen: &Seen) {
    let jwks = http::send(world.service.url(), "GET", "/.well-known/jwks", &[], &[]).body;
    let signature = seen.header("Tl-Signature");
    let head = truelayer_signing::extract_jws_header(signature).expect("it is a signature");
    assert_eq!(head.jku.as_deref(), Some(world.service.member("webhook_jwks_url")));
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/payout-events"));
    let headers = seen.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));

    truelayer_signing::verify_with_jwks(jwks.as_bytes())
        .method(Method::Post)
        .path(&seen.path)
        .headers(headers)
        .require_header("X-TL-Webhook-Timestamp")
        .body(&seen.body)
        .build_verifier()
        .verify(signature)
        .expect("the signature is right");
}

#[test]
fn a_settled_payment_and_an_executed_payout_are_told_signed() {
    let receiver = Receiver::with_statuses(&[]);
    let world = telling(&receiver);

    let sam = world.paid_in("sam", "25.00 GBP");
    let (settled, payment) = receiver.next_event("payment_settled");
    let id = world.accepted(&sam, "10.00 GBP");
    let (executed, payout) = receiver.next_event("payout_executed");

    verify(&world, &settled);
    assert_eq!(payment["user_id"], "sam");
    assert_eq!(payment["payment_source"]["id"], Json::from(sam.source.clone()));
    verify(&world, &executed);
    assert_eq!(payout["payout_id"], Json::from(id));
    assert_eq!(payout["merchant_account_id"], Json::from(sam.merchant_account));
    assert_eq!(payout["beneficiary"]["payment_source_id"], Json::from(sam.source));
}

#[test]
fn an_event_that_is_not_taken_comes_again() {
    let receiver = Receiver::with_statuses(&[500]);
    let world = telling(&receiver);
    world.paid_in("sam", "25.00 GBP");

    let (first, told) = receiver.next_event("payment_settled");
    let (again, told_again) = receiver.next_event("payment_settled");

    assert_eq!(told_again, told);
    assert_ne!(again.header("Tl-Signature"), first.header("Tl-Signature"), "it is signed anew");
    verify(&world, &again);
}

#[test]
fn an_event_outlives_the_service_that_could_not_tell_it() {
    let receiver = Receiver::with_statuses(&[503]);
    let mut world = telling(&receiver);
    let sam = world.paid_in("sam", "25.00 GBP");
    let (_, told) = receiver.next_event("payment_settled");
    // So that it has heard our answer: a delivery that is cut off waits longer for its next time.
    std::thread::sleep(Duration::from_millis(300));

    world.service.kill();
    world.service.start_again(&world.stage);

    let (again, told_again) = receiver.next_event("payment_settled");
    assert_eq!(told_again["event_id"], told["event_id"]);
    assert_eq!(told_again["payment_source"]["id"], Json::from(sam.source));
    verify(&world, &again);
}

#[test]
fn a_failure_is_told_with_its_reason() {
    let receiver = Receiver::with_statuses(&[]);
    let world = telling(&receiver);
    let sam = world.paid_in("sam", "25.00 GBP");
    world.ask_sandbox(&["steer", "fail-next", "--reason", "blocked"]).ended_with(0);

    let id = world.accepted(&sam, "10.00 GBP");
    let watched = world.watch(&id).ended_with(1);
    let (seen, event) = receiver.next_event("payout_failed");

    verify(&world, &seen);
    assert_eq!(event["payout_id"], Json::from(id.clone()));
    assert_eq!(event["failure_reason"], "blocked");
    assert!(watched.stdout.contains("failed (blocked)"), "{watched:#?}");
    let payout = world.payout(&id);
    assert_eq!(
        (&payout["status"], &payout["failure_reason"]),
        (&"failed".into(), &"blocked".into())
    );
}

#[test]
fn money_that_comes_back_is_told_and_booked() {
    let receiver = Receiver::with_statuses(&[]);
    let world = telling(&receiver);
    let sam = world.paid_in("sam", "25.00 GBP");
    let before = world.balances(&world.sandbox);
    let id = world.accepted(&sam, "10.00 GBP");
    world.watch(&id).ended_with(0);
    let at_provider = world.book(&sam.merchant_account, "payout");
    let at_provider = at_provider.first().and_then(|debit| debit["payout_id"].as_str());
    let at_provider = at_provider.expect("it is booked");

    world.ask_sandbox(&["steer", "return", at_provider]).ended_with(0);
    let (seen, event) = receiver.next_event("payout_failed");

    verify(&world, &seen);
    assert_eq!(
        (&event["payout_id"], &event["failure_reason"]),
        (&id.clone().into(), &"returned".into())
    );
    let payout = world.until(&id, "failed");
    assert_eq!(payout["failure_reason"], "returned");
    assert!(payout["executed_at"].is_string(), "it was executed, too: {payout}");
    assert_eq!(world.book(&sam.merchant_account, "external_payment").len(), 1);
    assert_eq!(world.balances(&world.sandbox), before);
    let words = ["transactions", "--merchant-account", &sam.merchant_account];
    assert!(world.ask(&words).ended_with(0).stdout.contains("return"));
    assert!(world.ask(&["get", &id]).ended_with(0).stdout.contains("failed (returned)"));
}

#[test]
fn only_what_was_executed_can_come_back() {
    let world = World::with(&["--execution-delay-ms", "3600000"], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "10.00 GBP");

    let refused = world.ask_sandbox(&["steer", "return", &id]).ended_with(4);

    refused.said("no executed payout of this id");
}

#[test]
fn the_service_tells_nobody_behind_the_firewall_unless_the_network_is_named() {
    let world = World::new();
    let serve = |webhook: &str, more: &[&str]| {
        let fixed = ["serve", "--data", "other", "--gateway", world.sandbox.url(), "--listen"];
        let fixed = [&fixed[..], &["127.0.0.1:0", "--webhook", webhook], more].concat();
        world.stage.run(&fixed).ended_with(7)
    };

    let hint = "name its network with --private-network, such as 127.0.0.0/8";
    serve("https://127.0.0.1:7777/hook", &[]).said("--webhook").said(hint);
    serve("http://127.0.0.1:7777/hook", &["--private-network", "10.0.0.0/8"]).said(hint);
    serve("http://example.com/hook", &[]).said("must be https");
    serve("https://example.com/hook", &["--private-network", "127.0.0.1/8"])
        .said("--private-network `127.0.0.1/8`");
}
