//! What moved on a merchant account, page by page.

use std::ops::Range;

use payout_domain::{
    GatewayPayoutId, MerchantAccountId, PaymentId, Timestamp, TransactionId, TransferId,
    TransferPurpose,
};
use payout_ports::{
    PayingAccount, ReturnFor, Transaction, TransactionKind, TransactionPage, TransactionQuery,
    TransactionType,
};

use super::Book;
use super::account::{Movement, Position};

/// The cursor is not one that this bank gave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that came with a page")]
pub(in crate::bank) struct UnknownCursor;

/// What the statement says of money that came back.
const RETURN_REFERENCE: &str = "RETURN";

impl Book {
    /// A page of what had moved on an account at `horizon`; `None` if there is no such account.
    pub(in crate::bank) fn transactions(
        &self,
        id: MerchantAccountId,
        query: &TransactionQuery,
        horizon: Timestamp,
        page_size: usize,
    ) -> Result<Option<TransactionPage>, UnknownCursor> {
        let asked = asked(query, horizon)?;
        let Some(account) = self.accounts.get(&id) else { return Ok(None) };
        let mut found = account
            .movements(asked.start, asked.end)
            .filter(|(_, movement)| is_asked_for(*movement, query.only))
            .filter_map(|(position, movement)| Some((position, self.told(movement)?)));
        let page: Vec<_> = found.by_ref().take(page_size.max(1)).collect();
        let last = page.last().map(|(position, _)| *position);
        let next_cursor = last.filter(|_| found.next().is_some()).map(cursor);
        let items = page.into_iter().map(|(_, transaction)| transaction).collect();
        Ok(Some(TransactionPage { items, next_cursor }))
    }

    fn told(&self, movement: Movement) -> Option<Transaction> {
        match movement {
            Movement::Payment(id) => self.payment_told(id),
            Movement::Payout(id) => self.payout_told(id),
            Movement::Return(id) => self.return_told(id),
            Movement::Transfer(id) => self.transfer_told(id),
        }
    }

    fn transfer_told(&self, id: TransferId) -> Option<Transaction> {
        let transfer = self.transfer(id)?;
        let source = match transfer.order.purpose {
            TransferPurpose::Refund(payment) => self.source_of(payment),
            TransferPurpose::Payout { .. } => None,
        };
        Some(Transaction {
            id: TransactionId::from_uuid(id.as_uuid()),
            amount: transfer.order.amount,
            kind: TransactionKind::Transfer { transfer: Box::new(transfer.clone()), source },
        })
    }

    fn payment_told(&self, id: PaymentId) -> Option<Transaction> {
        let found = self.payments.get(&id)?;
        let payment = &found.payment;
        Some(Transaction {
            id: found.transaction_id,
            amount: payment.amount,
            kind: TransactionKind::Payment {
                payment_id: id,
                payment_source_id: payment.payment_source_id,
                user_id: payment.user_id.clone(),
                account: PayingAccount {
                    account_holder_name: payment.account_holder_name.clone(),
                    account_identifiers: payment.account_identifiers.clone(),
                },
                settled_at: payment.settled_at,
                metadata: payment.metadata.clone(),
            },
        })
    }

    fn payout_told(&self, id: GatewayPayoutId) -> Option<Transaction> {
        let payout = self.payouts.get(&id)?;
        let order = &payout.order;
        Some(Transaction {
            id: TransactionId::from_uuid(id.as_uuid()),
            amount: order.amount,
            kind: TransactionKind::Payout {
                payout_id: id,
                attached_id: Some(payout.payout_id),
                payment_source_id: order.payment_source_id,
                user_id: order.user_id.clone(),
                account: self.paid_account(id),
                reference: order.reference.clone(),
                created_at: payout.created_at,
                executed_at: payout.executed_at,
                scheme: payout.scheme,
                returned_by: payout.returned_by,
                metadata: order.metadata.clone(),
            },
        })
    }

    fn return_told(&self, id: GatewayPayoutId) -> Option<Transaction> {
        let payout = self.payouts.get(&id)?;
        let (settled_at, _) = *payout.failed.as_ref()?;
        Some(Transaction {
            id: payout.returned_by?,
            amount: payout.order.amount,
            kind: TransactionKind::ExternalPayment {
                remitter: self.paid_account(id),
                reference: RETURN_REFERENCE.into(),
                return_for: Some(ReturnFor::Payout(id)),
                settled_at,
            },
        })
    }

    fn paid_account(&self, id: GatewayPayoutId) -> PayingAccount {
        let payout = self.payouts.get(&id);
        let source = payout.and_then(|payout| self.sources.find(payout.order.payment_source_id));
        source.map_or_else(PayingAccount::default, |source| PayingAccount {
            account_holder_name: source.account_holder_name().map(str::to_owned),
            account_identifiers: source.account_identifiers().to_vec(),
        })
    }
}

fn is_asked_for(movement: Movement, only: Option<TransactionType>) -> bool {
    match (only, movement) {
        (None, _)
        | (Some(TransactionType::Payment), Movement::Payment(_) | Movement::Return(_))
        | (Some(TransactionType::Payout), Movement::Payout(_) | Movement::Transfer(_)) => true,
        (Some(TransactionType::Payment), Movement::Payout(_) | Movement::Transfer(_))
        | (Some(TransactionType::Payout), Movement::Payment(_) | Movement::Return(_)) => false,
    }
}

/// The part of the account that is asked for. Both ends count to the second, as at the provider.
fn asked(query: &TransactionQuery, horizon: Timestamp) -> Result<Range<Position>, UnknownCursor> {
    let start = Position { at: Timestamp::from_seconds(query.from.as_seconds()), sequence: 0 };
    let second_after = query.to.as_seconds().saturating_add(1);
    let end = Position { at: Timestamp::from_seconds(second_after), sequence: 0 };
    let seen = Position { at: horizon, sequence: u64::MAX };
    let after = query.cursor.as_deref().map(parse_cursor).transpose()?;
    Ok(start.max(after.unwrap_or(start))..end.min(seen))
}

/// Where a page ended, in characters that need no escaping in a URL.
fn cursor(position: Position) -> String {
    format!("{}.{}", position.at.as_micros(), position.sequence)
}

/// The first place after the one where a page ended.
fn parse_cursor(text: &str) -> Result<Position, UnknownCursor> {
    let (at, sequence) = text.split_once('.').ok_or(UnknownCursor)?;
    let at = Timestamp::from_micros(at.parse().map_err(|_| UnknownCursor)?);
    let position = Position { at, sequence: sequence.parse().map_err(|_| UnknownCursor)? };
    if cursor(position) != text {
        return Err(UnknownCursor);
    }
    Ok(Position { sequence: position.sequence.saturating_add(1), ..position })
}
