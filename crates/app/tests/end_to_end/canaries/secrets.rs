//! Secrets: those that servers have made, and those that verbs are told.

use super::{Aviary, files};
use crate::world::World;

/// The secrets that the servers have made: of a private key the lines that begin with it, of other
/// files the whole.
pub(super) fn of_files(aviary: &mut Aviary, world: &World) {
    for data in ["sandbox", "service"] {
        for (file, field) in [
            ("client-secret", "secret of a client"),
            ("token-secret", "secret that tokens are signed with"),
            ("client-key.pem", "private key of a client"),
            ("webhook-key.pem", "private key for webhooks"),
        ] {
            let text = std::fs::read_to_string(world.stage.path(&format!("{data}/{file}")));
            let text = text.expect("the server has made it");
            for line in text.lines().filter(|line| !line.starts_with('-')).take(2) {
                aviary.watch(field, line);
            }
        }
    }
    let operators = world.stage.path(".local/state/payout/operators");
    let folders = std::fs::read_dir(operators).expect("each server has made an operator");
    for file in folders.flatten().flat_map(|folder| files(&folder.path())) {
        let secret = std::fs::read_to_string(file).expect("it is text");
        aviary.watch("secret of an operator", secret.trim_end());
    }
}

/// What verbs are told, and complain of.
pub(super) fn of_verbs(aviary: &mut Aviary, world: &World) {
    let password = aviary.canary("password of the database");
    let database = format!("postgres://payout:{password}@127.0.0.1:1/payout");
    let gateway = world.sandbox.url();
    let listen = ["--listen", "127.0.0.1:0", "--data", "other", "--gateway", gateway];
    let serve = world.stage.run(&[&["serve", "--database", &database], &listen[..]].concat());
    aviary.complained("a database that is not there", &serve);
    let torn = format!("postgres://payout:{}@[::1/x", aviary.canary("password in a torn URL"));
    let serve = world.stage.run(&[&["serve", "--database", &torn], &listen[..]].concat());
    aviary.complained("a database URL that is none", &serve);

    let secret = aviary.canary("secret in a variable");
    let mut get = world.stage.command(&["list", "--url", world.service.url()]);
    get.env("PAYOUT_CLIENT_ID", "service-client").env("PAYOUT_CLIENT_SECRET", &secret);
    aviary.complained("a wrong secret", &crate::stage::Outcome::of(&mut get));

    let order = ["create", "--user", &aviary.canary("user of a verb"), "--amount", "1.00 GBP"];
    let more = ["--reference", &aviary.canary("reference of a verb")];
    let ids = "6e1f5f0e-3a0b-4a40-9d3c-1c2e8f3b5a77";
    let ids = ["--source", ids, "--merchant-account", ids];
    let refused = world.ask(&[&order[..], &more, &ids].concat());
    aviary.complained("an order", &refused);
}
