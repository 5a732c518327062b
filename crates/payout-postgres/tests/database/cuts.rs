//! A connection that breaks while something is committed.

use payout_conformance::fixtures::{Accepting, LEASE, change, payout_id, seconds, send_order};
use payout_domain::{Evidence, PayoutState};
use payout_ports::{AcceptOutcome, Epoch, PayoutRepository, RepositoryError, SaveError};
use payout_postgres::PostgresStore;

use crate::by_hand::accept;
use crate::proxy::{Cut, Proxy};
use crate::server::{Schema, options, url};

#[tokio::test]
async fn an_acceptance_that_was_cut_off_is_found_under_its_key() {
    for (cut, truth) in [
        (Cut::BeforeTheServer, AcceptOutcome::Accepted),
        (Cut::BeforeTheAnswer, AcceptOutcome::Replayed(payout_id(2))),
    ] {
        let (store, proxy, _schema) = behind_a_proxy().await;
        accept(&store, 1).await;
        proxy.cut_next(cut);

        let lost = store.accept(Accepting::number(2).acceptance()).await;
        let again = store.accept(Accepting::number(2).acceptance()).await;

        assert!(proxy.has_cut());
        assert!(matches!(lost, Err(RepositoryError::Unavailable(_))), "{cut:?}: {lost:?}");
        assert_eq!(again.expect("the store has a new connection"), truth, "{cut:?}");
    }
}

#[tokio::test]
async fn a_change_that_was_cut_off_is_written_whole_or_not_at_all() {
    for (cut, is_written) in [(Cut::BeforeTheServer, false), (Cut::BeforeTheAnswer, true)] {
        let (store, proxy, _schema) = behind_a_proxy().await;
        accept(&store, 1).await;
        let claims = store.claim_sendable(&send_order(seconds(10))).await;
        let claim = claims.expect("the store is there").to_send.pop().expect("one is due");
        let unknown = Evidence::OutcomeUnknown { attempt: 1 };
        let change = change(&claim.payout, &unknown, seconds(11));
        proxy.cut_next(cut);

        let lost = store.save(change.clone()).await;
        let found = store.find_unscoped(payout_id(1)).await.expect("it has a new connection");
        let again = store.save(change.clone()).await;

        assert!(matches!(lost, Err(SaveError::Unavailable(_))), "{cut:?}: {lost:?}");
        let expected = if is_written { &change.payout } else { &claim.payout };
        assert_eq!(found.as_ref(), Some(expected), "{cut:?}");
        assert_eq!(matches!(again, Err(SaveError::Stale)), is_written, "{cut:?}: {again:?}");
    }
}

#[tokio::test]
async fn a_claim_that_was_cut_off_is_made_again_after_its_lease() {
    for (cut, epoch) in [(Cut::BeforeTheServer, Epoch(1)), (Cut::BeforeTheAnswer, Epoch(2))] {
        let (store, proxy, _schema) = behind_a_proxy().await;
        accept(&store, 1).await;
        proxy.cut_next(cut);

        let lost = store.claim_sendable(&send_order(seconds(10))).await;
        let again = store.claim_sendable(&send_order(seconds(10).plus(LEASE))).await;

        assert!(matches!(lost, Err(RepositoryError::Unavailable(_))), "{cut:?}: {lost:?}");
        let claim = again.expect("it has a new connection").to_send.pop();
        let claim = claim.expect("its lease has ended");
        assert_eq!(claim.epoch, epoch, "{cut:?}");
        let earlier_unresolved = epoch == Epoch(2);
        assert_eq!(*claim.payout.state(), PayoutState::Sending { earlier_unresolved }, "{cut:?}");
    }
}

#[tokio::test]
async fn a_store_that_is_closed_is_not_available() {
    let (store, _proxy, _schema) = behind_a_proxy().await;
    let payout = accept(&store, 1).await;

    store.close();

    let refused = store.find_unscoped(payout.id()).await;
    assert!(matches!(refused, Err(RepositoryError::Unavailable(_))), "{refused:?}");
    let refused = store.accept(Accepting::number(2).acceptance()).await;
    assert!(matches!(refused, Err(RepositoryError::Unavailable(_))), "{refused:?}");
}

async fn behind_a_proxy() -> (PostgresStore, Proxy, Schema) {
    let schema = Schema::fresh().await;
    let url = url();
    let server = url.split(['@', '/']).nth(3).expect("it has a host").to_owned();
    let proxy = Proxy::before(server.clone()).await;
    let address = url.replace(&server, &proxy.address.to_string());
    let address = format!("{address}?schema={}", schema.name).parse().expect("it is complete");
    let store = PostgresStore::open(&address, None, &options()).await;
    let store = store.unwrap_or_else(|error| unreachable!("{}", payout_ports::chain(&error)));
    (store, proxy, schema)
}
