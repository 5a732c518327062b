//! The scheme that somebody else used.

use payout_domain::Scheme;

use crate::json::Value;

/// Reads `scheme_id`. One that we have no name for is [`Scheme::Unknown`]: the list has changed before,
/// and nothing hangs on it.
#[expect(clippy::option_option, reason = "absent is not the same as wrong")]
pub(crate) fn read(body: &Value<'_>) -> Option<Option<Scheme>> {
    body.if_any("scheme_id", |id| Some(id.text()?.parse().unwrap_or(Scheme::Unknown)))
}
