//! A movement as the wire has it.

use payout_service::{PayingAccount, ReturnFor, ShownSource, Transaction, TransactionKind};
use payout_wire::payment_source::ReceivedPaymentSource;
use payout_wire::payout::{Beneficiary, PaymentSourceBeneficiary};
use payout_wire::transaction as wire;

/// Says a movement in the words of the wire.
pub(crate) fn to_wire(transaction: Transaction) -> wire::Transaction {
    let Transaction { id, amount, kind } = transaction;
    match kind {
        TransactionKind::Payment {
            payment_id,
            payment_source_id,
            user_id,
            account: PayingAccount { account_holder_name, account_identifiers },
            settled_at,
            metadata,
        } => wire::Transaction::MerchantAccountPayment(wire::MerchantAccountPayment {
            id,
            payment_id,
            amount,
            settled_at,
            payment_source: ReceivedPaymentSource {
                id: payment_source_id,
                user_id: Some(user_id),
                account_holder_name,
                account_identifiers,
            },
            metadata,
        }),
        TransactionKind::ExternalPayment { remitter, reference, return_for, settled_at } => {
            wire::Transaction::ExternalPayment(wire::ExternalPayment {
                id,
                amount,
                settled_at,
                remitter: Some(to_remitter(remitter, reference)),
                return_for: return_for.map(to_return_for),
            })
        }
        TransactionKind::Payout {
            payout_id,
            attached_id: _,
            payment_source_id,
            user_id,
            account: PayingAccount { account_holder_name, account_identifiers },
            reference,
            created_at,
            executed_at,
            scheme,
            returned_by,
            metadata,
        } => wire::Transaction::Payout(wire::PayoutTransaction {
            id,
            payout_id,
            amount,
            created_at,
            executed_at,
            scheme,
            returned_by,
            beneficiary: Beneficiary::PaymentSource(PaymentSourceBeneficiary {
                payment_source_id,
                user_id,
                reference: reference.as_str().to_owned(),
                account_holder_name,
                account_identifiers,
            }),
            metadata,
        }),
        TransactionKind::Transfer { transfer, source } => {
            let source = source.map(to_source);
            wire::Transaction::Transfer(wire::TransferTransaction { id, transfer, source })
        }
    }
}

fn to_source(source: ShownSource) -> ReceivedPaymentSource {
    ReceivedPaymentSource {
        id: source.id,
        user_id: Some(source.user_id),
        account_holder_name: source.account.account_holder_name,
        account_identifiers: source.account.account_identifiers,
    }
}

fn to_remitter(account: PayingAccount, reference: String) -> wire::Remitter {
    wire::Remitter {
        account_holder_name: account.account_holder_name,
        reference: Some(reference).filter(|reference| !reference.is_empty()),
        account_identifiers: account.account_identifiers,
    }
}

fn to_return_for(return_for: ReturnFor) -> wire::ReturnFor {
    match return_for {
        ReturnFor::Payout(id) => wire::ReturnFor::Identified(id),
        ReturnFor::Unknown => wire::ReturnFor::Unknown,
    }
}
