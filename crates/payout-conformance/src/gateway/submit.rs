//! What is submitted, and under which key.

use std::sync::Arc;

use payout_domain::{Currency, PaymentSource, Timestamp};
use payout_ports::{Instruction, SubmitOutcome};
use tokio::task::JoinSet;

use super::GatewayRig;
use super::steps::{
    accept, accepted, authorise, euros, eve, executed, found, pounds, prepared, request, sam,
    submit,
};
use crate::fixtures::{payment_source_id, payout_id};

/// `PayoutGateway`, law 1.
pub async fn one_key_is_one_payout(rig: &dyn GatewayRig) {
    let first = accepted(rig, 1, pounds(1_250)).await;

    for _ in 0..3 {
        assert_eq!(accept(rig, &first.instruction).await, first.id);
    }

    executed(rig, first.id).await;
    assert_eq!(rig.executions(first.payout_id).await, 1);
}

/// `PayoutGateway`, law 1: however late.
pub async fn a_repetition_after_the_execution_moves_no_more_money(rig: &dyn GatewayRig) {
    let first = accepted(rig, 1, pounds(1_250)).await;
    executed(rig, first.id).await;
    let before = rig.merchant_account(Currency::GBP).await;

    let again = accept(rig, &first.instruction).await;

    assert_eq!(again, first.id);
    executed(rig, again).await;
    assert_eq!(rig.executions(first.payout_id).await, 1);
    let after = rig.merchant_account(Currency::GBP).await;
    assert_eq!(after.current_balance, before.current_balance);
}

/// `PayoutGateway`, law 1, when all come at once: the busy provider may ask for patience.
pub async fn of_twenty_submissions_at_once_one_moves_money<R: GatewayRig + 'static>(rig: R) {
    let rig = Arc::new(rig);
    let (_, instruction) = prepared(&*rig, 1, pounds(1_250)).await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (rig, instruction) = (Arc::clone(&rig), instruction.clone());
        tasks.spawn(async move { submit(&*rig, &instruction).await });
    }

    let outcomes = tasks.join_all().await;

    let id = accept(&*rig, &instruction).await;
    for outcome in outcomes {
        let is_one =
            matches!(outcome, SubmitOutcome::InProgress) || outcome == SubmitOutcome::Accepted(id);
        assert!(is_one, "{outcome:?} is not {id}");
    }
    executed(&*rig, id).await;
    assert_eq!(rig.executions(payout_id(1)).await, 1);
}

/// `PayoutGateway`, law 2.
pub async fn other_bytes_under_a_used_key_are_refused(rig: &dyn GatewayRig) {
    let first = accepted(rig, 1, pounds(1_250)).await;
    let (_, other) = prepared(rig, 1, pounds(1_251)).await;

    let outcome = submit(rig, &other).await;

    assert_eq!(outcome, SubmitOutcome::KeyReused);
    assert_eq!(executed(rig, first.id).await.amount, pounds(1_250));
    assert_eq!(rig.executions(first.payout_id).await, 1);
}

/// `PayoutGateway`, law 1: two payouts that ask for the same are still two.
pub async fn two_payouts_have_two_keys(rig: &dyn GatewayRig) {
    let first = accepted(rig, 1, pounds(1_250)).await;
    let second = accepted(rig, 2, pounds(1_250)).await;

    assert_ne!(first.instruction.key, second.instruction.key);
    assert_ne!(first.id, second.id);
    for payout in [first, second] {
        executed(rig, payout.id).await;
        assert_eq!(rig.executions(payout.payout_id).await, 1);
    }
}

/// `PayoutGateway`, law 3: under our own name too, if the provider gives it back.
pub async fn what_was_accepted_is_found_with_its_amount(rig: &dyn GatewayRig) {
    let payout = accepted(rig, 1, pounds(1_250)).await;

    let found = found(rig, payout.id).await;

    assert_eq!((found.id, found.amount), (payout.id, pounds(1_250)));
    assert!(found.payout_id.is_none_or(|ours| ours == payout.payout_id), "{found:?}");
}

/// `PayoutGateway`, law 4: neither time nor what happened since changes a byte.
pub async fn what_is_prepared_twice_is_the_same(rig: &dyn GatewayRig) {
    let payout = accepted(rig, 1, pounds(1_250)).await;
    executed(rig, payout.id).await;

    let again = rig.gateway().prepare(payout.payout_id, &payout.request);

    assert!(again == payout.instruction, "{again:?} is not {:?}", payout.instruction);
    assert_eq!(again.payout_id, payout.payout_id);
    assert_eq!(again.profile, rig.gateway().profile());
}

