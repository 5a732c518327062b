//! What is said of the server itself.

use crate::openapi::{Face, Operation, Tag};

pub(crate) fn own_keys(_: Face) -> Operation {
    Operation::new(
        "showWebhookKeys",
        Tag::Access,
        "Show the keys that our webhooks are signed with",
    )
    .says("Receivers may keep them for five minutes. Needs no token.")
    .answers(200, "The key set.", &["KeySet"])
}

pub(crate) fn alive(_: Face) -> Operation {
    Operation::new("showHealth", Tag::Server, "Say whether the process lives")
        .says("Needs no token.")
        .answers(200, "It does.", &["Alive"])
}

pub(crate) fn ready(_: Face) -> Operation {
    Operation::new("showReadiness", Tag::Server, "Say whether the server can work")
        .says("Needs no token. If it cannot, this is answered with 503, and says why.")
        .answers(200, "It can.", &["Ready"])
}

pub(crate) fn openapi(_: Face) -> Operation {
    Operation::new("showOpenApi", Tag::Server, "Show this document")
        .says("Needs no token: it tells what the server is, and nothing of what it holds.")
        .answers(200, "The document, as OpenAPI 3.1.", &["AnyObject"])
}

pub(crate) fn docs(_: Face) -> Operation {
    Operation::new("showDocs", Tag::Server, "Show this document to people")
        .says("Needs no token. The page loads nothing from anywhere, and runs no script.")
        .answers_as(200, "The page.", "text/html; charset=utf-8", &["Prose"])
}
