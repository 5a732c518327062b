//! What may not be sent.

use std::time::Duration;

use payout_domain::{Evidence, ParkReason, Payout, PayoutState, Timestamp};
use payout_ports::{Claimed, SendOrder, WatchOrder};

use super::StoreRig;
use super::steps::{accept, claim, claim_all, claim_one, history, ids_of, later, learn, read};
use crate::fixtures::{
    Accepting, gateway_payout_id, other_profile, payout_id, rule, seconds, send_order, watch_order,
};

/// `PayoutRepository`, law 5.
pub async fn a_payout_of_another_profile_is_parked(rig: &dyn StoreRig) {
    let other = accept(rig, Accepting::number(1).through(other_profile())).await;
    let own = accept(rig, Accepting::number(2)).await;

    let claims = claim(rig, &send_order(seconds(10))).await;

    assert_eq!(ids_of(&claims), [own.id()]);
    is_parked(rig, &other, ParkReason::ProfileChanged, seconds(10)).await;
}

/// `PayoutRepository`, law 5: one microsecond after the last moment.
pub async fn a_payout_whose_window_has_closed_is_parked(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let sent = claim_one(rig, seconds(10)).await.payout;
    let last_moment = seconds(10).plus(rule().key_window).minus(rule().margin);
    let too_late = last_moment.minus(Duration::from_hours(1)).plus(Duration::from_micros(1));

    let claims = claim(rig, &send_order(too_late)).await;

    assert_eq!(ids_of(&claims), []);
    is_parked(rig, &sent, ParkReason::WindowClosed, too_late).await;
}

/// `PayoutRepository`, law 5.
pub async fn a_payout_that_is_too_old_is_parked(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    let limit = payout.created_at().plus(rule().first_send_age_max);
    let too_late = limit.plus(Duration::from_micros(1));

    let claims = claim(rig, &send_order(too_late)).await;

    assert_eq!(ids_of(&claims), []);
    is_parked(rig, &payout, ParkReason::TooOld, too_late).await;
}

/// `PayoutRepository`, law 5: it forbids no more than the rule does.
pub async fn a_payout_is_not_too_old_at_the_limit(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    let limit = payout.created_at().plus(rule().first_send_age_max);

    assert_eq!(ids_of(&claim(rig, &send_order(limit)).await), [payout.id()]);
}

/// `PayoutRepository`, law 5: the rule is one of the profile that the payout is not sent through.
pub async fn the_profile_counts_before_the_rule(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1).through(other_profile())).await;
    let too_late = payout.created_at().plus(Duration::from_hours(48));

    claim(rig, &send_order(too_late)).await;

    is_parked(rig, &payout, ParkReason::ProfileChanged, too_late).await;
}

/// `PayoutRepository`, law 5: no step is larger than was asked for.
pub async fn parked_payouts_count_towards_the_limit(rig: &dyn StoreRig) {
    for number in 1..=3 {
        accept(rig, Accepting::number(number).through(other_profile())).await;
    }
    let own = accept(rig, Accepting::number(4)).await;
    let two = SendOrder { limit: 2, ..send_order(later()) };

    let first = claim_all(rig, &two).await;
    let states = [1, 2, 3].map(payout_id);
    let mut parked = Vec::new();
    for id in states {
        parked.push(matches!(read(rig, id).await.state(), PayoutState::Parked(_)));
    }
    let second = claim_all(rig, &two).await;
    let third = claim_all(rig, &two).await;

    assert_eq!(parked, [true, true, false]);
    let found = |claimed: &Claimed| (ids_of(&claimed.to_send), claimed.set_aside);
    assert_eq!(found(&first), (vec![], 2), "whoever finds none to send goes on");
    assert_eq!(found(&second), (vec![own.id()], 1));
    assert_eq!(found(&third), (vec![], 0));
}

/// `PayoutRepository`, law 5, and `claim_watched`: its due time stays, and only its own profile looks.
pub async fn a_parked_payout_is_not_sent_but_looked_for(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1).through(other_profile())).await;
    claim(rig, &send_order(seconds(10))).await;
    let parked = read(rig, payout_id(1)).await;

    let of_profile = SendOrder { profile: other_profile(), ..send_order(later()) };
    assert_eq!(ids_of(&claim(rig, &of_profile).await), []);
    let elsewhere = rig.payouts().claim_watched(&watch_order(later())).await;
    assert_eq!(elsewhere.expect("the store is there"), []);
    assert_eq!(read(rig, parked.id()).await, parked);
    let of_profile = WatchOrder { profile: other_profile(), ..watch_order(parked.created_at()) };
    let watched = rig.payouts().claim_watched(&of_profile).await;
    assert_eq!(watched.expect("the store is there"), std::slice::from_ref(&parked));

    let known = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(1) };
    let found = learn(rig, parked.id(), known, later()).await;
    assert_eq!(*found.state(), PayoutState::Submitted { authorized: false });
}

/// `PayoutRepository`, laws 4 and 5: its sender is still at work.
pub async fn what_is_leased_is_not_parked(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let claimed = claim_one(rig, seconds(10)).await.payout;

    let other = SendOrder { profile: other_profile(), ..send_order(seconds(11)) };
    claim(rig, &other).await;

    assert_eq!(read(rig, claimed.id()).await, claimed);
}

/// Asserts that the payout was parked at this time, and that this is all that has happened since.
async fn is_parked(rig: &dyn StoreRig, before: &Payout, reason: ParkReason, at: Timestamp) {
    let mut expected = before.clone();
    let parked = Evidence::Parked(reason);
    assert_eq!(expected.apply(&parked, at), payout_domain::Applied::Changed);

    assert_eq!(read(rig, before.id()).await, expected);
    let last = history(rig, before).await.pop().expect("there is an event");
    assert_eq!((last.version, last.at), (expected.version(), at));
    assert_eq!((last.evidence, last.state), (parked, PayoutState::Parked(reason)));
}
