//! Bearer tokens: got with the client's credentials, kept, and got anew before they end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use payout_domain::{Timestamp, TokenLife};
use payout_ports::{Authorisation, BearerToken, Clock, ReadError, chain};
use payout_wire::token::{OAuthError, OAuthErrorCode, TokenRequest, TokenResponse};
use payout_wire::{media_type, route};
use reqwest::{Request, Url};
use tokio::sync::Mutex;

use crate::transport::{Answer, SMALL_ANSWER_LEN_MAX, SendFailure, Transport};
use crate::{ClientSecret, Environment};

/// A token with less than this before its end is renewed.
const REMAINING_MIN: Duration = Duration::from_mins(1);

/// How long a token that could not be renewed early is used before that is tried again.
const RENEWAL_PAUSE: Duration = Duration::from_secs(10);

/// Gets tokens, and keeps the current one.
///
/// However many ask at once, one asks the server, and all get its answer.
pub(crate) struct TokenSource {
    transport: Transport,
    url: Url,
    client_id: String,
    client_secret: ClientSecret,
    /// What we ask to be allowed.
    scope: &'static str,
    clock: Arc<dyn Clock>,
    /// Counts the questions that have been answered.
    answered: AtomicU64,
    state: Mutex<State>,
}

/// As whom tokens are got, and for what.
pub(crate) struct TokenCredentials {
    pub(crate) client_id: String,
    pub(crate) client_secret: ClientSecret,
    pub(crate) scope: &'static str,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// How the last question failed, if it did.
    failure: Option<TokenFailure>,
}

#[derive(Clone)]
struct Held {
    authorisation: Authorisation,
    /// When it came in, by our clock.
    received_at: Timestamp,
    /// How long after that it is time for a new one.
    renew_after: Duration,
    /// How long after that it ends.
    ends_after: Duration,
}

/// Why there is no token. It is told to everybody who waited for it.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum TokenFailure {
    /// There was no connection, or the server has no time.
    #[error("no token can be had now: {0}")]
    Unavailable(Arc<str>),
    /// The server does not take our credentials.
    #[error("the server refuses our credentials: {0}")]
    Refused(OAuthError),
    /// The server said something that is no token.
    #[error("the answer of the token endpoint cannot be read: {0}")]
    Unreadable(Arc<str>),
}

impl From<TokenFailure> for ReadError {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::Refused(error) => Self::Refused { detail: error.to_string() },
            TokenFailure::Unavailable(_) => Self::Unavailable(failure.into()),
            TokenFailure::Unreadable(_) => Self::Unreadable(failure.into()),
        }
    }
}

impl TokenSource {
    pub(crate) fn new(
        environment: &Environment,
        credentials: TokenCredentials,
        transport: Transport,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let TokenCredentials { client_id, client_secret, scope } = credentials;
        Self {
            transport,
            url: environment.auth().join(route::TOKEN),
            client_id,
            client_secret,
            scope,
            clock,
            answered: AtomicU64::new(0),
            state: Mutex::default(),
        }
    }

    /// The current token, or a new one.
    ///
    /// A token is renewed when 80 % of its life are over, or when less than a minute remains (half
    /// its life for those that live no longer than two). While that fails the old one is used on.
    pub(crate) async fn get(&self) -> Result<Authorisation, TokenFailure> {
        let answered = self.answered.load(Ordering::Relaxed);
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        if let Some(held) = state.held.as_ref().filter(|held| held.is_fresh(now)) {
            return Ok(held.authorisation.clone());
        }
        if self.answered.load(Ordering::Relaxed) != answered
            && let Some(failure) = &state.failure
        {
            // Somebody asked while we waited: the server need not say it to each of us.
            return Err(failure.clone());
        }
        let outcome = self.ask().await;
        self.answered.fetch_add(1, Ordering::Relaxed);
        state.take_in(outcome, self.clock.now())
    }

    /// Forgets a token that the server has refused, unless there is a newer one already.
    pub(crate) async fn forget(&self, refused: &BearerToken) {
        let mut state = self.state.lock().await;
        if state.held.as_ref().is_some_and(|held| held.authorisation.token == *refused) {
            state.held = None;
        }
    }

