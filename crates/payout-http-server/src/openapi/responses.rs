//! What operations answer.

use std::collections::{BTreeMap, BTreeSet};

use payout_wire::openapi::problem_name;
use payout_wire::problem::{HEAD_TOO_LARGE, ProblemKind as Kind};
use payout_wire::{header, media_type};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{
    Header, Ref, RefOr, Response, ResponseBuilder, Responses, ResponsesBuilder, Type,
};

use super::operation::content;

/// What is answered when all is well, or when an error is no problem document.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) sentence: &'static str,
    pub(super) media_type: &'static str,
    pub(super) forms: Vec<&'static str>,
}

/// The status of a head that is too large, which has no kind.
pub(super) const HEAD_STATUS: u16 = 431;

/// The form of that answer.
pub(super) const HEAD_FORM: &str = "HeadTooLarge";

/// All that an operation answers, by status.
pub(super) fn responses(answers: &[Answer], fails: &BTreeSet<Kind>) -> Responses {
    let shared = by_status(fails).into_iter().filter_map(|(status, kinds)| {
        let own = answers.iter().find(|answer| answer.status == status);
        own.is_none()
            .then(|| (status.to_string(), RefOr::Ref(Ref::from_response_name(name(&kinds)))))
    });
    let own = answers.iter().map(|answer| {
        let kinds = by_status(fails).remove(&answer.status);
        (answer.status.to_string(), RefOr::T(response(answer, kinds.as_deref())))
    });
    let head = (HEAD_STATUS.to_string(), RefOr::Ref(Ref::from_response_name(HEAD_FORM)));
    own.chain(shared)
        .chain([head])
        .fold(ResponsesBuilder::new(), |all, (status, response)| all.response(status, response))
        .build()
}

/// The answers that are problem documents, by the names under which operations refer to them.
pub(super) fn shared<'a>(
    fails: impl IntoIterator<Item = &'a BTreeSet<Kind>>,
) -> BTreeMap<String, Response> {
    let sets: BTreeSet<Vec<Kind>> =
        fails.into_iter().flat_map(|fails| by_status(fails).into_values()).collect();
    let head = (HEAD_FORM.to_owned(), problem(HEAD_TOO_LARGE, HEAD_STATUS, &[HEAD_FORM]));
    let of_kinds = sets.into_iter().map(|kinds| (name(&kinds), of_kinds(&kinds)));
    of_kinds.chain([head]).collect()
}

/// What every answer has in its head, and what errors have.
pub(super) fn headers() -> BTreeMap<&'static str, Header> {
    let trace_id = || text().pattern(Some("^[0-9a-f]{32}$"));
    BTreeMap::from([
        (
            header::TL_TRACE_ID,
            always(trace_id(), "The id of the request, to quote to whoever runs the server."),
        ),
        (header::X_TL_CORRELATION_ID, always(trace_id(), "The same.")),
        (
            header::TL_SHOULD_RETRY,
            always(
                text().enum_values(Some(["true", "false"])),
                "Whether the very same request, under the same key, may succeed later.",
            ),
        ),
        (
            header::RETRY_AFTER,
            always(
                ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0_u64)),
                "How many seconds to wait before that.",
            ),
        ),
    ])
}

/// What every answer has in its head.
pub(super) const OF_ALL: [&str; 2] = [header::TL_TRACE_ID, header::X_TL_CORRELATION_ID];

fn always(schema: ObjectBuilder, sentence: &str) -> Header {
    // The library's own type does not know the member.
    let required = Extensions::from_iter([("required", true)]);
    HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some(sentence))
        .extensions(Some(required))
        .build()
}

fn response(answer: &Answer, kinds: Option<&[Kind]>) -> Response {
    let is_error = answer.status >= 400;
    let builder = with_headers(ResponseBuilder::new().description(answer.sentence), &OF_ALL);
    let builder = match answer.forms.as_slice() {
        [] => builder,
        forms => builder.content(answer.media_type, content(forms)),
    };
    let builder =
        if is_error { with_headers(builder, &[header::TL_SHOULD_RETRY]) } else { builder };
    match kinds {
        Some(kinds) => {
            let forms: Vec<_> = kinds.iter().map(|kind| problem_name(*kind)).collect();
            builder.content(media_type::PROBLEM_JSON, content(&forms)).build()
        }
        None => builder.build(),
    }
}

fn of_kinds(kinds: &[Kind]) -> Response {
    let titles: Vec<_> = kinds.iter().map(|kind| kind.title()).collect();
    let forms: Vec<_> = kinds.iter().map(|kind| problem_name(*kind)).collect();
    let status = kinds.first().map_or(500, |kind| kind.status());
    problem(&titles.join(", or "), status, &forms)
}

fn problem(sentence: &str, status: u16, forms: &[&str]) -> Response {
    let builder = ResponseBuilder::new()
        .description(sentence)
        .content(media_type::PROBLEM_JSON, content(forms));
    let builder = with_headers(with_headers(builder, &OF_ALL), &[header::TL_SHOULD_RETRY]);
    match status {
        429 | 503 => with_headers(builder, &[header::RETRY_AFTER]).build(),
        _ => builder.build(),
    }
}

fn with_headers(builder: ResponseBuilder, names: &[&str]) -> ResponseBuilder {
    names.iter().fold(builder, |builder, name| {
        builder.header_ref(*name, Ref::new(format!("#/components/headers/{name}")))
    })
}

fn by_status(fails: &BTreeSet<Kind>) -> BTreeMap<u16, Vec<Kind>> {
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in fails {
        by_status.entry(kind.status()).or_default().push(*kind);
    }
    by_status
}

fn name(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| problem_name(*kind)).collect::<Vec<_>>().join("Or")
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
