//! Who sends a payout, and when.

use std::time::Duration;

use payout_domain::{Evidence, Payout, PayoutState};
use payout_ports::{Epoch, SendOrder};

use super::StoreRig;
use super::steps::{
    accept, claim, claim_one, history, ids_of, later, learn, live, read, save, schedule,
};
use crate::fixtures::{
    Accepting, LEASE, change, due, just_before, lives, payout_id, rule, seconds, send_order, token,
};

/// `PayoutRepository`, law 3.
pub async fn a_payout_is_due_from_its_acceptance_on(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;

    let early = claim(rig, &send_order(just_before(payout.created_at()))).await;
    let on_time = claim(rig, &send_order(payout.created_at())).await;

    assert_eq!(ids_of(&early), []);
    assert_eq!(ids_of(&on_time), [payout.id()]);
}

/// `PayoutRepository`, laws 3 and 9: what the claim shows is what is stored.
pub async fn the_intent_is_stored_before_the_claim_is_returned(rig: &dyn StoreRig) {
    let accepted = accept(rig, Accepting::number(1)).await;
    let now = seconds(10);

    let claimed = claim_one(rig, now).await.payout;

    let mut expected = accepted.clone();
    let begun = expected.begin_transmission(&rule(), token(now), now).expect("it may be sent");
    assert_eq!(claimed, expected);
    assert_eq!(read(rig, claimed.id()).await, expected);
    let last = history(rig, &claimed).await.pop().expect("there is an event");
    assert_eq!(last.evidence, begun);
    assert_eq!((last.version, last.at), (2, now));
    assert_eq!(last.state, PayoutState::Sending { earlier_unresolved: false });
}

/// `PayoutRepository`, law 3: to the byte, also when it is claimed again.
pub async fn the_claimed_instruction_is_the_accepted_one(rig: &dyn StoreRig) {
    let accepting = Accepting::number(1);
    accept(rig, accepting.clone()).await;
    let expected = accepting.acceptance().instruction;

    let first = claim_one(rig, seconds(10)).await.instruction;
    let second = claim_one(rig, seconds(10).plus(LEASE)).await.instruction;

    assert!(first.body == expected.body, "the body is not the one that was accepted");
    assert!(first == expected && second == expected, "{first:?} {second:?} {expected:?}");
}

/// `PayoutRepository`, law 4.
pub async fn a_claimed_payout_is_not_claimed_before_its_lease_ends(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    let now = seconds(10);
    claim_one(rig, now).await;

    let at_once = claim(rig, &send_order(now)).await;
    let early = claim(rig, &send_order(just_before(now.plus(LEASE)))).await;
    let at_the_end = claim(rig, &send_order(now.plus(LEASE))).await;

    assert_eq!(ids_of(&at_once), []);
    assert_eq!(ids_of(&early), []);
    assert_eq!(ids_of(&at_the_end), [payout.id()]);
}

/// `PayoutRepository`, law 4: nobody knows what the first sender did.
pub async fn a_payout_whose_sender_is_lost_is_sent_again_with_a_higher_epoch(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let first = claim_one(rig, seconds(10)).await;

    let second = claim_one(rig, seconds(10).plus(LEASE)).await;

    assert!(second.epoch > first.epoch, "{:?} {:?}", second.epoch, first.epoch);
    assert_eq!(*second.payout.state(), PayoutState::Sending { earlier_unresolved: true });
    assert_eq!(second.payout.progress().attempts, 2);
    assert_eq!(second.payout.progress().first_sent_at, Some(seconds(10)));
    assert_eq!(read(rig, second.payout.id()).await, second.payout);
    assert_eq!(history(rig, &second.payout).await.len(), 3);
}

/// `PayoutRepository`, law 4: also after its sender has put it off.
pub async fn each_claim_of_a_payout_has_a_higher_epoch(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let mut last = Epoch::default();

    for attempt in 1..=4 {
        let claim = claim_one(rig, later()).await;
        assert!(claim.epoch > last, "{:?} {last:?}", claim.epoch);
        last = claim.epoch;
        let put_off = change(&claim.payout, &Evidence::NotProcessed { attempt }, later());
        let schedule = Some(due(later()));
        save(rig, payout_ports::PayoutChange { schedule, ..put_off }).await;
    }
}

