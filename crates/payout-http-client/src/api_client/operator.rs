//! Operators' routes, for an operator.

use std::fmt;
use std::sync::Arc;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use payout_domain::{ClientId, EventId, OperatorName, PayoutId};
use payout_ports::Clock;
use payout_wire::operator::{
    ClientBody, ClientChange, ClientList, ClientOrder, ClientWithSecret, DeadLetterPage,
    NewSecretOrder, PauseBody, PauseOrder, PayoutFile, ResolveOrder, StandingName, StandingPage,
    StandingPayout,
};
use payout_wire::{InvalidBody, media_type, route};
use reqwest::{Request, Url};

use super::error::{self, ApiError};
use super::{Reply, reply};
use crate::session::{GetFailure, PostFailure, bearer};
use crate::token::{TokenCredentials, TokenSource};
use crate::transport::{ANSWER_LEN_MAX, Answer, Transport};
use crate::{BaseUrl, ClientSecret, Deadlines, Environment, SetUpError};

/// How an operator is known to a server of ours.
#[derive(Clone, Debug)]
pub struct OperatorConnection {
    /// Which server.
    pub environment: Environment,
    /// Who.
    pub name: OperatorName,
    /// What proves the name.
    pub secret: ClientSecret,
    /// How long we wait.
    pub deadlines: Deadlines,
}

/// The routes of a server of ours that only operators may use, with the rights of one of them.
pub struct OperatorClient {
    transport: Transport,
    tokens: TokenSource,
    api: BaseUrl,
}

/// What an operator asks to be allowed.
const SCOPE: &str = "operator";

impl OperatorClient {
    /// A client that connects when it is first used.
    pub fn new(connection: OperatorConnection, clock: Arc<dyn Clock>) -> Result<Self, SetUpError> {
        let OperatorConnection { environment, name, secret, deadlines } = connection;
        let transport = Transport::new(deadlines, environment.is_plain())?;
        let credentials = TokenCredentials {
            client_id: format!("operator:{name}"),
            client_secret: secret,
            scope: SCOPE,
        };
        let tokens = TokenSource::new(&environment, credentials, transport.clone(), clock);
        Ok(Self { transport, tokens, api: environment.api().clone() })
    }

