//! The words that all bodies share.

use payout_domain::{FailureReason, Metadata, Money, Reference, Scheme};
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, ObjectBuilder};
use utoipa::openapi::{KnownFormat, SchemaFormat, Type};

use super::Described;
use super::shape::{Members, Part, any, either, list, named, one_of, part, pattern, text, whole};

/// One line without control characters, at least one of which can be seen.
pub(super) const A_LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*[^\u0000-\u001f\u007f-\u009f\s][^\u0000-\u001f\u007f-\u009f]*$";

/// The names that callers give.
pub(super) const A_NAME: &str = "^[A-Za-z0-9_.-]{1,64}$";

pub(super) fn all() -> Vec<Described> {
    [texts(), accounts()].concat()
}

fn texts() -> Vec<Described> {
    vec![
        part("Id", id()),
        part("Name", pattern(A_NAME).description(Some("A name that its owner has chosen."))),
        part("MinorUnits", minor_units()),
        part("Currency", currency()),
        part("Time", time(6, "A time in UTC, to the microsecond.")),
        part("EventTime", time(3, "A time in UTC, to the millisecond.")),
        part("AskedTime", asked_time()),
        part("Reference", reference()),
        part("Metadata", metadata()),
        part("SchemeId", scheme_id()),
        part("FailureReason", failure_reason()),
        part("IdempotencyKey", idempotency_key()),
        part("Cursor", text().description(Some("Where a page begins, as the one before said."))),
        part("Segment", pattern("^[A-Za-z0-9._~-]+$")),
        part("Signature", pattern(r"^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+$")),
        part("Pagination", pagination()),
    ]
}

fn id() -> ObjectBuilder {
    pattern("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
        .format(Some(SchemaFormat::Custom("uuid".to_owned())))
        .description(Some("A UUID in lower case with hyphens, which has no other spelling."))
}

fn minor_units() -> ObjectBuilder {
    whole(0, Money::MAX_MINOR).description(Some(
        "Minor units of the currency, such as pence or cents. Written without quotes, sign, fraction \
         and exponent.",
    ))
}

fn currency() -> ObjectBuilder {
    pattern("^[A-Z]{3}$").description(Some("A code of ISO 4217."))
}

fn time(digits: u8, sentence: &str) -> ObjectBuilder {
    let form = format!(
        "^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}\\.[0-9]{{{digits}}}Z$"
    );
    pattern(&form)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some(sentence))
}

fn asked_time() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).description(Some(
        "Any time of RFC 3339, which always has its zone. Digits beyond microseconds are cut off.",
    ))
}

/// The signs of language tags, above 2¹⁶, are refused as well; no dialect has one spelling for them.
fn reference() -> ObjectBuilder {
    const HIDDEN: &str = r"\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\uffff";
    pattern(&format!("^[^{HIDDEN}]*[^{HIDDEN}\\s][^{HIDDEN}]*$"))
        .min_length(Some(1))
        .max_length(Some(Reference::LIMIT))
        .description(Some(
            "What is seen on the statement: visible characters. What looks like a card number is \
             refused; with strict references, so is what the scheme does not carry everywhere.",
        ))
}

fn metadata() -> ObjectBuilder {
    let key = pattern(r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]+$")
        .min_length(Some(1))
        .max_length(Some(Metadata::KEY_MAX));
    let value = pattern(r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$")
        .max_length(Some(Metadata::VALUE_MAX));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property_names(Some(key))
        .additional_properties(Some(AdditionalProperties::RefOr(value.into())))
        .max_properties(Some(Metadata::PAIRS_MAX))
        .description(Some("Pairs of texts that the caller wants to find again."))
}

fn scheme_id() -> ObjectBuilder {
    one_of(Scheme::ALL.map(Scheme::id)).description(Some("The rails on which the money moves."))
}

fn failure_reason() -> ObjectBuilder {
    let named: Vec<_> = FailureReason::NAMED.iter().map(FailureReason::as_str).collect();
    text().min_length(Some(1)).description(Some(format!(
        "Why it failed: {}, or whatever the provider will have added.",
        named.join(", ")
    )))
}

/// Spaces may stand between two characters, never first or last: there they are no part of a header.
fn idempotency_key() -> ObjectBuilder {
    pattern("^[!-~]([ -~]*[!-~])?$").min_length(Some(1)).max_length(Some(255)).description(Some(
        "1 to 255 visible ASCII characters; spaces may stand between them. A UUID is good.",
    ))
}

fn pagination() -> Members {
    Members::told("").must("next_cursor", text(), "What to say as `cursor` for the next page.")
}

fn accounts() -> Vec<Described> {
    let sort_code = || {
        Members::told("The UK's own form.")
            .tag("type", "sort_code_account_number")
            .must("sort_code", pattern("^[0-9]{6}$"), "")
            .must("account_number", pattern("^[0-9]{8}$"), "")
    };
    let nrb = || {
        Members::told("Poland's own form.").tag("type", "nrb").must(
            "nrb",
            pattern("^[0-9]{26}$"),
            "Check digits must fit.",
        )
    };
    let iban = |form| {
        Members::told("The form of ISO 13616.").tag("type", "iban").must(
            "iban",
            pattern(form),
            "Length and check digits must fit the country.",
        )
    };
    let told = [sort_code(), iban("^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"), nrb()];
    let asked = [sort_code(), iban("^[A-Za-z0-9 ]{15,42}$"), nrb()];
    vec![
        part("AccountIdentifier", either(told)),
        part("AskedAccountIdentifier", either(asked)),
        part("AccountIdentifiers", list(named("AccountIdentifier"))),
        part("AccountHolderName", holder_name()),
    ]
}

/// The name of an account's holder as callers give it.
fn holder_name() -> ObjectBuilder {
    pattern(A_LINE).min_length(Some(1)).max_length(Some(140))
}

/// At least one of these members must be there.
pub(super) fn some_of(members: impl IntoIterator<Item = (&'static str, Part)>) -> AnyOfBuilder {
    any(members.into_iter().map(|(name, schema)| {
        ObjectBuilder::new().schema_type(Type::Object).property(name, schema).required(name)
    }))
}
