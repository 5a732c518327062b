//! `cargo xtask postgres`: a PostgreSQL server that is thrown away.

mod cluster;
mod programs;

use crate::verdict::Verdict;
use anyhow::Result;
use std::io::{BufRead, Write};

pub(crate) use cluster::Cluster;

/// The variable by which the tests find their server.
pub(crate) const VARIABLE: &str = "PAYOUT_TEST_POSTGRES";

/// The variable by which they find the program that kills it and starts it again.
pub(crate) const CRASH_VARIABLE: &str = "PAYOUT_TEST_POSTGRES_CRASH";

/// Starts a server, says where it is, and keeps it until Ctrl-C or the end of the input.
pub(crate) fn run() -> Result<Verdict> {
    let cluster = Cluster::start()?;
    println!("export {VARIABLE}={}", cluster.url());
    println!("export {CRASH_VARIABLE}={}", cluster.crash_program().display());
    println!("# it runs, and is removed with all it holds, until Ctrl-C or Ctrl-D");
    std::io::stdout().flush()?;
    for line in std::io::stdin().lock().lines() {
        let _nobody_asked = line?;
    }
    Ok(Verdict::Passed)
}
