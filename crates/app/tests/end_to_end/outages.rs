//! Something is away, in use or unusable.

use crate::stage::{Server, Stage};
use crate::world::World;

#[test]
fn a_payout_to_a_known_source_is_accepted_without_the_provider_and_paid_when_it_is_back() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let first = world.accepted(&sam, "1.00 GBP");
    world.watch(&first).ended_with(0);

    world.sandbox.kill();
    let id = world.accepted(&sam, "2.00 GBP");
    world.ask(&["watch", &id, "--timeout", "1"]).ended_with(6).said("has not ended within 1 s");
    world.sandbox.start_again(&world.stage);

    world.watch(&id).ended_with(0);
    assert_eq!(world.debits(&sam.merchant_account, &id), 1);
}

#[test]
fn a_payout_to_an_unknown_source_waits_for_the_provider() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let key = ["--idempotency-key", "withdrawal-1"];

    world.sandbox.kill();
    let away = world.create(&sam, "1.00 GBP", &key).ended_with(6);
    let listed = world.ask(&["list", "--json"]).ended_with(0).json();
    world.sandbox.start_again(&world.stage);
    let back = world.create(&sam, "1.00 GBP", &key).ended_with(0);

    away.said("ask again with the same idempotency key").said("The provider cannot be reached");
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(0), "{listed}");
    world.watch(&back.line()).ended_with(0);
}

#[test]
fn the_key_of_a_payout_with_an_unknown_outcome_is_told_whoever_reads() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    world.sandbox.kill();

    let away = world.create(&sam, "1.00 GBP", &["--json"]).ended_with(6);
    world.sandbox.start_again(&world.stage);

    let (_, key) = away.stderr.split_once("--idempotency-key ").expect("it is said");
    let key = key.trim_end().trim_end_matches(')');
    world.create(&sam, "1.00 GBP", &["--idempotency-key", key]).ended_with(0);
}

#[test]
fn a_service_starts_while_its_provider_is_away() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let first = world.accepted(&sam, "1.00 GBP");
    world.watch(&first).ended_with(0);

    world.service.stop();
    world.sandbox.kill();
    world.service.start_again(&world.stage);
    let id = world.accepted(&sam, "2.00 GBP");
    world.sandbox.start_again(&world.stage);

    assert!(world.service.log().contains("the provider cannot be asked now"));
    world.watch(&id).ended_with(0);
}

#[test]
fn a_service_that_is_away_is_said_to_be() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    // What a server that has crashed wrote about itself is still there.
    world.service.kill();

    let id = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4";
    let asked = world.ask(&["get", id]).ended_with(8);
    let created = world.create(&sam, "1.00 GBP", &[]).ended_with(8);

    asked.said("the server is not available").said("is it running?");
    created.said("the server is not available").said("nothing was done");
}

#[test]
fn a_watch_waits_for_a_service_that_comes_back() {
    let mut world = World::with(&["--execution-delay-ms", "1000"], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    let url = world.service.url().to_owned();
    world.until_provider_has(&sam, &id);
    world.service.kill();

    let outcome = std::thread::scope(|scope| {
        let (stage, service) = (&world.stage, &mut world.service);
        let watch = scope.spawn(|| stage.run(&["watch", &id, "--url", &url, "--timeout", "40"]));
        service.start_again(stage);
        watch.join().expect("nothing panics there")
    });

    assert!(outcome.ended_with(0).stdout.contains("executed"));
}

#[test]
fn one_database_has_one_service() {
    let world = World::new();
    let gateway = world.sandbox.url();

    let second = ["serve", "--listen", "127.0.0.1:0", "--data", "service", "--gateway", gateway];
    let refused = world.stage.run(&second).ended_with(7);
    let sandbox = ["sandbox", "--listen", "127.0.0.1:0", "--data", "sandbox"];
    let sandbox = world.stage.run(&sandbox).ended_with(7);

    refused.said("is in use by another process").said("name another data directory");
    sandbox.said("is in use by another process");
    world.ask(&["accounts"]).ended_with(0);
}

#[test]
fn one_port_has_one_server() {
    let world = World::new();
    let address = world.service.url().trim_start_matches("http://");

    let second = world.stage.run(&["sandbox", "--listen", address, "--data", "other"]);

    second.ended_with(8).said("cannot listen on").said("--listen");
}

#[test]
fn a_data_directory_that_cannot_be_used_is_named() {
    let stage = Stage::new();
    stage.write("file", "not a directory");

    for data in ["file", "file/below", "/proc/payout"] {
        let sandbox = stage.run(&["sandbox", "--listen", "127.0.0.1:0", "--data", data]);

        sandbox.ended_with(7).said(data).said("--data");
    }
}

#[test]
fn a_database_that_is_none_is_named_and_left_alone() {
    let stage = Stage::new();
    std::fs::create_dir(stage.path("data")).expect("it is not there yet");
    stage.write("data/payout.sqlite", "this is no database, and more than a header of one is long");

    let sandbox = stage.run(&["sandbox", "--listen", "127.0.0.1:0", "--data", "data"]);

    sandbox.ended_with(7).said("payout.sqlite").said("not a database");
    let kept = std::fs::read_to_string(stage.path("data/payout.sqlite")).expect("it is there");
    assert!(kept.starts_with("this is no database"), "{kept}");
}

#[test]
fn a_journal_that_others_wrote_is_named_by_its_line() {
    let stage = Stage::new();
    std::fs::create_dir(stage.path("data")).expect("it is not there yet");
    stage.write("data/bank.ndjson", "{\"opening_balances\":[\"10.00 GBP\"]}\nnonsense\n");

    let sandbox = stage.run(&["sandbox", "--listen", "127.0.0.1:0", "--data", "data"]);

    sandbox.ended_with(7).said("bank.ndjson, line 2");
}

#[test]
fn an_account_that_the_bank_does_not_have_refuses_deposits() {
    let stage = Stage::new();
    let only_pounds = ["--merchant-account", "10.00 GBP"];
    let sandbox = Server::start(&stage, "sandbox", "data", &only_pounds, &[]);

    let deposit = ["deposit", "--user", "sam", "--amount", "25.00 EUR"];
    let refused = stage.run(&[&deposit[..], &["--url", sandbox.url()]].concat()).ended_with(4);

    refused.said("currency: ").said("EUR");
}
