//! A write that waits for its commit.

use payout_domain::Timestamp;
use tokio::sync::oneshot;

use crate::connection::Connection;
use crate::failure::{Failure, Outage};

/// How far a write has brought the store: an acceptance, a claim to send or a save was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Advance {
    /// When the newest event in it was recorded; `None` if it has none.
    pub(crate) latest_at: Option<Timestamp>,
}

/// A write that waits for its commit.
pub(crate) trait Job: Send {
    /// Does it, inside a savepoint.
    fn run(&mut self, connection: &Connection) -> Verdict;

    /// Tells whoever waits what became of it, after the commit: its own result, or the outage.
    fn answer(self: Box<Self>, outage: Option<&Outage>);
}

/// What is to be done with what a job has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Commit it, and say that the store went forward if it did.
    Keep(Option<Advance>),
    /// Take it back; the others of its group may go on.
    TakeBack,
    /// Take the whole group back and write nothing any more.
    Stop {
        /// Why.
        reason: String,
    },
}

/// A closure as a job.
pub(crate) struct Task<T, W> {
    work: Option<W>,
    result: Option<Result<T, Failure>>,
    reply: oneshot::Sender<Result<T, Failure>>,
}

impl<T, W> Task<T, W> {
    /// A job and where its result will arrive.
    pub(crate) fn new(work: W) -> (Self, oneshot::Receiver<Result<T, Failure>>) {
        let (reply, answer) = oneshot::channel();
        (Self { work: Some(work), result: None, reply }, answer)
    }
}

impl<T, W> Job for Task<T, W>
where
    T: Send,
    W: FnOnce(&Connection) -> Result<(T, Option<Advance>), Failure> + Send,
{
    fn run(&mut self, connection: &Connection) -> Verdict {
        let Some(work) = self.work.take() else { return Verdict::TakeBack };
        let (verdict, result) = match work(connection) {
            Ok((value, advance)) => (Verdict::Keep(advance), Ok(value)),
            Err(failure) if failure.is_fatal() => {
                (Verdict::Stop { reason: failure.described() }, Err(failure))
            }
            Err(failure) => (Verdict::TakeBack, Err(failure)),
        };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>, outage: Option<&Outage>) {
        let result = match (outage, self.result) {
            (Some(outage), _) => Err(Failure::Outage(outage.clone())),
            (None, Some(result)) => result,
            (None, None) => Err(Failure::Outage(Outage::Closed)),
        };
        // Whoever asked may have gone away meanwhile; what is written stays written.
        let _ = self.reply.send(result);
    }
}
