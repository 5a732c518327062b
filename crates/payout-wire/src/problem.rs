//! Errors, as problem documents (RFC 9457).

mod kind;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::InvalidBody;
use crate::json::{self, Value};

pub use kind::ProblemKind;

/// The type of the answer to a head that is too large: a status that the provider has no kind for.
pub const HEAD_TOO_LARGE_URI: &str =
    "https://docs.truelayer.com/docs/error-types#request-header-fields-too-large";

/// Its title.
pub const HEAD_TOO_LARGE: &str = "Request Header Fields Too Large";

/// An error as the API tells it.
///
/// All five of the first members are always written, because each of the provider's clients fails
/// without another one of them. `errors` maps JSON paths or header names to lists of sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A URI that names the kind of error.
    #[serde(rename = "type")]
    pub type_uri: String,
    /// The kind of error in words. The PHP client compares it.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// The id of the request, to quote to whoever runs the server.
    pub trace_id: String,
    /// What to change, by JSON path or header name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<BTreeMap<String, Vec<String>>>,
}

impl Problem {
    /// An error of a known kind.
    pub fn new(kind: ProblemKind, detail: impl Into<String>, trace_id: impl fmt::Display) -> Self {
        Self {
            type_uri: kind.type_uri(),
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            trace_id: trace_id.to_string(),
            errors: None,
        }
    }

    /// A body that cannot be accepted, with every reason.
    pub fn invalid_body(invalid: InvalidBody, trace_id: impl fmt::Display) -> Self {
        let kind = ProblemKind::InvalidParameters;
        Self::new(kind, kind.detail(), trace_id).with_errors(invalid.into_errors())
    }

    /// The same error, with what to change; nothing to change is not written.
    #[must_use]
    pub fn with_errors(mut self, errors: BTreeMap<String, Vec<String>>) -> Self {
        self.errors = (!errors.is_empty()).then_some(errors);
        self
    }

    /// Which kind of error it is, by status and type; `None` if it is none of ours.
    ///
    /// An older provider's titles differ, and details are prose, so neither is compared.
    pub fn kind(&self) -> Option<ProblemKind> {
        let named = |kind: &ProblemKind| {
            kind.status() == self.status
                && self.type_uri.ends_with(&format!("#{}", kind.fragment()))
        };
        ProblemKind::ALL.into_iter().find(named)
    }

    /// Reads an error. Members that are missing or of another type are empty, as RFC 9457 wants it;
    /// but without a `title` and a `status` it is some other document.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let title = body.require("title").and_then(|title| title.text());
            let status = body.require("status").and_then(|status| http_status(&status));
            let text = |name| body.member(name).and_then(|v| v.as_text()).unwrap_or_default();
            let type_uri = match text("type") {
                "" => "about:blank",
                uri => uri,
            };
            Some(Self {
                type_uri: type_uri.to_owned(),
                title: title?.to_owned(),
                status: status?,
                detail: text("detail").to_owned(),
                trace_id: text("trace_id").to_owned(),
                errors: body.member("errors").and_then(|errors| sentences(&errors)),
            })
        })
    }

    /// Writes it, to be sent as [`media_type::PROBLEM_JSON`](crate::media_type::PROBLEM_JSON).
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

fn http_status(value: &Value<'_>) -> Option<u16> {
    let status = value.whole()?;
    let status = u16::try_from(status).ok().filter(|status| (100..=599).contains(status));
    status.or_else(|| value.refuse("is not an HTTP status"))
}

fn sentences(errors: &Value<'_>) -> Option<BTreeMap<String, Vec<String>>> {
    let of_path = |list: Value<'_>| -> Vec<String> {
        list.items_if_any().iter().filter_map(Value::as_text).map(str::to_owned).collect()
    };
    let errors: BTreeMap<String, Vec<String>> =
        errors.members().map(|(path, list)| (path.to_owned(), of_path(list))).collect();
    (!errors.is_empty()).then_some(errors)
}
