//! What a crash has left.

use rusqlite::Connection;

/// Every payout in the middle of a transmission is due since that began.
const SENDERS: &str = "UPDATE payout INDEXED BY payout_to_send SET due_at = min(due_at, \
     (SELECT at FROM payout_event AS last \
     WHERE last.payout = payout.seq AND last.version = payout.version)) \
     WHERE due_at IS NOT NULL AND (state = 'accepted' OR state = 'sending' \
     OR state = 'sending:again' OR state = 'unknown') \
     AND (state = 'sending' OR state = 'sending:again')";

/// Nothing but a lease puts an event off.
const EVENTS: &str = "UPDATE inbox INDEXED BY inbox_to_do SET due_at = received_at \
     WHERE done = 0 AND due_at > received_at";

/// What waits after a failure goes on waiting.
const TELLERS: &str = "UPDATE outbox INDEXED BY outbox_to_do SET due_at = waits_until \
     WHERE done = 0 AND given_up_at IS NULL AND due_at > waits_until";

/// Ends the leases of whoever worked when the store crashed. No other process can have it open, so they
/// are all gone; what was cut off goes on at once. After a clean stop nothing was cut off, and the
/// leases take their course.
pub(crate) fn end_leases(connection: &Connection) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    for leases in [SENDERS, EVENTS, TELLERS] {
        transaction.execute(leases, ())?;
    }
    transaction.commit()
}
