//! `POST /v3/payouts`: what is asked for.

mod beneficiary;

use payout_domain::{
    Currency, MerchantAccountId, Metadata, Money, PayoutOrder, Refusal, Scheme, SchemeSelection,
};
use serde::Serialize;

use crate::InvalidBody;
use crate::json::{self, Value};
use crate::{metadata, money};
use beneficiary::BeneficiaryMembers;

#[cfg(feature = "openapi")]
pub(crate) use beneficiary::OF_OTHER_TYPES;

/// The body of `POST /v3/payouts`.
#[derive(Debug)]
pub struct CreatePayout;

impl CreatePayout {
    /// Reads what a caller asks for, or says everything that is wrong with it.
    ///
    /// Members that are not of this API are ignored, and a `null` is absent; the provider's clients
    /// send both. `sub_merchants` must be an object and is not used: it describes the merchant to the
    /// provider, and says nothing of the loop. What belongs to another type of beneficiary, such as an
    /// `iban`, is refused: whoever sends one expects the money to go there.
    pub fn parse(bytes: &[u8]) -> Result<PayoutOrder, InvalidBody> {
        json::read(bytes, |body| {
            let merchant_account_id = body.required::<MerchantAccountId>("merchant_account_id");
            let amount = amount(body);
            let beneficiary = body.require("beneficiary").and_then(|b| beneficiary::read(&b));
            let scheme_selection = body.if_any("scheme_selection", scheme_selection);
            let metadata = metadata::read(body);
            let sub_merchants = body.if_any("sub_merchants", object);

            sub_merchants?;
            let beneficiary = beneficiary?;
            Some(PayoutOrder {
                merchant_account_id: merchant_account_id?,
                user_id: beneficiary.user_id,
                payment_source_id: beneficiary.payment_source_id,
                amount: amount?,
                reference: beneficiary.reference,
                scheme_selection: scheme_selection?.unwrap_or_default(),
                metadata: metadata?,
            })
        })
    }

    /// Writes what a client sends. The bytes depend on the arguments alone, so they can be frozen
    /// with the payout and sent again.
    ///
    /// `extra` is one more pair of metadata, by which the sender can find the payout again. It is left
    /// out where the caller's own pairs leave no room for it: they come first.
    pub fn render(order: &PayoutOrder, extra: Option<(&str, &str)>) -> Vec<u8> {
        json::to_bytes(&Twin {
            merchant_account_id: order.merchant_account_id,
            amount_in_minor: order.amount.minor(),
            currency: order.amount.currency(),
            beneficiary: BeneficiaryMembers::from(order),
            scheme_selection: order.scheme_selection.into(),
            metadata: with_extra(&order.metadata, extra),
        })
    }
}

#[derive(Serialize)]
struct Twin<'a> {
    #[serde(serialize_with = "json::as_text")]
    merchant_account_id: MerchantAccountId,
    amount_in_minor: u64,
    #[serde(serialize_with = "json::as_text")]
    currency: Currency,
    beneficiary: BeneficiaryMembers<'a>,
    scheme_selection: SchemeSelectionTwin,
    #[serde(skip_serializing_if = "Metadata::is_empty", serialize_with = "metadata::write")]
    metadata: Metadata,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum SchemeSelectionTwin {
    InstantOnly,
    InstantPreferred,
    Preselected {
        #[serde(serialize_with = "json::as_text")]
        scheme_id: Scheme,
    },
}

impl From<SchemeSelection> for SchemeSelectionTwin {
    fn from(selection: SchemeSelection) -> Self {
        match selection {
            SchemeSelection::InstantOnly => Self::InstantOnly,
            SchemeSelection::InstantPreferred => Self::InstantPreferred,
            SchemeSelection::Preselected(scheme_id) => Self::Preselected { scheme_id },
        }
    }
}

/// The domain refuses nothing as an amount; it is said here, together with all the rest.
pub(super) fn amount(body: &Value<'_>) -> Option<Money> {
    let amount = money::amount(body)?;
    if amount.is_zero() {
        return body.refuse_member("amount_in_minor", Refusal::AmountZero.to_string());
    }
    Some(amount)
}

pub(super) fn scheme_selection(value: &Value<'_>) -> Option<SchemeSelection> {
    object(value)?;
    let kind = value.require("type")?;
    match kind.text()? {
        "instant_only" => Some(SchemeSelection::InstantOnly),
        "instant_preferred" => Some(SchemeSelection::InstantPreferred),
        "preselected" => value.required("scheme_id").map(SchemeSelection::Preselected),
        _ => kind.refuse(
            "is not a way to select a scheme; write instant_only, instant_preferred or preselected",
        ),
    }
}

fn object(value: &Value<'_>) -> Option<()> {
    if value.is_object() { Some(()) } else { value.refuse("must be an object, in braces") }
}

fn with_extra(metadata: &Metadata, extra: Option<(&str, &str)>) -> Metadata {
    let Some(extra) = extra else { return metadata.clone() };
    // Too many pairs, or a key that is taken: then it stays as it was.
    Metadata::new(metadata.pairs().chain([extra])).unwrap_or_else(|_| metadata.clone())
}
