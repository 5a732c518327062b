//! Writes that are committed together.

use rusqlite::{Connection, Error};

use super::job::{Job, Verdict};

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

/// Runs the jobs in one transaction, each in a savepoint of its own, and commits.
pub(crate) fn run(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), Lost> {
    if jobs.is_empty() {
        return Ok(());
    }
    execute(connection, "BEGIN IMMEDIATE")?;
    for job in jobs {
        run_one(connection, job.as_mut())?;
    }
    execute(connection, "COMMIT")?;
    Ok(())
}

fn run_one(connection: &Connection, job: &mut dyn Job) -> Result<(), Lost> {
    execute(connection, "SAVEPOINT job")?;
    match job.run(connection) {
        Verdict::Keep => {}
        // For want of room SQLite may have taken back the whole transaction; then there is no
        // savepoint any more, and this fails for the group.
        Verdict::TakeBack => execute(connection, "ROLLBACK TO job")?,
        Verdict::Stop { reason } => return Err(Lost::Stopped(reason)),
    }
    Ok(execute(connection, "RELEASE job")?)
}

fn execute(connection: &Connection, sql: &'static str) -> Result<(), Error> {
    connection.prepare_cached(sql)?.execute(()).map(drop)
}
