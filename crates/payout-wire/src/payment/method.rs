//! How a payment was made.

use payout_domain::{Currency, MerchantAccountId, Payment, Scheme};
use serde::Serialize;

use crate::json::{self, Value};

/// The method as events tell it.
#[derive(Serialize)]
#[serde(tag = "type", rename = "bank_transfer")]
pub(crate) struct MethodTwin {
    provider_id: &'static str,
    #[serde(serialize_with = "json::as_text")]
    scheme_id: Scheme,
}

/// The method as the resource tells it.
#[derive(Serialize)]
#[serde(tag = "type", rename = "bank_transfer")]
pub(super) struct ResourceMethodTwin {
    provider_selection: ProviderSelection,
    beneficiary: Beneficiary,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "user_selected")]
struct ProviderSelection {
    provider_id: &'static str,
    #[serde(serialize_with = "json::as_text")]
    scheme_id: Scheme,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "merchant_account")]
pub(super) struct Beneficiary {
    #[serde(serialize_with = "json::as_text")]
    pub(super) merchant_account_id: MerchantAccountId,
}

impl MethodTwin {
    pub(crate) fn of(payment: &Payment) -> Self {
        let (provider_id, scheme_id) = mock_bank(payment.amount.currency());
        Self { provider_id, scheme_id }
    }
}

impl ResourceMethodTwin {
    pub(super) fn of(payment: &Payment) -> Self {
        let (provider_id, scheme_id) = mock_bank(payment.amount.currency());
        Self {
            provider_selection: ProviderSelection { provider_id, scheme_id },
            beneficiary: Beneficiary { merchant_account_id: payment.merchant_account_id },
        }
    }
}

/// Reads which merchant account the money went to. A payment to anywhere else proves nothing.
pub(super) fn read_merchant_account_id(body: &Value<'_>) -> Option<MerchantAccountId> {
    let method = body.require_object("payment_method")?;
    let beneficiary = method.require_object("beneficiary")?;
    let kind = beneficiary.require("type")?;
    match kind.text()? {
        "merchant_account" => beneficiary.required("merchant_account_id"),
        _ => kind.refuse("is not merchant_account, so the payment opens no loop"),
    }
}

/// Only a sandbox tells of payments, and its payers all bank with the provider's mock banks.
pub(super) fn mock_bank(currency: Currency) -> (&'static str, Scheme) {
    match currency {
        Currency::EUR => ("mock-payments-de-redirect", Scheme::SepaCreditTransferInstant),
        Currency::PLN => ("mock-payments-pl-redirect", Scheme::PolishDomesticExpress),
        Currency::NOK => ("mock-payments-no-redirect", Scheme::NorwegianDomesticCreditTransfer),
        _ => ("mock-payments-gb-redirect", Scheme::FasterPaymentsService),
    }
}

/// The country of the mock bank.
pub(super) fn country_of(currency: Currency) -> Option<&'static str> {
    match currency {
        Currency::GBP => Some("GB"),
        Currency::EUR => Some("DE"),
        Currency::PLN => Some("PL"),
        Currency::NOK => Some("NO"),
        _ => None,
    }
}
