//! The memory of this process, which holds secrets.

/// Lets nobody but the system's own administrator read secrets from the memory of this process, and lets
/// no core dump hold them.
pub(crate) fn keep_private() {
    let private = rustix::process::DumpableBehavior::NotDumpable;
    if let Err(error) = rustix::process::set_dumpable_behavior(private) {
        anstream::eprintln!("payout: core dumps of this process may hold its secrets: {error}");
    }
}
