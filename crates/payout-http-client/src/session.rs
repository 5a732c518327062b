//! Talking to a provider as somebody whom it knows.

use std::fmt;
use std::sync::Arc;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use payout_domain::IdempotencyKey;
use payout_ports::{BearerToken, Clock};
use payout_signature::{SignError, SigningKey, sign};
use payout_wire::{header, media_type};
use reqwest::{Request, Url};

use crate::token::{TokenCredentials, TokenFailure, TokenSource};
use crate::transport::{ANSWER_LEN_MAX, Answer, SendFailure, SetUpError, Transport, named};
use crate::{BaseUrl, Connection};

/// What we ask to be allowed.
const SCOPE: &str = "payments";

/// A connection in use.
pub(crate) struct Session {
    transport: Transport,
    pub(crate) tokens: TokenSource,
    api: BaseUrl,
    signing_key: Option<Arc<SigningKey>>,
}

/// Why a read has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GetFailure {
    #[error(transparent)]
    Token(#[from] TokenFailure),
    #[error(transparent)]
    Send(#[from] SendFailure),
}

/// Why a write has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostFailure {
    /// There is nothing to sign with.
    #[error("there is no key to sign with; configure the client's signing key")]
    NoSigningKey,
    /// It could not be signed.
    #[error("the request cannot be signed")]
    NotSigned(#[source] SignError),
    #[error(transparent)]
    Send(#[from] SendFailure),
}

impl Session {
    pub(crate) fn new(connection: &Connection, clock: Arc<dyn Clock>) -> Result<Self, SetUpError> {
        let transport = Transport::new(connection.deadlines, connection.environment.is_plain())?;
        let credentials = TokenCredentials {
            client_id: connection.client_id.to_string(),
            client_secret: connection.client_secret.clone(),
            scope: SCOPE,
        };
        let environment = &connection.environment;
        Ok(Self {
            tokens: TokenSource::new(environment, credentials, transport.clone(), clock),
            transport,
            api: connection.environment.api().clone(),
            signing_key: connection.signing_key.clone(),
        })
    }

    /// The address of something in the API.
    pub(crate) fn url(&self, path: &str) -> Url {
        self.api.join(path)
    }

    /// Reads something. A token that is refused is renewed, and the read repeated, once: reading
    /// twice does no harm.
    pub(crate) async fn get(&self, url: &Url) -> Result<Answer, GetFailure> {
        let answer = self.get_once(url).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            self.get_once(url).await
        } else {
            Ok(answer)
        }
    }

    async fn get_once(&self, url: &Url) -> Result<Answer, GetFailure> {
        let token = self.tokens.get().await?.token;
        let mut request = Request::new(Method::GET, url.clone());
        request.headers_mut().insert(AUTHORIZATION, bearer(&token));
        let answer = self.transport.send(request, ANSWER_LEN_MAX).await?;
        self.forget_if_refused(&answer, &token).await;
        Ok(answer)
    }

    /// Signs the bytes and sends them once, with exactly this token.
    pub(crate) async fn post(
        &self,
        path: &str,
        key: &IdempotencyKey,
        body: &[u8],
        token: &BearerToken,
    ) -> Result<Answer, PostFailure> {
        let request = self.signed(path, key, body, token)?;
        let answer = self.transport.send(request, ANSWER_LEN_MAX).await?;
        self.forget_if_refused(&answer, token).await;
        Ok(answer)
    }

    fn signed(
        &self,
        path: &str,
        key: &IdempotencyKey,
        body: &[u8],
        token: &BearerToken,
    ) -> Result<Request, PostFailure> {
        let signing_key = self.signing_key.as_deref().ok_or(PostFailure::NoSigningKey)?;
        let covered = payout_signature::Request {
            method: "POST",
            path,
            headers: &[(header::IDEMPOTENCY_KEY, key.as_str().as_bytes())],
            body,
        };
        let signature = sign(signing_key, &covered, &[header::IDEMPOTENCY_KEY], None)
            .map_err(PostFailure::NotSigned)?;
        let mut request = Request::new(Method::POST, self.url(path));
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer(token));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type::JSON));
        headers.insert(named(header::IDEMPOTENCY_KEY), visible(key.as_str()));
        headers.insert(named(header::TL_SIGNATURE), sensitive(&signature));
        *request.body_mut() = Some(body.to_vec().into());
        Ok(request)
    }

    /// Whoever asks next gets a token that may be taken.
    async fn forget_if_refused(&self, answer: &Answer, token: &BearerToken) {
        if answer.status == StatusCode::UNAUTHORIZED {
            self.tokens.forget(token).await;
        }
    }
}

/// The value of the header that shows a token.
pub(crate) fn bearer(token: &BearerToken) -> HeaderValue {
    sensitive(&format!("Bearer {}", token.expose()))
}

/// A value that no log shows.
pub(crate) fn sensitive(text: &str) -> HeaderValue {
    let mut value = visible(text);
    value.set_sensitive(true);
    value
}

/// A value of visible characters. The token is checked when it comes in, a key when it is made, and
/// a signature is base64; an empty one, if this ever fails, is refused by every server.
pub(crate) fn visible(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("api", &self.api).finish_non_exhaustive()
    }
}
