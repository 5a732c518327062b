//! Who has paid in.

use payout_domain::{Currency, PaymentSource, PaymentSourceId, Proof, UserId};

use super::GatewayRig;
use super::steps::{euros, eve, pounds, sam};

/// `PayoutGateway::payment_sources`.
pub async fn whoever_paid_in_is_listed_with_proof(rig: &dyn GatewayRig) {
    let paid = rig.paid_in(&sam(), pounds(5_000)).await;

    let listed = listed(rig, Currency::GBP, &sam()).await;

    assert_eq!(names(&listed), [paid.id()]);
    let account = rig.merchant_account(Currency::GBP).await;
    for source in [&paid, listed.first().expect("one is listed")] {
        assert_eq!((source.user_id(), source.currency()), (&sam(), Currency::GBP));
        assert!(matches!(source.proof(account.id), Some(Proof::Listed(_))), "{source:?}");
        assert_eq!(source.account_identifiers(), paid.account_identifiers());
        assert_eq!(source.account_holder_name(), paid.account_holder_name());
    }
}

/// `PayoutGateway::payment_sources`: however often it pays in.
pub async fn the_same_account_is_the_same_source(rig: &dyn GatewayRig) {
    let first = rig.paid_in(&sam(), pounds(5_000)).await;
    let second = rig.paid_in(&sam(), pounds(1)).await;

    assert_eq!(first.id(), second.id());
    assert_eq!(names(&listed(rig, Currency::GBP, &sam()).await), [first.id()]);
}

/// `PayoutGateway::payment_sources`: everybody has their own.
pub async fn another_user_has_another_source(rig: &dyn GatewayRig) {
    let of_sam = rig.paid_in(&sam(), pounds(5_000)).await;
    let of_eve = rig.paid_in(&eve(), pounds(5_000)).await;

    assert_ne!(of_sam.id(), of_eve.id());
    assert_eq!(names(&listed(rig, Currency::GBP, &sam()).await), [of_sam.id()]);
    assert_eq!(names(&listed(rig, Currency::GBP, &eve()).await), [of_eve.id()]);
}

/// `PayoutGateway::payment_sources`: a source holds one currency and is listed where it paid into.
pub async fn another_currency_is_another_source(rig: &dyn GatewayRig) {
    let of_pounds = rig.paid_in(&sam(), pounds(5_000)).await;
    let of_euros = rig.paid_in(&sam(), euros(5_000)).await;

    assert_ne!(of_pounds.id(), of_euros.id());
    assert_eq!(of_euros.currency(), Currency::EUR);
    assert_eq!(names(&listed(rig, Currency::GBP, &sam()).await), [of_pounds.id()]);
    assert_eq!(names(&listed(rig, Currency::EUR, &sam()).await), [of_euros.id()]);
}

/// `PayoutGateway::merchant_accounts`: of its own currency, and of no other.
pub async fn a_payment_credits_the_merchant_account(rig: &dyn GatewayRig) {
    let before = rig.merchant_account(Currency::GBP).await;
    let other = rig.merchant_account(Currency::EUR).await;

    rig.paid_in(&sam(), pounds(5_000)).await;

    let after = rig.merchant_account(Currency::GBP).await;
    let more = |balance: payout_domain::Money| balance.checked_add(pounds(5_000));
    assert_eq!(Ok(after.current_balance), more(before.current_balance));
    assert_eq!(Ok(after.available_balance), more(before.available_balance));
    assert_eq!(rig.merchant_account(Currency::EUR).await, other);
}

async fn listed(rig: &dyn GatewayRig, currency: Currency, user: &UserId) -> Vec<PaymentSource> {
    rig.settle().await;
    let account = rig.merchant_account(currency).await;
    let sources = rig.gateway().payment_sources(account.id, user).await;
    sources.expect("the provider is there").expect("there is such an account")
}

fn names(sources: &[PaymentSource]) -> Vec<PaymentSourceId> {
    sources.iter().map(PaymentSource::id).collect()
}
