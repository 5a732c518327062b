//! Writes that are committed together.

use rusqlite::Error;

use super::job::{Advance, Job, Verdict};
use crate::connection::Connection;
use crate::mark;

/// Why nothing of a group was committed, as far as can be known.
#[derive(Debug)]
pub(crate) enum Lost {
    /// A statement of the group itself failed.
    Failed(Error),
    /// A job found out that nothing may be written any more.
    Stopped(String),
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Runs the jobs in one transaction, each in a savepoint of its own, with those whom `join` adds meanwhile,
/// until it says that nobody has come; then commits. However many of them bring the store forward, that is
/// written down once.
pub(crate) fn run(
    connection: &Connection,
    jobs: &mut Vec<Box<dyn Job>>,
    mut join: impl FnMut(&mut Vec<Box<dyn Job>>) -> bool,
) -> Result<(), Lost> {
    execute(connection, "BEGIN IMMEDIATE")?;
    let mut advance = None;
    let mut done = 0;
    loop {
        for job in jobs.iter_mut().skip(done) {
            advance = farther(advance, run_one(connection, job.as_mut())?);
        }
        done = jobs.len();
        if !join(jobs) {
            break;
        }
    }
    if let Some(advance) = advance {
        mark::go_forward(connection, advance)?;
    }
    execute(connection, "COMMIT")?;
    Ok(())
}

fn run_one(connection: &Connection, job: &mut dyn Job) -> Result<Option<Advance>, Lost> {
    execute(connection, "SAVEPOINT job")?;
    let advance = match job.run(connection) {
        Verdict::Keep(advance) => advance,
        // For want of room SQLite may have taken back the whole transaction; then there is no
        // savepoint any more, and this fails for the group.
        Verdict::TakeBack => {
            execute(connection, "ROLLBACK TO job")?;
            None
        }
        Verdict::Stop { reason } => return Err(Lost::Stopped(reason)),
    };
    execute(connection, "RELEASE job")?;
    Ok(advance)
}

fn farther(one: Option<Advance>, other: Option<Advance>) -> Option<Advance> {
    let (Some(one), Some(other)) = (one, other) else { return one.or(other) };
    Some(Advance { latest_at: one.latest_at.max(other.latest_at) })
}

fn execute(connection: &Connection, sql: &'static str) -> Result<(), Error> {
    connection.prepare_cached(sql)?.execute(()).map(drop)
}
