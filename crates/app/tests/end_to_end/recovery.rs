//! A service whose store is not where, or what, it was.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::receiver::Act;
use crate::world::{PaidIn, World};

/// The files of the service's database.
const DATABASE: [&str; 3] = ["payout.sqlite", "payout.sqlite-wal", "payout.sqlite-shm"];

/// What remembers outside the database how far it had come.
const MARK: &str = "store.mark";

/// A service with a backup of its database, in which a payout is about to be sent that the provider
/// has executed since.
fn gone_back() -> (World, PaidIn, String) {
    let deaf = Arc::new(AtomicBool::new(true));
    let hold = Arc::clone(&deaf);
    let mut world =
        World::hard_of_hearing(move |_| hold.load(Ordering::SeqCst).then_some(Act::Hold));
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "10.00 GBP");
    world.until_provider_has(&sam, &id);
    world.service.kill();
    let (data, backup) = (world.stage.path("service"), world.stage.path("backup"));
    fs::create_dir(&backup).expect("the home can be written");
    copy(&data, &backup);
    fs::copy(data.join(MARK), backup.join(MARK)).expect("it is written before anything is sent");

    deaf.store(false, Ordering::SeqCst);
    world.service.start_again(&world.stage);
    world.watch(&id).ended_with(0);
    world.service.stop();
    for file in DATABASE {
        let _it_need_not_be_there = fs::remove_file(data.join(file));
    }
    // Onto the same file, as a backup is put back: place and name stay, the time goes back.
    copy(&backup, &data);
    (world, sam, id)
}

fn copy(from: &Path, to: &Path) {
    for file in DATABASE {
        if from.join(file).exists() {
            fs::copy(from.join(file), to.join(file)).expect("there is room for it");
        }
    }
}

#[test]
fn a_restored_backup_sends_nothing_finds_what_was_sent_and_goes_on_when_it_is_adopted() {
    let (mut world, sam, id) = gone_back();

    world.service.start_again(&world.stage);
    assert!(world.service.log().contains("recovery mode: nothing is sent"));
    world.watch(&id).ended_with(0);
    let history = world.ask(&["history", &id]).ended_with(0).stdout;
    let new = world.accepted(&sam, "2.00 GBP");
    world.ask(&["watch", &new, "--timeout", "2"]).ended_with(6);

    assert!(history.contains("waits for an operator: restored"), "{history}");
    assert_eq!(world.debits(&sam.merchant_account, &id), 1, "it was executed before the restore");
    assert_eq!(world.payout(&new)["status"], "pending");

    world.service.stop();
    world.service.start_again_with(&world.stage, &["--adopt", "restored"]);
    let newer = world.accepted(&sam, "3.00 GBP");
    world.watch(&newer).ended_with(0);

    assert_eq!(world.book(&sam.merchant_account, "payout").len(), 2, "the first and the newest");
    assert_eq!(world.payout(&new)["status"], "pending", "it was open, so it is parked");
}

#[test]
fn who_says_that_a_machine_was_put_back_with_its_mark_is_believed() {
    let (mut world, sam, id) = gone_back();
    let (data, backup) = (world.stage.path("service"), world.stage.path("backup"));
    fs::copy(backup.join(MARK), data.join(MARK)).expect("there is room for it");

    world.service.start_again_with(&world.stage, &["--adopt", "restored"]);
    world.watch(&id).ended_with(0);

    let history = world.ask(&["history", &id]).ended_with(0).stdout;
    assert!(history.contains("waits for an operator: restored"), "{history}");
    assert_eq!(world.debits(&sam.merchant_account, &id), 1, "it was found, not sent again");
}

#[test]
fn a_backup_cannot_be_adopted_as_current() {
    let (world, _, _) = gone_back();
    let sandbox = ["--gateway", world.sandbox.url(), "--credentials", "sandbox"];
    let adopt = ["serve", "--data", "service", "--listen", "127.0.0.1:0", "--adopt", "current"];

    let refused = world.stage.run(&[adopt.as_slice(), &sandbox].concat());

    refused.ended_with(7).said("it is not current; start it with --adopt restored");
}

#[test]
fn a_copy_in_another_place_sends_nothing() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "10.00 GBP");
    world.watch(&id).ended_with(0);
    world.service.stop();
    let data = world.stage.path("service");
    let moved = world.stage.path("moved");
    fs::rename(data.join(DATABASE[0]), &moved).expect("it is on the same disk");
    fs::copy(&moved, data.join(DATABASE[0])).expect("there is room for it");

    world.service.start_again(&world.stage);

    let log = world.service.log();
    assert!(log.contains("recovery mode: nothing is sent"), "{log}");
    assert!(log.contains("--adopt current"), "{log}");
    let new = world.accepted(&sam, "2.00 GBP");
    world.ask(&["watch", &new, "--timeout", "2"]).ended_with(6);
    world.service.stop();
    world.service.start_again_with(&world.stage, &["--adopt", "current"]);
    world.watch(&new).ended_with(0);
    assert_eq!(world.book(&sam.merchant_account, "payout").len(), 2);
}
