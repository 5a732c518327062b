//! What processes have in memory.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Result, ensure};

/// A process, as the kernel tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    pid: u32,
    parent: u32,
    /// Pages that lie in memory, in KiB; 0 for a process that has just ended.
    resident_kib: u64,
}

/// The resident memory of a process and of all that it has started, in KiB.
pub(super) fn resident_kib(pid: u32) -> Result<u64> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        // It may have ended meanwhile.
        let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else { continue };
        processes.extend(Process::of(pid, &status));
    }
    let total = of_tree(&processes, pid);
    ensure!(total > 0, "process {pid} has ended");
    Ok(total)
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

fn of_tree(processes: &[Process], root: u32) -> u64 {
    let mut tree = BTreeSet::from([root]);
    loop {
        let before = tree.len();
        let children = processes.iter().filter(|it| tree.contains(&it.parent)).map(|it| it.pid);
        tree.extend(children.collect::<Vec<_>>());
        if tree.len() == before {
            break;
        }
    }
    processes.iter().filter(|it| tree.contains(&it.pid)).map(|it| it.resident_kib).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_counts_with_all_that_it_has_started() {
        let process = |pid, parent, resident_kib| Process { pid, parent, resident_kib };
        // The grandchild is told of before its parent.
        let all = [process(9, 7, 4), process(7, 5, 2), process(5, 1, 1), process(8, 1, 100)];

        assert_eq!(of_tree(&all, 5), 7);
    }

    #[test]
    fn the_kernel_tells_parent_and_memory() {
        let status = "Name:\tnode\nPPid:\t12\nVmHWM:\t 900 kB\nVmRSS:\t     812 kB\n";

        assert_eq!(Process::of(3, status), Some(Process { pid: 3, parent: 12, resident_kib: 812 }));
        assert!(resident_kib(std::process::id()).is_ok_and(|kib| kib > 0));
    }
}
