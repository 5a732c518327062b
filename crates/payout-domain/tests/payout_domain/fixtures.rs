//! One payout, and what happens to it.

use payout_domain::*;
use uuid::Uuid;

/// When everything happens that has no time of its own.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_772_442_847);

/// A payout that has just been accepted, of 12.50 GBP.
pub(crate) fn accepted() -> Payout {
    Payout::accept(
        "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".parse().expect("it is a UUID"),
        "acme".parse().expect("it is a name"),
        "withdrawal-20417".parse().expect("it is a key"),
        PayoutRequest::new(order(), &merchant_account(), &source(), &PayoutRules::default())
            .expect("the order breaks no rule"),
        NOW,
    )
}

/// The payout after this has been heard of it.
pub(crate) fn told(all: &[Evidence]) -> Payout {
    let mut payout = accepted();
    for evidence in all {
        let _ = payout.apply(evidence, NOW);
    }
    payout
}

/// All that is known of a payout, but not in how many pieces it came.
pub(crate) fn known(payout: &Payout) -> Progress {
    Progress { version: 0, ..payout.progress().clone() }
}

/// What a store would keep of a payout.
pub(crate) fn record(payout: &Payout) -> PayoutRecord {
    let request = payout.request();
    PayoutRecord {
        id: payout.id(),
        client_id: payout.client_id().clone(),
        idempotency_key: payout.idempotency_key().clone(),
        order: request.order().clone(),
        proof: request.proof(),
        scheme: request.scheme(),
        account_holder_name: request.account_holder_name().map(str::to_owned),
        account_identifiers: request.account_identifiers().to_vec(),
        created_at: payout.created_at(),
        progress: payout.progress().clone(),
    }
}

/// The payout as a store that kept this progress gives it back.
pub(crate) fn with_progress(progress: Progress) -> Result<Payout, InvalidRecord> {
    Payout::restore(PayoutRecord { progress, ..record(&accepted()) })
}

/// The provider's name for a payout: the first, the second, ...
pub(crate) fn gateway_id(number: u128) -> GatewayPayoutId {
    GatewayPayoutId::from_uuid(Uuid::from_u128(number))
}

/// The provider's word about its first payout.
pub(crate) fn reported(status: ProviderStatus) -> Evidence {
    Evidence::Reported { gateway_payout_id: gateway_id(1), status }
}

pub(crate) fn order() -> PayoutOrder {
    let source = source();
    PayoutOrder {
        merchant_account_id: merchant_account().id,
        user_id: source.user_id().clone(),
        payment_source_id: source.id(),
        amount: "12.50 GBP".parse().expect("it is money"),
        reference: "WD-20417".parse().expect("it is a reference"),
        scheme_selection: SchemeSelection::InstantPreferred,
        metadata: Metadata::default(),
    }
}

pub(crate) fn merchant_account() -> MerchantAccount {
    MerchantAccount {
        id: MerchantAccountId::from_uuid(Uuid::from_u128(7)),
        currency: Currency::GBP,
        account_identifiers: Vec::new(),
        account_holder_name: "ACME GAMES".into(),
        available_balance: "1842.00 GBP".parse().expect("it is money"),
        current_balance: "1842.00 GBP".parse().expect("it is money"),
    }
}

pub(crate) fn source() -> PaymentSource {
    let paid_into =
        (merchant_account().id, Proof::Payment(PaymentId::from_uuid(Uuid::from_u128(8))));
    PaymentSource::restore(
        PaymentSourceId::from_uuid(Uuid::from_u128(9)),
        "sam".parse().expect("it is a name"),
        Currency::GBP,
        (
            Some("SAM EXAMPLE".into()),
            vec!["04-06-68 00004417".parse().expect("it is an account identifier")],
        ),
        [paid_into],
    )
    .expect("it has a proof")
}