/// `PayoutGateway`, law 4: what is asked for decides the bytes, and not the key.
pub async fn a_key_follows_from_the_payout_alone(rig: &dyn GatewayRig) {
    let (request, instruction) = prepared(rig, 1, pounds(1_250)).await;
    let (_, other_request) = prepared(rig, 1, pounds(1_251)).await;

    let other_payout = rig.gateway().prepare(payout_id(2), &request);

    assert_eq!(other_request.key, instruction.key);
    assert!(other_request.body != instruction.body, "the amount is not in the bytes");
    assert_ne!(other_payout.key, instruction.key);
}

/// `PayoutGateway`, the closed loop: a source that the provider has never seen.
pub async fn whoever_never_paid_in_is_not_paid(rig: &dyn GatewayRig) {
    rig.paid_in(&sam(), pounds(5_000)).await;
    let account = rig.merchant_account(Currency::GBP).await;
    let paid_into = (account.id, Currency::GBP);
    let at = Timestamp::default();
    let forged = PaymentSource::listed(payment_source_id(9), sam(), paid_into, (None, vec![]), at);
    let instruction = rig.gateway().prepare(payout_id(1), &request(&account, &forged, pounds(1)));

    is_rejected(rig, &instruction).await;
}

/// `PayoutGateway`, the closed loop: a source that belongs to somebody else.
pub async fn the_source_of_another_user_is_not_paid(rig: &dyn GatewayRig) {
    let of_sam = rig.paid_in(&sam(), pounds(5_000)).await;
    rig.paid_in(&eve(), pounds(5_000)).await;
    let account = rig.merchant_account(Currency::GBP).await;
    let paid_into = (account.id, Currency::GBP);
    let at = Timestamp::default();
    let forged = PaymentSource::listed(of_sam.id(), eve(), paid_into, (None, vec![]), at);
    let instruction = rig.gateway().prepare(payout_id(1), &request(&account, &forged, pounds(1)));

    is_rejected(rig, &instruction).await;
}

/// `PayoutGateway`, the closed loop: pounds came in, and euros shall go out.
pub async fn a_source_is_not_paid_in_another_currency(rig: &dyn GatewayRig) {
    let of_pounds = rig.paid_in(&sam(), pounds(5_000)).await;
    rig.paid_in(&eve(), euros(5_000)).await;
    let account = rig.merchant_account(Currency::EUR).await;
    let paid_into = (account.id, Currency::EUR);
    let at = Timestamp::default();
    let forged = PaymentSource::listed(of_pounds.id(), sam(), paid_into, (None, vec![]), at);
    let instruction = rig.gateway().prepare(payout_id(1), &request(&account, &forged, euros(1)));

    is_rejected(rig, &instruction).await;
}

/// `PayoutGateway`, law 1: it does not become a payout by being repeated.
pub async fn a_rejected_instruction_stays_rejected(rig: &dyn GatewayRig) {
    let account = rig.merchant_account(Currency::GBP).await;
    let paid_into = (account.id, Currency::GBP);
    let at = Timestamp::default();
    let forged = PaymentSource::listed(payment_source_id(9), sam(), paid_into, (None, vec![]), at);
    let instruction = rig.gateway().prepare(payout_id(1), &request(&account, &forged, pounds(1)));

    is_rejected(rig, &instruction).await;
    is_rejected(rig, &instruction).await;
}

/// `PayoutGateway`, law 7: and does no harm to the instruction.
pub async fn an_expired_token_moves_nothing(rig: &dyn GatewayRig) {
    let (_, instruction) = prepared(rig, 1, pounds(1_250)).await;
    let expired = authorise(rig).await;
    rig.advance(expired.life.expires_at.since(expired.life.issued_at)).await;

    let outcome = rig.gateway().submit(&instruction, &expired).await;

    assert!(matches!(outcome, SubmitOutcome::NotProcessed { .. }), "{outcome:?}");
    rig.advance(std::time::Duration::from_mins(2)).await;
    assert_eq!(rig.executions(payout_id(1)).await, 0);
    let id = accept(rig, &instruction).await;
    executed(rig, id).await;
    assert_eq!(rig.executions(payout_id(1)).await, 1);
}

async fn is_rejected(rig: &dyn GatewayRig, instruction: &Instruction) {
    let balance = rig.merchant_account(Currency::GBP).await.current_balance;

    let outcome = submit(rig, instruction).await;

    assert!(matches!(outcome, SubmitOutcome::Rejected { .. }), "{outcome:?}");
    rig.advance(std::time::Duration::from_mins(2)).await;
    assert_eq!(rig.executions(instruction.payout_id).await, 0);
    assert_eq!(rig.merchant_account(Currency::GBP).await.current_balance, balance);
}
