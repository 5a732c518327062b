//! What laws do with a gateway before and after the act that they are about.

use std::time::Duration;

use payout_domain::{
    Currency, FailureReason, GatewayPayoutId, MerchantAccount, MerchantAccountId, Metadata, Money,
    PaymentSource, PayoutId, PayoutOrder, PayoutRequest, PayoutRules, ProviderStatus,
    SchemeSelection, Timestamp, UserId,
};
use payout_ports::{
    Authorisation, Instruction, ReportedPayout, SubmitOutcome, Transaction, TransactionQuery,
    TransactionType,
};

use super::GatewayRig;
use crate::fixtures::{payout_id, user};

/// How often a law looks before it gives up, a second of the provider's time apart.
pub(super) const LOOKS: u32 = 100;

/// An instruction that has been accepted.
pub(super) struct Accepted {
    pub(super) payout_id: PayoutId,
    pub(super) request: PayoutRequest,
    pub(super) instruction: Instruction,
    pub(super) id: GatewayPayoutId,
}

/// An amount of pounds.
pub(super) fn pounds(minor: u64) -> Money {
    Money::from_minor(minor, Currency::GBP).expect("it is at most the largest amount")
}

/// An amount of euros.
pub(super) fn euros(minor: u64) -> Money {
    Money::from_minor(minor, Currency::EUR).expect("it is at most the largest amount")
}

/// The user who pays in and is paid back, unless a law says otherwise.
pub(super) fn sam() -> UserId {
    user("8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60")
}

/// Another user.
pub(super) fn eve() -> UserId {
    user("1c9e84d7-55aa-4b12-9f06-d0f3b7a2c865")
}

/// A closed-loop payout back to a source that has paid into this merchant account, by nobody's rules
/// but the domain's.
pub(super) fn request(
    account: &MerchantAccount,
    source: &PaymentSource,
    amount: Money,
) -> PayoutRequest {
    let order = PayoutOrder {
        merchant_account_id: account.id,
        user_id: source.user_id().clone(),
        payment_source_id: source.id(),
        amount,
        reference: "WD-20417".parse().expect("the reference is plain"),
        scheme_selection: SchemeSelection::InstantPreferred,
        metadata: Metadata::new([("order", "20417")]).expect("it is within the limits"),
    };
    let rules = PayoutRules { limit_minor: Money::MAX_MINOR, ..PayoutRules::default() };
    PayoutRequest::new(order, account, source, &rules).expect("the order is allowed")
}

/// Lets Sam pay in 50 pounds and prepares a payout of this much of it.
pub(super) async fn prepared(
    rig: &dyn GatewayRig,
    number: u64,
    amount: Money,
) -> (PayoutRequest, Instruction) {
    let source = rig.paid_in(&sam(), pounds(5_000)).await;
    let account = rig.merchant_account(Currency::GBP).await;
    let request = request(&account, &source, amount);
    let instruction = rig.gateway().prepare(payout_id(number), &request);
    (request, instruction)
}

/// Lets Sam pay in 50 pounds and submits a payout of this much of it.
pub(super) async fn accepted(rig: &dyn GatewayRig, number: u64, amount: Money) -> Accepted {
    let (request, instruction) = prepared(rig, number, amount).await;
    let id = accept(rig, &instruction).await;
    Accepted { payout_id: payout_id(number), request, instruction, id }
}

/// Gets leave to send.
pub(super) async fn authorise(rig: &dyn GatewayRig) -> Authorisation {
    rig.gateway().authorise().await.expect("the provider is there")
}

/// Submits an instruction with a fresh token.
pub(super) async fn submit(rig: &dyn GatewayRig, instruction: &Instruction) -> SubmitOutcome {
    rig.gateway().submit(instruction, &authorise(rig).await).await
}

/// Submits an instruction that must be accepted.
pub(super) async fn accept(rig: &dyn GatewayRig, instruction: &Instruction) -> GatewayPayoutId {
    let outcome = submit(rig, instruction).await;
    let SubmitOutcome::Accepted(id) = outcome else { unreachable!("not accepted: {outcome:?}") };
    id
}

/// Looks until the provider tells of the payout.
pub(super) async fn found(rig: &dyn GatewayRig, id: GatewayPayoutId) -> ReportedPayout {
    look(rig, async || rig.gateway().find_payout(id).await.expect("the provider is there")).await
}

/// Looks until the payout is executed.
pub(super) async fn executed(rig: &dyn GatewayRig, id: GatewayPayoutId) -> ReportedPayout {
    let is_executed = |payout: &ReportedPayout| match &payout.status {
        ProviderStatus::Executed { .. } => true,
        ProviderStatus::Pending | ProviderStatus::Authorized { .. } => false,
        ProviderStatus::Failed { .. } => unreachable!("not executed: {payout:?}"),
    };
    look(rig, async || Some(found(rig, id).await).filter(is_executed)).await
}

/// Looks until the payout has failed, and says why.
pub(super) async fn failed(rig: &dyn GatewayRig, id: GatewayPayoutId) -> FailureReason {
    let reason = |payout: ReportedPayout| match payout.status {
        ProviderStatus::Failed { reason, .. } => Some(reason),
        ProviderStatus::Pending
        | ProviderStatus::Authorized { .. }
        | ProviderStatus::Executed { .. } => None,
    };
    look(rig, async || reason(found(rig, id).await)).await
}

/// Looks until there is something to see, and lets a second pass after each look.
pub(super) async fn look<T>(rig: &dyn GatewayRig, see: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        rig.settle().await;
        if let Some(seen) = see().await {
            return seen;
        }
        rig.advance(Duration::from_secs(1)).await;
    }
    unreachable!("it has not come within {LOOKS} seconds")
}

/// Every movement on a merchant account within 30 days around now.
pub(super) async fn movements(
    rig: &dyn GatewayRig,
    account: MerchantAccountId,
    only: Option<TransactionType>,
) -> Vec<Transaction> {
    let now = authorise(rig).await.life.issued_at;
    let span = Duration::from_hours(15 * 24);
    movements_between(rig, account, (now.minus(span), now.plus(span)), only).await
}

/// Every movement on a merchant account in a time, page by page.
pub(super) async fn movements_between(
    rig: &dyn GatewayRig,
    account: MerchantAccountId,
    (from, to): (Timestamp, Timestamp),
    only: Option<TransactionType>,
) -> Vec<Transaction> {
    rig.settle().await;
    let mut query = TransactionQuery { from, to, only, cursor: None };
    let mut movements = Vec::new();
    for _ in 0..1000 {
        let page = rig.gateway().transactions(account, &query).await;
        let page = page.expect("the provider is there").expect("there is such an account");
        movements.extend(page.items);
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return movements;
        }
    }
    unreachable!("the pages do not end")
}
