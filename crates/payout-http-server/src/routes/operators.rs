//! What operators see and decide. Every decision is theirs by name.

pub(crate) mod describe;
mod clients;
mod dead_letters;
mod pause;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_domain::{Payout, PayoutId, Resolution};
use payout_service::{
    Attempt, DecisionError, History, PageOrder, ResolveError, Resolved, Standing,
};
use payout_wire::history::HistoryItem;
use payout_wire::operator::{
    AttemptItem, DeadLetterItem, PayoutFile, ResolveOrder, StandingName, StandingPage,
    StandingPayout,
};
use payout_wire::problem::ProblemKind;
use payout_wire::timestamp;

use crate::Api;
use crate::answer;
use crate::fault::Fault;
use crate::operator_caller::{NoBody, OperatorBody, OperatorCaller, operators};
use crate::query::Query;

pub(crate) use clients::{
    add as add_client, change as change_client, list as list_clients, revoke as revoke_client,
    rotate_secret,
};
pub(crate) use dead_letters::{list as list_dead_letters, replay};
pub(crate) use pause::{pause, resume, show as show_pause};

/// How many things a page has if nobody says how many.
const PAGE_SIZE: usize = 50;

/// The most things of a page.
const PAGE_SIZE_MAX: usize = 200;

/// The most notifications that are looked through for those about one payout.
const LETTERS_MAX: usize = 1_000;

/// `GET /operator/payouts?standing=&limit=&after=`
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    OperatorCaller(_): OperatorCaller,
    query: Query,
) -> Result<Response, Fault> {
    query.required("standing")?;
    let name = query.parsed("standing")?.unwrap_or(StandingName::Parked);
    let page = PageOrder { limit: limit(&query)?, after: query.parsed("after")? };
    let payouts = operators(&api)?.list_standing.run(standing(name), &page).await?;
    let last = payouts.items.last().filter(|_| payouts.more).map(Payout::id);
    let body = StandingPage::new(&payouts.items, last.map(|id| id.to_string()));
    Ok(answer::json(StatusCode::OK, body.to_bytes()))
}

/// `GET /operator/payouts/{id}`
pub(crate) async fn show(
    State(api): State<Arc<Api>>,
    OperatorCaller(_): OperatorCaller,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id = parse_id(&id)?;
    let found = api.show_history.of_any_client(id).await?;
    let (payout, history) = found.ok_or_else(not_found)?;
    let letters = operators(&api)?.replay_notifications.list(LETTERS_MAX, None).await?;
    let letters = letters.iter().map(dead_letters::item);
    let about = |letter: &DeadLetterItem| dead_letters::is_about(letter, id);
    let body = file(&payout, history, letters.filter(about).collect());
    Ok(answer::json(StatusCode::OK, body.to_bytes()))
}

/// `POST /operator/payouts/{id}/cancel`
pub(crate) async fn cancel(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Response, Fault> {
    let decided = operators(&api)?.decide_payout.cancel(parse_id(&id)?, by).await;
    decided_or(decided, "called off")
}

/// `POST /operator/payouts/{id}/release`
pub(crate) async fn release(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Response, Fault> {
    let decided = operators(&api)?.decide_payout.release(parse_id(&id)?, by).await;
    decided_or(decided, "let go on")
}

/// `POST /operator/payouts/{id}/resolve`: 200 if the payout stands so now, 202 if another person must
/// say the same.
pub(crate) async fn resolve(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    Path(id): Path<String>,
    body: OperatorBody,
) -> Result<Response, Fault> {
    let ResolveOrder { outcome, evidence } = body.parse(ResolveOrder::parse)?;
    if matches!(outcome, Resolution::Executed { at } if at > (api.clock)()) {
        return Err(Fault::invalid("executed_at", "is in the future; write when it was executed"));
    }
    let resolve = &operators(&api)?.resolve_payout;
    let resolved = resolve.run(parse_id(&id)?, by, outcome, &evidence).await.map_err(refused)?;
    let (status, payout) = match resolved.ok_or_else(not_found)? {
        Resolved::Done(payout) => (StatusCode::OK, payout),
        Resolved::Proposed(payout) => (StatusCode::ACCEPTED, payout),
    };
    Ok(answer::json(status, StandingPayout::from(&payout).to_bytes()))
}

fn limit(query: &Query) -> Result<usize, Fault> {
    let limit = query.parsed::<usize>("limit")?.unwrap_or(PAGE_SIZE);
    if (1..=PAGE_SIZE_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(Fault::invalid("limit", format!("must be from 1 to {PAGE_SIZE_MAX}")))
}

/// Which payouts are meant.
fn standing(name: StandingName) -> Standing {
    match name {
        StandingName::Unknown => Standing::Unknown,
        StandingName::Parked => Standing::Parked,
    }
}

fn file(payout: &Payout, history: History, dead_letters: Vec<DeadLetterItem>) -> PayoutFile {
    let items = history.events.into_iter().map(|event| HistoryItem {
        version: event.version,
        at: event.at,
        evidence: event.evidence,
        state: event.state,
    });
    PayoutFile {
        payout: payout.into(),
        items: items.collect(),
        attempts: history.attempts.iter().map(attempt).collect(),
        dead_letters,
    }
}

fn attempt(attempt: &Attempt) -> AttemptItem {
    let ended = attempt.ended.as_ref().map(|end| (end.at, &*end.outcome));
    AttemptItem::new(attempt.attempt, attempt.begun_at, attempt.token, ended)
}

fn decided_or(
    decided: Result<Option<Payout>, DecisionError>,
    done: &str,
) -> Result<Response, Fault> {
    let payout = decided.map_err(|error| not_decided(error, done))?.ok_or_else(not_found)?;
    Ok(answer::json(StatusCode::OK, StandingPayout::from(&payout).to_bytes()))
}

fn not_decided(error: DecisionError, done: &str) -> Fault {
    match error {
        DecisionError::Refused(payout) => {
            let next = StandingPayout::from(&*payout).next;
            let detail = format!(
                "The payout is {}, so it cannot be {done}. What to do: {next}.",
                payout.state()
            );
            Fault::new(ProblemKind::DecisionRefused, detail)
        }
        DecisionError::Service(error) => error.into(),
    }
}

fn refused(error: ResolveError) -> Fault {
    let detail = match error {
        ResolveError::Decision(error) => return not_decided(error, "resolved so"),
        ResolveError::SamePerson(by) => {
            format!("{by} has proposed this already: another person must confirm it.")
        }
        ResolveError::Found(id) => format!(
            "There is nothing to resolve: the provider has it, as {id}. It is followed from now on."
        ),
        ResolveError::NotYetProven { until } => format!(
            "It is not proven yet: the statement must first show a payout of this merchant account \
             that the provider created after {}, since all that was sent could arrive until then. \
             Wait for one, or make one, and try again.",
            timestamp::to_micros(until)
        ),
    };
    Fault::new(ProblemKind::DecisionRefused, detail)
}

/// What is no id names nothing, and looks like an id that names nothing.
fn parse_id(text: &str) -> Result<PayoutId, Fault> {
    text.parse().map_err(|_| not_found())
}

fn not_found() -> Fault {
    Fault::not_found("Payout could not be found.")
}
