//! Access tokens.

pub(crate) mod describe;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use payout_domain::OperatorName;
use payout_signature::access_token::Claims;
use payout_wire::problem::ProblemKind;
use payout_wire::timestamp;
use payout_wire::token::{OAuthError, OAuthErrorCode, TokenRequest, TokenResponse};

use crate::answer;
use crate::body;
use crate::exchange::Sender;
use crate::fault::Fault;
use crate::{Api, Client, ClientDirectory, SecretDigest, operator_directory, rate_limits};

/// Whom a token is meant for that does not reach payments. The provider has other services; we have
/// none, so it opens nothing here.
const OTHER_AUDIENCE: &str = "other_api";

/// How long an operator's token lives at most.
const OPERATOR_TOKEN_LIFE: Duration = Duration::from_mins(15);

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
    if let Ok(request) = &request {
        let known = api.clients.find(request.client_id());
        rate_limits::admit_token(&parts, known.as_ref().map(|client| &client.id))?;
    }
    let sender = parts.extensions.get::<Sender>();
    let issued = match request {
        Ok(request) => match operator_directory::asked_for(request.client_id()) {
            Some(name) => grant_operator(&api, &name, &request, sender).await,
            None => grant(&api, &request, sender),
        },
        Err(error) => Err(error),
    };
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
    let (id, secret) = (request.client_id(), request.client_secret());
    let client = api.clients.authenticate(id, secret, (api.clock)());
    let client = client.ok_or_else(OAuthError::invalid_client)?;
    if let Some(sender) = sender {
        sender.is(&client.id);
    }
    let scopes = granted(&client, request)?;
    let granted = scopes.join(" ");
    let of_payments = [ClientDirectory::PAYMENTS, ClientDirectory::PAYMENTS_READ];
    let reaches_payments = scopes.iter().any(|scope| of_payments.contains(&scope.as_str()));
    let audience = if reaches_payments { api.tokens.audience.as_str() } else { OTHER_AUDIENCE };
    let subject = (client.id.as_str().to_owned(), audience.to_owned());
    let life = api.token_life();
    let token = api.tokens.keys.issue(&claims(api, subject, scopes, life));
    Ok(TokenResponse::new(token, life, Some(granted)))
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

/// An operator's token: for the operators' routes, and for a short while.
async fn grant_operator(
    api: &Api,
    name: &OperatorName,
    request: &TokenRequest,
    sender: Option<&Sender>,
) -> Result<TokenResponse, OAuthError> {
    let directory = api.operators.as_ref().map(|operators| &operators.directory);
    let kept = match directory {
        Some(directory) => directory.find(name).await,
        None => None,
    };
    let secret = SecretDigest::of_operator(request.client_secret());
    // The comparison takes the same time whether there is such an operator or not.
    let is_right = kept.as_ref().unwrap_or(&SecretDigest::of_nobody()).is(&secret);
    let kept = kept.filter(|_| is_right).ok_or_else(OAuthError::invalid_client)?;
    if let Some(sender) = sender {
        sender.is_operator(name);
    }
    let asked = request.scopes().unwrap_or_default();
    if asked.iter().any(|scope| *scope != operator_directory::SCOPE) {
        let description = "an operator may have the scope `operator` only".to_owned();
        return Err(OAuthError::new(OAuthErrorCode::InvalidScope, description));
    }
    let life = api.token_life().min(OPERATOR_TOKEN_LIFE);
    let scope = operator_directory::SCOPE.to_owned();
    let subject = operator_directory::subject(name, &kept);
    let audience = operator_directory::AUDIENCE.to_owned();
    let token = api.tokens.keys.issue(&claims(api, (subject, audience), vec![scope.clone()], life));
    Ok(TokenResponse::new(token, life, Some(scope)))
}

fn claims(
    api: &Api,
    (client_id, aud): (String, String),
    scope: Vec<String>,
    life: Duration,
) -> Claims {
    let now = (api.clock)();
    Claims {
        iss: api.tokens.issuer.clone(),
        aud,
        client_id,
        scope,
        iat: now.as_seconds(),
        nbf: now.as_seconds(),
        exp: now.plus(life).as_seconds(),
        jti: (api.trace_ids)(),
    }
}
