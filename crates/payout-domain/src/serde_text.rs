//! The value types as the strings that they print and are read from.
//!
//! An embedding service stores and sends them as JSON strings; what is read back is checked like any
//! other input. Account identifiers are written in full: whoever stores one must mean to.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    AccountIdentifier, ClientId, Currency, EventId, Evidence, FailureReason, GatewayPayoutId, Iban,
    IdempotencyKey, Login, MerchantAccountId, Money, Nrb, PaymentId, PaymentSourceId, PayoutId,
    PayoutState, ProviderId, Reference, Scheme, SortCodeAccountNumber, Timestamp, TransactionId,
    TransferId, UserId,
};

macro_rules! as_text {
    ($($name:ty => $text:expr;)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let text: fn(&Self) -> String = $text;
                serializer.serialize_str(&text(self))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

as_text! {
    AccountIdentifier => AccountIdentifier::electronic;
    ClientId => ToString::to_string;
    Currency => ToString::to_string;
    EventId => ToString::to_string;
    Evidence => ToString::to_string;
    FailureReason => ToString::to_string;
    GatewayPayoutId => ToString::to_string;
    Iban => |iban| iban.electronic().to_owned();
    IdempotencyKey => ToString::to_string;
    Login => ToString::to_string;
    MerchantAccountId => ToString::to_string;
    Money => ToString::to_string;
    Nrb => |nrb| nrb.electronic().to_owned();
    PaymentId => ToString::to_string;
    PaymentSourceId => ToString::to_string;
    PayoutId => ToString::to_string;
    PayoutState => ToString::to_string;
    ProviderId => ToString::to_string;
    Reference => ToString::to_string;
    Scheme => ToString::to_string;
    SortCodeAccountNumber => SortCodeAccountNumber::electronic;
    TransactionId => ToString::to_string;
    TransferId => ToString::to_string;
    UserId => ToString::to_string;
}

impl Serialize for Timestamp {
    /// Writes microseconds since the epoch.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.as_micros())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self::from_micros)
    }
}
