//! Whether there is room on the disk.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// More than a payout takes in a database, with its whole history and all indexes, in bytes.
const BYTES_PER_PAYOUT: u64 = 4_000;

/// What everything else takes, in bytes.
const BYTES_MORE: u64 = 2 << 30;

/// An error that says what is missing, if a store of this size has no room in a directory.
pub(super) fn check(directory: &Path, payouts: u64) -> Result<()> {
    let disk = rustix::fs::statvfs(directory).context("the disk says nothing of its room")?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let needed = needed(payouts);
    ensure!(
        free >= needed,
        "{} has {} GiB free, and {payouts} payouts may take {}: set TMPDIR to a directory of a larger \
         disk, or say --up-to",
        directory.display(),
        free >> 30,
        needed.div_ceil(1 << 30)
    );
    Ok(())
}

fn needed(payouts: u64) -> u64 {
    payouts.saturating_mul(BYTES_PER_PAYOUT).saturating_add(BYTES_MORE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_finds_no_room_says_what_it_needs() {
        let directory = std::env::temp_dir();

        check(&directory, 0).expect("there is room for tests");
        let refused = check(&directory, u64::MAX).expect_err("no disk is so large").to_string();

        assert!(refused.contains("TMPDIR"), "{refused}");
    }
}
