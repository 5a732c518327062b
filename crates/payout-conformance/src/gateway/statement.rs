//! What moved on a merchant account.

use std::time::Duration;

use payout_domain::{Currency, FailureReason, Money, TransactionId};
use payout_ports::{ReturnFor, Transaction, TransactionKind, TransactionType};

use super::GatewayRig;
use super::steps::{
    accepted, authorise, executed, failed, look, movements, movements_between, pounds, sam,
};

/// `PayoutGateway::find_payment`: by the name that its movement gives.
pub async fn a_settled_payment_is_found(rig: &dyn GatewayRig) {
    let source = rig.paid_in(&sam(), pounds(5_000)).await;
    let account = rig.merchant_account(Currency::GBP).await;
    let movements = movements(rig, account.id, Some(TransactionType::Payment)).await;
    let [
        Transaction {
            amount, kind: TransactionKind::Payment { payment_id, settled_at, .. }, ..
        },
    ] = &*movements
    else {
        unreachable!("not one payment: {movements:?}")
    };

    let found = rig.gateway().find_payment(*payment_id).await.expect("the provider is there");

    let payment = found.expect("it has settled");
    assert_eq!((payment.id, payment.settled_at), (*payment_id, *settled_at));
    assert_eq!((payment.amount, *amount), (pounds(5_000), pounds(5_000)));
    assert_eq!(payment.user_id, sam());
    assert_eq!(payment.payment_source_id, source.id());
    assert_eq!(payment.merchant_account_id, account.id);
}

/// `Transaction::id`: the movement of a payout is found by the payout's own name.
pub async fn the_movement_of_a_payout_bears_its_id(rig: &dyn GatewayRig) {
    let payout = accepted(rig, 1, pounds(1_250)).await;
    executed(rig, payout.id).await;

    let movement = movement_of(rig, &payout.request, payout.id.as_uuid()).await;

    assert_eq!(movement.amount, pounds(1_250));
    let TransactionKind::Payout {
        payout_id,
        payment_source_id,
        user_id,
        reference,
        executed_at,
        returned_by,
        ..
    } = movement.kind
    else {
        unreachable!("it is no payout: {movement:?}")
    };
    let order = payout.request.order();
    assert_eq!(payout_id, payout.id);
    assert_eq!(payment_source_id, order.payment_source_id);
    assert_eq!((user_id, reference), (sam(), order.reference.clone()));
    assert!(executed_at.is_some());
    assert_eq!(returned_by, None);
}

/// `TransactionKind::ExternalPayment`: and each names the other.
pub async fn a_returned_payout_shows_as_money_from_outside(rig: &dyn GatewayRig) {
    let payout = accepted(rig, 1, pounds(1_250)).await;
    executed(rig, payout.id).await;
    rig.return_payout(payout.id).await;
    assert_eq!(failed(rig, payout.id).await, FailureReason::Returned);

    let movement = movement_of(rig, &payout.request, payout.id.as_uuid()).await;

    let TransactionKind::Payout { returned_by: Some(returned_by), .. } = movement.kind else {
        unreachable!("it was not returned: {movement:?}")
    };
    let back = movement_of(rig, &payout.request, returned_by.as_uuid()).await;
    assert_eq!(back.amount, pounds(1_250));
    let TransactionKind::ExternalPayment { return_for, .. } = back.kind else {
        unreachable!("it is no external payment: {back:?}")
    };
    assert_eq!(return_for, Some(ReturnFor::Payout(payout.id)));
}

/// `TransactionQuery::only`, page by page, each movement once.
pub async fn movements_are_listed_by_kind(rig: &dyn GatewayRig) {
    let mut payouts = Vec::new();
    for number in 1..=3 {
        let payout = accepted(rig, number, pounds(number)).await;
        executed(rig, payout.id).await;
        payouts.push(TransactionId::from_uuid(payout.id.as_uuid()));
        rig.advance(Duration::from_secs(1)).await;
    }
    let account = rig.merchant_account(Currency::GBP).await.id;

    let out = look(rig, async || {
        let out = movements(rig, account, Some(TransactionType::Payout)).await;
        (out.len() >= 3).then_some(out)
    })
    .await;
    let incoming = movements(rig, account, Some(TransactionType::Payment)).await;
    let mut all = ids(&movements(rig, account, None).await);

    assert_eq!(ids(&out), payouts);
    assert_eq!(amounts(&incoming), [pounds(5_000); 3]);
    let mut both = [ids(&incoming), ids(&out)].concat();
    both.sort_unstable();
    all.sort_unstable();
    assert_eq!(all, both);
}

/// `TransactionQuery::from` and `to`.
pub async fn movements_are_listed_by_time(rig: &dyn GatewayRig) {
    let before = authorise(rig).await.life.issued_at;
    rig.advance(Duration::from_mins(1)).await;
    rig.paid_in(&sam(), pounds(1)).await;
    rig.advance(Duration::from_mins(1)).await;
    let between = authorise(rig).await.life.issued_at;
    rig.advance(Duration::from_mins(1)).await;
    rig.paid_in(&sam(), pounds(2)).await;
    rig.advance(Duration::from_mins(1)).await;
    let after = authorise(rig).await.life.issued_at;
    let account = rig.merchant_account(Currency::GBP).await.id;

    let amounts_in =
        async |from, to| amounts(&movements_between(rig, account, (from, to), None).await);

    let earlier = before.minus(Duration::from_hours(1));
    assert_eq!(amounts_in(earlier, before).await, []);
    assert_eq!(amounts_in(before, between).await, [pounds(1)]);
    assert_eq!(amounts_in(between, after).await, [pounds(2)]);
    assert_eq!(amounts_in(before, after).await, [pounds(1), pounds(2)]);
}

async fn movement_of(
    rig: &dyn GatewayRig,
    request: &payout_domain::PayoutRequest,
    id: uuid::Uuid,
) -> Transaction {
    let account = request.order().merchant_account_id;
    look(rig, async || {
        let movements = movements(rig, account, None).await;
        movements.into_iter().find(|movement| movement.id.as_uuid() == id)
    })
    .await
}

fn ids(movements: &[Transaction]) -> Vec<TransactionId> {
    movements.iter().map(|movement| movement.id).collect()
}

fn amounts(movements: &[Transaction]) -> Vec<Money> {
    movements.iter().map(|movement| movement.amount).collect()
}
