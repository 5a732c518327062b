//! Several clients on one service.

use crate::receiver::Receiver;
use crate::stage::{Outcome, Server, eventually};
use crate::world::{PaidIn, World};

/// A client of the service besides the configured one.
struct Other<'a> {
    world: &'a World,
    id: &'a str,
    key: &'a str,
}

impl Other<'_> {
    /// Asks a service as this client.
    fn ask_at(&self, url: &str, verb: &[&str]) -> Outcome {
        let stage = &self.world.stage;
        let mut command = stage.command(&[verb, &["--url", url]].concat());
        command
            .env("PAYOUT_CLIENT_ID", self.id)
            .env("PAYOUT_CLIENT_SECRET_FILE", stage.path(&format!("{}.secret", self.id)))
            .env("PAYOUT_KID", self.key)
            .env("PAYOUT_PRIVATE_KEY_FILE", stage.path(&format!("{}.pem", self.key)));
        Outcome::of(&mut command)
    }

    fn ask(&self, verb: &[&str]) -> Outcome {
        self.ask_at(self.world.service.url(), verb)
    }

    fn create(&self, to: &PaidIn) -> Outcome {
        self.ask(&[to.order().as_slice(), &["--amount", "1.00 EUR"]].concat())
    }
}

impl World {
    /// Makes a key pair, and gives its public half as the verbs take it.
    fn key_pair(&self, kid: &str) -> String {
        let (private, public) =
            (self.stage.text(&format!("{kid}.pem")), self.stage.text(&format!("{kid}.public.pem")));
        let new = ["key", "new", "--kid", kid, "--out", &private, "--public-out", &public];
        self.stage.run(&new).ended_with(0);
        format!("{kid}={public}")
    }

    /// Registers a client whose merchant account this is.
    fn register(&self, id: &str, kid: &str, account: &str, more: &[&str]) -> Outcome {
        let (key, secret) = (self.key_pair(kid), self.stage.text(&format!("{id}.secret")));
        let add = ["client", "add", id, "--key", &key, "--merchant-account", account];
        self.ask(&[&add[..], &["--secret-file", &secret], more].concat())
    }

    /// The euro account of the sandbox.
    fn euro_account(&self) -> String {
        self.paid_in("somebody", "1.00 EUR").merchant_account
    }
}

#[test]
fn a_registered_client_pays_out_and_sees_its_own_until_it_is_revoked() {
    let mut world = World::new();
    let euros = world.euro_account();
    let listener = Receiver::with_statuses(&[]);
    let url = listener.url();
    world.register("bets", "first", &euros, &["--webhook", &url]).ended_with(0);
    let sam = world.paid_in("sam", "20.00 EUR");
    let bets = Other { world: &world, id: "bets", key: "first" };

    let id = bets.create(&sam).ended_with(0).line();
    bets.ask(&["watch", &id, "--timeout", "40"]).ended_with(0);
    world.ask(&["get", &id]).ended_with(3);
    world.create(&sam, "1.00 EUR", &[]).ended_with(4);
    let own = bets.ask(&["accounts", "--json"]).ended_with(0).json();
    assert_eq!(own["items"].as_array().map(Vec::len), Some(1), "{own}");
    eventually("it is told at its own address", || {
        let seen = listener.so_far();
        seen.iter().any(|it| String::from_utf8_lossy(&it.body).contains(&id)).then_some(())
    });

    let revoked = world.ask(&["client", "revoke", "bets"]).ended_with(0);
    assert!(revoked.stdout.contains("revoked"), "{}", revoked.stdout);
    let refused = bets.ask(&["get", &id]);
    refused.ended_with(7);
    assert!(world.service.stop().success());
    world.service.start_again(&world.stage);
    let bets = Other { world: &world, id: "bets", key: "first" };
    bets.ask(&["get", &id]).ended_with(7);
    world.ask(&["client", "add", "bets"]).ended_with(4).said("is or was registered");
    let listed = world.ask(&["client", "list"]).ended_with(0).stdout;
    assert!(listed.contains("service-client") && listed.contains("revoked"), "{listed}");
}

#[test]
fn a_key_and_a_secret_are_rotated_while_payouts_are_asked_for() {
    let world = World::new();
    let euros = world.euro_account();
    world.register("bets", "first", &euros, &[]).ended_with(0);
    let sam = world.paid_in("sam", "20.00 EUR");
    let (first, second) = ("first", "second");
    let of = |key| Other { world: &world, id: "bets", key };
    of(first).create(&sam).ended_with(0);

    let key = world.key_pair(second);
    world.ask(&["client", "add-key", "bets", &key]).ended_with(0);
    of(first).create(&sam).ended_with(0);
    of(second).create(&sam).ended_with(0);
    world.ask(&["client", "revoke", "bets", "--key", first]).ended_with(0);
    of(first).create(&sam).ended_with(7);
    of(second).create(&sam).ended_with(0);

    let old = world.stage.path("bets.secret");
    let new = world.stage.text("new.secret");
    world.ask(&["client", "rotate-secret", "bets", "--secret-file", &new]).ended_with(0);
    of(second).create(&sam).ended_with(0);
    std::fs::copy(&new, &old).expect("the home can be written");
    of(second).create(&sam).ended_with(0);
    world.ask(&["client", "rotate-secret", "bets", "--at-once"]).ended_with(0);
    of(second).create(&sam).ended_with(7);
}

#[test]
fn a_client_is_not_registered_over_what_is_configured() {
    let world = World::new();
    let private = world.key_pair("mine").replace(".public", "");

    world.ask(&["client", "add", "service-client"]).ended_with(4).said("configuration");
    world.ask(&["client", "add", "bets", "--key", &private]).ended_with(2).said("private key");
    world.ask(&["client", "add", "bets", "--scope", "admin"]).ended_with(2).said("payments:read");
    world.ask(&["client", "set", "bets"]).ended_with(7).said("say what is to change");
    world.ask(&["client", "revoke", "bets"]).ended_with(3);
}

#[test]
fn whoever_is_registered_or_revoked_is_so_at_every_instance() {
    let database = crate::postgres::database();
    let shared = ["--database", database.as_str()];
    let world = World::with(&[], &shared);
    let gateway = ["--gateway", world.sandbox.url()];
    let secret = world.stage.text("service/client-secret");
    let arguments = [gateway.as_slice(), &shared, &["--client-secret-file", &secret]].concat();
    let other = Server::start(&world.stage, "serve", "other", &arguments, &[]);
    let euros = world.euro_account();
    world.register("bets", "first", &euros, &[]).ended_with(0);
    let bets = Other { world: &world, id: "bets", key: "first" };

    eventually("it is let in", || {
        let listed = bets.ask_at(other.url(), &["list", "--json"]);
        (listed.code == Some(0)).then_some(())
    });
    world.ask(&["client", "revoke", "bets"]).ended_with(0);
    eventually("it is not let in", || {
        let listed = bets.ask_at(other.url(), &["list", "--json"]);
        (listed.code == Some(7)).then_some(())
    });
}
