//! What the bank did beside closed-loop payouts, as it is written and read.

use payout_domain::{
    AccountIdentifier, ClientId, EventId, FlowSupport, IdempotencyKey, Login, MerchantAccountId,
    Metadata, Money, PayInOrder, PayInStep, PaymentId, PaymentSourceId, ProviderId,
    ProviderSelection, Reference, Scheme, Timestamp, TransactionId, TransferId, TransferOrder,
    TransferPurpose,
};
use payout_memory::{Arrival, ProviderOperation, WrittenUnder};
use payout_ports::{Fingerprint, SandboxDelays};
use serde::{Deserialize, Serialize};

use super::record::DelaysTwin;

/// The serialisable twin of [`ProviderOperation`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "ProviderOperation", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ProviderTwin {
    CreatePayment {
        at: Timestamp,
        #[serde(with = "WrittenTwin")]
        write: WrittenUnder,
        payment_id: PaymentId,
        event_id: EventId,
        resource_token: String,
        #[serde(with = "PayInOrderTwin")]
        order: PayInOrder,
    },
    StepPayment {
        at: Timestamp,
        #[serde(with = "optional_write")]
        write: Option<WrittenUnder>,
        payment_id: PaymentId,
        #[serde(with = "StepTwin")]
        step: PayInStep,
        #[serde(with = "optional_arrival")]
        arrival: Option<Arrival>,
    },
    Transfer {
        at: Timestamp,
        #[serde(with = "WrittenTwin")]
        write: WrittenUnder,
        transfer_id: TransferId,
        event_id: EventId,
        #[serde(with = "TransferOrderTwin")]
        order: TransferOrder,
        scheme: Option<Scheme>,
        #[serde(with = "DelaysTwin")]
        delays: SandboxDelays,
    },
    Told {
        at: Timestamp,
        event_id: EventId,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "WrittenUnder", deny_unknown_fields)]
struct WrittenTwin {
    client_id: ClientId,
    key: IdempotencyKey,
    #[serde(with = "digest")]
    fingerprint: Fingerprint,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PayInOrder", deny_unknown_fields)]
struct PayInOrderTwin {
    user_id: payout_domain::UserId,
    merchant_account_id: MerchantAccountId,
    amount: Money,
    #[serde(with = "SelectionTwin")]
    provider_selection: ProviderSelection,
    #[serde(with = "pairs")]
    metadata: Metadata,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ProviderSelection", rename_all = "snake_case")]
enum SelectionTwin {
    UserSelected(Vec<ProviderId>),
    Preselected(ProviderId),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PayInStep", rename_all = "snake_case")]
enum StepTwin {
    Start(#[serde(with = "SupportTwin")] FlowSupport),
    SelectProvider(ProviderId),
    Consent,
    LogIn { login: Login, by_form: bool },
    Cancel,
    Execute,
    Settle,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "FlowSupport", deny_unknown_fields)]
struct SupportTwin {
    provider_selection: bool,
    consent: bool,
    return_uri: Option<Box<str>>,
    form: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Arrival", deny_unknown_fields)]
struct ArrivalTwin {
    transaction_id: TransactionId,
    payment_source_id: PaymentSourceId,
    account_holder_name: String,
    account_identifiers: Vec<AccountIdentifier>,
    executes_at: Timestamp,
    settles_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TransferOrder", deny_unknown_fields)]
struct TransferOrderTwin {
    merchant_account_id: MerchantAccountId,
    amount: Money,
    reference: Reference,
    #[serde(with = "PurposeTwin")]
    purpose: TransferPurpose,
    #[serde(with = "pairs")]
    metadata: Metadata,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "TransferPurpose", rename_all = "snake_case")]
enum PurposeTwin {
    Refund(PaymentId),
    Payout { account_holder_name: Box<str>, account_identifier: AccountIdentifier },
}

/// Digests as 64 hexadecimal digits.
mod digest {
    use base16ct::{lower, mixed};
    use payout_ports::Fingerprint;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        fingerprint: &Fingerprint,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&lower::encode_string(&fingerprint.0))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Fingerprint, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        let read = mixed::decode(&text, &mut bytes).map_err(D::Error::custom)?.len();
        let whole = (read == bytes.len()).then_some(Fingerprint(bytes));
        whole.ok_or_else(|| D::Error::custom("is not a digest"))
    }
}

/// Metadata as an object of texts.
mod pairs {
    use std::collections::BTreeMap;

    use payout_domain::Metadata;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        metadata: &Metadata,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(metadata.pairs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Metadata, D::Error> {
        let pairs = BTreeMap::<String, String>::deserialize(deserializer)?;
        Metadata::new(pairs).map_err(D::Error::custom)
    }
}

/// Who wrote, if a client did.
mod optional_write {
    use payout_memory::WrittenUnder;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::WrittenTwin;

    #[derive(Serialize)]
    struct Borrowed<'a>(#[serde(with = "WrittenTwin")] &'a WrittenUnder);

    #[derive(Deserialize)]
    struct Owned(#[serde(with = "WrittenTwin")] WrittenUnder);

    #[expect(clippy::ref_option, reason = "serde hands over references")]
    pub(super) fn serialize<S: Serializer>(
        write: &Option<WrittenUnder>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        write.as_ref().map(Borrowed).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<WrittenUnder>, D::Error> {
        Ok(Option::<Owned>::deserialize(deserializer)?.map(|Owned(write)| write))
    }
}

/// How money comes, if it does.
mod optional_arrival {
    use payout_memory::Arrival;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::ArrivalTwin;

    #[derive(Serialize)]
    struct Borrowed<'a>(#[serde(with = "ArrivalTwin")] &'a Arrival);

    #[derive(Deserialize)]
    struct Owned(#[serde(with = "ArrivalTwin")] Arrival);

    #[expect(clippy::ref_option, reason = "serde hands over references")]
    pub(super) fn serialize<S: Serializer>(
        arrival: &Option<Arrival>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        arrival.as_ref().map(Borrowed).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arrival>, D::Error> {
        Ok(Option::<Owned>::deserialize(deserializer)?.map(|Owned(arrival)| arrival))
    }
}
