//! An operation of the bank as one JSON object.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{
    AccountIdentifier, FailureReason, GatewayPayoutId, IdempotencyKey, MerchantAccountId, Money,
    PaymentId, PaymentSourceId, PayoutId, Scheme, Timestamp, TransactionId, UserId,
};
use payout_memory::BankOperation;
use payout_ports::SandboxDelays;
use serde::{Deserialize, Serialize};

/// The serialisable twin of [`BankOperation`]. Times are microseconds since the epoch.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Record {
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
        body: String,
        gateway_payout_id: GatewayPayoutId,
        scheme: Option<Scheme>,
        delays: Delays,
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
        delays: Delays,
    },
}

/// Delays in microseconds.
#[derive(Serialize, Deserialize)]
pub(super) struct Delays {
    settlement: u64,
    authorization: u64,
    execution: u64,
}

impl From<&BankOperation> for Record {
    fn from(operation: &BankOperation) -> Self {
        match operation.clone() {
            BankOperation::Deposit {
                at,
                payment_id,
                transaction_id,
                payment_source_id,
                user_id,
                merchant_account_id,
                amount,
                account_holder_name,
                account_identifiers,
                settles_at,
            } => Self::Deposit {
                at,
                payment_id,
                transaction_id,
                payment_source_id,
                user_id,
                merchant_account_id,
                amount,
                account_holder_name,
                account_identifiers,
                settles_at,
            },
            BankOperation::Submit {
                at,
                payout_id,
                key,
                body,
                gateway_payout_id,
                scheme,
                delays,
                return_transaction_id,
            } => Self::Submit {
                at,
                payout_id,
                key,
                // The bank's instructions are text; anything else would not have been accepted.
                body: String::from_utf8_lossy(&body).into_owned(),
                gateway_payout_id,
                scheme,
                delays: delays.into(),
                return_transaction_id,
            },
            BankOperation::FailNext { at, reason } => Self::FailNext { at, reason },
            BankOperation::Return { at, gateway_payout_id, return_transaction_id } => {
                Self::Return { at, gateway_payout_id, return_transaction_id }
            }
            BankOperation::SetDelays { at, delays } => {
                Self::SetDelays { at, delays: delays.into() }
            }
        }
    }
}

impl From<Record> for BankOperation {
    fn from(record: Record) -> Self {
        match record {
            Record::Deposit {
                at,
                payment_id,
                transaction_id,
                payment_source_id,
                user_id,
                merchant_account_id,
                amount,
                account_holder_name,
                account_identifiers,
                settles_at,
            } => Self::Deposit {
                at,
                payment_id,
                transaction_id,
                payment_source_id,
                user_id,
                merchant_account_id,
                amount,
                account_holder_name,
                account_identifiers,
                settles_at,
            },
            Record::Submit {
                at,
                payout_id,
                key,
                body,
                gateway_payout_id,
                scheme,
                delays,
                return_transaction_id,
            } => Self::Submit {
                at,
                payout_id,
                key,
                body: Arc::from(body.into_bytes()),
                gateway_payout_id,
                scheme,
                delays: delays.into(),
                return_transaction_id,
            },
            Record::FailNext { at, reason } => Self::FailNext { at, reason },
            Record::Return { at, gateway_payout_id, return_transaction_id } => {
                Self::Return { at, gateway_payout_id, return_transaction_id }
            }
            Record::SetDelays { at, delays } => Self::SetDelays { at, delays: delays.into() },
        }
    }
}

impl From<SandboxDelays> for Delays {
    fn from(delays: SandboxDelays) -> Self {
        let micros = |span: Duration| u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        Self {
            settlement: micros(delays.settlement),
            authorization: micros(delays.authorization),
            execution: micros(delays.execution),
        }
    }
}

impl From<Delays> for SandboxDelays {
    fn from(delays: Delays) -> Self {
        Self {
            settlement: Duration::from_micros(delays.settlement),
            authorization: Duration::from_micros(delays.authorization),
            execution: Duration::from_micros(delays.execution),
        }
    }
}
