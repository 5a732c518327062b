//! Access tokens.

use super::shape::{Members, body, list, one_of, part, pattern, text, whole_from};
use super::{Described, golden};

pub(super) fn all() -> Vec<Described> {
    vec![
        body("TokenRequest", request(), golden!["token_request", "token_request_without_scope"]),
        body("TokenForm", form(), vec![]),
        body("Token", token(), golden!["token_response", "token_response_without_scope"]),
        body(
            "TokenError",
            error(),
            golden!["token_error_invalid_client", "token_error_unsupported_grant_type"],
        ),
        body("KeySet", key_set(), vec![]),
        part("Key", key()),
    ]
}

fn request() -> Members {
    Members::asked("A client's name and secret.")
        .tag("grant_type", "client_credentials")
        .must("client_id", some_text(), "An operator's is `operator:` and the name.")
        .must("client_secret", some_text(), "")
        .may("scope", text(), "Separated by spaces. Without any, all that the client may have.")
}

/// A form has no `null`s.
fn form() -> Members {
    Members::told("The same as a form.")
        .tag("grant_type", "client_credentials")
        .must("client_id", some_text(), "")
        .must("client_secret", some_text(), "")
        .may("scope", text(), "")
}

fn some_text() -> utoipa::openapi::schema::ObjectBuilder {
    text().min_length(Some(1))
}

fn token() -> Members {
    Members::told("")
        .must("access_token", some_text(), "For the header `Authorization: Bearer`.")
        .must("expires_in", whole_from(0), "For how many seconds it is valid.")
        .tag("token_type", "Bearer")
        .may("scope", text(), "What it is for.")
}

fn error() -> Members {
    let codes = ["invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope"];
    Members::told("An error of OAuth (RFC 6749, section 5.2), which is no problem document.")
        .must("error", one_of(codes), "")
        .may("error_description", text(), "")
}

fn key_set() -> Members {
    Members::told("The public keys that webhooks are signed with (RFC 7517).").must(
        "keys",
        list(super::shape::named("Key")),
        "",
    )
}

fn key() -> Members {
    let coordinate = || pattern("^[A-Za-z0-9_-]+$");
    Members::told("")
        .tag("kty", "EC")
        .must("kid", text(), "Its name, as signatures call it.")
        .tag("alg", "ES512")
        .tag("crv", "P-521")
        .must("x", coordinate(), "")
        .must("y", coordinate(), "")
}
