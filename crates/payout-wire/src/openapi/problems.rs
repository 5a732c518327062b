//! Errors.

use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{SchemaFormat, Type};

use super::shape::{Members, body, list, one_of, pattern, text};
use super::{Described, Example, golden};
use crate::problem::ProblemKind;

/// The name of the kind's schema in a document.
pub fn name(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::InvalidParameters => "InvalidParameters",
        ProblemKind::InvalidState => "InvalidState",
        ProblemKind::Unauthenticated => "Unauthenticated",
        ProblemKind::Forbidden => "Forbidden",
        ProblemKind::NotFound => "NotFound",
        ProblemKind::ConcurrencyConflict => "ConcurrencyConflict",
        ProblemKind::IdempotencyKeyConcurrencyConflict => "IdempotencyKeyConcurrencyConflict",
        ProblemKind::IdempotencyKeyReuse => "IdempotencyKeyReuse",
        ProblemKind::RateLimitExceeded => "RateLimitExceeded",
        ProblemKind::UnknownError => "UnknownError",
        ProblemKind::ProviderError => "ProviderError",
        ProblemKind::MethodNotAllowed => "MethodNotAllowed",
        ProblemKind::RequestTimeout => "RequestTimeout",
        ProblemKind::PayloadTooLarge => "PayloadTooLarge",
        ProblemKind::UnsupportedMediaType => "UnsupportedMediaType",
        ProblemKind::DecisionRefused => "DecisionRefused",
        ProblemKind::ServiceUnavailable => "ServiceUnavailable",
    }
}

pub(super) fn all() -> Vec<Described> {
    let kinds = ProblemKind::ALL.into_iter().map(of_kind);
    kinds.chain([head_too_large()]).collect()
}

fn of_kind(kind: ProblemKind) -> Described {
    let schema = problem(&kind.type_uri(), kind.title(), kind.status());
    body(name(kind), schema, examples(kind))
}

/// A status that the provider has no kind for.
fn head_too_large() -> Described {
    let uri = crate::problem::HEAD_TOO_LARGE_URI;
    body("HeadTooLarge", problem(uri, crate::problem::HEAD_TOO_LARGE, 431), vec![])
}

/// All five are always there, because each of the provider's clients fails without another one.
fn problem(type_uri: &str, title: &str, status: u16) -> Members {
    let status = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .enum_values(Some([serde_json::Value::from(status)]));
    Members::told("")
        .must("type", one_of([type_uri]).format(Some(uri())), "")
        .tag("title", title)
        .must("status", status, "The HTTP status.")
        .must("detail", text(), "What happened this time, for people.")
        .must("trace_id", pattern("^[0-9a-f]{32}$"), "To quote to whoever runs the server.")
        .may("errors", errors(), "What to change, by JSON path, parameter or header.")
}

fn uri() -> SchemaFormat {
    SchemaFormat::Custom("uri".to_owned())
}

fn errors() -> ObjectBuilder {
    let sentences = list(text()).min_items(Some(1));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::RefOr(sentences.into())))
        .min_properties(Some(1))
}

fn examples(kind: ProblemKind) -> Vec<Example> {
    match kind {
        ProblemKind::InvalidParameters => {
            golden!["problem_with_errors", "problem_invalid_parameters"]
        }
        ProblemKind::InvalidState => golden!["problem_invalid_state"],
        ProblemKind::Unauthenticated => golden!["problem_unauthenticated"],
        ProblemKind::Forbidden => golden!["problem_forbidden"],
        ProblemKind::NotFound => golden!["problem_not_found"],
        ProblemKind::ConcurrencyConflict => golden!["problem_conflict"],
        ProblemKind::IdempotencyKeyConcurrencyConflict => {
            golden!["problem_idempotency_key_concurrency_conflict"]
        }
        ProblemKind::IdempotencyKeyReuse => golden!["problem_idempotency_key_reuse"],
        ProblemKind::RateLimitExceeded => golden!["problem_rate_limit_exceeded"],
        ProblemKind::UnknownError => golden!["problem_unknown_error"],
        ProblemKind::ProviderError => golden!["problem_provider_error"],
        ProblemKind::MethodNotAllowed => golden!["problem_method_not_allowed"],
        ProblemKind::RequestTimeout => golden!["problem_request_timeout"],
        ProblemKind::PayloadTooLarge => golden!["problem_payload_too_large"],
        ProblemKind::UnsupportedMediaType => golden!["problem_unsupported_media_type"],
        ProblemKind::DecisionRefused => golden!["problem_decision_refused"],
        ProblemKind::ServiceUnavailable => golden!["problem_service_unavailable"],
    }
}
