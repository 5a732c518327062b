//! How far a store has come.

use payout_domain::Evidence;
use payout_ports::StoreMark;

use super::StoreRig;
use super::steps::{accept, claim_one, save};
use crate::fixtures::{Accepting, change, seconds};

/// `MarkedStore`.
pub async fn an_empty_store_has_come_nowhere(rig: &dyn StoreRig) {
    let mark = mark(rig).await;

    assert_eq!((mark.sequence, mark.latest_at), (0, None));
    assert!(!mark.store.is_empty() && !mark.place.is_empty());
}

/// `MarkedStore`, law 1.
pub async fn every_step_takes_the_store_further(rig: &dyn StoreRig) {
    let mut far = vec![mark(rig).await.sequence];

    accept(rig, Accepting::number(1)).await;
    far.push(mark(rig).await.sequence);
    let claim = claim_one(rig, seconds(10)).await;
    far.push(mark(rig).await.sequence);
    let known = Evidence::OutcomeUnknown { attempt: 1 };
    save(rig, change(&claim.payout, &known, seconds(11))).await;
    far.push(mark(rig).await.sequence);

    assert!(far.is_sorted_by(|before, after| before < after), "{far:?}");
}

/// `MarkedStore`: by the times of the events, whatever clock they came from.
pub async fn a_store_knows_its_newest_event(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    assert_eq!(mark(rig).await.latest_at, Some(payout.created_at()));

    claim_one(rig, seconds(500)).await;
    accept(rig, Accepting::number(2)).await;

    assert_eq!(mark(rig).await.latest_at, Some(seconds(500)));
}

pub(super) async fn mark(rig: &dyn StoreRig) -> StoreMark {
    rig.marked().mark().await.expect("the store is there")
}
