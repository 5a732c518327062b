//! The controls of a sandbox. They ask for no credentials, but only this machine may use them.

pub(crate) mod describe;

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::extract::{FromRequest, Request, State};
use axum::response::Response;
use http::StatusCode;
use payout_service::{DepositOrder, DepositRefused, SandboxDelays, ServiceError};
use payout_wire::InvalidBody;
use payout_wire::problem::ProblemKind;
use payout_wire::sandbox::{
    BankLogin, ClockAdvance, ClockBody, Delays, Deposit, DepositBody, FailNext, FaultRules,
    Lifetimes, ReturnPayout, WebhookTarget,
};

use crate::answer;
use crate::body;
use crate::fault::Fault;
use crate::loopback::Loopback;
use crate::{Api, Sandbox};

/// The furthest that one step moves the clock.
const ADVANCE_MAX: Duration = Duration::from_secs(ClockAdvance::SECONDS_MAX);

/// A control's body, sent from this machine.
pub(crate) struct Control(Vec<u8>);

impl Control {
    fn parse<T>(&self, parse: fn(&[u8]) -> Result<T, InvalidBody>) -> Result<T, Fault> {
        Ok(parse(&self.0)?)
    }
}

impl FromRequest<Arc<Api>> for Control {
    type Rejection = Fault;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        Loopback::check(&parts)?;
        if !body::is_json(&parts.headers) {
            return Err(Fault::of(ProblemKind::UnsupportedMediaType));
        }
        Ok(Self(body::collect(&parts.headers, body, &api.limits).await?))
    }
}

/// `POST /sandbox/deposits`
pub(crate) async fn deposit(
    State(api): State<Arc<Api>>,
    control: Control,
) -> Result<Response, Fault> {
    let asked = control.parse(Deposit::parse)?;
    let order = DepositOrder {
        user_id: asked.user_id.clone(),
        amount: asked.amount,
        account: asked.account_identifier,
        account_holder_name: asked.account_holder_name,
        merchant_account_id: asked.merchant_account_id,
    };
    let deposit = sandbox(&api)?.steer.deposit(&order).await.map_err(deposit_fault)?;
    let body = DepositBody {
        payment_id: deposit.payment_id,
        user_id: asked.user_id,
        payment_source_id: deposit.payment_source_id,
        merchant_account_id: deposit.merchant_account_id,
    };
    Ok(answer::json(StatusCode::CREATED, body.to_bytes()))
}

/// `POST /sandbox/faults`
pub(crate) async fn fail_next(
    State(api): State<Arc<Api>>,
    control: Control,
) -> Result<Response, Fault> {
    let FailNext { reason } = control.parse(FailNext::parse)?;
    sandbox(&api)?.steer.fail_next(reason).await?;
    Ok(done())
}

/// `PUT /sandbox/faults`
pub(crate) async fn set_faults(
    State(api): State<Arc<Api>>,
    control: Control,
) -> Result<Response, Fault> {
    let rules = control.parse(FaultRules::parse)?;
    sandbox(&api)?.faults.set(rules);
    Ok(done())
}

/// `GET /sandbox/faults`
pub(crate) async fn faults(State(api): State<Arc<Api>>, _: Loopback) -> Result<Response, Fault> {
    let report = sandbox(&api)?.faults.report();
    Ok(answer::json(StatusCode::OK, report.to_bytes()))
}

/// `DELETE /sandbox/faults`
pub(crate) async fn clear_faults(
    State(api): State<Arc<Api>>,
    _: Loopback,
) -> Result<Response, Fault> {
    sandbox(&api)?.faults.set(FaultRules::default());
    Ok(done())
}

/// `POST /sandbox/returns`
pub(crate) async fn return_payout(
    State(api): State<Arc<Api>>,
    control: Control,
) -> Result<Response, Fault> {
    let ReturnPayout { payout_id } = control.parse(ReturnPayout::parse)?;
    let Sandbox { steer, owner, .. } = sandbox(&api)?;
    if steer.return_payout(owner, payout_id).await? {
        return Ok(done());
    }
    let detail = "The sandbox has no executed payout of this id that has not come back. A service in \
                  front of it has ids of its own: its history of the payout names the sandbox's.";
    Err(Fault::new(ProblemKind::InvalidState, detail))
}

/// `POST /sandbox/logins`
pub(crate) async fn log_in(
    State(api): State<Arc<Api>>,
    control: Control,
) -> Result<Response, Fault> {
    let BankLogin { payment_id, login } = control.parse(BankLogin::parse)?;
    sandbox(&api)?.provider.take_payment.log_in(payment_id, login).await?;
    Ok(done())
}

