//! What can be read, and how it is read by other programs.

use std::fs;
use std::process::Command;

use serde_json::Value as Json;

use crate::http;
use crate::stage::{Outcome, Stage};
use crate::world::World;

#[test]
fn there_are_completions_for_every_shell() {
    let stage = Stage::new();

    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stage.run(&["completions", shell]).ended_with(0).stdout;

        for word in ["payout", "deposit", "idempotency-key"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn every_command_has_a_man_page() {
    let stage = Stage::new();

    stage.run(&["man", "--out", "man"]).ended_with(0);
    let main = stage.run(&["man"]).ended_with(0).stdout;

    for name in [
        "payout",
        "payout-create",
        "payout-serve",
        "payout-steer-return",
        "payout-key-new",
        "payout-resolve",
        "payout-dead-letters",
        "payout-operator-add",
    ] {
        let page = fs::read_to_string(stage.path("man").join(format!("{name}.1")));
        assert!(page.expect(name).contains(".TH"), "{name}");
    }
    assert!(main.contains(".TH payout 1"), "{main}");
}

#[test]
fn a_server_shows_the_document_that_the_command_line_prints() {
    let world = World::new();

    for (of, server) in [("sandbox", &world.sandbox), ("serve", &world.service)] {
        let printed = world.stage.run(&["openapi", "--of", of]).ended_with(0).stdout;
        let shown = http::send(server.url(), "GET", "/openapi.json", &[], b"");

        assert_eq!(shown.status, 200, "{of}");
        assert_eq!(shown.body, printed, "{of}");
    }
}

#[test]
fn the_help_lists_the_exit_codes() {
    let stage = Stage::new();

    let help = stage.run(&["--help"]).ended_with(0).stdout;

    for line in [
        "0  done",
        "1  failed",
        "2  the command line cannot be read",
        "3  not found",
        "4  refused by a rule",
        "5  conflict",
        "6  sent, outcome unknown",
        "7  configuration or credentials are wrong",
        "8  the server is not available",
        "9  proposed: another person must say the same",
    ] {
        assert!(help.contains(line), "{line}: {help}");
    }
}

#[test]
fn a_command_line_that_cannot_be_read_ends_with_two() {
    let stage = Stage::new();

    for line in [
        &[][..],
        &["nonsense"],
        &["create"],
        &["get"],
        &["get", "nonsense"],
        &["watch", "--timeout", "soon", "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"],
        &["sandbox", "--listen", "here"],
    ] {
        let outcome = stage.run(line).ended_with(2);

        assert!(
            outcome.stderr.contains("Usage") || outcome.stderr.contains("--help"),
            "{outcome:#?}"
        );
        assert_eq!(outcome.stdout, "", "{line:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_accident() {
    let stage = Stage::new();
    for line in ["config show", "completions zsh", "man", "--help", "demo"] {
        let script = format!(r#"{{ "$0" {line} 2>err; echo $? >code; }} | true; cat code"#);

        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_payout")]);
        stage.furnish(&mut shell);
        let outcome = Outcome::of(&mut shell).ended_with(0);

        let said = fs::read_to_string(stage.path("err")).expect("the shell made it");
        assert!(!said.contains("panic"), "{line}: {said}");
        assert_eq!(outcome.line(), "0", "{line}: {said}");
    }
}

#[test]
fn no_colour_means_no_colour() {
    let stage = Stage::new();
    let coloured = |text: &str| text.contains('\u{1b}');

    let forced = Outcome::of(stage.command(&["nonsense"]).env("CLICOLOR_FORCE", "1"));
    let mut command = stage.command(&["nonsense"]);
    let forbidden = Outcome::of(command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    let plain = stage.run(&["nonsense"]);

    assert!(coloured(&forced.stderr), "else this test could not fail: {forced:#?}");
    assert!(!coloured(&forbidden.stderr), "{forbidden:#?}");
    assert!(!coloured(&plain.stderr), "no terminal, no colour: {plain:#?}");
}

#[test]
fn with_json_every_verb_prints_one_document_and_says_nothing_else() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    world.watch(&id).ended_with(0);
    let account = &*sam.merchant_account;
    let order = [sam.order(), vec!["--amount", "1.00 GBP"]].concat();
    let document = |outcome: Outcome| {
        let outcome = outcome.ended_with(0);
        assert_eq!(outcome.stdout.lines().count(), 1, "{outcome:#?}");
        assert_eq!(outcome.stderr, "");
        outcome.json()
    };

    for verb in [
        &["get", &*id][..],
        &["list"],
        &["history", &id],
        &["watch", &id],
        &["sources", "--user", "sam"],
        &["accounts"],
        &["unknown"],
        &["parked"],
        &["dead-letters"],
        &["replay", "--all"],
        &["pause", "--show"],
        &["resume"],
        &["transactions", "--merchant-account", account],
        &[&order[..], &["--idempotency-key", "key-1"]].concat(),
    ] {
        let json = document(world.ask(&[verb, &["--json"]].concat()));
        assert!(json.is_object(), "{verb:?}: {json}");
    }
    for verb in [
        &["deposit", "--user", "sam", "--amount", "1.00 GBP"][..],
        &["steer", "delays", "--execution-ms", "1"],
        &["steer", "fail-next"],
        &["steer", "clock"],
        &["steer", "clock", "--advance", "1"],
    ] {
        let json = document(world.ask_sandbox(&[verb, &["--json"]].concat()));
        assert!(json.is_object(), "{verb:?}: {json}");
    }
    let json = document(world.stage.run(&["key", "new", "--out", "new.pem", "--json"]));
    assert!(json["kid"].is_string(), "{json}");
    let json = document(world.stage.run(&["config", "show", "--json"]));
    assert!(json["settings"].is_array(), "{json}");
}

#[test]
fn a_watch_with_json_prints_each_change_on_a_line() {
    let world = World::with(&["--execution-delay-ms", "1000"], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");

    let watched = world.ask(&["watch", &id, "--json"]).ended_with(0);

    let states: Vec<Json> = watched
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is a document"))
        .map(|payout: Json| payout["status"].clone())
        .collect();
    assert_eq!(states.last(), Some(&Json::from("executed")), "{watched:#?}");
    assert!(states.len() > 1, "{watched:#?}");
}
