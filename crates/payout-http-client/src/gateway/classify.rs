//! What an answer to a transmission says of the payout. This is the whole table.

use payout_ports::{SubmitOutcome, chain};
use payout_wire::media_type;
use payout_wire::payout::CreatedPayout;
use payout_wire::problem::{Problem, ProblemKind};

use crate::session::PostFailure;
use crate::transport::{Answer, SendFailure};

/// The most characters of what a provider says that we keep.
const DETAIL_MAX: usize = 500;

/// Says what an answer means. Every answer means something, and what is not certain is unknown.
///
/// | answer | outcome |
/// |---|---|
/// | 200, 202 with the id of the payout | accepted |
/// | 401, 403 | not processed: we were turned away at the door |
/// | 429 | not processed, to be sent again after what `Retry-After` says |
/// | 409 that speaks of the key | in progress |
/// | 422 that speaks of the key | key reused |
/// | 400, 404, 422 with a problem that the provider is known to have | rejected |
/// | everything else: redirects, other 4xx, every 5xx, what cannot be read | unknown |
pub(super) fn classify(answer: &Answer) -> SubmitOutcome {
    match answer.status.as_u16() {
        200 | 202 => created(answer),
        401 => turned_away(answer, "the provider refuses our token or our signature"),
        403 => turned_away(answer, "the provider does not allow us to do this"),
        429 => turned_away(answer, "the provider has had too many requests from us"),
        400 | 404 | 409 | 422 => refused(answer),
        _ => unknown(answer, "the answer says nothing certain"),
    }
}

/// Says what it means that there is no answer.
pub(super) fn classify_failure(failure: &PostFailure) -> SubmitOutcome {
    let detail = plain(&chain(failure));
    match failure {
        PostFailure::NoSigningKey
        | PostFailure::NotSigned(_)
        | PostFailure::Send(SendFailure::NotSent(_)) => {
            SubmitOutcome::NotProcessed { detail, retry_after: None }
        }
        PostFailure::Send(SendFailure::Lost(_)) => SubmitOutcome::Unknown { detail },
    }
}

fn created(answer: &Answer) -> SubmitOutcome {
    // A page that a proxy put in the way is no answer of the provider's.
    if !is(answer, media_type::JSON) {
        return unknown(answer, "the answer is not JSON");
    }
    match CreatedPayout::parse(&answer.body) {
        Ok(created) => SubmitOutcome::Accepted(created.gateway_payout_id()),
        Err(_) => unknown(answer, "the answer does not name the payout"),
    }
}

fn turned_away(answer: &Answer, reason: &str) -> SubmitOutcome {
    let said = problem(answer).map(|problem| format!(": {}", sentence(&problem)));
    SubmitOutcome::NotProcessed {
        detail: plain(&format!("{reason}{}", said.unwrap_or_default())),
        retry_after: answer.retry_after,
    }
}

fn refused(answer: &Answer) -> SubmitOutcome {
    let Some(problem) = problem(answer) else {
        return unknown(answer, "the answer is no problem document");
    };
    match kind(&problem) {
        Some(ProblemKind::IdempotencyKeyReuse) => SubmitOutcome::KeyReused,
        Some(ProblemKind::IdempotencyKeyConcurrencyConflict) => SubmitOutcome::InProgress,
        Some(
            ProblemKind::InvalidParameters | ProblemKind::InvalidState | ProblemKind::NotFound,
        ) => SubmitOutcome::Rejected { detail: sentence(&problem) },
        Some(
            ProblemKind::Unauthenticated
            | ProblemKind::Forbidden
            | ProblemKind::ConcurrencyConflict
            | ProblemKind::RateLimitExceeded
            | ProblemKind::UnknownError
            | ProblemKind::ProviderError
            | ProblemKind::MethodNotAllowed
            | ProblemKind::RequestTimeout
            | ProblemKind::PayloadTooLarge
            | ProblemKind::UnsupportedMediaType
            | ProblemKind::DecisionRefused
            | ProblemKind::ServiceUnavailable,
        )
        | None => unknown(answer, "the problem is none that rejects a payout"),
    }
}

/// The problem of an answer, if it says the same status as the answer itself.
fn problem(answer: &Answer) -> Option<Problem> {
    if !is(answer, media_type::PROBLEM_JSON) && !is(answer, media_type::JSON) {
        return None;
    }
    let problem = Problem::parse(&answer.body).ok()?;
    (problem.status == answer.status.as_u16()).then_some(problem)
}

/// The kind of a problem. What is said of keys is also known by its title, which clients of the
/// provider compare letter by letter: to take it for anything else could call a payout failed that
/// was made.
fn kind(problem: &Problem) -> Option<ProblemKind> {
    let of_keys =
        [ProblemKind::IdempotencyKeyReuse, ProblemKind::IdempotencyKeyConcurrencyConflict];
    let titled =
        |kind: &ProblemKind| kind.status() == problem.status && kind.title() == problem.title;
    of_keys.into_iter().find(titled).or(problem.kind())
}

fn unknown(answer: &Answer, reason: &str) -> SubmitOutcome {
    SubmitOutcome::Unknown { detail: format!("status {}: {reason}", answer.status.as_u16()) }
}

/// What a problem says, in one sentence.
pub(crate) fn sentence(problem: &Problem) -> String {
    let said = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
    let faults: Vec<_> = problem
        .errors
        .iter()
        .flatten()
        .map(|(path, sentences)| format!("{path}: {}", sentences.join("; ")))
        .collect();
    if faults.is_empty() {
        return plain(said);
    }
    plain(&format!("{said} {}", faults.join(". ")))
}

/// A text of one line and bounded length: it is stored with the payout, and shown to operators.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(DETAIL_MAX).collect()
}

fn is(answer: &Answer, media_type: &str) -> bool {
    answer.content_type.as_deref().is_some_and(|found| media_type::is(found, media_type))
}

#[cfg(test)]
mod tests;
