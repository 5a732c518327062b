//! Stopping cleanly, and what is left behind.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::{pay_out, token};
use crate::stage::{Server, Stage};
use crate::world::World;

#[test]
fn a_server_that_is_told_to_stop_ends_well_and_soon() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    world.watch(&id).ended_with(0);
    let begun = Instant::now();

    let service = world.service.stop();
    let sandbox = world.sandbox.stop();

    assert_eq!((service.code(), sandbox.code()), (Some(0), Some(0)));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    for data in ["service", "sandbox"] {
        let wal = world.stage.path(data).join("payout.sqlite-wal");
        let left = fs::metadata(wal).map_or(0, |wal| wal.len());
        assert_eq!(left, 0, "the log of {data} is in its database");
    }
}

#[test]
fn an_interrupt_stops_a_server_as_well() {
    let stage = Stage::new();
    let mut sandbox = Server::start(&stage, "sandbox", "data", &[], &[]);

    sandbox.signal("INT");

    assert_eq!(sandbox.stop().code(), Some(0));
}

#[test]
fn a_server_that_was_stopped_starts_again_where_it_was() {
    let mut world = World::with(&["--execution-delay-ms", "1000"], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");

    world.service.stop();
    world.sandbox.stop();
    world.sandbox.start_again(&world.stage);
    world.service.start_again(&world.stage);

    world.watch(&id).ended_with(0);
    assert_eq!(world.debits(&sam.merchant_account, &id), 1);
    assert_eq!(world.ask(&["sources", "--user", "sam"]).ended_with(0).stdout.lines().count(), 2);
}

#[test]
fn a_server_in_memory_forgets_and_keeps_its_keys() {
    let stage = Stage::new();
    let mut sandbox = Server::start(&stage, "sandbox", "data", &["--in-memory"], &[]);
    let deposit = ["deposit", "--user", "sam", "--amount", "25.00 GBP", "--url", sandbox.url()];
    stage.run(&deposit).ended_with(0);
    let announced = sandbox.announcement.clone();

    sandbox.stop();
    sandbox.start_again(&stage);

    assert_eq!(sandbox.announcement, announced);
    let sources = ["sources", "--user", "sam", "--json", "--url", sandbox.url()];
    let sources = stage.run(&sources).ended_with(0).json();
    assert_eq!(sources["items"].as_array().map(Vec::len), Some(0), "{sources}");
    assert!(!stage.path("data/payout.sqlite").exists());
}

#[test]
fn no_log_tells_an_account_a_token_or_a_secret() {
    let world = World::with_environment(&[], &[], &[("PAYOUT_LOG", "trace")]);
    world.tell_the_service();
    let deposit = ["deposit", "--user", "sam", "--amount", "25.00 GBP", "--json"];
    let from = ["--account", "GB72 CLRB 0406 6800 0044 17", "--account-holder-name", "SAM CANARY"];
    let deposit = world.ask_sandbox(&[&deposit[..], &from].concat()).ended_with(0).json();
    let sam = crate::world::PaidIn {
        user: "sam".to_owned(),
        source: crate::world::member(&deposit, "payment_source_id"),
        merchant_account: crate::world::member(&deposit, "merchant_account_id"),
    };
    let id = world.accepted(&sam, "1.00 GBP");
    world.watch(&id).ended_with(0);
    pay_out(&world.service, "key-1", &sam.body(0, "GBP"));
    let tokens = [&world.service, &world.sandbox].map(|server| token(server, "payments"));

    let logs = [world.service.log(), world.sandbox.log()].concat();

    assert!(logs.contains("\"level\":\"TRACE\""), "else this test could not fail");
    assert!(logs.contains(&id), "the log tells of the payout by its id");
    let secrets = ["service", "sandbox"].map(|data| {
        ["client-secret", "token-secret", "client-key.pem", "webhook-key.pem"].map(|file| {
            let text = fs::read_to_string(world.stage.path(data).join(file)).expect("it was made");
            // Of a key the line after its title.
            text.lines().find(|line| !line.starts_with('-')).unwrap_or_default().to_owned()
        })
    });
    let canaries =
        ["GB72CLRB04066800004417", "GB72 CLRB", "00004417", "SAM CANARY", "Bearer eyJ", "eyJ"];
    let canaries = canaries.map(str::to_owned).into_iter().chain(tokens);
    for canary in canaries.chain(secrets.into_iter().flatten()) {
        let line = logs.lines().find(|line| line.contains(&canary));
        assert_eq!(line, None, "{canary}");
    }
}

#[test]
fn a_server_that_crashes_leaves_no_image_of_its_memory() {
    let stage = Stage::new();
    let sandbox = ["sandbox", "--json", "--data", "data", "--listen", "127.0.0.1:0"];
    let crash = |words: &[&str]| {
        let mut shell = Command::new("sh");
        // The limit is the shell's own, and so its child's.
        shell.args(["-c", "ulimit -c unlimited && exec \"$0\" \"$@\""]).args(words);
        stage.furnish(&mut shell);
        let mut child = shell.stdout(Stdio::piped()).spawn().expect("there is a shell");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says that it has begun");
        let kill = format!("kill -ABRT {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("it is sent").success());
        child.wait().expect("it is our child")
    };

    let other = crash(&["sh", "-c", "echo begun; while :; do sleep 1; done"]);
    let ours = crash(&[&[env!("CARGO_BIN_EXE_payout")], &sandbox[..]].concat());

    assert_eq!((other.signal(), ours.signal()), (Some(6), Some(6)));
    assert!(other.core_dumped(), "this machine lets no process leave one, so nothing is shown");
    assert!(!ours.core_dumped());
}
