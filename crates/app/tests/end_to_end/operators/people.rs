//! Who may look after payouts.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::http::{self, Answer};
use crate::stage::{Outcome, Server, Stage};
use crate::world::World;

fn token(server: &Server, client_id: &str, secret: &str) -> String {
    let body = json!({
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
    });
    let headers = [("Content-Type", "application/json")];
    let answer =
        http::send(server.url(), "POST", "/connect/token", &headers, body.to_string().as_bytes());
    answer.json()["access_token"].as_str().unwrap_or_default().to_owned()
}

fn get(server: &Server, path: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    http::send(server.url(), "GET", path, &[("Authorization", &bearer)], b"")
}

#[test]
fn clients_and_operators_have_rights_of_their_own() {
    let world = World::new();
    let service = &world.service;
    let added =
        world.stage.run(&["operator", "add", "alice", "--data", "service", "--secret-file", "-"]);
    let of_alice = added.ended_with(0).line();
    let of_client = fs::read_to_string(service.member("client_secret_file"));
    let of_client = of_client.expect("the server wrote it").trim_end().to_owned();

    let operator = token(service, "operator:alice", &of_alice);
    let client = token(service, service.member("client_id"), &of_client);

    assert_eq!(get(service, "/operator/payouts?standing=parked", &operator).status, 200);
    assert_eq!(get(service, "/v3/payouts", &client).status, 200);
    assert_eq!(get(service, "/operator/payouts?standing=parked", &client).status, 403);
    assert_eq!(get(service, "/v3/payouts", &operator).status, 403);
    assert_eq!(token(service, "operator:alice", &of_client), "");
    assert_eq!(token(service, service.member("client_id"), &of_alice), "");
    world.stage.run(&["operator", "remove", "alice", "--data", "service"]).ended_with(0);
    assert_eq!(get(service, "/operator/payouts?standing=parked", &operator).status, 401);
    assert_eq!(token(service, "operator:alice", &of_alice), "");
}

#[test]
fn a_service_has_an_operator_from_its_first_start_and_keeps_no_secret_beside_its_store() {
    let world = World::new();
    let mode = |path: &str| {
        let found = fs::metadata(world.stage.path(path)).expect(path);
        found.permissions().mode() & 0o777
    };

    world.ask(&["parked"]).ended_with(0).said("no payout is parked");
    let listed = world.stage.run(&["operator", "list", "--data", "service"]).ended_with(0).stdout;
    let added = world.stage.run(&["operator", "add", "bob", "--data", "service"]).ended_with(0);

    assert!(listed.contains("operator"), "{listed}");
    assert_eq!((mode("service/operators"), mode("service/operators/bob.json")), (0o700, 0o600));
    let secret = fs::read_to_string(added.line()).expect("it is written there");
    assert_eq!(secret.trim_end().len(), 64);
    let kept = fs::read_to_string(world.stage.path("service/operators/bob.json"));
    assert!(!kept.expect("it is kept").contains(secret.trim_end()));
    let log = world.service.log();
    assert!(!log.contains(secret.trim_end()), "{log}");
    world.stage.run(&["operator", "add", "bob", "--data", "service"]).ended_with(5);
    world.stage.run(&["operator", "remove", "eve", "--data", "service"]).ended_with(3);
}

#[test]
fn whoever_has_several_operators_is_one_of_them_by_name() {
    let world = World::new();
    let remove = ["operator", "remove", "operator", "--data", "service"];
    world.stage.run(&remove).ended_with(0);

    world.ask(&["parked"]).ended_with(7).said("payout operator add NAME");
    world.add_operator("alice");
    world.ask(&["parked"]).ended_with(0);
    world.add_operator("bob");
    world
        .ask(&["parked"])
        .ended_with(7)
        .said("which operator? say --as-operator, one of alice, bob");
    world.ask(&["parked", "--as-operator", "bob"]).ended_with(0);
    world
        .ask(&["parked", "--as-operator", "eve"])
        .ended_with(7)
        .said("no secret of the operator eve");
}

#[test]
fn an_operator_from_elsewhere_brings_a_secret_in_a_file() {
    let world = World::new();
    let add = ["operator", "add", "zoe", "--data", "service", "--secret-file", "zoe.secret"];
    world.stage.run(&add).ended_with(0);
    let environment = [("PAYOUT_OPERATOR", "zoe"), ("PAYOUT_OPERATOR_SECRET_FILE", "zoe.secret")];
    let ask = |verb: &[&str]| {
        let verb = [verb, &["--url", world.service.url()]].concat();
        Outcome::of(world.stage.command(&verb).envs(environment))
    };

    ask(&["pause", "--because", "fire"]).ended_with(0);

    assert!(ask(&["pause", "--show"]).ended_with(0).line().contains("by zoe"));
    world.stage.run(&["operator", "remove", "zoe", "--data", "service"]).ended_with(0);
    ask(&["resume"]).ended_with(7).said("the server does not know this operator");
    world.stage.run(&add).ended_with(7).said("a secret is never overwritten");
}

#[test]
fn a_server_without_a_home_starts_without_an_operator() {
    let stage = Stage::new();
    let nowhere = [("XDG_STATE_HOME", "/proc/nowhere")];

    let sandbox = Server::start(&stage, "sandbox", "data", &[], &nowhere);

    assert!(sandbox.log().contains("nobody is an operator yet"), "{}", sandbox.log());
    let list = ["operator", "list", "--data", "data", "--json"];
    assert_eq!(stage.run(&list).ended_with(0).json(), json!({ "items": [] }));
    let add = ["operator", "add", "alice", "--data", "data", "--secret-file", "-"];
    let secret = stage.run(&add).ended_with(0).line();
    assert_ne!(token(&sandbox, "operator:alice", &secret), "");
}
