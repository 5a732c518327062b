//! Who asks after a payout that the provider has, and when.

use payout_domain::{Evidence, Payout, PayoutState, Timestamp};
use payout_ports::{PayoutChange, WatchOrder};

use super::StoreRig;
use super::steps::{accept, claim_one, history, ids, later, live, read, save, schedule, submitted};
use crate::fixtures::{
    Accepting, LEASE, NEVER, change, due_if, gateway_payout_id, just_before, lives, other_profile,
    payout_id, seconds, unchanged, watch_order,
};

/// `PayoutRepository::claim_watched`.
pub async fn what_the_provider_has_is_watched_when_it_is_due(rig: &dyn StoreRig) {
    let payout = submitted(rig, Accepting::number(1), 1).await;
    schedule(rig, payout.id(), seconds(30)).await;

    assert_eq!(watched(rig, just_before(seconds(30))).await, []);
    assert_eq!(watched(rig, seconds(30)).await, [payout]);
}

/// `PayoutRepository::claim_watched`: whatever can still become known of a payout that is not to be
/// sent.
pub async fn what_is_to_be_sent_or_has_failed_is_not_watched(rig: &dyn StoreRig) {
    let mut open = Vec::new();
    for (number, life) in (1..).zip(lives()) {
        let payout = live(rig, Accepting::number(number), &life).await;
        schedule(rig, payout.id(), seconds(number)).await;
        let failed = matches!(payout.state(), PayoutState::Failed(_));
        open.extend((!payout.state().is_sendable() && !failed).then_some(payout));
    }

    let watched = watched(rig, later()).await;

    assert!(!open.is_empty());
    assert_eq!(watched, open);
}

/// `PayoutRepository`, law 4, for those who ask.
pub async fn a_watched_payout_is_not_watched_again_before_its_lease_ends(rig: &dyn StoreRig) {
    let payout = submitted(rig, Accepting::number(1), 1).await;
    watched(rig, seconds(10)).await;
    let lease_end = seconds(10).plus(LEASE);

    assert_eq!(watched(rig, seconds(10)).await, []);
    assert_eq!(watched(rig, just_before(lease_end)).await, []);
    assert_eq!(watched(rig, lease_end).await, [payout]);
}

/// `PayoutRepository`, law 4: a sender that comes late is still the latest.
pub async fn to_ask_after_a_payout_changes_nothing_of_it(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let claim = claim_one(rig, seconds(10)).await;
    let known = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(1) };
    let payout = save(rig, change(&claim.payout, &known, seconds(11))).await;

    let watched_now = watched(rig, later()).await;

    assert_eq!(watched_now, std::slice::from_ref(&payout));
    assert_eq!(read(rig, payout.id()).await, payout);
    assert_eq!(history(rig, &payout).await.len(), 3);
    let moment_later = later().plus(std::time::Duration::from_secs(1));
    put_off(
        rig,
        &payout,
        payout_ports::Schedule { due_at: Some(moment_later), epoch: Some(claim.epoch) },
    )
    .await;
    assert_eq!(watched(rig, moment_later).await, [payout]);
}

/// `PayoutRepository::claim_watched`.
pub async fn what_has_been_due_longest_is_watched_first(rig: &dyn StoreRig) {
    for (number, at) in [(1, 30), (2, 10), (3, 40), (4, 20)] {
        submitted(rig, Accepting::number(number).at(seconds(at)), number).await;
    }

    assert_eq!(ids(&watched(rig, later()).await), [2, 4, 1, 3].map(payout_id));
}

/// `PayoutRepository::claim_watched`: those that have been due longest.
pub async fn no_more_are_watched_than_are_asked_for(rig: &dyn StoreRig) {
    for number in 1..=3 {
        submitted(rig, Accepting::number(number), number).await;
    }
    let two = WatchOrder { limit: 2, ..watch_order(later()) };

    let first = rig.payouts().claim_watched(&two).await.expect("the store is there");
    let second = rig.payouts().claim_watched(&two).await.expect("the store is there");

    assert_eq!(ids(&first), [1, 2].map(payout_id));
    assert_eq!(ids(&second), [3].map(payout_id));
}

/// `PayoutRepository::claim_watched`: nobody else can be asked.
pub async fn only_payouts_of_the_profile_are_watched(rig: &dyn StoreRig) {
    submitted(rig, Accepting::number(1).through(other_profile()), 1).await;
    let own = submitted(rig, Accepting::number(2), 2).await;
    let one = WatchOrder { limit: 1, ..watch_order(later()) };

    let here = rig.payouts().claim_watched(&one).await.expect("the store is there");
    let there = WatchOrder { profile: other_profile(), ..one };
    let there = rig.payouts().claim_watched(&there).await.expect("the store is there");

    assert_eq!(here, [own]);
    assert_eq!(ids(&there), [payout_id(1)]);
}

/// `PayoutRepository`, law 8: until somebody schedules it anew.
pub async fn what_is_never_due_is_never_watched_again(rig: &dyn StoreRig) {
    let payout = submitted(rig, Accepting::number(1), 1).await;

    put_off(rig, &payout, NEVER).await;
    let far = later().plus(std::time::Duration::from_hours(24 * 365 * 100));
    assert_eq!(watched(rig, far).await, []);

    // An outdated claim does not bring it back.
    put_off(rig, &payout, due_if(seconds(20), payout_ports::Epoch(u64::from(u32::MAX)))).await;
    assert_eq!(watched(rig, far).await, []);

    schedule(rig, payout.id(), seconds(20)).await;
    assert_eq!(watched(rig, seconds(20)).await, [payout]);
}

async fn watched(rig: &dyn StoreRig, now: Timestamp) -> Vec<Payout> {
    rig.payouts().claim_watched(&watch_order(now)).await.expect("the store is there")
}

async fn put_off(rig: &dyn StoreRig, payout: &Payout, schedule: payout_ports::Schedule) {
    save(rig, PayoutChange { schedule: Some(schedule), ..unchanged(payout) }).await;
}
