//! Our protocol, to the last state.

use crate::planted::Planted;
use crate::protocol::Protocol;
use crate::search::explore;

#[test]
fn no_order_of_events_breaks_a_promise_and_every_end_can_be_reached() {
    let explored = explore(Protocol::ours());
    println!("{} unique states, no promise broken", explored.worlds);

    assert!(explored.violated.is_empty(), "{}", explored.violated.join("\n"));
    assert_eq!(explored.unreachable, Vec::<&str>::new(), "the model proves too little");
    assert!(explored.worlds >= 1_000_000, "only {} worlds: is the model empty?", explored.worlds);
}

/// The fence protects the schedule, not the money: whoever sends without a claim sends the same key
/// within its window, and whatever is learned is taken in anyway. The fence spares the provider
/// repetitions and keeps workers out of each other's way.
#[test]
fn without_the_fence_of_the_database_no_promise_is_broken_either() {
    // Many more orders are possible now, so the world is smaller.
    let protocol = Protocol { transmissions: 2, ..Protocol::with(Planted::NoFence) };

    let explored = explore(protocol);
    println!("{} unique states without a fence, no promise broken", explored.worlds);

    assert!(explored.violated.is_empty(), "{}", explored.violated.join("\n"));
}
