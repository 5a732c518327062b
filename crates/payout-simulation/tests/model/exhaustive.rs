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

#[test]
fn operators_break_no_promise_though_one_of_two_errs() {
    let explored = explore(Protocol::operated());
    println!("{} unique states with operators, no promise broken", explored.worlds);

    assert!(explored.violated.is_empty(), "{}", explored.violated.join("\n"));
    assert_eq!(explored.unreachable, Vec::<&str>::new(), "the model proves too little");
}

/// Whatever was sent since the backup has left no trace in the store, and its tokens may be alive.
#[test]
fn a_store_that_goes_back_in_time_breaks_no_promise_if_the_mark_outside_it_tells() {
    let explored = explore(Protocol::put_back());
    println!("{} unique states with backups, no promise broken", explored.worlds);

    assert!(explored.violated.is_empty(), "{}", explored.violated.join("\n"));
    assert_eq!(explored.unreachable, Vec::<&str>::new(), "the model proves too little");
}

/// The fence protects the schedule, not the money: whoever sends without a claim sends the same key
/// within its window, and whatever is learned is taken in anyway. The fence spares the provider
/// repetitions and keeps workers out of each other's way.
#[test]
fn without_the_fence_of_the_database_no_promise_is_broken_either() {
    // Many more orders are possible now, so the world is smaller.
    let protocol = Protocol { transmissions: 2, ..Protocol::ours() }.with(Planted::NoFence);

    let explored = explore(protocol);
    println!("{} unique states without a fence, no promise broken", explored.worlds);

    assert!(explored.violated.is_empty(), "{}", explored.violated.join("\n"));
}
