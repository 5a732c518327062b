//! `GET /v3/merchant-accounts/{id}/transactions`: what moved on a merchant account.

mod read;
mod twin;

use std::fmt;

use payout_domain::{
    AccountIdentifier, GatewayPayoutId, Metadata, Money, PaymentId, Scheme, Timestamp,
    TransactionId, Transfer,
};

use crate::InvalidBody;
use crate::json;
use crate::page::{self, Page};
use crate::payment_source::ReceivedPaymentSource;
use crate::payout::Beneficiary;

/// One movement on a merchant account.
///
/// Where a provider lists a refund, whoever reads the page passes it over and says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// A payment of a user has settled.
    MerchantAccountPayment(MerchantAccountPayment),
    /// Money came in past the API: a transfer by hand, or a payout that was sent back.
    ExternalPayment(ExternalPayment),
    /// A payout.
    Payout(PayoutTransaction),
    /// A refund, or a payout to any account, as a sandbox lists them. Never read.
    Transfer(TransferTransaction),
}

/// A payment of a user that has settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerchantAccountPayment {
    /// The name of the movement.
    pub id: TransactionId,
    /// The name of the payment, which is another one.
    pub payment_id: PaymentId,
    /// How much came in.
    pub amount: Money,
    /// When.
    pub settled_at: Timestamp,
    /// The account that it came from.
    pub payment_source: ReceivedPaymentSource,
    /// What was attached to the payment.
    pub metadata: Metadata,
}

/// Money that came in past the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalPayment {
    /// The name of the movement.
    pub id: TransactionId,
    /// How much came in.
    pub amount: Money,
    /// When.
    pub settled_at: Timestamp,
    /// Who sent it, if the provider says so.
    pub remitter: Option<Remitter>,
    /// Whether it is a payout that was sent back, and which.
    pub return_for: Option<ReturnFor>,
}

/// Who sent money past the API.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Remitter {
    /// Whose account it came from.
    pub account_holder_name: Option<String>,
    /// What stands on our statement.
    pub reference: Option<String>,
    /// How schemes find the account that it came from.
    pub account_identifiers: Vec<AccountIdentifier>,
}

/// What was sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnFor {
    /// This payout.
    Identified(GatewayPayoutId),
    /// Something, but the provider does not know what.
    Unknown,
}

/// A payout. One that failed before it was executed never moved anything and is not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutTransaction {
    /// The name of the movement; the provider gives it the name of the payout.
    pub id: TransactionId,
    /// The name of the payout.
    pub payout_id: GatewayPayoutId,
    /// How much went out, or is about to.
    pub amount: Money,
    /// When the payout was created.
    pub created_at: Timestamp,
    /// When it was executed; until then it is pending.
    pub executed_at: Option<Timestamp>,
    /// By which scheme, if known.
    pub scheme: Option<Scheme>,
    /// The movement by which it came back.
    pub returned_by: Option<TransactionId>,
    /// Who was paid.
    pub beneficiary: Beneficiary,
    /// What was attached to the payout.
    pub metadata: Metadata,
}

/// Money that left outside the closed loop. It is written and never read: a reader takes a refund for
/// a movement that it does not know, and a payout to any account for one of another type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferTransaction {
    /// The name of the movement; the provider gives it the name of the transfer.
    pub id: TransactionId,
    /// The transfer.
    pub transfer: Box<Transfer>,
    /// For a refund, where it goes back to.
    pub source: Option<ReceivedPaymentSource>,
}

/// Movements on a merchant account, one page of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionPage {
    /// The movements that we understand.
    pub items: Vec<Transaction>,
    /// The types of those that we do not, each as often as it occurred. Never written.
    pub passed_over: Vec<String>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
}

impl TransactionPage {
    /// These movements, and where the next page begins if there is one. The .NET client sends the
    /// cursor back as it is, so it must be made of characters that a URL takes.
    pub fn new(items: Vec<Transaction>, next_cursor: Option<String>) -> Self {
        Self { items, passed_over: Vec::new(), next_cursor }
    }

    /// Reads a page. A movement of an unknown type is passed over, and said to be; one of a known type
    /// that cannot be read refuses the page, because a statement with a hole is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let next_cursor = page::next_cursor(body);
            let lines = body.require_items("items", read::line)?;
            let mut page = Self::new(Vec::with_capacity(lines.len()), next_cursor?);
            for line in lines {
                match line {
                    read::Line::Known(transaction) => page.items.push(*transaction),
                    read::Line::PassedOver(kind) => page.passed_over.push(kind),
                }
            }
            Some(page)
        })
    }

    /// Writes the movements.
    pub fn to_bytes(&self) -> Vec<u8> {
        let items: Vec<_> = self.items.iter().map(twin::Twin::from).collect();
        json::to_bytes(&Page::new(items, self.next_cursor.clone()))
    }
}

impl fmt::Debug for Remitter {
    /// Shows everything but the name; identifiers mask themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remitter")
            .field("account_identifiers", &self.account_identifiers)
            .finish_non_exhaustive()
    }
}
