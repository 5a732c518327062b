//! Access tokens.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use payout_signature::access_token::Claims;
use payout_wire::problem::ProblemKind;
use payout_wire::timestamp;
use payout_wire::token::{OAuthError, OAuthErrorCode, TokenRequest, TokenResponse};

use crate::answer;
use crate::body;
use crate::exchange::Sender;
use crate::fault::Fault;
use crate::{Api, Client, ClientDirectory};

/// Whom a token is meant for that does not reach payments. The provider has other services; we have
/// none, so it opens nothing here.
const OTHER_AUDIENCE: &str = "other_api";

/// `POST /connect/token`: takes JSON and forms, because the official clients send both.
pub(crate) async fn issue(
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let body = body::collect(&parts.headers, body, &api.limits).await?;
    let request = if body::is_json(&parts.headers) {
        TokenRequest::parse_json(&body)
    } else if body::is_form(&parts.headers) {
        TokenRequest::parse_form(&body)
    } else {
        return Err(Fault::new(
            ProblemKind::UnsupportedMediaType,
            "Send the body as application/json or application/x-www-form-urlencoded.",
        ));
    };
    let sender = parts.extensions.get::<Sender>();
    let issued = request.and_then(|request| grant(&api, &request, sender));
    Ok(match issued {
        Ok(response) => dated(answer::json(StatusCode::OK, response.to_bytes()), &api),
        Err(error) => answer::as_written(StatusCode::BAD_REQUEST, error.to_bytes()),
    })
}

/// Says what time it is by the clock that the token lives by: in a sandbox that is not the machine's.
/// A client counts the token's life from here.
fn dated(mut response: Response, api: &Api) -> Response {
    if let Ok(date) = HeaderValue::from_str(&timestamp::to_http_date((api.clock)())) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

fn grant(
    api: &Api,
    request: &TokenRequest,
    sender: Option<&Sender>,
) -> Result<TokenResponse, OAuthError> {
    let client = api.clients.authenticate(request.client_id(), request.client_secret());
    let client = client.ok_or_else(OAuthError::invalid_client)?;
    if let Some(sender) = sender {
        sender.is(&client.id);
    }
    let scopes = granted(client, request)?;
    let granted = scopes.join(" ");
    let token = api.tokens.keys.issue(&claims(api, client, scopes));
    Ok(TokenResponse::new(token, api.token_life(), Some(granted)))
}

/// The scopes that were asked for; without any, all that the client may have.
fn granted(client: &Client, request: &TokenRequest) -> Result<Vec<String>, OAuthError> {
    let asked = request.scopes().filter(|scopes| !scopes.is_empty());
    let Some(asked) = asked else { return Ok(client.scopes.iter().cloned().collect()) };
    match asked.iter().find(|scope| !client.scopes.contains(**scope)) {
        None => Ok(asked.into_iter().map(str::to_owned).collect()),
        Some(_) => Err(OAuthError::new(
            OAuthErrorCode::InvalidScope,
            "this client may not have all of these scopes".to_owned(),
        )),
    }
}

fn claims(api: &Api, client: &Client, scope: Vec<String>) -> Claims {
    let now = (api.clock)();
    let reaches_payments = scope.iter().any(|scope| scope == ClientDirectory::PAYMENTS);
    let audience = if reaches_payments { api.tokens.audience.as_str() } else { OTHER_AUDIENCE };
    Claims {
        iss: api.tokens.issuer.clone(),
        aud: audience.to_owned(),
        client_id: client.id.as_str().to_owned(),
        scope,
        iat: now.as_seconds(),
        nbf: now.as_seconds(),
        exp: now.plus(api.token_life()).as_seconds(),
        jti: (api.trace_ids)(),
    }
}