/// `GET /sandbox/banks/{id}`: where the bank's own page would be.
pub(crate) async fn bank_page(_: Loopback) -> Response {
    let page = "This is where the page of the user's bank would be. Nobody has to look at it: POST\n\
                {\"payment_id\":\"...\",\"login\":\"test_executed\"} to /sandbox/logins instead. The\n\
                other logins are test_authorisation_failed, test_execution_rejected and test_cancelled.\n";
    answer::text(StatusCode::OK, page)
}

/// `POST /sandbox/delays`
pub(crate) async fn set_delays(
    State(api): State<Arc<Api>>,
    control: Control,
) -> Result<Response, Fault> {
    let asked = control.parse(Delays::parse)?;
    let Sandbox { steer, delays, .. } = sandbox(&api)?;
    let next = {
        let mut delays = delays.lock().unwrap_or_else(PoisonError::into_inner);
        *delays = changed(*delays, &asked);
        *delays
    };
    steer.set_delays(next).await?;
    Ok(done())
}

/// `POST /sandbox/lifetimes`: what is not said stays.
pub(crate) async fn set_lifetimes(
    State(api): State<Arc<Api>>,
    control: Control,
) -> Result<Response, Fault> {
    let asked = control.parse(Lifetimes::parse)?;
    let lifetimes = &sandbox(&api)?.lifetimes;
    let mut lifetimes = lifetimes.lock().unwrap_or_else(PoisonError::into_inner);
    lifetimes.token_life = asked.token_life.or(lifetimes.token_life);
    lifetimes.key_window = asked.key_window.or(lifetimes.key_window);
    Ok(done())
}

/// `POST /sandbox/webhook`
pub(crate) async fn point_webhooks(
    State(api): State<Arc<Api>>,
    control: Control,
) -> Result<Response, Fault> {
    let WebhookTarget { url } = control.parse(WebhookTarget::parse)?;
    let Some(point) = &sandbox(&api)?.point_webhooks else {
        let detail = "Where webhooks go is said when this sandbox starts.";
        return Err(Fault::new(ProblemKind::InvalidState, detail));
    };
    point(&url).map_err(|sentence| Fault::invalid("url", sentence))?;
    Ok(done())
}

/// `GET /sandbox/clock`
pub(crate) async fn clock(State(api): State<Arc<Api>>, _: Loopback) -> Response {
    answer::json(StatusCode::OK, ClockBody { now: (api.clock)() }.to_bytes())
}

/// `POST /sandbox/clock`
pub(crate) async fn advance(
    State(api): State<Arc<Api>>,
    control: Control,
) -> Result<Response, Fault> {
    let ClockAdvance { by } = control.parse(ClockAdvance::parse)?;
    if by > ADVANCE_MAX {
        let sentence = format!("must be at most {}", ADVANCE_MAX.as_secs());
        return Err(Fault::invalid("advance_seconds", sentence));
    }
    let now = sandbox(&api)?.steer.advance(by).await?;
    Ok(answer::json(StatusCode::OK, ClockBody { now }.to_bytes()))
}

/// There is nothing to tell, and a JSON document that tells it.
fn done() -> Response {
    answer::json(StatusCode::OK, "{}")
}

fn sandbox(api: &Api) -> Result<&Sandbox, Fault> {
    api.sandbox.as_ref().ok_or_else(|| Fault::of(ProblemKind::NotFound))
}

/// What is not said stays. The execution that is said counts from the acceptance, so the
/// authorisation on the way is part of it.
fn changed(delays: SandboxDelays, asked: &Delays) -> SandboxDelays {
    let settlement = asked.settlement.unwrap_or(delays.settlement);
    let Some(whole) = asked.execution else { return SandboxDelays { settlement, ..delays } };
    let authorization = delays.authorization.min(whole);
    SandboxDelays { settlement, authorization, execution: whole.saturating_sub(authorization) }
}

fn deposit_fault(refused: DepositRefused) -> Fault {
    let field = match refused {
        DepositRefused::AmountZero | DepositRefused::TooMuch => "amount_in_minor",
        DepositRefused::UnknownMerchantAccount => "merchant_account_id",
        DepositRefused::NoMerchantAccount(_) | DepositRefused::MerchantAccountCurrency { .. } => {
            "currency"
        }
        DepositRefused::Account(_) => "account_identifier",
        DepositRefused::Unavailable(error) => return ServiceError::from(error).into(),
    };
    Fault::of(ProblemKind::InvalidParameters).at(field, refused.to_string())
}
