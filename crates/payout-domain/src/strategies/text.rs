//! Names and texts.

use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    ClientId, EventId, GatewayPayoutId, IdempotencyKey, MerchantAccountId, Metadata, PaymentId,
    PaymentSourceId, PayoutId, Reference, Scheme, TransactionId, UserId,
};

macro_rules! uuid_strategies {
    ($($(#[$doc:meta])* $name:ident => $id:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name() -> impl Strategy<Value = $id> {
            any::<u128>().prop_map(|bits| $id::from_uuid(Uuid::from_u128(bits)))
        }
    )*};
}

uuid_strategies! {
    /// Any payout id.
    payout_id => PayoutId;
    /// Any name that a provider gives to a payout.
    gateway_payout_id => GatewayPayoutId;
    /// Any payment id.
    payment_id => PaymentId;
    /// Any payment source id.
    payment_source_id => PaymentSourceId;
    /// Any merchant account id.
    merchant_account_id => MerchantAccountId;
    /// Any transaction id.
    transaction_id => TransactionId;
    /// Any event id.
    event_id => EventId;
}

/// Any user.
pub fn user_id() -> impl Strategy<Value = UserId> {
    "[A-Za-z0-9._-]{1,64}".prop_map(|text| text.parse().expect("the pattern is the rule"))
}

/// Any client.
pub fn client_id() -> impl Strategy<Value = ClientId> {
    "[A-Za-z0-9._-]{1,64}".prop_map(|text| text.parse().expect("the pattern is the rule"))
}

/// Any idempotency key.
pub fn idempotency_key() -> impl Strategy<Value = IdempotencyKey> {
    "[!-~]|[!-~][ -~]{0,253}[!-~]".prop_map(|text| text.parse().expect("the pattern is the rule"))
}

/// Any reference that a provider takes, in many scripts.
pub fn reference() -> impl Strategy<Value = Reference> {
    r"\PC{1,140}".prop_filter_map("invisible", |text| Reference::lenient(&text).ok())
}

/// A reference that this scheme carries to every bank.
pub fn strict_reference(scheme: Scheme) -> impl Strategy<Value = Reference> {
    let pattern = match scheme {
        Scheme::FasterPaymentsService => "[A-Za-z0-9.-][A-Za-z0-9 .-]{0,17}",
        Scheme::SepaCreditTransfer
        | Scheme::SepaCreditTransferInstant
        | Scheme::InternalTransfer
        | Scheme::PolishDomesticStandard
        | Scheme::PolishDomesticExpress
        | Scheme::NorwegianDomesticCreditTransfer
        | Scheme::SwedishDomesticCreditTransfer
        | Scheme::Unknown => "[A-Za-z0-9/?:().,'+-][A-Za-z0-9/?:().,'+ -]{0,139}",
    };
    pattern.prop_map(move |text| {
        Reference::strict(&text, scheme).expect("the pattern is the scheme's own set")
    })
}

/// Any metadata, from none to the provider's limits.
pub fn metadata() -> impl Strategy<Value = Metadata> {
    proptest::collection::btree_map(r"\PC{1,40}", r"(\PC|[\n\t]){0,60}", 0..=Metadata::PAIRS_MAX)
        .prop_map(|pairs| Metadata::new(pairs).expect("the patterns are within the limits"))
}
