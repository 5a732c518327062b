//! How a movement is written.

use payout_domain::{
    AccountIdentifier, GatewayPayoutId, Metadata, Money, PaymentId, Scheme, Timestamp,
    TransactionId, TransferId, TransferPurpose,
};
use serde::Serialize;

use super::{
    ExternalPayment, MerchantAccountPayment, PayoutTransaction, Remitter, ReturnFor, Transaction,
    TransferTransaction,
};
use crate::money::MoneyMembers;
use crate::payment_source;
use crate::payout::{BeneficiaryTwin, PaymentSourceBeneficiary};
use crate::{account_identifier, json, metadata, standing, timestamp};

/// The provider's word for what goes out of an account.
const WITHDRAWAL: &str = "withdrawal";

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Twin {
    MerchantAccountPayment(PaymentTwin),
    ExternalPayment(ExternalTwin),
    Payout(PayoutTwin),
    Refund(RefundTwin),
}

#[derive(Serialize)]
pub(super) struct RefundTwin {
    #[serde(flatten)]
    head: Head,
    #[serde(serialize_with = "json::as_text")]
    refund_id: TransferId,
    #[serde(serialize_with = "json::as_text")]
    payment_id: PaymentId,
    #[serde(flatten)]
    withdrawal: Withdrawal,
}

#[derive(Serialize)]
pub(super) struct PaymentTwin {
    #[serde(flatten)]
    head: Head,
    #[serde(serialize_with = "timestamp::micros")]
    settled_at: Timestamp,
    #[serde(serialize_with = "json::as_text")]
    payment_id: PaymentId,
    payment_source: payment_source::Twin,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: Metadata,
}

#[derive(Serialize)]
pub(super) struct ExternalTwin {
    #[serde(flatten)]
    head: Head,
    #[serde(serialize_with = "timestamp::micros")]
    settled_at: Timestamp,
    remitter: RemitterTwin,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_for: Option<ReturnForTwin>,
}

#[derive(Serialize)]
pub(super) struct PayoutTwin {
    #[serde(flatten)]
    head: Head,
    #[serde(serialize_with = "json::as_text")]
    payout_id: GatewayPayoutId,
    #[serde(flatten)]
    withdrawal: Withdrawal,
}

/// What every movement out of the account tells.
#[derive(Serialize)]
struct Withdrawal {
    #[serde(serialize_with = "timestamp::micros")]
    created_at: Timestamp,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    executed_at: Option<Timestamp>,
    context_code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    scheme_id: Option<Scheme>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    returned_by: Option<TransactionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    beneficiary: Option<BeneficiaryTwin>,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: Metadata,
}

/// What every movement begins with.
#[derive(Serialize)]
struct Head {
    #[serde(serialize_with = "json::as_text")]
    id: TransactionId,
    #[serde(flatten)]
    amount: MoneyMembers,
    status: &'static str,
}

#[derive(Serialize)]
struct RemitterTwin {
    #[serde(skip_serializing_if = "Option::is_none")]
    account_holder_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    // The .NET and Rust clients read the one spelling, the Java client the other.
    #[serde(
        rename = "account_identifier",
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "account_identifier::write_first"
    )]
    first: Vec<AccountIdentifier>,
    #[serde(
        rename = "account_identifiers",
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "account_identifier::write_list"
    )]
    all: Vec<AccountIdentifier>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ReturnForTwin {
    Identified {
        #[serde(serialize_with = "json::as_text")]
        returned_id: GatewayPayoutId,
    },
    Unknown,
}

impl From<&Transaction> for Twin {
    fn from(transaction: &Transaction) -> Self {
        match transaction {
            Transaction::MerchantAccountPayment(t) => Self::MerchantAccountPayment(t.into()),
            Transaction::ExternalPayment(t) => Self::ExternalPayment(t.into()),
            Transaction::Payout(t) => Self::Payout(t.into()),
            Transaction::Transfer(t) => t.into(),
        }
    }
}

