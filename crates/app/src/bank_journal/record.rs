//! An operation of the bank as one JSON object.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{
    AccountIdentifier, FailureReason, GatewayPayoutId, IdempotencyKey, MerchantAccountId, Money,
    PaymentId, PaymentSourceId, PayoutId, Scheme, Timestamp, TransactionId, UserId,
};
use payout_memory::{BankOperation, ProviderOperation};
use payout_ports::SandboxDelays;
use serde::{Deserialize, Serialize};

use super::provider_record::ProviderTwin;

/// An operation as it is written and read.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Record(#[serde(with = "Twin")] pub(super) BankOperation);

/// The serialisable twin of [`BankOperation`]. Times are microseconds since the epoch.
#[derive(Serialize, Deserialize)]
#[serde(remote = "BankOperation", rename_all = "snake_case", deny_unknown_fields)]
enum Twin {
    Deposit {
        at: Timestamp,
        payment_id: PaymentId,
        transaction_id: TransactionId,
        payment_source_id: PaymentSourceId,
        user_id: UserId,
        merchant_account_id: MerchantAccountId,
        amount: Money,
        account_holder_name: String,
        account_identifiers: Vec<AccountIdentifier>,
        settles_at: Timestamp,
    },
    Submit {
        at: Timestamp,
        payout_id: PayoutId,
        key: IdempotencyKey,
        #[serde(with = "text")]
        body: Arc<[u8]>,
        gateway_payout_id: GatewayPayoutId,
        scheme: Option<Scheme>,
        #[serde(with = "DelaysTwin")]
        delays: SandboxDelays,
        return_transaction_id: Option<TransactionId>,
    },
    FailNext {
        at: Timestamp,
        reason: FailureReason,
    },
    Return {
        at: Timestamp,
        gateway_payout_id: GatewayPayoutId,
        return_transaction_id: TransactionId,
    },
    SetDelays {
        at: Timestamp,
        #[serde(with = "DelaysTwin")]
        delays: SandboxDelays,
    },
    Provider(#[serde(with = "ProviderTwin")] ProviderOperation),
}

/// Delays in microseconds.
#[derive(Serialize, Deserialize)]
#[serde(remote = "SandboxDelays")]
pub(super) struct DelaysTwin {
    #[serde(with = "micros")]
    settlement: Duration,
    #[serde(with = "micros")]
    authorization: Duration,
    #[serde(with = "micros")]
    execution: Duration,
}

/// The bank's instructions are text; anything else would not have been accepted.
mod text {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(body: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(body))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<[u8]>, D::Error> {
        Ok(Arc::from(String::deserialize(deserializer)?.into_bytes()))
    }
}

mod micros {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        span: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(span.as_micros()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of each kind, as journals have them.
    const LINES: &str = r#"{"deposit":{"at":1,"payment_id":"d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33","transaction_id":"0b9d4c63-1e57-4a80-bf2c-93d6e7a15f08","payment_source_id":"c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21","user_id":"sam","merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","amount":"25.00 GBP","account_holder_name":"SAM EXAMPLE","account_identifiers":["04066800004417"],"settles_at":2}}
{"submit":{"at":3,"payout_id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4","key":"k","body":"amount: 1\n","gateway_payout_id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4","scheme":"faster_payments_service","delays":{"settlement":0,"authorization":100000,"execution":400000},"return_transaction_id":null}}
{"fail_next":{"at":4,"reason":"blocked"}}
{"return":{"at":5,"gateway_payout_id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4","return_transaction_id":"0b9d4c63-1e57-4a80-bf2c-93d6e7a15f08"}}
{"set_delays":{"at":6,"delays":{"settlement":1,"authorization":2,"execution":3}}}
{"provider":{"create_payment":{"at":7,"write":{"client_id":"acme","key":"k","fingerprint":"00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"},"payment_id":"d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33","event_id":"6e2b0d95-8a17-4cf3-b4d8-f15c7a39e042","resource_token":"t","order":{"user_id":"sam","merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","amount":"25.00 GBP","provider_selection":{"user_selected":["mock-payments-gb-redirect"]},"metadata":{"order":"991"}}}}}
{"provider":{"step_payment":{"at":8,"write":{"client_id":"acme","key":"k2","fingerprint":"00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"},"payment_id":"d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33","step":{"start":{"provider_selection":true,"consent":false,"return_uri":"http://localhost/back","form":false}},"arrival":null}}}
{"provider":{"step_payment":{"at":9,"write":null,"payment_id":"d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33","step":{"log_in":{"login":"test_executed","by_form":false}},"arrival":{"transaction_id":"0b9d4c63-1e57-4a80-bf2c-93d6e7a15f08","payment_source_id":"c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21","account_holder_name":"SAM EXAMPLE","account_identifiers":["04066800004417"],"executes_at":10,"settles_at":11}}}}
{"provider":{"transfer":{"at":12,"write":{"client_id":"acme","key":"k3","fingerprint":"00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"},"transfer_id":"38c76ba9-322f-46a9-b754-5b7c2a90d1f6","event_id":"6e2b0d95-8a17-4cf3-b4d8-f15c7a39e043","order":{"merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","amount":"5.00 GBP","reference":"back","purpose":{"refund":"d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33"},"metadata":{}},"scheme":"faster_payments_service","delays":{"settlement":0,"authorization":1,"execution":2}}}}
{"provider":{"transfer":{"at":13,"write":{"client_id":"acme","key":"k4","fingerprint":"00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff"},"transfer_id":"48c76ba9-322f-46a9-b754-5b7c2a90d1f6","event_id":"6e2b0d95-8a17-4cf3-b4d8-f15c7a39e044","order":{"merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","amount":"5.00 GBP","reference":"out","purpose":{"payout":{"account_holder_name":"KIM EXAMPLE","account_identifier":"04066800004417"}},"metadata":{}},"scheme":null,"delays":{"settlement":0,"authorization":1,"execution":2}}}}
{"provider":{"told":{"at":14,"event_id":"6e2b0d95-8a17-4cf3-b4d8-f15c7a39e042"}}}"#;

    #[test]
    fn a_journal_is_written_as_it_was_read() {
        for line in LINES.lines() {
            let record: Record = serde_json::from_str(line).expect("it is a line of a journal");

            assert_eq!(serde_json::to_string(&record).expect("it is text"), line);
        }
    }

    #[test]
    fn a_member_that_nobody_knows_is_refused() {
        let line = r#"{"fail_next":{"at":4,"reason":"blocked","why":"?"}}"#;

        assert!(serde_json::from_str::<Record>(line).is_err());
    }
}
