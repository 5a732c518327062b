//! What is of a person, sealed in the store.

mod scan;

use std::fs;

use serde_json::{Value as Json, json};

use crate::http::{self, send, write};
use crate::stage::{Stage, eventually};
use crate::world::{PaidIn, World, member};

/// What is of a person in these tests, and stands nowhere else.
const CANARIES: [&str; 5] =
    ["Canaria Holdersdottir", "73910264", "REF-73X-CANARY", "value-of-canary", "name-of-canary"];

const KEYS: &str = "sealing-keys";

/// A home with a key, and a configuration that names its file.
fn with_key() -> Stage {
    let stage = Stage::new();
    let new = ["key", "new-sealing", "--id", "2026-11", "--out", KEYS];
    assert_eq!(stage.run(&new).ended_with(0).line(), "2026-11");
    name_keys(&stage);
    stage
}

fn name_keys(stage: &Stage) {
    let setting = format!("[serve]\nsealing_keys_file = '{}'\n", stage.text(KEYS));
    stage.write("payout.toml", &setting);
}

/// The arguments of a sandbox that is not waited for.
const QUICK: [&str; 4] = ["--authorization-delay-ms", "10", "--execution-delay-ms", "20"];

/// A user with a name and an account of a canary, who has paid in and is known to the service.
fn canary(world: &World) -> PaidIn {
    let [name, number, ..] = CANARIES;
    let body = json!({
        "user_id": "user-1", "amount_in_minor": 50_000, "currency": "GBP",
        "account_identifier": { "type": "sort_code_account_number", "sort_code": "040668",
            "account_number": number },
        "account_holder_name": name,
    });
    let json = [("Content-Type", "application/json")];
    let made =
        send(world.sandbox.url(), "POST", "/sandbox/deposits", &json, body.to_string().as_bytes());
    let made = made.json();
    PaidIn {
        user: "user-1".to_owned(),
        source: member(&made, "payment_source_id"),
        merchant_account: member(&made, "merchant_account_id"),
    }
}

/// A payout to that user with canaries in it, followed until it is executed.
fn paid_out(world: &World, user: &PaidIn, key: &str) -> String {
    let [.., reference, value, name] = CANARIES;
    let mut body = user.body(1000, "GBP");
    body["beneficiary"]["reference"] = reference.into();
    body["metadata"] = json!({ name: value });
    let made = write(&world.service, "/v3/payouts", key, &body);
    assert_eq!(made.status, 202, "{made:?}");
    let id = member(&made.json(), "id");
    world.until(&id, "executed");
    id
}

/// What the service shows of a payout and of who has paid in.
fn shown(world: &World, user: &PaidIn, id: &str) -> String {
    let read = |path: &str| {
        let bearer = format!("Bearer {}", http::token(&world.service, "payments"));
        send(world.service.url(), "GET", path, &[("Authorization", &bearer)], &[])
    };
    let payout = read(&format!("/v3/payouts/{id}"));
    assert_eq!(payout.status, 200, "{payout:?}");
    let sources =
        format!("/v3/merchant-accounts/{}/payment-sources?user_id=user-1", user.merchant_account);
    payout.body + &read(&sources).body
}

/// Whether the service is told of the payment, so that there is a row for it as well.
fn told_of_the_payment(world: &World) {
    eventually("the service records the payment", || {
        let list = world.ask(&["sources", "--user", "user-1", "--json"]).stdout;
        list.contains("Canaria").then_some(())
    });
}

fn everything_shown_and_nothing_found(service: &[&str], scan: impl Fn(&World) -> String) {
    let world = World::in_home(with_key(), &QUICK, service, &[]);
    world.tell_the_service();
    let user = canary(&world);
    let id = paid_out(&world, &user, "withdrawal-1");
    told_of_the_payment(&world);

    let (shown, found) = (shown(&world, &user, &id), scan(&world));

    for canary in CANARIES {
        assert!(shown.contains(canary), "the API shows it: {canary}: {shown}");
        assert!(!found.contains(canary), "{canary}");
    }
    assert!(found.contains("user-1") && found.contains("2026-11:"), "the scan sees the rows");
}

#[test]
fn nothing_of_a_person_is_in_any_file_of_a_sealed_service() {
    everything_shown_and_nothing_found(&[], |world| scan::files(&world.stage.path("service")));
}

#[test]
fn nothing_of_a_person_is_in_the_postgres_of_a_sealed_service() {
    let database = crate::postgres::database();
    everything_shown_and_nothing_found(&["--database", &database], |world| {
        scan::postgres(&database) + &scan::files(&world.stage.path("service"))
    });
}

#[test]
fn the_same_scans_find_everything_where_nothing_is_sealed() {
    let database = crate::postgres::database();
    for arguments in [[].as_slice(), &["--database", &database]] {
        let world = World::with(&QUICK, arguments);
        let user = canary(&world);
        paid_out(&world, &user, "withdrawal-1");

        let found = if arguments.is_empty() {
            scan::files(&world.stage.path("service"))
        } else {
            scan::postgres(&database)
        };

        for canary in CANARIES {
            assert!(found.contains(canary), "{arguments:?}: {canary}");
        }
    }
}

