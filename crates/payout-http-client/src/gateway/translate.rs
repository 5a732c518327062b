//! From the provider's words to ours.

use payout_domain::{
    Currency, GatewayPayoutId, MerchantAccountId, Metadata, PaymentSource, PayoutId, Reference,
    Timestamp, UserId,
};
use payout_ports::{
    PayingAccount, ReadError, ReportedPayout, ReturnFor, Transaction, TransactionKind,
    TransactionPage,
};
use payout_wire::payment_source::ReceivedPaymentSource;
use payout_wire::payout::{Beneficiary, ReceivedPayout};
use payout_wire::transaction as wire;

use super::PAYOUT_ID;
use super::read::{OtherThing, unreadable};

#[derive(Debug, thiserror::Error)]
#[error("the payout does not go to a payment source")]
struct NotClosedLoop;

#[derive(Debug, thiserror::Error)]
#[error("the payment of a transaction has no user")]
struct NoUser;

/// A payout as the provider tells it, which must be the one that was asked for, and one of a closed
/// loop: we make no others.
pub(super) fn reported(
    payout: ReceivedPayout,
    asked: GatewayPayoutId,
) -> Result<ReportedPayout, ReadError> {
    if payout.id != asked {
        return Err(unreadable(OtherThing));
    }
    match payout.beneficiary {
        Beneficiary::PaymentSource(_) => {}
        Beneficiary::Other(_) => return Err(unreadable(NotClosedLoop)),
    }
    Ok(ReportedPayout {
        id: payout.id,
        payout_id: attached_id(&payout.metadata),
        amount: payout.amount,
        earlier: payout.earlier(),
        status: payout.status,
    })
}

/// Our own name for a payout, as it was attached.
fn attached_id(metadata: &Metadata) -> Option<PayoutId> {
    metadata.get(PAYOUT_ID).and_then(|id| id.parse().ok())
}

/// The sources of a user. One that is said to be somebody else's is not the user's.
pub(super) fn sources(
    listed: Vec<ReceivedPaymentSource>,
    user_id: &UserId,
    asked: (MerchantAccountId, Currency),
    at: Timestamp,
) -> Vec<PaymentSource> {
    let source = |source: ReceivedPaymentSource| {
        let account = (source.account_holder_name, source.account_identifiers);
        PaymentSource::listed(source.id, user_id.clone(), asked, account, at)
    };
    let is_theirs = |source: &ReceivedPaymentSource| {
        source.user_id.as_ref().is_none_or(|owner| owner == user_id)
    };
    listed.into_iter().filter(is_theirs).map(source).collect()
}

/// The movements that concern payments and payouts of users; others are passed over.
pub(crate) fn transactions(page: wire::TransactionPage) -> Result<TransactionPage, ReadError> {
    for kind in &page.passed_over {
        tracing::debug!(kind, "a transaction of an unknown type is passed over");
    }
    let translated = page.items.into_iter().filter_map(|item| translate(item).transpose());
    Ok(TransactionPage {
        items: translated.collect::<Result<_, _>>()?,
        next_cursor: page.next_cursor,
    })
}

fn translate(transaction: wire::Transaction) -> Result<Option<Transaction>, ReadError> {
    match transaction {
        wire::Transaction::MerchantAccountPayment(it) => payment(it).map(Some),
        wire::Transaction::ExternalPayment(it) => Ok(Some(external_payment(it))),
        wire::Transaction::Payout(it) => payout(it),
        // It is never read, and it is none of the closed loop.
        wire::Transaction::Transfer(_) => Ok(None),
    }
}

fn payment(it: wire::MerchantAccountPayment) -> Result<Transaction, ReadError> {
    let source = it.payment_source;
    let kind = TransactionKind::Payment {
        payment_id: it.payment_id,
        payment_source_id: source.id,
        user_id: source.user_id.ok_or_else(|| unreadable(NoUser))?,
        account: PayingAccount {
            account_holder_name: source.account_holder_name,
            account_identifiers: source.account_identifiers,
        },
        settled_at: it.settled_at,
        metadata: it.metadata,
    };
    Ok(Transaction { id: it.id, amount: it.amount, kind })
}

fn external_payment(it: wire::ExternalPayment) -> Transaction {
    let remitter = it.remitter.unwrap_or_default();
    let kind = TransactionKind::ExternalPayment {
        remitter: PayingAccount {
            account_holder_name: remitter.account_holder_name,
            account_identifiers: remitter.account_identifiers,
        },
        reference: remitter.reference.unwrap_or_default(),
        return_for: it.return_for.map(|returned| match returned {
            wire::ReturnFor::Identified(id) => ReturnFor::Payout(id),
            wire::ReturnFor::Unknown => ReturnFor::Unknown,
        }),
        settled_at: it.settled_at,
    };
    Transaction { id: it.id, amount: it.amount, kind }
}

/// A payout to a user. The merchant's own withdrawals are none, and not ours to tell.
fn payout(it: wire::PayoutTransaction) -> Result<Option<Transaction>, ReadError> {
    let beneficiary = match it.beneficiary {
        Beneficiary::PaymentSource(beneficiary) => beneficiary,
        Beneficiary::Other(_) => return Ok(None),
    };
    let kind = TransactionKind::Payout {
        payout_id: it.payout_id,
        attached_id: attached_id(&it.metadata),
        payment_source_id: beneficiary.payment_source_id,
        user_id: beneficiary.user_id,
        account: PayingAccount {
            account_holder_name: beneficiary.account_holder_name,
            account_identifiers: beneficiary.account_identifiers,
        },
        reference: beneficiary.reference.parse::<Reference>().map_err(unreadable)?,
        created_at: it.created_at,
        executed_at: it.executed_at,
        scheme: it.scheme,
        returned_by: it.returned_by,
        metadata: it.metadata,
    };
    Ok(Some(Transaction { id: it.id, amount: it.amount, kind }))
}
