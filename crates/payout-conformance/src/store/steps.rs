//! What laws do with a store before and after the act that they are about.

use payout_domain::{Evidence, Payout, PayoutId, ProviderStatus, Timestamp};
use payout_ports::{
    AcceptOutcome, Claim, Claimed, NotificationKind, PayoutChange, PayoutEvent, SendOrder,
};

use super::StoreRig;
use crate::fixtures::{
    Accepting, Life, change, due, gateway_payout_id, notification, played, seconds, send_order,
    unchanged,
};

/// Accepts a payout that must be new.
pub(super) async fn accept(rig: &dyn StoreRig, accepting: Accepting) -> Payout {
    let payout = accepting.payout();
    let outcome = rig.payouts().accept(accepting.acceptance()).await.expect("the store is there");
    assert_eq!(outcome, AcceptOutcome::Accepted, "{accepting:?}");
    payout
}

/// Reads a payout that must exist.
pub(super) async fn read(rig: &dyn StoreRig, id: PayoutId) -> Payout {
    let found = rig.payouts().find_unscoped(id).await.expect("the store is there");
    found.expect("the payout exists")
}

/// The whole history of a payout that must exist.
pub(super) async fn history(rig: &dyn StoreRig, payout: &Payout) -> Vec<PayoutEvent> {
    let found = rig.payouts().history(payout.client_id(), payout.id()).await;
    found.expect("the store is there").expect("the payout exists")
}

/// Saves a change that must be possible.
pub(super) async fn save(rig: &dyn StoreRig, change: PayoutChange) -> Payout {
    let payout = change.payout.clone();
    rig.payouts().save(change).await.expect("the change fits the payout");
    payout
}

/// Learns something of a payout, as it is stored now.
pub(super) async fn learn(
    rig: &dyn StoreRig,
    id: PayoutId,
    evidence: Evidence,
    at: Timestamp,
) -> Payout {
    let payout = read(rig, id).await;
    save(rig, change(&payout, &evidence, at)).await
}

/// Accepts a payout and lets it lead a life; its due time stays that of its acceptance.
pub(super) async fn live(rig: &dyn StoreRig, accepting: Accepting, life: &Life) -> Payout {
    let mut payout = accept(rig, accepting).await;
    for change in played(&payout, &life.steps, payout.created_at()) {
        payout = save(rig, change).await;
    }
    assert_eq!(payout.state().to_string(), life.ends);
    payout
}

/// Accepts the payout with this number and lets the provider have it. It is due at its acceptance,
/// and the provider's name for it has the same number.
pub(super) async fn submitted(rig: &dyn StoreRig, accepting: Accepting, number: u64) -> Payout {
    let payout = accept(rig, accepting).await;
    let said = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(number) };
    save(rig, change(&payout, &said, payout.created_at())).await
}

/// Lets the provider execute a payout and writes down that its client is to be told.
pub(super) async fn executed(rig: &dyn StoreRig, id: PayoutId, number: u64, at: Timestamp) {
    let status = ProviderStatus::Executed { at, scheme: None };
    let payout = read(rig, id).await;
    let said = Evidence::Reported { gateway_payout_id: gateway_payout_id(number), status };
    let told = vec![notification(number, NotificationKind::PayoutExecuted, at)];
    save(rig, PayoutChange { notifications: told, ..change(&payout, &said, at) }).await;
}

/// Claims what is due, and says what became of it.
pub(super) async fn claim_all(rig: &dyn StoreRig, order: &SendOrder) -> Claimed {
    rig.payouts().claim_sendable(order).await.expect("the store is there")
}

/// Claims what is to be sent now.
pub(super) async fn claim(rig: &dyn StoreRig, order: &SendOrder) -> Vec<Claim> {
    claim_all(rig, order).await.to_send
}

/// Claims the one payout that must be due.
pub(super) async fn claim_one(rig: &dyn StoreRig, now: Timestamp) -> Claim {
    let claims = claim(rig, &send_order(now)).await;
    let [claim] = <[Claim; 1]>::try_from(claims).expect("exactly one payout is due");
    claim
}

/// The ids of claimed payouts, in the order in which they were claimed.
pub(super) fn ids_of(claims: &[Claim]) -> Vec<PayoutId> {
    claims.iter().map(|claim| claim.payout.id()).collect()
}

/// The ids of payouts, in their order.
pub(super) fn ids(payouts: &[Payout]) -> Vec<PayoutId> {
    payouts.iter().map(Payout::id).collect()
}

/// Sets when a payout is due, whoever has claimed it.
pub(super) async fn schedule(rig: &dyn StoreRig, id: PayoutId, at: Timestamp) {
    let payout = read(rig, id).await;
    save(rig, PayoutChange { schedule: Some(due(at)), ..unchanged(&payout) }).await;
}

/// A time when everything that these steps made is due.
pub(super) fn later() -> Timestamp {
    seconds(3600)
}
