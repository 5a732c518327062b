//! The document as a page for people: one file, without a script, that loads nothing.

mod form;
mod operation;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, Paths};

use self::form::forms;
use self::operation::{anchor, errors, operation};

const STYLE: &str = include_str!("page/style.css");

/// Its SHA-256 in base 64, by which a browser knows it. A test holds the one against the other.
const STYLE_SHA256: &str = include_str!("page/style.sha256");

/// The page, and what a browser may load for it: its own style, and nothing else.
pub(crate) struct Page {
    pub(crate) html: Vec<u8>,
    pub(crate) policy: String,
}

/// What is shown of a method: its name, its path, its other paths and what is said of it.
struct Shown<'a> {
    method: &'static str,
    path: &'a str,
    also_at: Vec<&'a str>,
    operation: &'a Operation,
}

pub(super) fn render(document: &OpenApi) -> Page {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (document.info.title) " " (document.info.version) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (contents(document))
                main { (introduction(document)) (sections(document)) (events(document)) (errors(document)) (forms(document)) }
            }
        }
    };
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        STYLE_SHA256.trim_end()
    );
    Page { html: page.into_string().into_bytes(), policy }
}

fn contents(document: &OpenApi) -> Markup {
    html! {
        nav {
            p.name { a href="#top" { (document.info.title) } }
            @for (tag, shown) in by_tag(document) {
                details open {
                    summary { (tag.name) }
                    ul {
                        @for it in &shown {
                            li { a href=(format!("#{}", anchor(it.operation))) { (summary(it.operation)) } }
                        }
                    }
                }
            }
            p { a href="#events" { "What we tell by webhook" } }
            p { a href="#errors" { "Errors" } }
            p { a href="#forms" { "Bodies and their parts" } }
        }
    }
}

fn introduction(document: &OpenApi) -> Markup {
    let description = document.info.description.as_deref().unwrap_or_default();
    html! {
        header #top {
            h1 { (document.info.title) " " small { (document.info.version) } }
            @for paragraph in description.split("\n\n") { p { (prose(paragraph)) } }
            p { "The same for programs: " a href="openapi.json" { "openapi.json" } " (OpenAPI 3.1)." }
        }
    }
}

fn sections(document: &OpenApi) -> Markup {
    html! {
        @for (tag, shown) in by_tag(document) {
            section {
                h2 { (tag.name) }
                p { (prose(tag.description.as_deref().unwrap_or_default())) }
                @for it in &shown { (operation(it, document)) }
            }
        }
    }
}

fn events(document: &OpenApi) -> Markup {
    let told = document.webhooks.as_ref().map(all).unwrap_or_default();
    html! {
        section #events {
            h2 { "What we tell by webhook" }
            p { "A POST to the address that the client has named, signed by a key of ours." }
            @for it in &told { (operation(it, document)) }
        }
    }
}

fn by_tag(document: &OpenApi) -> Vec<(&utoipa::openapi::Tag, Vec<Shown<'_>>)> {
    let tags = document.tags.iter().flatten();
    tags.map(|tag| {
        let is_of_it =
            |it: &Shown<'_>| it.operation.tags.iter().flatten().any(|named| *named == tag.name);
        (tag, all(&document.paths).into_iter().filter(is_of_it).collect())
    })
    .collect()
}

fn all(paths: &Paths) -> Vec<Shown<'_>> {
    paths.paths.iter().flat_map(|(path, item)| methods(path, item)).collect()
}

fn methods<'a>(path: &'a str, item: &'a PathItem) -> Vec<Shown<'a>> {
    let also_at = item.extensions.as_ref().and_then(|extensions| extensions.get("x-also-at"));
    let also_at = also_at.and_then(|list| list.as_array()).into_iter().flatten();
    let also_at: Vec<_> = also_at.filter_map(|path| path.as_str()).collect();
    let methods =
        [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
    let shown = methods.into_iter().filter_map(|(method, operation)| {
        let operation = operation.as_ref()?;
        Some(Shown { method, path, also_at: also_at.clone(), operation })
    });
    shown.collect()
}

fn summary(operation: &Operation) -> &str {
    operation.summary.as_deref().unwrap_or_default()
}

/// A sentence in which what stands between back-ticks is code.
fn prose(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at.is_multiple_of(2) { (part) } @else { code { (part) } }
        }
    }
}