impl From<&MerchantAccountPayment> for PaymentTwin {
    fn from(payment: &MerchantAccountPayment) -> Self {
        Self {
            head: Head { id: payment.id, amount: payment.amount.into(), status: "settled" },
            settled_at: payment.settled_at,
            payment_id: payment.payment_id,
            payment_source: (&payment.payment_source).into(),
            metadata: payment.metadata.clone(),
        }
    }
}

impl From<&ExternalPayment> for ExternalTwin {
    fn from(payment: &ExternalPayment) -> Self {
        Self {
            head: Head { id: payment.id, amount: payment.amount.into(), status: "settled" },
            settled_at: payment.settled_at,
            remitter: payment.remitter.clone().unwrap_or_default().into(),
            return_for: payment.return_for.map(Into::into),
        }
    }
}

impl From<&PayoutTransaction> for PayoutTwin {
    fn from(payout: &PayoutTransaction) -> Self {
        Self {
            head: Head::of_withdrawal(payout.id, payout.amount, payout.executed_at),
            payout_id: payout.payout_id,
            withdrawal: Withdrawal {
                created_at: payout.created_at,
                executed_at: payout.executed_at,
                context_code: WITHDRAWAL,
                scheme_id: payout.scheme,
                returned_by: payout.returned_by,
                beneficiary: Some(payout.beneficiary.clone().into()),
                metadata: payout.metadata.clone(),
            },
        }
    }
}

impl From<&TransferTransaction> for Twin {
    fn from(transaction: &TransferTransaction) -> Self {
        let transfer = &transaction.transfer;
        let executed_at = standing::executed_at(transfer);
        let head = Head::of_withdrawal(transaction.id, transfer.order.amount, executed_at);
        let withdrawal = |beneficiary| Withdrawal {
            created_at: transfer.created_at,
            executed_at,
            context_code: WITHDRAWAL,
            scheme_id: transfer.scheme,
            returned_by: None,
            beneficiary,
            metadata: transfer.order.metadata.clone(),
        };
        match transfer.order.purpose {
            TransferPurpose::Refund(payment_id) => Self::Refund(RefundTwin {
                head,
                refund_id: transfer.id,
                payment_id,
                withdrawal: withdrawal(refunded(transaction).map(Into::into)),
            }),
            TransferPurpose::Payout { .. } => Self::Payout(PayoutTwin {
                head,
                payout_id: GatewayPayoutId::from_uuid(transfer.id.as_uuid()),
                withdrawal: withdrawal(BeneficiaryTwin::of_account(&transfer.order)),
            }),
        }
    }
}

impl Head {
    fn of_withdrawal(id: TransactionId, amount: Money, executed_at: Option<Timestamp>) -> Self {
        let status = if executed_at.is_some() { "executed" } else { "pending" };
        Self { id, amount: amount.into(), status }
    }
}

/// Where a refund goes back to, if that is said and says whose it is.
fn refunded(transaction: &TransferTransaction) -> Option<PaymentSourceBeneficiary> {
    let source = transaction.source.as_ref()?;
    Some(PaymentSourceBeneficiary {
        payment_source_id: source.id,
        user_id: source.user_id.clone()?,
        reference: transaction.transfer.order.reference.as_str().to_owned(),
        account_holder_name: source.account_holder_name.clone(),
        account_identifiers: source.account_identifiers.clone(),
    })
}

impl From<Remitter> for RemitterTwin {
    fn from(remitter: Remitter) -> Self {
        let all = account_identifier::all_of(&remitter.account_identifiers);
        Self {
            account_holder_name: remitter.account_holder_name,
            reference: remitter.reference,
            first: all.clone(),
            all,
        }
    }
}

impl From<ReturnFor> for ReturnForTwin {
    fn from(return_for: ReturnFor) -> Self {
        match return_for {
            ReturnFor::Identified(returned_id) => Self::Identified { returned_id },
            ReturnFor::Unknown => Self::Unknown,
        }
    }
}
