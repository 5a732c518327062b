//! One operation.

use maud::{Markup, html};
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::response::Response;
use utoipa::openapi::{Content, OpenApi, RefOr, Required};

use super::form::{form, name_of};
use super::{Shown, prose, summary};
use crate::openapi::operation::NEEDS;

/// Where an operation stands on the page.
pub(super) fn anchor(operation: &Operation) -> &str {
    operation.operation_id.as_deref().unwrap_or_default()
}

pub(super) fn operation(shown: &Shown<'_>, document: &OpenApi) -> Markup {
    let operation = shown.operation;
    html! {
        article id=(anchor(operation)) {
            h3 { (summary(operation)) }
            p.call { span.(shown.method) { (shown.method) } " " code { (shown.path) } }
            @if let Some(description) = &operation.description { p { (prose(description)) } }
            (needs(operation))
            (parameters(operation))
            @if let Some(RefOr::T(body)) = &operation.request_body {
                h4 { "Body" @if !matches!(body.required, Some(Required::True)) { " (can be absent)" } }
                @for (media_type, content) in &body.content {
                    @if let RefOr::T(content) = content { (body_of(media_type, content)) }
                }
            }
            h4 { "Answers" }
            @for (status, response) in &operation.responses.responses {
                (answer(status, response, document))
            }
            @if !shown.also_at.is_empty() {
                p.also { "Also at " @for path in &shown.also_at { code { (path) } " " } }
            }
        }
    }
}

fn needs(operation: &Operation) -> Markup {
    let needs = operation.extensions.as_ref().and_then(|extensions| extensions.get(NEEDS));
    html! {
        @if let Some(needs) = needs.and_then(|needs| needs.as_str()) {
            p.needs { "Needs " (needs) "." }
        }
    }
}

fn parameters(operation: &Operation) -> Markup {
    let all: Vec<&Parameter> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    html! {
        @if !all.is_empty() {
            h4 { "Parameters" }
            dl {
                @for parameter in all {
                    dt {
                        code { (parameter.name) } " "
                        small { (place(&parameter.parameter_in)) @if matches!(parameter.required, Required::True) { ", required" } }
                    }
                    dd {
                        @if let Some(schema) = &parameter.schema { (form(schema)) }
                        " " (prose(parameter.description.as_deref().unwrap_or_default()))
                    }
                }
            }
        }
    }
}

fn place(place: &ParameterIn) -> &'static str {
    match place {
        ParameterIn::Query => "in the query",
        ParameterIn::Path => "in the path",
        ParameterIn::Header => "in the head",
        ParameterIn::Cookie | ParameterIn::QueryString => "elsewhere",
    }
}

fn answer(status: &str, response: &RefOr<Response>, document: &OpenApi) -> Markup {
    let class = if status.starts_with('2') { "good" } else { "bad" };
    let status = html! { b.(class) { (status) } " " };
    match response {
        RefOr::T(response) => html! {
            details.answer {
                summary { (status) (prose(&response.description)) }
                (bodies(response))
            }
        },
        RefOr::Ref(named) => {
            let name = name_of(&named.ref_location);
            let found = shared(document).find(|(known, _)| *known == name);
            html! {
                p.answer {
                    (status)
                    a href=(format!("#error-{name}")) {
                        @if let Some((_, response)) = found { (response.description) }
                    }
                }
            }
        }
    }
}

/// The answers that many operations have in common.
pub(super) fn errors(document: &OpenApi) -> Markup {
    html! {
        section #errors {
            h2 { "Errors" }
            @for (name, response) in shared(document) {
                article id=(format!("error-{name}")) {
                    h3 { (response.description) }
                    (bodies(response))
                }
            }
        }
    }
}

fn shared(document: &OpenApi) -> impl Iterator<Item = (&str, &Response)> {
    let all = document.components.iter().flat_map(|components| &components.responses);
    all.filter_map(|(name, response)| match response {
        RefOr::T(response) => Some((name.as_str(), response)),
        RefOr::Ref(_) => None,
    })
}

fn bodies(response: &Response) -> Markup {
    html! {
        @for (media_type, content) in &response.content {
            @if let RefOr::T(content) = content { (body_of(media_type, content)) }
        }
    }
}

fn body_of(media_type: &str, content: &Content) -> Markup {
    html! {
        p { @if let Some(schema) = &content.schema { (form(schema)) } " as " code { (media_type) } }
        @for (name, example) in &content.examples {
            @if let RefOr::T(example) = example {
                details {
                    summary { "Example: " (name.replace('_', " ")) }
                    pre { @if let Some(value) = &example.value { (format!("{value:#}")) } }
                }
            }
        }
    }
}
