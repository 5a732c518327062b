//! Typed identifiers: a payout id can never stand where a payment id is meant.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The text is not the identifier it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{expected}")]
pub struct ParseIdError {
    expected: &'static str,
}

const NOT_A_UUID: ParseIdError = ParseIdError {
    expected: "must be a UUID in lower case with hyphens, such as 5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4",
};

const NOT_A_NAME: ParseIdError =
    ParseIdError { expected: "must be 1 to 64 characters from A-Z, a-z, 0-9, `-`, `_` and `.`" };

/// Parses the one spelling that we write, so that two spellings never name one thing.
fn parse_uuid(text: &str) -> Result<Uuid, ParseIdError> {
    let uuid = Uuid::try_parse(text).map_err(|_| NOT_A_UUID)?;
    let mut buffer = Uuid::encode_buffer();
    if uuid.hyphenated().encode_lower(&mut buffer) == text { Ok(uuid) } else { Err(NOT_A_UUID) }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Names it by a UUID that somebody has already made.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself, for a store that keeps sixteen bytes.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse_uuid(text).map(Self)
            }
        }
    };
}

uuid_id! {
    /// Names a payout of ours, for ever.
    PayoutId
}
uuid_id! {
    /// The provider's name for our payout; we learn it when the provider accepts the payout.
    GatewayPayoutId
}
uuid_id! {
    /// Names a payment: money that a user paid in.
    PaymentId
}
uuid_id! {
    /// Names a payment source: an account that a user has paid in from.
    PaymentSourceId
}
uuid_id! {
    /// Names a merchant account at the provider.
    MerchantAccountId
}
uuid_id! {
    /// Names one movement on a merchant account.
    TransactionId
}
uuid_id! {
    /// Names a transfer: a refund, or a payout to an account that is no payment source.
    TransferId
}
uuid_id! {
    /// Names one event that is told to somebody: the same event keeps its name however often it is
    /// delivered.
    EventId
}

macro_rules! name_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The name as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let fits = (1..=64).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
                if fits { Ok(Self(text.into())) } else { Err(NOT_A_NAME) }
            }
        }
    };
}

name_id! {
    /// Names a user: the person behind a payment source. Most providers use UUIDs; any name of 1 to
    /// 64 letters, digits, `-`, `_` and `.` is one, and two users are the same only if every byte is.
    UserId
}
name_id! {
    /// Names a client of the service: who may ask for payouts, and whose payouts they are.
    ClientId
}

name_id! {
    /// Names a bank that users pay from, in the provider's directory: `mock-payments-gb-redirect`.
    ProviderId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_one_spelling() {
        let canonical = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4";

        assert_eq!(
            canonical.parse::<PayoutId>().map(|id| id.to_string()).as_deref(),
            Ok(canonical)
        );
        for other in [
            "5A0E4C1D-9B72-4F86-8A3E-61C2D7F0B9A4",
            "5a0e4c1d9b724f868a3e61c2d7f0b9a4",
            "{5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4}",
            "urn:uuid:5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4",
            "../payouts",
            "",
        ] {
            assert!(other.parse::<PayoutId>().is_err(), "{other:?} is another spelling");
        }
    }

    #[test]
    fn a_user_is_named_by_plain_characters_only() {
        for good in ["alice", "8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60", "u_1.x"] {
            assert_eq!(good.parse::<UserId>().map(|id| id.to_string()).as_deref(), Ok(good));
        }
        for bad in ["", "a b", "a/b", "a?b", "é", "x\n", &"x".repeat(65)] {
            assert!(bad.parse::<UserId>().is_err(), "{bad:?} is not a plain name");
        }
    }
}
