//! What a process takes of the machine.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// What a process has taken so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// Time on a processor, of all its threads that still live.
    pub(crate) cpu: Duration,
    /// The most memory that it ever had, in KiB.
    pub(crate) peak_kib: u64,
}

impl Usage {
    /// Asks the kernel.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        Ok(Self { cpu: cpu(pid)?, peak_kib: status(pid, "VmHWM:")? })
    }
}

/// The memory of a process that lies in RAM now, in KiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resident {
    /// What it has written: heaps, stacks, and the caches of its database connections.
    pub(crate) own_kib: u64,
    /// What is mapped from files, above all the program itself.
    pub(crate) of_files_kib: u64,
}

impl Resident {
    /// Asks the kernel.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        Ok(Self { own_kib: status(pid, "RssAnon:")?, of_files_kib: status(pid, "RssFile:")? })
    }
}

/// The first number of each thread's `schedstat`: nanoseconds on a processor. It is finer than the
/// hundredths of a second in `stat`.
fn cpu(pid: u32) -> Result<Duration> {
    let mut total = Duration::ZERO;
    for thread in fs::read_dir(format!("/proc/{pid}/task")).context("it runs")? {
        let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        let nanoseconds = text.split_ascii_whitespace().next().unwrap_or_default().parse()?;
        total = total.saturating_add(Duration::from_nanos(nanoseconds));
    }
    Ok(total)
}

fn status(pid: u32, name: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).context("it runs")?;
    let line =
        text.lines().find_map(|line| line.strip_prefix(name)).context("the kernel says so")?;
    Ok(line.split_ascii_whitespace().next().unwrap_or_default().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_works_takes_time() {
        let before = Usage::of(std::process::id()).expect("we run");

        let sum = (0..20_000_000_u64).fold(0_u64, |sum, next| sum.rotate_left(3) ^ next);

        let after = Usage::of(std::process::id()).expect("we run");
        assert!(after.cpu > before.cpu, "{sum}");
        assert!(after.peak_kib > 0);
    }
}
