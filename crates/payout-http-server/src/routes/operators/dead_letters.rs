//! Notifications that were given up.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use payout_domain::{EventId, PayoutId};
use payout_service::{DeadLetter, DeadLetterSubject};
use payout_wire::operator::{DeadLetterAbout, DeadLetterItem, DeadLetterPage};

use super::limit;
use crate::Api;
use crate::answer;
use crate::fault::Fault;
use crate::operator_caller::{NoBody, OperatorCaller, operators};
use crate::query::Query;

/// `GET /operator/dead-letters?limit=&after=`
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    OperatorCaller(_): OperatorCaller,
    query: Query,
) -> Result<Response, Fault> {
    let (limit, after) = (limit(&query)?, query.parsed("after")?);
    // One more than is asked for, to know whether there are more.
    let asked = limit.saturating_add(1);
    let found = operators(&api)?.replay_notifications.list(asked, after).await?;
    let items: Vec<_> = found.iter().take(limit).map(item).collect();
    let last = items.last().filter(|_| found.len() > limit).map(|item| item.event_id);
    let page = DeadLetterPage { next_cursor: last.map(|id| id.to_string()), items };
    Ok(answer::json(StatusCode::OK, page.to_bytes()))
}

/// `POST /operator/dead-letters/{id}/replay`
pub(crate) async fn replay(
    State(api): State<Arc<Api>>,
    OperatorCaller(by): OperatorCaller,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Response, Fault> {
    let id: EventId = id.parse().map_err(|_| not_found())?;
    if !operators(&api)?.replay_notifications.replay(id).await? {
        return Err(not_found());
    }
    tracing::info!(%by, event_id = %id, "a notification is told once more");
    Ok(answer::json(StatusCode::OK, "{}"))
}

/// A notification as it is told.
pub(super) fn item(letter: &DeadLetter) -> DeadLetterItem {
    DeadLetterItem {
        event_id: letter.event_id,
        client_id: letter.client_id.clone(),
        event: letter.kind.as_str().to_owned(),
        about: match letter.about {
            DeadLetterSubject::Payout(id) => DeadLetterAbout::Payout(id),
            DeadLetterSubject::Payment(id) => DeadLetterAbout::Payment(id),
        },
        created_at: letter.created_at,
        given_up_at: letter.given_up_at,
        failures: letter.failures,
    }
}

/// Whether a notification is about this payout.
pub(super) fn is_about(letter: &DeadLetterItem, id: PayoutId) -> bool {
    letter.about == DeadLetterAbout::Payout(id)
}

fn not_found() -> Fault {
    Fault::not_found("No notification of this id was given up.")
}
