//! A process with all that it has started.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::bench::usage::Usage;

/// A process with all that it has started.
#[derive(Clone, Debug)]
pub(super) struct Tree(Vec<Process>);

/// A process, as the kernel tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    pid: u32,
    parent: u32,
    /// Pages that lie in memory, in KiB; 0 for a process that has just ended.
    resident_kib: u64,
}

impl Tree {
    /// Asks the kernel.
    pub(super) fn of(root: u32) -> Result<Self> {
        let mut all = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
            // It may have ended meanwhile.
            let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else { continue };
            all.extend(Process::of(pid, &status));
        }
        let tree = Self::within(&all, root);
        ensure!(tree.resident_kib() > 0, "process {root} has ended");
        Ok(tree)
    }

    /// What all of them together have in memory, in KiB. Pages that they share count for each.
    pub(super) fn resident_kib(&self) -> u64 {
        self.0.iter().map(|process| process.resident_kib).sum()
    }

    /// What all of them together have taken of the processors.
    pub(super) fn cpu(&self) -> Result<Duration> {
        self.0.iter().map(|process| Ok(Usage::of(process.pid)?.cpu)).sum()
    }

    fn within(all: &[Process], root: u32) -> Self {
        let mut pids = BTreeSet::from([root]);
        loop {
            let before = pids.len();
            let children = all.iter().filter(|process| pids.contains(&process.parent));
            pids.extend(children.map(|process| process.pid).collect::<Vec<_>>());
            if pids.len() == before {
                break;
            }
        }
        Self(all.iter().filter(|process| pids.contains(&process.pid)).copied().collect())
    }
}

impl Process {
    /// Reads `/proc/PID/status`.
    fn of(pid: u32, status: &str) -> Option<Self> {
        let value = |name| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let resident = value("VmRSS:").and_then(|text| text.strip_suffix(" kB"));
        Some(Self {
            pid,
            parent: value("PPid:")?.parse().ok()?,
            resident_kib: resident.and_then(|text| text.parse().ok()).unwrap_or(0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_counts_with_all_that_it_has_started() {
        let process = |pid, parent, resident_kib| Process { pid, parent, resident_kib };
        // The grandchild is told of before its parent.
        let all = [process(9, 7, 4), process(7, 5, 2), process(5, 1, 1), process(8, 1, 100)];

        assert_eq!(Tree::within(&all, 5).resident_kib(), 7);
    }

    #[test]
    fn the_kernel_tells_parent_and_memory() {
        let status = "Name:\tnode\nPPid:\t12\nVmHWM:\t 900 kB\nVmRSS:\t     812 kB\n";

        assert_eq!(Process::of(3, status), Some(Process { pid: 3, parent: 12, resident_kib: 812 }));
        assert!(Tree::of(std::process::id()).is_ok_and(|own| own.resident_kib() > 0));
    }
}
