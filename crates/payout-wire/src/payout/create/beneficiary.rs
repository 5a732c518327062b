//! Who is to be paid: in a closed loop, always a payment source.

use payout_domain::{PaymentSourceId, PayoutOrder, Reference, UserId};
use serde::Serialize;

use crate::json::{self, Value};

/// The four members of a beneficiary that is a payment source.
#[derive(Serialize)]
#[serde(tag = "type", rename = "payment_source")]
pub(super) struct BeneficiaryMembers<'a> {
    #[serde(serialize_with = "json::as_text")]
    payment_source_id: PaymentSourceId,
    user_id: &'a str,
    reference: &'a str,
}

impl<'a> From<&'a PayoutOrder> for BeneficiaryMembers<'a> {
    fn from(order: &'a PayoutOrder) -> Self {
        Self {
            payment_source_id: order.payment_source_id,
            user_id: order.user_id.as_str(),
            reference: order.reference.as_str(),
        }
    }
}

/// What a caller says of the beneficiary.
pub(super) struct Beneficiary {
    pub(super) payment_source_id: PaymentSourceId,
    pub(super) user_id: UserId,
    pub(super) reference: Reference,
}

/// Members of the other types of beneficiary. Each says where money should go, and here that is the
/// payment source's to say.
pub(crate) const OF_OTHER_TYPES: [&str; 12] = [
    "account_holder_name",
    "account_identifier",
    "account_identifiers",
    "account_number",
    "address",
    "date_of_birth",
    "iban",
    "nrb",
    "provider_selection",
    "sort_code",
    "user",
    "verification",
];

pub(super) fn read(beneficiary: &Value<'_>) -> Option<Beneficiary> {
    if !beneficiary.is_object() {
        return beneficiary.refuse("must be an object, in braces");
    }
    let kind = beneficiary.require("type").map(|kind| check_type(&kind));
    if let Some(None) = kind {
        // Of another type, the members mean something else.
        return None;
    }
    let foreign = refuse_members_of_other_types(beneficiary);
    let payment_source_id = beneficiary.required("payment_source_id");
    let user_id = beneficiary.required("user_id");
    let reference = beneficiary.required("reference");
    kind?;
    foreign?;
    Some(Beneficiary {
        payment_source_id: payment_source_id?,
        user_id: user_id?,
        reference: reference?,
    })
}

fn check_type(kind: &Value<'_>) -> Option<()> {
    match kind.text()? {
        "payment_source" => Some(()),
        "external_account" | "business_account" | "user_determined" => kind.refuse(
            "must be payment_source: this is a closed loop, money goes back only to an account that \
             has paid in",
        ),
        _ => kind.refuse("is not a type of beneficiary; write payment_source"),
    }
}

fn refuse_members_of_other_types(beneficiary: &Value<'_>) -> Option<()> {
    let mut outcome = Some(());
    for member in OF_OTHER_TYPES.into_iter().filter_map(|name| beneficiary.member(name)) {
        outcome = member.refuse("does not belong to a payment source; remove it");
    }
    outcome
}
