//! Who was paid, as payouts and transactions show it.

use std::fmt;

use payout_domain::{
    AccountIdentifier, PaymentSourceId, Payout, TransferOrder, TransferPurpose, UserId,
};
use serde::Serialize;

use crate::account_identifier;
use crate::json::{self, Value};

/// Who was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beneficiary {
    /// An account that the user has paid in from.
    PaymentSource(PaymentSourceBeneficiary),
    /// A beneficiary of a payout that is not of a closed loop, by its type.
    Other(String),
}

/// A payment source that was paid.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentSourceBeneficiary {
    /// The provider's name for it.
    pub payment_source_id: PaymentSourceId,
    /// Whose it is.
    pub user_id: UserId,
    /// What the user sees on the statement, as the provider shows it.
    pub reference: String,
    /// Whose account it is, if the provider says so.
    pub account_holder_name: Option<String>,
    /// How schemes find the account; empty if the provider does not say.
    pub account_identifiers: Vec<AccountIdentifier>,
}

impl PaymentSourceBeneficiary {
    /// Who a payout of ours pays.
    pub fn of(payout: &Payout) -> Self {
        let order = payout.request().order();
        Self {
            payment_source_id: order.payment_source_id,
            user_id: order.user_id.clone(),
            reference: order.reference.as_str().to_owned(),
            account_holder_name: payout.request().account_holder_name().map(str::to_owned),
            account_identifiers: payout.request().account_identifiers().to_vec(),
        }
    }
}

impl fmt::Debug for PaymentSourceBeneficiary {
    /// Shows everything but the name; identifiers mask themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaymentSourceBeneficiary")
            .field("payment_source_id", &self.payment_source_id)
            .field("user_id", &self.user_id)
            .field("reference", &self.reference)
            .field("account_identifiers", &self.account_identifiers)
            .finish_non_exhaustive()
    }
}

/// How it is written.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum BeneficiaryTwin {
    PaymentSource {
        #[serde(serialize_with = "json::as_text")]
        payment_source_id: PaymentSourceId,
        #[serde(serialize_with = "json::as_text")]
        user_id: UserId,
        reference: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        account_holder_name: Option<String>,
        #[serde(
            skip_serializing_if = "Vec::is_empty",
            serialize_with = "account_identifier::write_list"
        )]
        account_identifiers: Vec<AccountIdentifier>,
    },
    ExternalAccount {
        reference: String,
        account_holder_name: String,
        // The .NET, PHP and Rust clients read the one spelling, the Java client the other.
        #[serde(serialize_with = "account_identifier::write_first")]
        account_identifier: Vec<AccountIdentifier>,
        #[serde(serialize_with = "account_identifier::write_list")]
        account_identifiers: Vec<AccountIdentifier>,
    },
    #[serde(untagged)]
    Other { r#type: String },
}

impl BeneficiaryTwin {
    /// The account of a payout to any account; `None` of a refund.
    pub(crate) fn of_account(order: &TransferOrder) -> Option<Self> {
        let TransferPurpose::Payout { account_holder_name, account_identifier } = &order.purpose
        else {
            return None;
        };
        let all = account_identifier::all_of(std::slice::from_ref(account_identifier));
        Some(Self::ExternalAccount {
            reference: order.reference.as_str().to_owned(),
            account_holder_name: account_holder_name.to_string(),
            account_identifier: vec![account_identifier.clone()],
            account_identifiers: all,
        })
    }
}

impl From<Beneficiary> for BeneficiaryTwin {
    fn from(beneficiary: Beneficiary) -> Self {
        match beneficiary {
            Beneficiary::PaymentSource(source) => source.into(),
            Beneficiary::Other(r#type) => Self::Other { r#type },
        }
    }
}

impl From<PaymentSourceBeneficiary> for BeneficiaryTwin {
    fn from(source: PaymentSourceBeneficiary) -> Self {
        Self::PaymentSource {
            payment_source_id: source.payment_source_id,
            user_id: source.user_id,
            reference: source.reference,
            account_holder_name: source.account_holder_name,
            account_identifiers: account_identifier::all_of(&source.account_identifiers),
        }
    }
}

/// Reads who was paid.
pub(crate) fn read(body: &Value<'_>) -> Option<Beneficiary> {
    let beneficiary = body.require_object("beneficiary")?;
    match beneficiary.require("type")?.text()? {
        "payment_source" => payment_source(&beneficiary).map(Beneficiary::PaymentSource),
        other => Some(Beneficiary::Other(other.to_owned())),
    }
}

fn payment_source(beneficiary: &Value<'_>) -> Option<PaymentSourceBeneficiary> {
    let payment_source_id = beneficiary.required("payment_source_id");
    let user_id = beneficiary.required("user_id");
    let reference = beneficiary.require("reference").and_then(|reference| reference.text());
    let account_holder_name = beneficiary.member("account_holder_name");
    Some(PaymentSourceBeneficiary {
        payment_source_id: payment_source_id?,
        user_id: user_id?,
        reference: reference?.to_owned(),
        account_holder_name: account_holder_name.and_then(|name| name.as_text()).map(str::to_owned),
        account_identifiers: account_identifier::read_known(beneficiary),
    })
}
