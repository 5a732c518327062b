//! What becomes of a payout.

use std::time::Duration;

use payout_domain::{Currency, FailureReason, ProviderStatus};

use super::GatewayRig;
use super::steps::{
    LOOKS, accept, accepted, executed, failed, found, pounds, prepared, request, sam,
};
use crate::fixtures::payout_id;

/// `PayoutGateway::find_payout`: pending, authorized, executed; each may be too short to be seen.
pub async fn a_payout_only_ever_moves_on_until_it_is_executed(rig: &dyn GatewayRig) {
    let payout = accepted(rig, 1, pounds(1_250)).await;
    let mut last = 0;

    // It goes on looking after the end, because nothing may follow it.
    for _ in 0..LOOKS {
        let status = found(rig, payout.id).await.status;
        assert!(rank(&status) >= last, "{status:?} came after a later status");
        last = rank(&status);
        rig.advance(Duration::from_secs(1)).await;
    }

    assert_eq!(last, 2);
    assert_eq!(rig.executions(payout.payout_id).await, 1);
}

/// `PayoutGateway::merchant_accounts`: once, by the whole amount.
pub async fn an_executed_payout_debits_the_merchant_account(rig: &dyn GatewayRig) {
    let (_, instruction) = prepared(rig, 1, pounds(1_250)).await;
    let before = rig.merchant_account(Currency::GBP).await;

    let id = accept(rig, &instruction).await;
    executed(rig, id).await;

    let after = rig.merchant_account(Currency::GBP).await;
    let less = |balance: payout_domain::Money| balance.checked_sub(pounds(1_250));
    assert_eq!(Ok(after.current_balance), less(before.current_balance));
    assert_eq!(Ok(after.available_balance), less(before.available_balance));
}

/// `PayoutGateway`, law 3: what fails was accepted first, and is still found.
pub async fn a_planned_failure_moves_no_money_and_happens_once(rig: &dyn GatewayRig) {
    rig.fail_next(FailureReason::Blocked).await;
    let first = accepted(rig, 1, pounds(1_250)).await;
    let second = accepted(rig, 2, pounds(1_250)).await;

    assert_eq!(failed(rig, first.id).await, FailureReason::Blocked);
    executed(rig, second.id).await;

    assert_eq!(rig.executions(first.payout_id).await, 0);
    assert_eq!(rig.executions(second.payout_id).await, 1);
    assert_eq!(accept(rig, &first.instruction).await, first.id, "a failure spends the key");
    assert_eq!(failed(rig, first.id).await, FailureReason::Blocked);
}

/// `PayoutGateway::submit`: the provider looks at the balance when it executes.
pub async fn a_payout_that_is_not_covered_is_accepted_and_then_fails(rig: &dyn GatewayRig) {
    let source = rig.paid_in(&sam(), pounds(5_000)).await;
    let account = rig.merchant_account(Currency::GBP).await;
    let too_much = account.available_balance.checked_add(pounds(1));
    let too_much = too_much.expect("a fresh account holds less than all that can be");
    let instruction = rig.gateway().prepare(payout_id(1), &request(&account, &source, too_much));

    let id = accept(rig, &instruction).await;

    assert_eq!(failed(rig, id).await, FailureReason::InsufficientFunds);
    assert_eq!(rig.executions(payout_id(1)).await, 0);
}

/// `PayoutGateway::merchant_accounts`: nothing stays reserved for what will not be.
pub async fn a_failed_payout_gives_back_what_it_reserved(rig: &dyn GatewayRig) {
    let (_, instruction) = prepared(rig, 1, pounds(1_250)).await;
    let before = rig.merchant_account(Currency::GBP).await;
    rig.fail_next(FailureReason::SchemeError).await;

    let id = accept(rig, &instruction).await;
    assert_eq!(failed(rig, id).await, FailureReason::SchemeError);

    let after = rig.merchant_account(Currency::GBP).await;
    assert_eq!(after.current_balance, before.current_balance);
    assert_eq!(after.available_balance, before.available_balance);
}

/// `PayoutGateway::find_payout`: executed is not the end.
pub async fn a_returned_payout_has_failed_and_brings_the_money_back(rig: &dyn GatewayRig) {
    let (_, instruction) = prepared(rig, 1, pounds(1_250)).await;
    let before = rig.merchant_account(Currency::GBP).await;
    let id = accept(rig, &instruction).await;
    executed(rig, id).await;

    rig.return_payout(id).await;

    assert_eq!(failed(rig, id).await, FailureReason::Returned);
    let after = rig.merchant_account(Currency::GBP).await;
    assert_eq!(after.current_balance, before.current_balance);
    assert_eq!(after.available_balance, before.available_balance);
    assert_eq!(rig.executions(payout_id(1)).await, 1, "it was executed all the same");
}

/// `PayoutGateway::find_payout`: a return that was planned is no failure to execute.
pub async fn a_planned_return_comes_after_the_execution(rig: &dyn GatewayRig) {
    let (_, instruction) = prepared(rig, 1, pounds(1_250)).await;
    let before = rig.merchant_account(Currency::GBP).await;
    rig.fail_next(FailureReason::Returned).await;

    let id = accept(rig, &instruction).await;

    assert_eq!(failed(rig, id).await, FailureReason::Returned);
    assert_eq!(rig.executions(payout_id(1)).await, 1);
    let after = rig.merchant_account(Currency::GBP).await;
    assert_eq!(after.current_balance, before.current_balance);
}

fn rank(status: &ProviderStatus) -> u32 {
    match status {
        ProviderStatus::Pending => 0,
        ProviderStatus::Authorized { .. } => 1,
        ProviderStatus::Executed { .. } => 2,
        ProviderStatus::Failed { .. } => unreachable!("nobody lets it fail"),
    }
}