    async fn ask(&self) -> Result<Held, TokenFailure> {
        let asked_at = self.clock.now();
        let answer = match self.transport.send(self.request(), SMALL_ANSWER_LEN_MAX).await {
            Ok(answer) => answer,
            Err(failure) => return Err(unavailable(&failure)),
        };
        if answer.status.is_success() {
            return held(&answer, asked_at);
        }
        Err(refusal(&answer))
    }

    fn request(&self) -> Request {
        let secret = self.client_secret.expose().to_owned();
        let body = TokenRequest::new(self.client_id.clone(), secret, Some(self.scope.to_owned()));
        let mut request = Request::new(Method::POST, self.url.clone());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type::JSON));
        *request.body_mut() = Some(body.to_bytes().into());
        request
    }
}

impl State {
    fn take_in(
        &mut self,
        outcome: Result<Held, TokenFailure>,
        now: Timestamp,
    ) -> Result<Authorisation, TokenFailure> {
        match outcome {
            Ok(held) => {
                self.failure = None;
                Ok(self.held.insert(held).authorisation.clone())
            }
            Err(failure) => {
                self.failure = Some(failure.clone());
                let Some(held) = self.held.as_mut().filter(|held| held.is_usable(now)) else {
                    return Err(failure);
                };
                let error: &dyn std::error::Error = &failure;
                tracing::warn!(
                    error,
                    "a token could not be renewed early, the old one still holds"
                );
                held.renew_after = held.age(now).saturating_add(RENEWAL_PAUSE);
                Ok(held.authorisation.clone())
            }
        }
    }
}

impl Held {
    fn age(&self, now: Timestamp) -> Duration {
        now.since(self.received_at)
    }

    fn is_usable(&self, now: Timestamp) -> bool {
        self.age(now) < self.ends_after
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        self.is_usable(now) && self.age(now) < self.renew_after
    }
}

/// Reads a token.
///
/// Its life is counted by the server's clock, which is the one that decides what is expired: from
/// the answer's `Date`. A server that sends none is taken to have issued it when we began to ask, by
/// our clock: that is not later than the truth as far as the clocks agree.
fn held(answer: &Answer, asked_at: Timestamp) -> Result<Held, TokenFailure> {
    let unreadable = |reason: &str| TokenFailure::Unreadable(reason.into());
    let token = TokenResponse::parse(&answer.body).map_err(|e| unreadable(&e.to_string()))?;
    if token.access_token().bytes().any(|byte| !byte.is_ascii_graphic()) {
        return Err(unreadable("the token has characters that no header carries"));
    }
    let expires_in = token.expires_in();
    if expires_in.is_zero() {
        return Err(unreadable("the token is expired from the beginning"));
    }
    let issued_at = answer.date.unwrap_or(asked_at);
    let life = TokenLife { issued_at, expires_at: issued_at.plus(expires_in) };
    let last_minute = expires_in.saturating_sub(REMAINING_MIN.min(part(expires_in, 2)));
    Ok(Held {
        authorisation: Authorisation { life, token: BearerToken::new(token.access_token()) },
        received_at: asked_at,
        renew_after: last_minute.min(expires_in.saturating_sub(part(expires_in, 5))),
        ends_after: expires_in,
    })
}

fn part(whole: Duration, divisor: u32) -> Duration {
    whole.checked_div(divisor).unwrap_or_default()
}

/// What an answer without a token means. Errors of the token endpoint are OAuth's own.
fn refusal(answer: &Answer) -> TokenFailure {
    let status = answer.status;
    if status.is_server_error() || status.as_u16() == 429 {
        return TokenFailure::Unavailable(format!("status {}", status.as_u16()).into());
    }
    match (OAuthError::parse(&answer.body), status.as_u16()) {
        (Ok(error), _) => TokenFailure::Refused(error),
        (Err(_), 401 | 403) => {
            let description = format!("status {} without a reason", status.as_u16());
            TokenFailure::Refused(OAuthError::new(OAuthErrorCode::InvalidClient, description))
        }
        (Err(_), status) => TokenFailure::Unreadable(format!("status {status}").into()),
    }
}

fn unavailable(failure: &SendFailure) -> TokenFailure {
    TokenFailure::Unavailable(chain(failure).into())
}
