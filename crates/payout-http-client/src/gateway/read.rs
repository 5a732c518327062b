//! What the answer to a question says, and how questions are asked.

use http::StatusCode;
use payout_domain::{MerchantAccountId, UserId};
use payout_ports::{Cause, ReadError, TransactionQuery, TransactionType};
use payout_wire::problem::Problem;
use payout_wire::{route, timestamp};
use reqwest::Url;

use super::classify::sentence;
use crate::session::{GetFailure, Session};
use crate::transport::Answer;

/// The answer is about something else than what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the answer is about another thing than was asked for")]
pub(super) struct OtherThing;

#[derive(Debug, thiserror::Error)]
#[error("status {status}{said}")]
struct BadStatus {
    status: u16,
    said: String,
}

/// The body of what was asked for; `None` if there is no such thing.
pub(super) fn found(answer: Result<Answer, GetFailure>) -> Result<Option<Vec<u8>>, ReadError> {
    match answer {
        Ok(answer) if answer.status == StatusCode::NOT_FOUND => Ok(None),
        answer => expected(answer).map(Some),
    }
}

/// The body of a page of a list. All but the cursor is written by us and right, so where a provider
/// finds the request wrong, it is the cursor.
pub(super) fn found_on_page(
    answer: Result<Answer, GetFailure>,
    query: &TransactionQuery,
) -> Result<Option<Vec<u8>>, ReadError> {
    match answer {
        Ok(answer) if answer.status == StatusCode::BAD_REQUEST && query.cursor.is_some() => {
            Err(ReadError::UnknownCursor)
        }
        answer => found(answer),
    }
}

/// The body of what must be there.
pub(super) fn expected(answer: Result<Answer, GetFailure>) -> Result<Vec<u8>, ReadError> {
    let answer = answer.map_err(no_answer)?;
    let status = answer.status.as_u16();
    match status {
        200 => Ok(answer.body),
        401 | 403 => Err(ReadError::Refused { detail: bad_status(&answer).to_string() }),
        408 | 429 | 500..=599 => Err(ReadError::Unavailable(bad_status(&answer).into())),
        _ => Err(unreadable(bad_status(&answer))),
    }
}

pub(super) fn unreadable(cause: impl Into<Cause>) -> ReadError {
    ReadError::Unreadable(cause.into())
}

fn no_answer(failure: GetFailure) -> ReadError {
    match failure {
        GetFailure::Token(failure) => failure.into(),
        GetFailure::Send(failure) => ReadError::Unavailable(failure.into_cause()),
    }
}

fn bad_status(answer: &Answer) -> BadStatus {
    let problem = Problem::parse(&answer.body).ok();
    let said = problem.map(|problem| format!(": {}", sentence(&problem))).unwrap_or_default();
    BadStatus { status: answer.status.as_u16(), said }
}

pub(crate) fn payment_sources_url(
    session: &Session,
    merchant_account_id: MerchantAccountId,
    user_id: &UserId,
) -> Url {
    let mut url = session.url(&route::PAYMENT_SOURCES.of(merchant_account_id));
    url.query_pairs_mut().append_pair("user_id", user_id.as_str());
    url
}

pub(crate) fn transactions_url(
    session: &Session,
    merchant_account_id: MerchantAccountId,
    query: &TransactionQuery,
) -> Url {
    let mut url = session.url(&route::TRANSACTIONS.of(merchant_account_id));
    let mut pairs = url.query_pairs_mut();
    pairs.append_pair("from", &timestamp::to_micros(query.from));
    pairs.append_pair("to", &timestamp::to_micros(query.to));
    if let Some(only) = query.only {
        let name = match only {
            TransactionType::Payment => "payment",
            TransactionType::Payout => "payout",
        };
        pairs.append_pair("type", name);
    }
    if let Some(cursor) = &query.cursor {
        pairs.append_pair("cursor", cursor);
    }
    drop(pairs);
    url
}
