//! Refunds of a payment, at `/v3/payments/{id}/refunds`.

use std::fmt;

use payout_domain::{Metadata, Reference, Transfer, TransferId};
use serde::Serialize;

use crate::json::{self, Value};
use crate::money::MoneyMembers;
use crate::page::Page;
use crate::standing::Standing;
use crate::{InvalidBody, metadata};

/// What a caller asks for: pay this payment back.
#[derive(Clone, PartialEq, Eq)]
pub struct CreateRefund {
    /// How many minor units; all that is left of the payment if nothing is said.
    pub amount_in_minor: Option<u64>,
    /// What its user sees on the statement.
    pub reference: Reference,
    /// What the caller wants to find again.
    pub metadata: Metadata,
}

/// The answer to it, with status 202.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CreatedRefund {
    #[serde(serialize_with = "json::as_text")]
    id: TransferId,
}

/// A refund, as a caller sees it.
#[derive(Serialize)]
pub struct RefundBody<'a> {
    #[serde(serialize_with = "json::as_text")]
    id: TransferId,
    #[serde(flatten)]
    amount: MoneyMembers,
    reference: &'a str,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: &'a Metadata,
    #[serde(flatten)]
    standing: Standing,
}

/// The refunds of a payment.
pub struct RefundList<'a>(Page<RefundBody<'a>>);

#[derive(Serialize)]
struct Twin<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_in_minor: Option<u64>,
    reference: &'a str,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: &'a Metadata,
}

impl CreateRefund {
    /// Reads what a caller asks for, or says everything that is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let amount_in_minor = body.if_any("amount_in_minor", Value::whole);
            let reference = body.required("reference");
            let metadata = metadata::read(body);
            Some(Self {
                amount_in_minor: amount_in_minor?,
                reference: reference?,
                metadata: metadata?,
            })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&Twin {
            amount_in_minor: self.amount_in_minor,
            reference: self.reference.as_str(),
            metadata: &self.metadata,
        })
    }
}

impl CreatedRefund {
    /// The answer for this refund.
    pub const fn new(id: TransferId) -> Self {
        Self { id }
    }

    /// Writes it.
    pub fn to_bytes(self) -> Vec<u8> {
        json::to_bytes(&self)
    }
}

impl RefundBody<'_> {
    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl<'a> From<&'a Transfer> for RefundBody<'a> {
    fn from(transfer: &'a Transfer) -> Self {
        Self {
            id: transfer.id,
            amount: transfer.order.amount.into(),
            reference: transfer.order.reference.as_str(),
            metadata: &transfer.order.metadata,
            standing: Standing::of_transfer(transfer),
        }
    }
}

impl<'a> RefundList<'a> {
    /// Takes the refunds.
    pub fn new(refunds: impl IntoIterator<Item = &'a Transfer>) -> Self {
        Self(Page::new(refunds.into_iter().map(RefundBody::from).collect(), None))
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&self.0)
    }
}

impl fmt::Debug for CreateRefund {
    /// Shows no metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateRefund")
            .field("amount_in_minor", &self.amount_in_minor)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RefundBody<'_> {
    /// Shows no metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefundBody").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for RefundList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0.items).finish()
    }
}
