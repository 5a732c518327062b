//! Every place of an exchange, and everything that can happen to it there.

use crate::fault_proxy::{Deed, FaultProxy, Place};
use crate::world::World;

/// What can happen where. What is swallowed comes first, so that no payout is swallowed twice.
const MATRIX: [(Place, Deed); 25] = [
    (Place::Connect, Deed::BlackHole),
    (Place::Head, Deed::BlackHole),
    (Place::Body, Deed::BlackHole),
    (Place::Status, Deed::BlackHole),
    (Place::Answer, Deed::BlackHole),
    (Place::Connect, Deed::Cut),
    (Place::Connect, Deed::Reset),
    (Place::Connect, Deed::Delay),
    (Place::Head, Deed::Cut),
    (Place::Head, Deed::Reset),
    (Place::Head, Deed::Delay),
    (Place::Head, Deed::Corrupt),
    (Place::Body, Deed::Cut),
    (Place::Body, Deed::Reset),
    (Place::Body, Deed::Delay),
    (Place::Body, Deed::Corrupt),
    (Place::Body, Deed::Double),
    (Place::Status, Deed::Cut),
    (Place::Status, Deed::Reset),
    (Place::Status, Deed::Delay),
    (Place::Status, Deed::Corrupt),
    (Place::Answer, Deed::Cut),
    (Place::Answer, Deed::Reset),
    (Place::Answer, Deed::Delay),
    (Place::Answer, Deed::Corrupt),
];

#[test]
fn whatever_happens_to_an_exchange_each_payout_is_executed_once() {
    let world = World::behind(|sandbox| FaultProxy::before(sandbox, &MATRIX, true));
    let sam = world.paid_in("sam", "25.00 GBP");

    let payouts = world.several(&sam, 26);

    for id in &payouts {
        world.paid_once(&sam, id);
    }
    let proxy = world.proxy();
    assert!(proxy.is_done(), "some places were never spoiled");
    let transmissions: u64 = payouts.iter().map(|id| world.transmissions(id)).sum();
    assert_eq!(proxy.posts(), transmissions, "one transmission for each attempt");
    let harmless = |(_, deed): &&(Place, Deed)| matches!(deed, Deed::Delay | Deed::Double);
    let spoiled = MATRIX.len() - MATRIX.iter().filter(harmless).count();
    let expected = u64::try_from(payouts.len() + spoiled).expect("they are few");
    assert_eq!(transmissions, expected, "what was spoiled is sent once more");
}

#[test]
fn a_connection_that_ends_without_a_warning_makes_no_second_payout() {
    let world = World::behind(|sandbox| FaultProxy::before(sandbox, &[], false));
    let sam = world.paid_in("sam", "25.00 GBP");

    let payouts = world.several(&sam, 12);

    for id in &payouts {
        world.paid_once(&sam, id);
    }
    let transmissions: u64 = payouts.iter().map(|id| world.transmissions(id)).sum();
    assert!(world.proxy().posts() <= transmissions, "nothing is sent that is not on record");
    assert_eq!(world.calls("create_payout"), world.proxy().posts());
}
