//! Many at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use payout_domain::{EventId, Evidence, Payout, PayoutId};
use payout_ports::{
    AcceptOutcome, NotificationKind, PayoutChange, RecordedPayment, Remembered, SaveError,
    SendOrder, WatchOrder,
};
use tokio::task::JoinSet;

use super::StoreRig;
use super::inbox::{event, remember};
use super::outbox::{claimed, done};
use super::payments::pay_and_tell;
use super::steps::{accept, executed, history, ids_of, later, read, submitted};
use crate::fixtures::{
    Accepting, LEASE, change, event_id, gateway_payout_id, notification, payment, payout_id,
    seconds, send_order, watch_order,
};

/// More than there is to claim: whoever has got so much goes on for ever.
const TOO_MANY: usize = 100;

/// `PayoutRepository`, law 2: all others hear its id.
pub async fn of_twenty_acceptances_at_once_one_is_accepted<R: StoreRig + 'static>(rig: R) {
    let rig = Arc::new(rig);

    let outcomes = at_once(1..=20, |number| {
        let rig = Arc::clone(&rig);
        let accepting = Accepting::number(number).under("key").with_fingerprint(0);
        async move { (number, accept_any(&*rig, accepting).await) }
    })
    .await;

    let winner = the_one_accepted(&outcomes);
    for (number, outcome) in outcomes {
        if number != winner {
            assert_eq!(outcome, AcceptOutcome::Replayed(payout_id(winner)));
        }
        let found = rig.payouts().find_unscoped(payout_id(number)).await.expect("it is there");
        assert_eq!(found.is_some(), number == winner);
    }
}

/// `PayoutRepository`, law 2: all others hear that the key is taken.
pub async fn of_twenty_requests_at_once_under_one_key_one_is_accepted<R: StoreRig + 'static>(
    rig: R,
) {
    let rig = Arc::new(rig);

    let outcomes = at_once(1..=20, |number| {
        let rig = Arc::clone(&rig);
        let accepting = Accepting::number(number).under("key");
        async move { (number, accept_any(&*rig, accepting).await) }
    })
    .await;

    let winner = the_one_accepted(&outcomes);
    for (number, outcome) in outcomes {
        let expected =
            if number == winner { AcceptOutcome::Accepted } else { AcceptOutcome::KeyReused };
        assert_eq!(outcome, expected);
    }
}

/// `PayoutRepository`, law 4.
pub async fn two_senders_never_share_a_payout<R: StoreRig + 'static>(rig: R) {
    let rig = Arc::new(rig);
    for number in 1..=40 {
        accept(&*rig, Accepting::number(number)).await;
    }

    let shares = at_once(1..=4, |_| {
        let rig = Arc::clone(&rig);
        async move {
            let order = SendOrder { limit: 3, ..send_order(later()) };
            let mut share = Vec::new();
            while share.len() < TOO_MANY {
                let claims = rig.payouts().claim_sendable(&order).await;
                let claims = claims.expect("it is there").to_send;
                if claims.is_empty() {
                    break;
                }
                share.extend(ids_of(&claims));
                tokio::task::yield_now().await;
            }
            share
        }
    })
    .await;

    all_once(shares.concat(), 40);
}

/// `PayoutRepository::claim_watched`.
pub async fn two_watchers_never_share_a_payout<R: StoreRig + 'static>(rig: R) {
    let rig = Arc::new(rig);
    for number in 1..=40 {
        submitted(&*rig, Accepting::number(number), number).await;
    }

    let shares = at_once(1..=4, |_| {
        let rig = Arc::clone(&rig);
        async move {
            let order = WatchOrder { limit: 3, ..watch_order(later()) };
            let mut share = Vec::new();
            while share.len() < TOO_MANY {
                let watched = rig.payouts().claim_watched(&order).await.expect("it is there");
                if watched.is_empty() {
                    break;
                }
                share.extend(watched.iter().map(Payout::id));
                tokio::task::yield_now().await;
            }
            share
        }
    })
    .await;

    all_once(shares.concat(), 40);
}

