//! Playing the users and banks of a sandbox.

use std::fmt;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use payout_domain::{FailureReason, PayoutId, Timestamp};
use payout_wire::sandbox::{
    ClockAdvance, ClockBody, Delays, Deposit, DepositBody, FailNext, FaultReport, FaultRules,
    Lifetimes, ReturnPayout, WebhookTarget,
};
use payout_wire::{media_type, route};
use reqwest::Request;

use super::error::{self, ApiError};
use super::{Reply, reply};
use crate::session::PostFailure;
use crate::transport::{ANSWER_LEN_MAX, Answer, Transport};
use crate::{BaseUrl, Deadlines, Environment, SetUpError};

/// Plays the users and banks of a sandbox. It needs no credentials: they are not ours, but theirs.
pub struct SandboxControls {
    transport: Transport,
    api: BaseUrl,
}

impl SandboxControls {
    /// Steers the sandbox at an address.
    pub fn new(environment: &Environment, deadlines: Deadlines) -> Result<Self, SetUpError> {
        let transport = Transport::new(deadlines, environment.is_plain())?;
        Ok(Self { transport, api: environment.api().clone() })
    }

    /// Lets a user pay in.
    pub async fn deposit(&self, deposit: &Deposit) -> Result<Reply<DepositBody>, ApiError> {
        let body = self.post(route::SANDBOX_DEPOSITS, deposit.to_bytes()).await?;
        reply(&body, DepositBody::parse)
    }

    /// Lets the next payout fail.
    pub async fn fail_next(&self, reason: FailureReason) -> Result<Reply<()>, ApiError> {
        let body = self.post(route::SANDBOX_FAULTS, FailNext { reason }.to_bytes()).await?;
        Ok(Reply::new((), &body))
    }

    /// Sets the rules by which the sandbox misbehaves.
    pub async fn set_faults(&self, rules: &FaultRules) -> Result<Reply<()>, ApiError> {
        let body = self.send(Method::PUT, route::SANDBOX_FAULTS, rules.to_bytes()).await?;
        Ok(Reply::new((), &body))
    }

    /// Asks for the rules and what came of them.
    pub async fn faults(&self) -> Result<Reply<FaultReport>, ApiError> {
        let body = self.get(route::SANDBOX_FAULTS).await?;
        reply(&body, FaultReport::parse)
    }

    /// Lets the sandbox behave from now on.
    pub async fn clear_faults(&self) -> Result<Reply<()>, ApiError> {
        let body = self.send(Method::DELETE, route::SANDBOX_FAULTS, Vec::new()).await?;
        Ok(Reply::new((), &body))
    }

    /// Lets the beneficiary's bank send a payout back.
    pub async fn return_payout(&self, payout_id: PayoutId) -> Result<Reply<()>, ApiError> {
        let order = ReturnPayout { payout_id };
        let body = self.post(route::SANDBOX_RETURNS, order.to_bytes()).await?;
        Ok(Reply::new((), &body))
    }

    /// Sets how long things take from now on; what is `None` stays as it was.
    pub async fn set_delays(&self, delays: &Delays) -> Result<Reply<()>, ApiError> {
        let body = self.post(route::SANDBOX_DELAYS, delays.to_bytes()).await?;
        Ok(Reply::new((), &body))
    }

    /// Sets how long tokens live and keys are remembered; what is `None` stays as it was.
    pub async fn set_lifetimes(&self, lifetimes: &Lifetimes) -> Result<Reply<()>, ApiError> {
        let body = self.post(route::SANDBOX_LIFETIMES, lifetimes.to_bytes()).await?;
        Ok(Reply::new((), &body))
    }

    /// Moves the sandbox's time forward by whole seconds, and says what it is then.
    pub async fn advance_clock(&self, by: Duration) -> Result<Reply<Timestamp>, ApiError> {
        let body = self.post(route::SANDBOX_CLOCK, ClockAdvance { by }.to_bytes()).await?;
        reply(&body, |body| ClockBody::parse(body).map(|clock| clock.now))
    }

    /// Asks what time it is in the sandbox.
    pub async fn clock(&self) -> Result<Reply<Timestamp>, ApiError> {
        let body = self.get(route::SANDBOX_CLOCK).await?;
        reply(&body, |body| ClockBody::parse(body).map(|clock| clock.now))
    }

    /// Says where webhooks go from now on.
    pub async fn set_webhook(&self, url: &str) -> Result<Reply<()>, ApiError> {
        let target = WebhookTarget { url: url.to_owned() };
        let body = self.post(route::SANDBOX_WEBHOOK, target.to_bytes()).await?;
        Ok(Reply::new((), &body))
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, ApiError> {
        let request = Request::new(Method::GET, self.api.join(path));
        let answer = self.transport.send(request, ANSWER_LEN_MAX).await;
        error::read(answer.map_err(Into::into))
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, ApiError> {
        self.send(Method::POST, path, body).await
    }

    async fn send(&self, method: Method, path: &str, body: Vec<u8>) -> Result<Vec<u8>, ApiError> {
        let mut request = Request::new(method, self.api.join(path));
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type::JSON));
        *request.body_mut() = Some(body.into());
        let answer: Result<Answer, _> = self.transport.send(request, ANSWER_LEN_MAX).await;
        error::written(answer.map_err(PostFailure::from))
    }
}

impl fmt::Debug for SandboxControls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxControls").field("api", &self.api).finish_non_exhaustive()
    }
}
