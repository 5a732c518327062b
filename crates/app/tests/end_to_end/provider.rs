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
fn beyond_this_machine_nothing_goes_unencrypted() {
    let stage = Stage::new();
    let open = |server: &str, more: &[&str]| {
        let fixed = [server, "--listen", "0.0.0.0:0", "--data", "data"];
        stage.run(&[&fixed, more].concat()).ended_with(7)
    };
    let sandbox = Server::start(&stage, "sandbox", "sandbox", &["--in-memory"], &[]);
    let gateway = ["--gateway", sandbox.url()];
    let serve = |more: &[&str]| open("serve", &[&gateway[..], more].concat());

    open("sandbox", &[]).said("--listen 0.0.0.0:0").said("--tls-cert FILE").said("127.0.0.1");
    open("sandbox", &["--tls-cert", "chain.pem"]).said("--tls-cert: add --tls-key FILE");
    open("sandbox", &["--tls-key", "key.pem"]).said("--tls-key: add --tls-cert FILE");
    let both = ["--tls-cert", "chain.pem", "--tls-key", "key.pem"];
    open("sandbox", &both).said("say how clients reach it with --public-url");
    let whole = [&both[..], &["--public-url", "https://payout.example"]].concat();
    open("sandbox", &whole).said("chain.pem: No such file");
    let unreadable = ["--public-url", "http://payout.example"];
    open("sandbox", &[&both[..], &unreadable].concat())
        .said("--public-url `http://payout.example`");
    serve(&["--behind-proxy"])
        .said("--behind-proxy: say which proxies")
        .said("serve.trusted_proxies");
    assert!(!stage.path("data").exists(), "nothing is made by a server that does not start");
}
