//! What is wrong with a request, or with us.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use payout_domain::{Field, Refusals};
use payout_service::{RequestPayoutError, ServiceError, chain};
use payout_wire::InvalidBody;
use payout_wire::problem::{HEAD_TOO_LARGE, HEAD_TOO_LARGE_URI, Problem, ProblemKind};

/// How long whoever brings something new is asked to wait while nothing new is taken on: somebody has to
/// look after that first.
const INTAKE_CLOSED_SECONDS: u64 = 30;

/// What is wrong with a request, or with us: a problem document that has no trace id yet.
///
/// As a response it is empty and carries itself as an extension. The outermost layer knows the trace
/// id and writes the document, so that there is one place where errors are written.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    document: Box<Problem>,
    should_retry: bool,
    /// How many seconds a caller had better wait, where that is known.
    retry_after: Option<u64>,
}

impl Fault {
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        let document = Box::new(Problem::new(kind, detail, ""));
        Self { document, should_retry: kind.should_retry(), retry_after: None }
    }

    pub(crate) fn of(kind: ProblemKind) -> Self {
        Self::new(kind, kind.detail())
    }

    /// Something about one field, parameter or header is wrong.
    pub(crate) fn invalid(field: &str, sentence: impl Into<String>) -> Self {
        let kind = ProblemKind::InvalidParameters;
        Self::new(kind, "The request was invalid.").at(field, sentence)
    }

    /// A header does not prove what it should: the provider has one sentence for all of these, and we
    /// add which header and why.
    pub(crate) fn unauthenticated(header: &str, reason: &dyn fmt::Display) -> Self {
        Self::of(ProblemKind::Unauthenticated).at(header, reason.to_string())
    }

    pub(crate) fn not_found(detail: &str) -> Self {
        Self::new(ProblemKind::NotFound, detail)
    }

    /// The head is too large: a status that the provider has no kind for.
    pub(crate) fn head_too_large(bytes_max: usize) -> Self {
        let document = Box::new(Problem {
            type_uri: HEAD_TOO_LARGE_URI.to_owned(),
            title: HEAD_TOO_LARGE.to_owned(),
            status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.as_u16(),
            detail: format!("Path and headers together must have at most {bytes_max} bytes."),
            trace_id: String::new(),
            errors: None,
        });
        Self { document, should_retry: false, retry_after: None }
    }

    /// Somebody has asked too often, and has to wait for so long.
    pub(crate) fn asked_too_often(wait: Duration) -> Self {
        let mut fault = Self::of(ProblemKind::RateLimitExceeded);
        // Whoever comes back a moment too early would have to wait once more.
        fault.retry_after = Some(wait.as_secs().saturating_add(1));
        fault
    }

    /// Something new cannot be taken on for a while, for this reason.
    pub(crate) fn closed(reason: String) -> Self {
        let mut fault = Self::new(ProblemKind::ServiceUnavailable, reason);
        fault.retry_after = Some(INTAKE_CLOSED_SECONDS);
        fault
    }

    /// A handler has panicked. What with is in the panic's own message, which may hold anything and
    /// so goes where the process writes its panics, and nowhere else.
    pub(crate) fn panicked() -> Response {
        tracing::error!("a handler has panicked");
        Self::of(ProblemKind::UnknownError).into_response()
    }

    /// What the framework has refused by itself.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let found = ProblemKind::ALL.into_iter().find(|kind| kind.status() == status.as_u16());
        match found {
            Some(kind) => Self::of(kind),
            None if status.is_client_error() => {
                Self::new(ProblemKind::InvalidParameters, "The request cannot be read.")
            }
            None => Self::of(ProblemKind::UnknownError),
        }
    }

    /// What a rule of a sandbox says is answered. Of the kinds with one status it is the one that a
    /// repeated write gets.
    pub(crate) fn scripted(status: StatusCode) -> Self {
        let kind = match status.as_u16() {
            409 => Some(ProblemKind::IdempotencyKeyConcurrencyConflict),
            status => ProblemKind::ALL.into_iter().find(|kind| kind.status() == status),
        };
        if let Some(kind) = kind {
            return Self::of(kind);
        }
        let mut fault = Self::of(ProblemKind::UnknownError);
        fault.document.status = status.as_u16();
        fault
    }

    /// The same, with a sentence about a field, parameter or header.
    #[must_use]
    pub(crate) fn at(mut self, field: &str, sentence: impl Into<String>) -> Self {
        let errors = self.document.errors.get_or_insert_default();
        errors.entry(field.to_owned()).or_default().push(sentence.into());
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(crate) fn should_retry(&self) -> bool {
        self.should_retry
    }

    /// How many seconds a caller had better wait, where that is known.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    pub(crate) fn into_document(self, trace_id: &str) -> Problem {
        Problem { trace_id: trace_id.to_owned(), ..*self.document }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<InvalidBody> for Fault {
    fn from(invalid: InvalidBody) -> Self {
        let document = Box::new(Problem::invalid_body(invalid, ""));
        Self { document, should_retry: false, retry_after: None }
    }
}

impl From<Refusals> for Fault {
    fn from(refusals: Refusals) -> Self {
        let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for refusal in refusals.iter() {
            errors
                .entry(json_path(refusal.field()).to_owned())
                .or_default()
                .push(refusal.to_string());
        }
        let mut fault = Self::of(ProblemKind::InvalidParameters);
        fault.document.errors = Some(errors);
        fault
    }
}

impl From<RequestPayoutError> for Fault {
    fn from(error: RequestPayoutError) -> Self {
        match error {
            RequestPayoutError::Refused(refusals) => refusals.into(),
            RequestPayoutError::KeyReused => Self::of(ProblemKind::IdempotencyKeyReuse),
            RequestPayoutError::Service(error) => error.into(),
        }
    }
}

impl From<ServiceError> for Fault {
    /// The cause goes to the log, once; the caller learns what to do.
    fn from(error: ServiceError) -> Self {
        let cause = chain(&error);
        match error {
            ServiceError::StoreUnavailable(_) => {
                tracing::warn!(cause, "a request was turned away");
                Self::of(ProblemKind::ServiceUnavailable)
            }
            ServiceError::ProviderUnavailable(_) => {
                tracing::warn!(cause, "a request was turned away");
                Self::new(
                    ProblemKind::ProviderError,
                    "The provider cannot be reached at the moment, please retry.",
                )
            }
            ServiceError::ProviderRefuses { .. } => {
                tracing::error!(cause, "a request was turned away");
                Self::new(
                    ProblemKind::ProviderError,
                    "The provider does not let this service in. Its operator must look into it.",
                )
            }
            ServiceError::UnknownCursor => Self::invalid(
                "cursor",
                "is not one that came with a page; leave it out to begin anew",
            ),
            ServiceError::TokenOutlivesKey { .. } | ServiceError::Broken(_) => {
                tracing::error!(cause, "a request was turned away");
                Self::of(ProblemKind::UnknownError)
            }
        }
    }
}

/// Where a caller finds the part of an order in its JSON.
fn json_path(field: Field) -> &'static str {
    match field {
        Field::MerchantAccount => "merchant_account_id",
        Field::Amount => "amount_in_minor",
        Field::Currency => "currency",
        Field::PaymentSource => "beneficiary.payment_source_id",
        Field::Reference => "beneficiary.reference",
        Field::Metadata => "metadata",
        Field::SchemeSelection => "scheme_selection",
    }
}
