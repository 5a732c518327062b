//! How long tokens live and keys are remembered.

use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::http;
use crate::stage::{Server, Stage, eventually};
use crate::world::World;

const WINDOW: [(&str, &str); 1] = [("PAYOUT_SERVE_KEY_WINDOW", "30s")];

/// What a server answers to a request for a token.
fn token(server: &Server) -> Json {
    let secret = std::fs::read_to_string(server.member("client_secret_file"));
    let body = json!({
        "grant_type": "client_credentials",
        "client_id": server.member("client_id"),
        "client_secret": secret.expect("the server wrote it").trim_end(),
    });
    let headers = [("Content-Type", "application/json")];
    http::send(server.url(), "POST", "/connect/token", &headers, body.to_string().as_bytes()).json()
}

fn list(server: &Server, token: &Json) -> u16 {
    let bearer = format!("Bearer {}", token["access_token"].as_str().expect("it was granted"));
    let headers = [("Authorization", bearer.as_str())];
    http::send(server.url(), "GET", "/v3/payouts", &headers, b"").status
}

#[test]
fn a_token_of_the_sandbox_lives_as_long_as_its_option_says() {
    let stage = Stage::new();
    let sandbox = Server::start(&stage, "sandbox", "data", &["--token-life", "2s"], &[]);

    let token = token(&sandbox);
    let young = list(&sandbox, &token);
    thread::sleep(Duration::from_millis(2_100));

    assert_eq!((&token["expires_in"], young), (&json!(2), 200));
    assert_eq!(list(&sandbox, &token), 401);
}

#[test]
fn a_key_of_the_sandbox_is_forgotten_when_its_option_says() {
    let world = World::with(&["--key-window", "1h", "--token-life", "30m"], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let body = sam.body(100, "GBP");
    let pay = || http::pay_out(&world.sandbox, "key-1", &body).json()["id"].clone();

    let first = pay();
    let again = pay();
    world.ask_sandbox(&["steer", "clock", "--advance", "3601"]).ended_with(0);
    let forgotten = pay();

    assert_eq!(first, again);
    assert_ne!(first, forgotten);
}

#[test]
fn a_service_pays_within_a_window_of_seconds_when_tokens_live_shorter() {
    let sandbox = ["--token-life", "20s", "--key-window", "30s", "--execution-delay-ms", "20"];
    let world = World::with_environment(&sandbox, &[], &WINDOW);
    let sam = world.paid_in("sam", "25.00 GBP");

    let id = world.accepted(&sam, "1.00 GBP");

    world.watch(&id).ended_with(0);
    assert_eq!(world.debits(&sam.merchant_account, &id), 1);
}

#[test]
fn a_service_whose_provider_gives_tokens_that_outlive_keys_does_not_start() {
    let stage = Stage::new();
    let sandbox = Server::start(&stage, "sandbox", "sandbox", &["--token-life", "26s"], &[]);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data", "data", "--gateway", sandbox.url()];

    let mut service = stage.command(&serve);
    let refused = crate::stage::Outcome::of(service.envs(WINDOW)).ended_with(7);

    refused
        .said("serve.key_window is 30s")
        .said("tokens live for 26s")
        .said("set serve.key_window")
        .said("at least 32s");
}

#[test]
fn a_service_whose_provider_begins_to_give_such_tokens_sends_nothing_and_parks_nothing() {
    let world = World::with_environment(&["--token-life", "2s"], &[], &WINDOW);
    let sam = world.paid_in("sam", "25.00 GBP");
    let first = world.accepted(&sam, "1.00 GBP");
    world.watch(&first).ended_with(0);

    world.ask_sandbox(&["steer", "lifetimes", "--token-life", "1h"]).ended_with(0);
    // The last short token has ended by now.
    thread::sleep(Duration::from_secs(2));
    let id = world.accepted(&sam, "1.00 GBP");
    let log = eventually("it says so", || {
        Some(world.service.log()).filter(|log| log.contains("tokens live for 3600 s"))
    });

    assert!(log.contains("key window of 30 s"), "{log}");
    let history = world.ask(&["history", &id, "--json"]).ended_with(0).json();
    assert_eq!(history["items"].as_array().map(Vec::len), Some(1), "{history}");
    assert_eq!(world.debits(&sam.merchant_account, &id), 0);
}

#[test]
fn a_span_that_cannot_be_read_says_how_one_is_written() {
    let stage = Stage::new();
    let sandbox = ["sandbox", "--data", "data"];

    stage
        .run(&[&sandbox[..], &["--token-life", "soon"]].concat())
        .ended_with(2)
        .said("such as 30s");
    let mut of_environment = stage.command(&sandbox);
    let refused = crate::stage::Outcome::of(of_environment.env("PAYOUT_SANDBOX_KEY_WINDOW", "720"));

    refused.ended_with(7).said("$PAYOUT_SANDBOX_KEY_WINDOW `720`").said("such as 30s");
}

#[test]
fn the_secret_of_tokens_is_rotated_without_ending_a_token() {
    let mut world = World::new();
    let file = world.stage.path("service/token-secret");
    let old = std::fs::read_to_string(&file).expect("the server made it");
    let new = "the next secret, which is long enough to be one";
    let before = token(&world.service);
    let restarted_with = |world: &mut World, lines: &[&str]| {
        assert!(world.service.stop().success());
        std::fs::write(&file, lines.join("\n")).expect("it is ours");
        world.service.start_again(&world.stage);
    };

    restarted_with(&mut world, &[new, old.trim()]);
    let after = token(&world.service);
    assert_eq!((list(&world.service, &before), list(&world.service, &after)), (200, 200));

    restarted_with(&mut world, &[new]);
    assert_eq!((list(&world.service, &before), list(&world.service, &after)), (401, 200));
}
