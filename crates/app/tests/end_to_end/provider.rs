//! The service in front of the provider itself, which no test can reach.

use std::time::{Duration, Instant};

use crate::stage::{Server, Stage};

#[test]
fn a_service_starts_without_its_provider_and_says_so() {
    let stage = Stage::new();
    stage.run(&["key", "new", "--kid", "key-1", "--out", "private.pem"]).ended_with(0);
    let key = stage.text("private.pem");
    let environment = [
        ("PAYOUT_GATEWAY_CLIENT_ID", "nobody-000000"),
        ("PAYOUT_GATEWAY_CLIENT_SECRET", "canary"),
        ("PAYOUT_GATEWAY_KID", "key-1"),
        ("PAYOUT_GATEWAY_PRIVATE_KEY_FILE", &key),
    ];
    let begun = Instant::now();

    let gateway = ["--gateway", "truelayer-sandbox"];
    let mut service = Server::start(&stage, "serve", "data", &gateway, &environment);
    let log = service.log();
    let status = service.stop();

    assert!(log.contains("the provider cannot be asked now"), "{log}");
    assert!(!log.contains("canary"), "{log}");
    assert_eq!(status.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn a_service_without_credentials_for_its_provider_does_not_start() {
    let stage = Stage::new();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data", "data", "--gateway"];

    let missing = stage.run(&[&serve[..], &["truelayer"]].concat()).ended_with(7);
    let nowhere = stage.run(&[&serve[..], &["nowhere"]].concat()).ended_with(7);
    let none = stage.run(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]).ended_with(7);

    missing.said("no credentials for truelayer").said("PAYOUT_GATEWAY_CLIENT_ID");
    nowhere.said("`nowhere`: write a URL");
    none.said("--gateway");
    assert!(!stage.path("data").exists(), "nothing is made by a service that does not start");
}

#[test]
fn a_service_listens_on_this_machine_only() {
    let stage = Stage::new();

    let open = stage.run(&["sandbox", "--listen", "0.0.0.0:0", "--data", "data"]).ended_with(7);

    open.said("--listen 0.0.0.0:0").said("loopback");
}