/// `PayoutRepository`, laws 6, 7 and 9: and nothing of the others.
pub async fn of_twenty_changes_at_once_one_is_written<R: StoreRig + 'static>(rig: R) {
    let rig = Arc::new(rig);
    let payout = accept(&*rig, Accepting::number(1)).await;

    let outcomes = at_once(1..=20, |number| {
        let rig = Arc::clone(&rig);
        let known = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(number) };
        let notifications =
            vec![notification(number, NotificationKind::PayoutExecuted, seconds(1))];
        let change = PayoutChange { notifications, ..change(&payout, &known, seconds(1)) };
        async move { (number, rig.payouts().save(change).await) }
    })
    .await;

    let written: Vec<u64> =
        outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(number, _)| *number).collect();
    let [winner] = *written else { unreachable!("one change is written: {outcomes:?}") };
    for (number, outcome) in &outcomes {
        assert!(*number == winner || matches!(outcome, Err(SaveError::Stale)), "{outcome:?}");
    }
    let now = read(&*rig, payout.id()).await;
    assert_eq!(now.gateway_payout_id(), Some(gateway_payout_id(winner)));
    assert_eq!(history(&*rig, &now).await.len(), 2);
    let told = claimed(&*rig, later()).await;
    assert_eq!(told.iter().map(|n| n.event_id).collect::<Vec<_>>(), [event_id(winner)]);
}

/// `PaymentRepository`, laws 2 and 5.
pub async fn of_twenty_payments_told_at_once_one_counts<R: StoreRig + 'static>(rig: R) {
    let rig = Arc::new(rig);

    let outcomes = at_once(1..=20, |number| {
        let rig = Arc::clone(&rig);
        async move { pay_and_tell(&*rig, &payment(1), number).await }
    })
    .await;

    let fresh = outcomes.iter().filter(|outcome| **outcome == RecordedPayment::Fresh).count();
    let known = outcomes.iter().filter(|outcome| **outcome == RecordedPayment::Known).count();
    assert_eq!((fresh, known), (1, 19));
    assert_eq!(claimed(&*rig, later()).await.len(), 1);
}

/// `Inbox`, law 2.
pub async fn of_twenty_tellings_of_an_event_one_is_fresh<R: StoreRig + 'static>(rig: R) {
    let rig = Arc::new(rig);

    let outcomes = at_once(1..=20, |_| {
        let rig = Arc::clone(&rig);
        async move { remember(&*rig, &event(1)).await }
    })
    .await;

    let fresh = outcomes.iter().filter(|outcome| **outcome == Remembered::Fresh).count();
    let duplicate = outcomes.iter().filter(|outcome| **outcome == Remembered::Duplicate).count();
    assert_eq!((fresh, duplicate), (1, 19));
    assert_eq!(super::inbox::claimed(&*rig, later()).await, [event(1)]);
}

/// `Outbox`, law 2, when many tell at once: each in its order, and each once.
pub async fn two_tellers_never_share_a_notification<R: StoreRig + 'static>(rig: R) {
    let rig = Arc::new(rig);
    for number in 1..=20 {
        submitted(&*rig, Accepting::number(number), number).await;
        executed(&*rig, payout_id(number), number, seconds(50)).await;
    }

    let shares = at_once(1..=4, |_| {
        let rig = Arc::clone(&rig);
        async move {
            let mut share: Vec<EventId> = Vec::new();
            while share.len() < TOO_MANY {
                let told = rig.outbox().claim_notifications(later(), 2, LEASE).await;
                let told = told.expect("the store is there");
                if told.is_empty() {
                    break;
                }
                share.extend(told.iter().map(|notification| notification.event_id));
                tokio::task::yield_now().await;
            }
            share
        }
    })
    .await;

    let all = shares.concat();
    assert_eq!(all.len(), 20);
    assert_eq!(BTreeSet::from_iter(all).len(), 20);
    done(&*rig, 1).await;
}

/// Runs one task for each number, all at once, and gathers what they return.
async fn at_once<T, F>(numbers: std::ops::RangeInclusive<u64>, task: impl Fn(u64) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in numbers {
        tasks.spawn(task(number));
    }
    tasks.join_all().await
}

async fn accept_any(rig: &dyn StoreRig, accepting: Accepting) -> AcceptOutcome {
    rig.payouts().accept(accepting.acceptance()).await.expect("the store is there")
}

fn the_one_accepted(outcomes: &[(u64, AcceptOutcome)]) -> u64 {
    let accepted: Vec<u64> = outcomes
        .iter()
        .filter(|(_, outcome)| *outcome == AcceptOutcome::Accepted)
        .map(|(number, _)| *number)
        .collect();
    let [winner] = *accepted else { unreachable!("one is accepted: {outcomes:?}") };
    winner
}

fn all_once(claimed: Vec<PayoutId>, count: usize) {
    assert_eq!(claimed.len(), count, "a payout was claimed twice, or never");
    assert_eq!(BTreeSet::from_iter(claimed).len(), count);
}
