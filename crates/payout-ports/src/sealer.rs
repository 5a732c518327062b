//! How what is of a person is hidden from whoever has the store.

use std::fmt;

use uuid::Uuid;

/// Hides texts from whoever has a store and not its keys.
///
/// # Laws
///
/// 1. *What was sealed opens*: in the place that it was sealed for, with its key, to what it was.
/// 2. *Nowhere else*: in any other place it is [`CannotOpen::Broken`].
/// 3. *Not if it was changed*: whatever was changed of it, it is [`CannotOpen`].
/// 4. *It tells nothing but its length*: it does not contain what is in it, and the same text sealed twice
///    in one place looks different.
/// 5. *It names its key*: a sealed text is the id of the key, a colon, and letters, digits, `-` and `_`.
///    One of a key that is not at hand is [`CannotOpen::UnknownKey`].
/// 6. *Old keys open*: what was sealed with any key at hand opens, and one of them seals.
#[allow(clippy::elidable_lifetime_names, reason = "the mock needs them to have names")]
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Sealer: fmt::Debug + Send + Sync {
    /// The id of the key that seals: 1 to 32 letters, digits, `-`, `_` and `.`.
    fn key_id(&self) -> &str;

    /// Seals something for its place.
    fn seal<'a>(&self, place: &SealedPlace<'a>, plain: &[u8]) -> String;

    /// Opens what was sealed for this place.
    fn open<'a>(&self, place: &SealedPlace<'a>, sealed: &str) -> Result<Vec<u8>, CannotOpen>;
}

/// Where something sealed belongs. In any other place it does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedPlace<'a> {
    /// What it is part of.
    pub record: SealedRecord,
    /// Which part.
    pub field: PersonalField,
    /// Whose that is.
    pub client_id: &'a str,
    /// Its name.
    pub id: Uuid,
    /// Its number, where several have the same name; else 0.
    pub number: u32,
}

/// What has parts that are of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedRecord {
    /// A payout.
    Payout,
    /// A payment.
    Payment,
    /// A payment source.
    PaymentSource,
    /// A transmission of a payout: the payout's name, and its number.
    Attempt,
    /// The store itself.
    Store,
}

/// A part that is of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalField {
    /// The name of the account's holder.
    AccountHolderName,
    /// The account's identifiers.
    AccountIdentifiers,
    /// The text on the beneficiary's statement.
    Reference,
    /// What the client wrote beside it.
    Metadata,
    /// The bytes that are sent to the provider.
    GatewayBody,
    /// How a transmission ended, in the provider's words.
    Outcome,
    /// A word that everybody knows: whoever opens it has the key.
    KeyProof,
}

/// Why something sealed does not open. None of them says anything of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    /// Give the key.
    #[error(
        "it is sealed with the key `{key_id}`, which is not among the sealing keys; add it to the \
         file of serve.sealing_keys_file"
    )]
    UnknownKey {
        /// The id of the key.
        key_id: String,
    },
    /// Find out who has changed the store, or give the right key.
    #[error(
        "it does not open with the key `{key_id}`: it was changed or moved, or the key is another \
         one of the same id"
    )]
    Broken {
        /// The id of the key.
        key_id: String,
    },
    /// Find out who has changed the store: nobody seals like this.
    #[error("it is marked as sealed, and nobody has sealed it")]
    NotSealed,
}

impl SealedRecord {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Payout, Self::Payment, Self::PaymentSource, Self::Attempt, Self::Store];

    /// Its name, which is part of what is sealed and never changes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payout => "payout",
            Self::Payment => "payment",
            Self::PaymentSource => "payment_source",
            Self::Attempt => "payout_attempt",
            Self::Store => "store",
        }
    }
}

impl PersonalField {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::AccountHolderName,
        Self::AccountIdentifiers,
        Self::Reference,
        Self::Metadata,
        Self::GatewayBody,
        Self::Outcome,
        Self::KeyProof,
    ];

    /// Its name, which is part of what is sealed and never changes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountHolderName => "account_holder_name",
            Self::AccountIdentifiers => "account_identifiers",
            Self::Reference => "reference",
            Self::Metadata => "metadata",
            Self::GatewayBody => "gateway_body",
            Self::Outcome => "outcome",
            Self::KeyProof => "key_proof",
        }
    }
}
