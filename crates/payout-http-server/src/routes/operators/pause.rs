//! Stopping all sending.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use payout_service::Pause;
use payout_wire::operator::{PauseBody, PauseOrder};

use crate::Api;
use crate::answer;
use crate::fault::Fault;
use crate::operator_caller::{NoBody, OperatorBody, OperatorCaller, operators};

/// `GET /operator/pause`
pub(crate) async fn show(
    State(api): State<Arc<Api>>,
    OperatorCaller(_): OperatorCaller,
) -> Result<Response, Fault> {
    let paused = operators(&api)?.pause_sending.paused().await?;
    Ok(told(&paused.map_or(PauseBody::Sending, body)))
}

/// `PUT /operator/pause`: answers whose pause it is, which may be somebody's who was earlier.
pub(crate) async fn pause(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    order: OperatorBody,
) -> Result<Response, Fault> {
    let PauseOrder { because } = order.parse(PauseOrder::parse)?;
    let paused = operators(&api)?.pause_sending.pause(by, &because).await?;
    Ok(told(&body(paused)))
}

/// `DELETE /operator/pause`
pub(crate) async fn resume(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    _: NoBody,
) -> Result<Response, Fault> {
    operators(&api)?.pause_sending.resume(&by).await?;
    Ok(told(&PauseBody::Sending))
}

fn body(pause: Pause) -> PauseBody {
    PauseBody::Paused { by: pause.by, because: pause.because, at: pause.at }
}

fn told(body: &PauseBody) -> Response {
    answer::json(StatusCode::OK, body.to_bytes())
}
