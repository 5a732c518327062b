//! What a client would not hear is given up, and told once more at an operator's word.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::receiver::{Act, Receiver};
use crate::stage::eventually;
use crate::world::World;

#[test]
fn what_was_given_up_is_told_once_more() {
    let listens = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&listens);
    let client = Receiver::answering(move |_| {
        let status = if heard.load(Ordering::SeqCst) { 200 } else { 500 };
        Act::Say(status, "{}".to_owned())
    });
    let url = client.url();
    let world = World::with_environment(
        &["--execution-delay-ms", "20"],
        &["--webhook", &url],
        &[("PAYOUT_SERVE_WEBHOOK_PATIENCE", "1s")],
    );
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    let letters = || world.ask(&["dead-letters", "--json"]).ended_with(0).json();

    let letter = eventually("it is given up", || letters()["items"].get(0).cloned());
    let history = world.ask(&["history", &id]).ended_with(0).stdout;
    let (earlier, _) = client.next_event("payout_executed");
    listens.store(true, Ordering::SeqCst);
    let replayed = world.ask(&["replay", "--all", "--json"]).ended_with(0).json();

    assert_eq!((&letter["payout_id"], &letter["event"]), (&id.into(), &"payout_executed".into()));
    assert!(history.contains("its client could not be told of payout_executed"), "{history}");
    assert_eq!(replayed["replayed"][0], letter["event_id"], "{replayed}");
    let again = eventually("it is told", || {
        let (seen, event) = client.next_event("payout_executed");
        (event["event_id"] == letter["event_id"]).then_some(seen)
    });
    assert_eq!(again.body, earlier.body, "the same words");
    assert_eq!(letters()["items"].as_array().map(Vec::len), Some(0));
    let event_id = letter["event_id"].as_str().expect("it has a name");
    world.ask(&["replay", event_id]).ended_with(3).said("No notification of this id was given up");
}
