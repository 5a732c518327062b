//! The arguments of the verbs for the record of who did what.

use clap::{Args, Subcommand};

use super::DataOf;
use crate::audit::Head;

/// Find out whether the record of who did what is as it was written
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Follow the record from its first line to its last
    Verify(VerifyAudit),
}

/// Follow the record from its first line to its last
///
/// Each line holds a digest of itself and of the line before it, so that one that was changed, removed
/// or moved is found. That lines were cut off at the end is found by whoever has kept a later head: it is
/// printed here, and logged each hour.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  payout audit verify
  payout audit verify --data /var/lib/payout --head 4711:5dc1b748…   and whether that line is still there

Ends with 0 if the record is what was written, with 4 if it is not.")]
pub(crate) struct VerifyAudit {
    #[command(flatten)]
    pub(crate) of: DataOf,
    /// A head that was printed or logged before
    #[arg(long, value_name = "NUMBER:DIGEST")]
    pub(crate) head: Option<Head>,
}
