//! Several instances that claim at the same time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use payout_conformance::fixtures::{change, payout_id, seconds, send_order};
use payout_domain::Evidence;
use payout_ports::{Epoch, PayoutRepository, SaveError, SendOrder};
use tokio::task::JoinSet;

use crate::group::accept_all;
use crate::server::Schema;

/// How many payouts there are.
const PAYOUTS: u64 = 2000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_instances_claim_each_payout_once() {
    let schema = Schema::fresh().await;
    let stores = [Arc::new(schema.open().await), Arc::new(schema.open().await)];
    accept_all(&stores[0], 1..=PAYOUTS).await;

    let mut claiming = JoinSet::new();
    for store in stores.iter().cycle().take(8) {
        let store = Arc::clone(store);
        claiming.spawn(async move {
            let order = SendOrder { limit: 32, ..send_order(seconds(10_000)) };
            let (mut claims, mut empty) = (Vec::new(), 0);
            // What others hold at the moment is passed over, so that one empty answer proves nothing.
            while empty < 3 {
                let claimed = store.claim_sendable(&order).await;
                let claimed = claimed.expect("the store is there").to_send;
                empty = if claimed.is_empty() { empty + 1 } else { 0 };
                claims.extend(claimed);
            }
            claims
        });
    }
    let claims: Vec<_> = claiming.join_all().await.into_iter().flatten().collect();

    let mut epochs = BTreeMap::<_, Vec<_>>::new();
    for claim in claims {
        epochs.entry(claim.payout.id()).or_default().push(claim.epoch);
    }
    assert_eq!(epochs.len(), usize::try_from(PAYOUTS).expect("it fits"));
    for number in 1..=PAYOUTS {
        assert_eq!(epochs.get(&payout_id(number)), Some(&vec![Epoch(1)]), "{number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_changes_by_several_instances_one_is_written_and_the_others_are_stale() {
    let schema = Schema::fresh().await;
    let stores = [Arc::new(schema.open().await), Arc::new(schema.open().await)];
    accept_all(&stores[0], 1..=40).await;
    let order = SendOrder { limit: 40, ..send_order(seconds(100)) };
    let claims = stores[0].claim_sendable(&order).await.expect("the store is there").to_send;
    assert_eq!(claims.len(), 40);

    let mut saving = JoinSet::new();
    for claim in claims {
        for (store, evidence) in stores
            .iter()
            .zip([Evidence::OutcomeUnknown { attempt: 1 }, Evidence::NotProcessed { attempt: 1 }])
        {
            let (store, id) = (Arc::clone(store), claim.payout.id());
            let change = change(&claim.payout, &evidence, seconds(101));
            saving.spawn(async move { (id, store.save(change).await) });
        }
    }
    let outcomes = saving.join_all().await;

    let written = outcomes.iter().filter(|(_, outcome)| outcome.is_ok());
    let written: BTreeSet<_> = written.map(|(id, _)| *id).collect();
    assert_eq!(written.len(), 40);
    let stale = |outcome: &Result<(), SaveError>| matches!(outcome, Err(SaveError::Stale));
    let others: Vec<_> = outcomes.iter().filter(|(_, outcome)| outcome.is_err()).collect();
    assert_eq!(others.len(), 40);
    assert!(others.iter().all(|(_, outcome)| stale(outcome)), "{others:?}");
}