    /// Lists payouts of all clients by where they stand, the oldest first.
    pub async fn payouts(
        &self,
        standing: StandingName,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Reply<StandingPage>, ApiError> {
        let mut url = self.page(route::OPERATOR_PAYOUTS, limit, after);
        url.query_pairs_mut().append_pair("standing", standing.as_str());
        self.read(url, StandingPage::parse).await
    }

    /// Shows all that is known of a payout.
    pub async fn payout(&self, id: PayoutId) -> Result<Reply<PayoutFile>, ApiError> {
        let url = self.api.join(&route::with_id(route::OPERATOR_PAYOUT, id));
        self.read(url, PayoutFile::parse).await
    }

    /// Calls a payout off of which nothing was ever sent.
    pub async fn cancel(&self, id: PayoutId) -> Result<Reply<StandingPayout>, ApiError> {
        let path = route::with_id(route::OPERATOR_CANCEL, id);
        self.write(Method::POST, &path, None, StandingPayout::parse).await
    }

    /// Lets a payout go on that waited for its provider account.
    pub async fn release(&self, id: PayoutId) -> Result<Reply<StandingPayout>, ApiError> {
        let path = route::with_id(route::OPERATOR_RELEASE, id);
        self.write(Method::POST, &path, None, StandingPayout::parse).await
    }

    /// Says what the operator found out. If another person must say the same, the payout names who said
    /// it first.
    pub async fn resolve(
        &self,
        id: PayoutId,
        order: &ResolveOrder,
    ) -> Result<Reply<StandingPayout>, ApiError> {
        let path = route::with_id(route::OPERATOR_RESOLVE, id);
        let body = Some(order.to_bytes());
        self.write(Method::POST, &path, body, StandingPayout::parse).await
    }

    /// Whether sending is stopped.
    pub async fn paused(&self) -> Result<Reply<PauseBody>, ApiError> {
        self.read(self.api.join(route::OPERATOR_PAUSE), PauseBody::parse).await
    }

    /// Stops all sending, and says who stopped it first.
    pub async fn pause(&self, order: &PauseOrder) -> Result<Reply<PauseBody>, ApiError> {
        let body = Some(order.to_bytes());
        self.write(Method::PUT, route::OPERATOR_PAUSE, body, PauseBody::parse).await
    }

    /// Lets sending go on.
    pub async fn resume(&self) -> Result<Reply<PauseBody>, ApiError> {
        self.write(Method::DELETE, route::OPERATOR_PAUSE, None, PauseBody::parse).await
    }

    /// Lists notifications that were given up, the oldest first.
    pub async fn dead_letters(
        &self,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Reply<DeadLetterPage>, ApiError> {
        let url = self.page(route::OPERATOR_DEAD_LETTERS, limit, after);
        self.read(url, DeadLetterPage::parse).await
    }

    /// Lets such a notification be told again.
    pub async fn replay(&self, id: EventId) -> Result<Reply<()>, ApiError> {
        let path = route::with_id(route::OPERATOR_REPLAY, id);
        self.write(Method::POST, &path, None, |_| Ok(())).await
    }

    /// Lists every client: the configured one first, then those of the register.
    pub async fn clients(&self) -> Result<Reply<ClientList>, ApiError> {
        self.read(self.api.join(route::OPERATOR_CLIENTS), ClientList::parse).await
    }

    /// Registers a client. Its secret is in the answer, and nowhere else.
    pub async fn add_client(
        &self,
        order: &ClientOrder,
    ) -> Result<Reply<ClientWithSecret>, ApiError> {
        let body = Some(order.to_bytes());
        self.write(Method::POST, route::OPERATOR_CLIENTS, body, ClientWithSecret::parse).await
    }

    /// Changes the registration of a client.
    pub async fn change_client(
        &self,
        id: &ClientId,
        change: &ClientChange,
    ) -> Result<Reply<ClientBody>, ApiError> {
        let path = route::with_id(route::OPERATOR_CLIENT, id);
        self.write(Method::POST, &path, Some(change.to_bytes()), ClientBody::parse).await
    }

    /// Gives a client another secret, which is in the answer and nowhere else.
    pub async fn rotate_secret(
        &self,
        id: &ClientId,
        order: NewSecretOrder,
    ) -> Result<Reply<ClientWithSecret>, ApiError> {
        let path = route::with_id(route::OPERATOR_CLIENT_SECRET, id);
        self.write(Method::POST, &path, Some(order.to_bytes()), ClientWithSecret::parse).await
    }

    /// Lets nobody in any more under the name of a client.
    pub async fn revoke_client(&self, id: &ClientId) -> Result<Reply<ClientBody>, ApiError> {
        let path = route::with_id(route::OPERATOR_CLIENT_REVOKE, id);
        self.write(Method::POST, &path, None, ClientBody::parse).await
    }

    fn page(&self, path: &str, limit: u32, after: Option<&str>) -> Url {
        let mut url = self.api.join(path);
        url.query_pairs_mut().append_pair("limit", &limit.to_string());
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("after", after);
        }
        url
    }

    async fn read<T>(
        &self,
        url: Url,
        parse: impl FnOnce(&[u8]) -> Result<T, InvalidBody>,
    ) -> Result<Reply<T>, ApiError> {
        let request = Request::new(Method::GET, url);
        let body = error::read(self.send(request).await?.map_err(GetFailure::from))?;
        reply(&body, parse)
    }

    async fn write<T>(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        parse: impl FnOnce(&[u8]) -> Result<T, InvalidBody>,
    ) -> Result<Reply<T>, ApiError> {
        let mut request = Request::new(method, self.api.join(path));
        if let Some(body) = body {
            let json = HeaderValue::from_static(media_type::JSON);
            request.headers_mut().insert(CONTENT_TYPE, json);
            *request.body_mut() = Some(body.into());
        }
        let body = error::written(self.send(request).await?.map_err(PostFailure::from))?;
        reply(&body, parse)
    }

    /// Sends once, as this operator. A token that is refused is forgotten.
    async fn send(
        &self,
        mut request: Request,
    ) -> Result<Result<Answer, crate::transport::SendFailure>, ApiError> {
        let token = self.tokens.get().await?.token;
        request.headers_mut().insert(AUTHORIZATION, bearer(&token));
        let answer = self.transport.send(request, ANSWER_LEN_MAX).await;
        if answer.as_ref().is_ok_and(|answer| answer.status == StatusCode::UNAUTHORIZED) {
            self.tokens.forget(&token).await;
        }
        Ok(answer)
    }
}

impl fmt::Debug for OperatorClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorClient").field("api", &self.api).finish_non_exhaustive()
    }
}
