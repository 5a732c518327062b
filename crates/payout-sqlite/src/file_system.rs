//! Whether the disk is where we are.

use std::io;
use std::path::Path;

/// File systems whose locks and `fsync` somebody else answers for, by the number that Linux gives them
/// (statfs(2) and `linux/magic.h`).
const REMOTE: [(u32, &str); 17] = [
    (0x0000_564C, "NCP"),
    (0x0000_517B, "SMB"),
    (0x0000_6969, "NFS"),
    (0x00C3_6400, "Ceph"),
    (0x0102_1997, "9P"),
    (0x0BD0_0BD0, "Lustre"),
    (0x1983_0326, "BeeGFS"),
    (0x4750_4653, "GPFS"),
    (0x5346_414F, "AFS"),
    (0x6573_5546, "FUSE"),
    (0x6B41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x786F_4256, "a folder shared by VirtualBox"),
    (0xAAD7_AAEA, "PanFS"),
    (0xBACB_ACBC, "a folder shared by VMware"),
    (0xFE53_4D42, "SMB"),
    (0xFF53_4D42, "SMB"),
];

/// The name of the file system that a directory is on, if the store must not be there.
#[cfg(target_os = "linux")]
pub(crate) fn remote(directory: &Path) -> io::Result<Option<&'static str>> {
    let kind = rustix::fs::statfs(directory)?.f_type;
    // Its width depends on the machine; the number is one of 32 bits, and may be taken for a negative.
    let kind = i128::from(kind) & i128::from(u32::MAX);
    Ok(u32::try_from(kind).ok().and_then(name_if_remote))
}

/// Elsewhere nobody is asked.
#[cfg(not(target_os = "linux"))]
pub(crate) fn remote(_directory: &Path) -> io::Result<Option<&'static str>> {
    Ok(None)
}

/// The name of a file system on which neither locks nor `fsync` can be relied on.
fn name_if_remote(kind: u32) -> Option<&'static str> {
    REMOTE.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_of_another_machine_is_told_by_its_number() {
        for (kind, name) in
            [(0x6969, "NFS"), (0x517B, "SMB"), (0xFF53_4D42, "SMB"), (0x6573_5546, "FUSE")]
        {
            assert_eq!(name_if_remote(kind), Some(name));
        }
    }

    #[test]
    fn a_disk_of_this_machine_is_no_other_machines() {
        // ext4, XFS, Btrfs, ZFS, F2FS, overlayfs and tmpfs.
        for kind in
            [0xEF53, 0x5846_5342, 0x9123_683E, 0x2FC1_2FC1, 0xF2F5_2010, 0x794C_7630, 0x0102_1994]
        {
            assert_eq!(name_if_remote(kind), None, "{kind:#x}");
        }
    }

    #[test]
    fn every_number_is_told_once() {
        let numbers: std::collections::BTreeSet<_> = REMOTE.iter().map(|(kind, _)| kind).collect();

        assert_eq!(numbers.len(), REMOTE.len());
    }

    #[test]
    fn where_the_tests_run_a_store_may_be() {
        let directory = tempfile::tempdir().expect("there is room for temporary files");

        assert_eq!(remote(directory.path()).expect("it is there"), None);
    }
}
