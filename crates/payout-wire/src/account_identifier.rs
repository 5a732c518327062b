//! How a scheme finds a bank account, on the wire.

use payout_domain::{AccountIdentifier, Iban, Nrb, SortCodeAccountNumber};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use crate::json::Value;

/// One identifier: an object tagged by `type`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Twin<'a> {
    SortCodeAccountNumber { sort_code: String, account_number: String },
    Iban { iban: &'a str },
    Nrb { nrb: &'a str },
}

impl<'a> From<&'a AccountIdentifier> for Twin<'a> {
    fn from(identifier: &'a AccountIdentifier) -> Self {
        match identifier {
            AccountIdentifier::SortCodeAccountNumber(number) => Self::SortCodeAccountNumber {
                sort_code: number.sort_code(),
                account_number: number.account_number(),
            },
            AccountIdentifier::Iban(iban) => Self::Iban { iban: iban.electronic() },
            AccountIdentifier::Nrb(nrb) => Self::Nrb { nrb: nrb.electronic() },
        }
    }
}

/// Every identifier of the accounts, each once: a UK account is listed by its sort code and account
/// number and by its IBAN wherever the one yields the other.
pub(crate) fn all_of(identifiers: &[AccountIdentifier]) -> Vec<AccountIdentifier> {
    let mut all: Vec<AccountIdentifier> = Vec::new();
    for identifier in identifiers.iter().cloned().flat_map(AccountIdentifier::with_equivalents) {
        if !all.contains(&identifier) {
            all.push(identifier);
        }
    }
    all
}

/// Writes the plural spelling, `account_identifiers`.
pub(crate) fn write_list<S: Serializer>(
    identifiers: &[AccountIdentifier],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(identifiers.iter().map(Twin::from))
}

/// Writes the singular spelling, `account_identifier`: the first of the list. It must not be empty;
/// the member is left out by `skip_serializing_if`.
pub(crate) fn write_first<S: Serializer>(
    identifiers: &[AccountIdentifier],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let first =
        identifiers.first().ok_or_else(|| S::Error::custom("an account without identifier"))?;
    Twin::from(first).serialize(serializer)
}

/// Reads the identifiers that somebody else holds, by both spellings.
///
/// One that cannot be read, or of a type that we do not know, is passed over: identifiers only add to
/// what the provider's id says, and one odd entry must not hide the account.
pub(crate) fn read_known(body: &Value<'_>) -> Vec<AccountIdentifier> {
    let plural = body.member("account_identifiers").map(|list| list.items_if_any());
    let singular = body.member("account_identifier");
    let mut known = Vec::new();
    for identifier in plural.into_iter().flatten().chain(singular).filter_map(|v| known_one(&v)) {
        if !known.contains(&identifier) {
            known.push(identifier);
        }
    }
    known
}

/// Reads an identifier that was given to us to use.
pub(crate) fn read(value: &Value<'_>) -> Option<AccountIdentifier> {
    if !value.is_object() {
        return value
            .refuse("must be an object with a type, such as {\"type\":\"iban\",\"iban\":\"...\"}");
    }
    let kind = value.require("type")?;
    match kind.text()? {
        "iban" => value.required::<Iban>("iban").map(Into::into),
        "nrb" => value.required::<Nrb>("nrb").map(Into::into),
        "sort_code_account_number" => sort_code_account_number(value),
        _ => kind.refuse("is not a type of account; write iban, sort_code_account_number or nrb"),
    }
}

fn sort_code_account_number(value: &Value<'_>) -> Option<AccountIdentifier> {
    let sort_code = value.require("sort_code").and_then(|v| v.text());
    let account_number = value.require("account_number").and_then(|v| v.text());
    match SortCodeAccountNumber::new(sort_code?, account_number?) {
        Ok(number) => Some(number.into()),
        Err(error) => value.refuse(error.to_string()),
    }
}

fn known_one(value: &Value<'_>) -> Option<AccountIdentifier> {
    let text = |name| value.member(name).and_then(|member| member.as_text());
    match text("type")? {
        "iban" => text("iban")?.parse::<Iban>().ok().map(Into::into),
        "nrb" => text("nrb")?.parse::<Nrb>().ok().map(Into::into),
        "sort_code_account_number" => {
            let number = SortCodeAccountNumber::new(text("sort_code")?, text("account_number")?);
            number.ok().map(Into::into)
        }
        _ => None,
    }
}