/// `PayoutRepository`, law 4: ids and the order of acceptance do not count.
pub async fn what_has_been_due_longest_is_claimed_first(rig: &dyn StoreRig) {
    for (number, at) in [(1, 40), (2, 10), (3, 30), (4, 20), (5, 50)] {
        accept(rig, Accepting::number(number).at(seconds(at))).await;
    }
    schedule(rig, payout_id(2), seconds(60)).await;

    let claims = claim(rig, &send_order(later())).await;

    assert_eq!(ids_of(&claims), [4, 3, 1, 5, 2].map(payout_id));
}

/// `PayoutRepository`, law 4: those that have been due longest.
pub async fn no_more_are_claimed_than_are_asked_for(rig: &dyn StoreRig) {
    for number in 1..=5 {
        accept(rig, Accepting::number(number)).await;
    }
    let two = SendOrder { limit: 2, ..send_order(later()) };

    assert_eq!(ids_of(&claim(rig, &two).await), [1, 2].map(payout_id));
    assert_eq!(ids_of(&claim(rig, &two).await), [3, 4].map(payout_id));
    assert_eq!(ids_of(&claim(rig, &two).await), [5].map(payout_id));
    assert_eq!(ids_of(&claim(rig, &two).await), []);
}

/// `PayoutRepository`, law 3: nothing but what waits for a transmission is ever sent.
pub async fn what_is_not_waiting_is_not_claimed(rig: &dyn StoreRig) {
    let mut waiting = Vec::new();
    for (number, life) in (1..).zip(lives()) {
        let payout = live(rig, Accepting::number(number), &life).await;
        schedule(rig, payout.id(), seconds(number)).await;
        waiting.extend(payout.state().is_sendable().then_some(payout.id()));
    }

    let claims = claim(rig, &send_order(later())).await;

    assert!(!waiting.is_empty());
    assert_eq!(ids_of(&claims), waiting);
}

/// `PayoutRepository`, law 4: its sender decides when.
pub async fn a_payout_of_unknown_outcome_is_claimed_when_it_is_due(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let claimed = claim_one(rig, seconds(10)).await.payout;
    learn(rig, claimed.id(), Evidence::OutcomeUnknown { attempt: 1 }, seconds(11)).await;
    schedule(rig, claimed.id(), seconds(25)).await;

    let early = claim(rig, &send_order(just_before(seconds(25)))).await;
    let again = claim_one(rig, seconds(25)).await.payout;

    assert_eq!(ids_of(&early), []);
    assert_eq!(*again.state(), PayoutState::Sending { earlier_unresolved: true });
}

/// `PayoutRepository`, law 3: the provider has not seen its key, so no window has begun.
pub async fn a_payout_that_was_not_processed_is_sent_as_if_for_the_first_time(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let claimed = claim_one(rig, seconds(10)).await.payout;
    learn(rig, claimed.id(), Evidence::NotProcessed { attempt: 1 }, seconds(11)).await;
    let much_later = seconds(10).plus(Duration::from_hours(20));

    let again = claim_one(rig, much_later).await.payout;

    assert_eq!(*again.state(), PayoutState::Sending { earlier_unresolved: false });
    assert_eq!(again.progress().first_sent_at, Some(much_later));
    assert_eq!(again.progress().attempts, 2);
}

/// `PayoutRepository`, law 5: the token must expire before the provider forgets the key.
pub async fn a_repetition_is_allowed_up_to_the_end_of_the_window(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let first_at = seconds(10);
    let first: Payout = claim_one(rig, first_at).await.payout;
    let last_moment = first_at.plus(rule().key_window).minus(rule().margin);
    let last_token = last_moment.minus(Duration::from_hours(1));

    let again = claim_one(rig, last_token).await.payout;

    assert_eq!(again.id(), first.id());
    assert_eq!(again.progress().first_sent_at, Some(first_at));
    assert_eq!(*again.state(), PayoutState::Sending { earlier_unresolved: true });
}
