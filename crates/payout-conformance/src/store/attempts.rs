//! What is written down of every transmission.

use payout_domain::{Evidence, PayoutId};
use payout_ports::{Attempt, AttemptEnd, PayoutChange};

use super::StoreRig;
use super::steps::{accept, claim, claim_one, save};
use crate::fixtures::{
    Accepting, LEASE, change, other_profile, payout_id, seconds, send_order, token, unchanged,
};

/// `PayoutRepository`, laws 3 and 9.
pub async fn a_claim_begins_an_attempt(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;

    let claim = claim_one(rig, seconds(10)).await;

    let begun = Attempt {
        attempt: 1,
        begun_at: seconds(10),
        token: token(seconds(10)),
        epoch: claim.epoch,
        ended: None,
    };
    assert_eq!(attempts(rig, payout_id(1)).await, [begun]);
}

/// `PayoutRepository`, laws 7 and 9.
pub async fn an_attempt_ends_with_what_its_sender_saw(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let claim = claim_one(rig, seconds(10)).await;
    let end = AttemptEnd { attempt: 1, at: seconds(12), outcome: "unknown: a \"500\"".into() };

    let unknown = change(&claim.payout, &Evidence::OutcomeUnknown { attempt: 1 }, seconds(12));
    save(rig, PayoutChange { attempt_end: Some(end.clone()), ..unknown }).await;

    let ended = attempts(rig, payout_id(1)).await.pop().expect("it has begun");
    assert_eq!(ended.ended, Some(end));
}

/// `PayoutRepository`, law 9.
pub async fn the_first_end_of_an_attempt_stands(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let claim = claim_one(rig, seconds(10)).await;
    let end = |at| AttemptEnd { attempt: 1, at: seconds(at), outcome: format!("at {at}").into() };

    for at in [12, 13] {
        save(rig, PayoutChange { attempt_end: Some(end(at)), ..unchanged(&claim.payout) }).await;
    }

    let ended = attempts(rig, payout_id(1)).await.pop().expect("it has begun");
    assert_eq!(ended.ended, Some(end(12)));
}

/// `PayoutRepository`, law 9: nobody can say how it ended.
pub async fn an_attempt_that_was_cut_off_stays_open(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    claim_one(rig, seconds(10)).await;

    claim_one(rig, seconds(10).plus(LEASE)).await;

    let open = attempts(rig, payout_id(1)).await;
    let numbers: Vec<_> = open.iter().map(|it| (it.attempt, it.ended.is_none())).collect();
    assert_eq!(numbers, [(1, true), (2, true)]);
}

/// `PayoutRepository`, laws 5 and 9.
pub async fn what_was_not_claimed_has_no_attempts(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1).through(other_profile())).await;

    claim(rig, &send_order(seconds(10))).await;

    assert_eq!(attempts(rig, payout_id(1)).await, [], "it was parked");
    assert_eq!(attempts(rig, payout_id(2)).await, [], "it does not exist");
}

pub(super) async fn attempts(rig: &dyn StoreRig, id: PayoutId) -> Vec<Attempt> {
    rig.payouts().attempts(id).await.expect("the store is there")
}
