//! Payouts to any account: no service of ours sends one, but a sandbox plays the provider that does.

use std::fmt;

use payout_domain::{
    MerchantAccountId, Metadata, PayoutOrder, Scheme, Transfer, TransferId, TransferOrder,
    TransferPurpose,
};
use serde::Serialize;

use super::CreatePayout;
use super::beneficiary::BeneficiaryTwin;
use super::create;
use crate::json::{self, Value};
use crate::money::MoneyMembers;
use crate::standing::Standing;
use crate::{InvalidBody, account_identifier, metadata};

/// What a caller asks a sandbox for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyPayout {
    /// A payout of the closed loop.
    ClosedLoop(PayoutOrder),
    /// A payout to any account.
    Open(TransferOrder),
}

/// A payout to any account, as a caller sees it.
#[derive(Serialize)]
pub struct OpenPayoutBody<'a> {
    #[serde(serialize_with = "json::as_text")]
    id: TransferId,
    #[serde(serialize_with = "json::as_text")]
    merchant_account_id: MerchantAccountId,
    #[serde(flatten)]
    amount: MoneyMembers,
    #[serde(skip_serializing_if = "Option::is_none")]
    beneficiary: Option<BeneficiaryTwin>,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: &'a Metadata,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    scheme_id: Option<Scheme>,
    #[serde(flatten)]
    standing: Standing,
}

/// The most characters of an account holder's name.
const NAME_MAX: usize = 140;

impl CreatePayout {
    /// Reads what a caller asks a sandbox for: as [`parse`](Self::parse), and payouts to an
    /// `external_account` as well.
    pub fn parse_any(bytes: &[u8]) -> Result<AnyPayout, InvalidBody> {
        let is_open = json::read(bytes, |body| {
            let beneficiary = body.member("beneficiary");
            let kind = beneficiary.and_then(|beneficiary| beneficiary.member("type"));
            Some(kind.and_then(|kind| kind.as_text()) == Some("external_account"))
        })?;
        if is_open {
            return json::read(bytes, open).map(AnyPayout::Open);
        }
        Self::parse(bytes).map(AnyPayout::ClosedLoop)
    }
}

impl OpenPayoutBody<'_> {
    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl<'a> From<&'a Transfer> for OpenPayoutBody<'a> {
    fn from(transfer: &'a Transfer) -> Self {
        let order = &transfer.order;
        Self {
            id: transfer.id,
            merchant_account_id: order.merchant_account_id,
            amount: order.amount.into(),
            beneficiary: BeneficiaryTwin::of_account(order),
            metadata: &order.metadata,
            scheme_id: transfer.scheme,
            standing: Standing::of_transfer(transfer),
        }
    }
}

impl fmt::Debug for OpenPayoutBody<'_> {
    /// Shows neither the beneficiary nor the metadata.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenPayoutBody").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What belongs to no such account, such as a date of birth, is read by nobody here.
fn open(body: &Value<'_>) -> Option<TransferOrder> {
    let merchant_account_id = body.required("merchant_account_id");
    let amount = create::amount(body);
    let beneficiary = body.require_object("beneficiary");
    let beneficiary = beneficiary.and_then(|beneficiary| {
        let holder = beneficiary.require("account_holder_name").and_then(|name| holder(&name));
        let identifier = beneficiary
            .require("account_identifier")
            .and_then(|identifier| account_identifier::read(&identifier));
        let reference = beneficiary.required("reference");
        refuse_members_of_a_source(&beneficiary)?;
        Some((holder?, identifier?, reference?))
    });
    let scheme_selection = body.if_any("scheme_selection", create::scheme_selection);
    let metadata = metadata::read(body);
    scheme_selection?;
    let (account_holder_name, account_identifier, reference) = beneficiary?;
    Some(TransferOrder {
        merchant_account_id: merchant_account_id?,
        amount: amount?,
        reference,
        purpose: TransferPurpose::Payout { account_holder_name, account_identifier },
        metadata: metadata?,
    })
}

/// Whoever names a payment source expects the money to go there.
fn refuse_members_of_a_source(beneficiary: &Value<'_>) -> Option<()> {
    let mut outcome = Some(());
    for member in ["payment_source_id", "user_id"].into_iter().filter_map(|n| beneficiary.member(n))
    {
        outcome = member.refuse("does not belong to an external account; remove it");
    }
    outcome
}

fn holder(value: &Value<'_>) -> Option<Box<str>> {
    let text = value.text()?;
    let fits = !text.trim().is_empty()
        && text.chars().count() <= NAME_MAX
        && !text.chars().any(char::is_control);
    if fits {
        return Some(text.into());
    }
    value.refuse(format!("must be 1 to {NAME_MAX} characters without control characters"))
}
