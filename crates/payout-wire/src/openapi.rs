//! What the bodies look like, in the words of `OpenAPI` 3.1: for the document that a server shows.
//!
//! A schema says no less than the reader beside it demands, and nothing that it does not. What is
//! written never holds a `null`, and may have members one day that are not named here; what is read
//! takes a `null` for an absent member, and ignores what it does not know unless it says otherwise.
//! Two rules have no schema: that a number is written without a fraction even if that is zero, and that
//! no member occurs twice.
//!
//! Examples are the golden files, which the writers write and the readers read.

mod events;
mod merchant_accounts;
mod operators;
mod payments;
mod payouts;
mod problems;
mod refunds;
mod sandbox;
mod shape;
mod simulated;
mod tokens;
mod words;

use std::collections::BTreeSet;

use serde_json::{Value, to_value};
use utoipa::openapi::{RefOr, Schema};

pub use problems::name as problem_name;

/// A body or a part of one, under the name by which a document refers to it.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its name in the document, such as `CreatePayout`.
    pub name: &'static str,
    /// What it looks like.
    pub schema: RefOr<Schema>,
    /// Bodies of this form; none for what is only ever a part.
    pub examples: Vec<Example>,
}

/// A body, to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// What it is called, such as `payout_executed`.
    pub name: &'static str,
    /// The body itself, printed with indentation.
    pub json: &'static str,
}

/// An event that we tell clients by webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldEvent {
    /// Its type, such as `payout_executed`.
    pub event_type: &'static str,
    /// What has happened.
    pub summary: &'static str,
    /// What its body looks like: the names of descriptions.
    pub bodies: &'static [&'static str],
    /// What it looks like, too, where a sandbox tells it.
    pub of_sandbox: &'static [&'static str],
}

/// Everything that a document can refer to. A server needs only what its own routes name.
pub fn described() -> Vec<Described> {
    [
        words::all(),
        payouts::all(),
        merchant_accounts::all(),
        payments::all(),
        simulated::all(),
        refunds::all(),
        tokens::all(),
        problems::all(),
        events::all(),
        operators::all(),
        sandbox::all(),
    ]
    .concat()
}

/// What these names mean, with everything that they refer to.
pub fn with_parts<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Described> {
    let mut wanted: BTreeSet<String> = names.into_iter().map(str::to_owned).collect();
    let all = described();
    loop {
        let known = wanted.len();
        let found = all.iter().filter(|it| wanted.contains(it.name)).map(|it| to_value(&it.schema));
        let found: Vec<_> = found.collect();
        // Memory takes everything, and every key of a schema is a text.
        found.iter().flatten().for_each(|schema| references(schema, &mut wanted));
        if wanted.len() == known {
            return all.into_iter().filter(|it| wanted.contains(it.name)).collect();
        }
    }
}

fn references(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            let named = members.get("$ref").and_then(Value::as_str);
            let named = named.and_then(|named| named.strip_prefix("#/components/schemas/"));
            found.extend(named.map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The events that we tell.
pub fn told_events() -> &'static [ToldEvent] {
    &events::TOLD
}

/// Examples that are golden files, by their names.
macro_rules! golden {
    ($($name:literal),* $(,)?) => {
        vec![$(crate::openapi::Example {
            name: $name,
            json: include_str!(concat!("../../tests/golden/", $name, ".json")),
        }),*]
    };
}

pub(crate) use golden;