#[test]
fn a_sealed_service_does_not_start_without_its_key_and_goes_on_with_it() {
    let mut world = World::in_home(with_key(), &QUICK, &[], &[]);
    let user = canary(&world);
    let id = paid_out(&world, &user, "withdrawal-1");
    assert!(world.service.stop().success());
    let key = fs::read_to_string(world.stage.path(KEYS)).expect("it was made");
    let gateway = world.sandbox.url().to_owned();
    let serve = |stage: &Stage| {
        let listen = ["--listen", "127.0.0.1:0", "--data", "service", "--gateway", &gateway];
        stage.run(&[&["serve"], &listen[..]].concat())
    };

    world.stage.write("payout.toml", "");
    serve(&world.stage)
        .ended_with(7)
        .said("it is sealed with the key `2026-11`")
        .said("serve.sealing_keys_file");
    name_keys(&world.stage);
    world.stage.write(KEYS, &format!("2026-11 {}\n", "ab".repeat(32)));
    serve(&world.stage).ended_with(7).said("it does not open with the key `2026-11`");
    world.stage.write(KEYS, "2026-11 secret\n");
    let refused = serve(&world.stage).ended_with(7).said("line 1 is not");
    assert!(!refused.stderr.contains("secret\n"), "{refused:?}");
    world.stage.write(KEYS, &key);
    world.service.start_again(&world.stage);

    let shown = shown(&world, &user, &id);
    assert!(CANARIES.iter().all(|canary| shown.contains(canary)), "{shown}");
}

#[test]
fn a_sealing_key_is_rotated_and_what_the_old_one_sealed_is_still_read() {
    let mut world = World::in_home(with_key(), &QUICK, &[], &[]);
    let user = canary(&world);
    let first = paid_out(&world, &user, "withdrawal-1");
    let new = ["key", "new-sealing", "--id", "2026-12", "--out", "new-key"];
    world.stage.run(&new).ended_with(0);
    let line = |name: &str| fs::read_to_string(world.stage.path(name)).expect("it was made");
    let (old, new) = (line(KEYS), line("new-key"));

    // As the manual says: below the old one first, so that all instances know it, then above it.
    for lines in [[&old, &new], [&new, &old]] {
        world.stage.write(KEYS, &lines.map(String::as_str).concat());
        assert!(world.service.stop().success());
        world.service.start_again(&world.stage);
    }
    let second = paid_out(&world, &user, "withdrawal-2");

    for id in [&first, &second] {
        let shown = shown(&world, &user, id);
        assert!(CANARIES.iter().all(|canary| shown.contains(canary)), "{shown}");
    }
    assert!(world.service.stop().success());
    let kept = scan::column(&world.stage.path("service/payout.sqlite"), "reference");
    let begin: Vec<_> = kept.iter().map(|kept| kept.split(':').next()).collect();
    assert_eq!(begin, [Some("\u{1}2026-11"), Some("\u{1}2026-12")]);
}

#[test]
fn a_cell_that_was_moved_to_another_payout_is_not_shown() {
    let mut world = World::in_home(with_key(), &QUICK, &[], &[]);
    let user = canary(&world);
    let first = paid_out(&world, &user, "withdrawal-1");
    let second = paid_out(&world, &user, "withdrawal-2");
    assert!(world.service.stop().success());
    scan::past_the_triggers(
        &world.stage.path("service/payout.sqlite"),
        "payout_is_frozen",
        "UPDATE payout SET reference = (SELECT reference FROM payout WHERE seq = 1) WHERE seq = 2",
    );
    world.service.start_again(&world.stage);

    let moved = world.ask(&["get", &second, "--json"]);
    let whole: Json = world.ask(&["get", &first, "--json"]).ended_with(0).json();

    assert_ne!(moved.code, Some(0), "{moved:?}");
    assert!(CANARIES.iter().all(|canary| !moved.stderr.contains(canary)), "{moved:?}");
    assert_eq!(whole["status"], "executed");
    let log = world.service.log();
    assert!(log.contains("it does not open with the key `2026-11`"), "{log}");
}

#[test]
fn a_sealing_key_that_others_can_read_or_that_is_there_already_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let stage = with_key();
    let mode = fs::metadata(stage.path(KEYS)).expect("it was made").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = |more: &[&str]| stage.run(&[&["key", "new-sealing", "--out"], more].concat());

    key(&[KEYS]).ended_with(7).said("never overwritten");
    key(&["other", "--id", "a:b"]).ended_with(7).said("letters, digits");
    assert!(!stage.path("other").exists());
    let random = key(&["other"]).ended_with(0).line();
    assert_eq!(random.len(), 8, "{random}");
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(stage.path(KEYS), open).expect("it is ours");
    let sandbox = crate::stage::Server::start(&stage, "sandbox", "sandbox", &[], &[]);
    let serve = ["serve", "--gateway", sandbox.url(), "--listen", "127.0.0.1:0"];
    stage.run(&serve).ended_with(7).said("others can read this secret");
}
