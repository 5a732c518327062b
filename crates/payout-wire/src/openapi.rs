//! What the bodies look like, in the words of OpenAPI 3.1: for the document that a server shows.
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
    /// What its body is called in [`described`], by whom it is told.
    pub body: &'static str,
    /// What has happened.
    pub summary: &'static str,
    /// Whether only a sandbox tells it.
    pub sandbox_only: bool,
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
