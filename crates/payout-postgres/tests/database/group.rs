//! Calls that are written together.

use std::sync::Arc;

use payout_conformance::fixtures::{Accepting, acme, change, gateway_payout_id, payout_id};
use payout_conformance::fixtures::{seconds, send_order};
use payout_domain::{Evidence, PayoutState};
use payout_ports::{
    AcceptOutcome, Acceptance, PageOrder, PayoutRepository, RepositoryError, SaveError,
};
use payout_postgres::PostgresStore;
use tokio::task::JoinSet;

use crate::by_hand::{accept, fresh};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_calls_at_once_take_few_transactions() {
    let (store, hand, _schema) = fresh().await;
    let store = Arc::new(store);

    accept_all(&store, 1..=200).await;

    // Every row names the transaction that wrote it.
    let transactions = "SELECT count(*), count(DISTINCT xmin::text) FROM payout";
    let row = hand.query_one(transactions, &[]).await.expect("it is a table");
    let (payouts, transactions): (i64, i64) = (row.get(0), row.get(1));
    assert_eq!(payouts, 200);
    assert!(transactions < 100, "{transactions}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_acceptance_that_is_refused_fails_alone() {
    let (store, _hand, _schema) = fresh().await;
    let store = Arc::new(store);
    accept(&store, 1).await;
    let twice = Accepting::number(1).under("another-key").acceptance();

    let mut asking = JoinSet::new();
    for number in 2..=60 {
        asking.spawn(ask(&store, Accepting::number(number).acceptance()));
        if number == 30 {
            asking.spawn(ask(&store, twice.clone()));
        }
    }
    let outcomes = asking.join_all().await;

    let accepted = outcomes.iter().filter(|it| matches!(it, Ok(AcceptOutcome::Accepted))).count();
    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(accepted, 59);
    assert!(matches!(&*refused, [RepositoryError::Corrupt(_)]), "{refused:?}");
    let page = PageOrder { limit: 100, after: None };
    let stored = store.list(&acme(), &page).await.expect("the store is there");
    assert_eq!(stored.items.len(), 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_that_is_refused_fails_alone() {
    let (store, _hand, _schema) = fresh().await;
    let store = Arc::new(store);
    accept_all(&store, 1..=40).await;
    let claims = store.claim_sendable(&send_order(seconds(100))).await.expect("it is there");

    let mut asking = JoinSet::new();
    for (number, claim) in (1..).zip(claims.to_send) {
        // The provider has given one id to two payouts.
        let id = gateway_payout_id(if number == 20 { 19 } else { number });
        let known = Evidence::Acknowledged { gateway_payout_id: id };
        let (store, change) = (Arc::clone(&store), change(&claim.payout, &known, seconds(101)));
        asking.spawn(async move { store.save(change).await });
    }
    let outcomes = asking.join_all().await;

    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(outcomes.len(), 40);
    assert!(matches!(&*refused, [SaveError::GatewayIdTaken]), "{refused:?}");
    let mut submitted = 0;
    for number in 1..=40 {
        let payout = store.find_unscoped(payout_id(number)).await.expect("the store is there");
        let state = payout.expect("it was accepted").state().clone();
        submitted += u32::from(state == PayoutState::Submitted { authorized: false });
    }
    assert_eq!(submitted, 39);
}

/// Has all of these accepted at the same time.
pub(crate) async fn accept_all(store: &Arc<PostgresStore>, numbers: impl Iterator<Item = u64>) {
    let mut asking = JoinSet::new();
    for number in numbers {
        asking.spawn(ask(store, Accepting::number(number).acceptance()));
    }
    for outcome in asking.join_all().await {
        assert_eq!(outcome.expect("the store is there"), AcceptOutcome::Accepted);
    }
}

fn ask(
    store: &Arc<PostgresStore>,
    acceptance: Acceptance,
) -> impl Future<Output = Result<AcceptOutcome, RepositoryError>> + use<> {
    let store = Arc::clone(store);
    async move { store.accept(acceptance).await }
}
