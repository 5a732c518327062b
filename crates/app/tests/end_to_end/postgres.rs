//! Several services on one `PostgreSQL` database.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::stage::{Server, Stage, eventually};
use crate::world::{World, member};

/// A schema of the test server that no other test uses.
pub(crate) fn database() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let server = std::env::var("PAYOUT_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!(
            "PAYOUT_TEST_POSTGRES names no server: run `cargo xtask test`, or `cargo xtask postgres`"
        )
    });
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{server}?schema=service_{}_{number}", std::process::id())
}

#[test]
fn two_services_on_one_database_are_one_service() {
    let database = database();
    let shared = ["--database", database.as_str()];
    let mut world = World::with(&["--authorization-delay-ms", "10"], &shared);
    let gateway = ["--gateway", world.sandbox.url()];
    let arguments = [gateway.as_slice(), &shared].concat();
    let other = Server::start(&world.stage, "serve", "other", &arguments, &[]);
    let at_other =
        |world: &World, verb: &[&str]| world.stage.run(&[verb, &["--url", other.url()]].concat());
    let user = world.paid_in("user-1", "100.00 GBP");

    let mut ids = Vec::new();
    for number in 0..12 {
        let key = format!("withdrawal-{number}");
        let order = [user.order().as_slice(), &["--amount", "1.00 GBP", "--idempotency-key", &key]]
            .concat();
        let (first, second) = if number % 2 == 0 {
            (world.ask(&order).ended_with(0).line(), at_other(&world, &order))
        } else {
            (at_other(&world, &order).ended_with(0).line(), world.ask(&order))
        };
        assert_eq!(second.ended_with(0).line(), first, "the same key is the same payout");
        ids.push(first);
    }
    // What one has begun, the other ends.
    world.service.kill();

    for id in &ids {
        eventually("executed", || {
            let payout = at_other(&world, &["get", id, "--json"]).ended_with(0).json();
            (payout["status"] == "executed").then_some(())
        });
        assert_eq!(world.debits(&user.merchant_account, id), 1, "{id}");
    }
    let page = at_other(&world, &["list", "--json"]).ended_with(0).json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(ids.len()), "{page}");
    assert_eq!(member(&page["items"][0], "status"), "executed");
}

#[test]
fn a_database_that_cannot_be_used_is_said_before_anything_is_served() {
    let stage = Stage::new();
    let sandbox = Server::start(&stage, "sandbox", "sandbox", &["--in-memory"], &[]);
    let serve = |database: &str| {
        let gateway = ["--gateway", sandbox.url(), "--listen", "127.0.0.1:0"];
        stage.run(&[&["serve"], &gateway[..], &["--database", database]].concat())
    };

    serve("postgres://payout@127.0.0.1:1/payout")
        .ended_with(8)
        .said("postgres://payout@127.0.0.1:1/payout")
        .said("cannot be reached; start it, or correct its address");
    serve("postgres://payout@db.example").ended_with(7).said("must name a database");
}

#[test]
fn a_password_in_the_address_is_refused_and_never_shown() {
    let stage = Stage::new();
    let sandbox = Server::start(&stage, "sandbox", "sandbox", &["--in-memory"], &[]);
    let address = "postgres://payout:hunter2@db.example/payout";
    stage.write("payout.toml", &format!("[serve]\ndatabase = '{address}'\n"));

    let served = stage.run(&["serve", "--gateway", sandbox.url()]).ended_with(7);
    let shown = stage.run(&["config", "show", "--json"]).ended_with(0);

    for outcome in [&served, &shown] {
        assert!(!outcome.stdout.contains("hunter2") && !outcome.stderr.contains("hunter2"));
    }
    served.said("must not hold a password").said("put it into a file");
}
