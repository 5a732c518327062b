//! How a movement is read.

use super::{
    ExternalPayment, MerchantAccountPayment, PayoutTransaction, Remitter, ReturnFor, Transaction,
};
use crate::json::Value;
use crate::{account_identifier, metadata, money, payment_source, payout, scheme};

/// One item of a page.
pub(super) enum Line {
    Known(Box<Transaction>),
    PassedOver(String),
}

pub(super) fn line(body: &Value<'_>) -> Option<Line> {
    let transaction = match body.require("type")?.text()? {
        "merchant_account_payment" => {
            merchant_account_payment(body).map(Transaction::MerchantAccountPayment)
        }
        "external_payment" => external_payment(body).map(Transaction::ExternalPayment),
        "payout" => payout_transaction(body).map(Transaction::Payout),
        other => return Some(Line::PassedOver(other.to_owned())),
    };
    transaction.map(|transaction| Line::Known(Box::new(transaction)))
}

fn merchant_account_payment(body: &Value<'_>) -> Option<MerchantAccountPayment> {
    let id = body.required("id");
    let payment_id = body.required("payment_id");
    let amount = money::amount(body);
    let status = expect_status(body, &["settled"]);
    let settled_at = body.required_time("settled_at");
    let source = body.require_object("payment_source").and_then(|s| payment_source::read(&s));
    let metadata = metadata::read(body);
    status?;
    Some(MerchantAccountPayment {
        id: id?,
        payment_id: payment_id?,
        amount: amount?,
        settled_at: settled_at?,
        payment_source: source?,
        metadata: metadata?,
    })
}

fn external_payment(body: &Value<'_>) -> Option<ExternalPayment> {
    let id = body.required("id");
    let amount = money::amount(body);
    let status = expect_status(body, &["settled"]);
    let settled_at = body.required_time("settled_at");
    let return_for = body.if_any("return_for", return_for);
    status?;
    Some(ExternalPayment {
        id: id?,
        amount: amount?,
        settled_at: settled_at?,
        remitter: body.member("remitter").map(|remitter| read_remitter(&remitter)),
        return_for: return_for?,
    })
}

fn payout_transaction(body: &Value<'_>) -> Option<PayoutTransaction> {
    let id = body.required("id");
    let payout_id = body.required("payout_id");
    let amount = money::amount(body);
    let created_at = body.required_time("created_at");
    let status = expect_status(body, &["pending", "executed"]);
    let executed_at = match status {
        Some("executed") => body.required_time("executed_at").map(Some),
        _ => Some(None),
    };
    let scheme = scheme::read(body);
    let returned_by = body.optional("returned_by");
    let beneficiary = payout::read_beneficiary(body);
    let metadata = metadata::read(body);
    status?;
    Some(PayoutTransaction {
        id: id?,
        payout_id: payout_id?,
        amount: amount?,
        created_at: created_at?,
        executed_at: executed_at?,
        scheme: scheme?,
        returned_by: returned_by?,
        beneficiary: beneficiary?,
        metadata: metadata?,
    })
}

/// Reads the status, which must be one that a movement of this type has.
fn expect_status<'a>(body: &Value<'a>, known: &[&str]) -> Option<&'a str> {
    let status = body.require("status")?;
    let text = status.text()?;
    if known.contains(&text) {
        return Some(text);
    }
    status.refuse("is not a status that this type of transaction has")
}

fn read_remitter(remitter: &Value<'_>) -> Remitter {
    let text = |name| remitter.member(name).and_then(|v| v.as_text()).map(str::to_owned);
    Remitter {
        account_holder_name: text("account_holder_name"),
        reference: text("reference"),
        account_identifiers: account_identifier::read_known(remitter),
    }
}

fn return_for(value: &Value<'_>) -> Option<ReturnFor> {
    let kind = value.require("type")?;
    match kind.text()? {
        "identified" => value.required("returned_id").map(ReturnFor::Identified),
        "unknown" => Some(ReturnFor::Unknown),
        _ => kind.refuse("is neither identified nor unknown"),
    }
}
