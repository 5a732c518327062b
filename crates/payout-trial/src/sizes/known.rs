//! Payouts of a store that can be asked for.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use payout_domain::GatewayPayoutId;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use uuid::Uuid;

use crate::random::Random;

/// A payout that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: Uuid,
    /// The provider's name of it.
    pub(super) provider_name: GatewayPayoutId,
    /// What the provider was sent.
    pub(super) words: Vec<u8>,
}

/// One payout by its row, if it has ended.
const ENDED: &str = "SELECT id, gateway_payout_id, gateway_body FROM payout \
     WHERE seq = ?1 AND state = 'executed'";

/// Draws this many payouts that have ended, some perhaps more than once.
pub(super) fn draw(database: &Path, count: usize, random: &mut Random) -> Result<Vec<Known>> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let rows: i64 = connection.query_row("SELECT max(seq) FROM payout", (), |row| row.get(0))?;
    let rows = u64::try_from(rows)?;
    let mut statement = connection.prepare(ENDED)?;
    let mut drawn = Vec::with_capacity(count);
    for _ in 0..count.saturating_mul(4) {
        if drawn.len() == count {
            break;
        }
        let seq = i64::try_from(random.below(rows))?.saturating_add(1);
        let found = statement.query_row([seq], |row| {
            let id: [u8; 16] = row.get(0)?;
            let name: [u8; 16] = row.get(1)?;
            Ok((id, name, row.get(2)?))
        });
        let found = found.optional().context("a payout's row")?;
        drawn.extend(found.map(|(id, name, words)| Known {
            id: Uuid::from_bytes(id),
            provider_name: GatewayPayoutId::from_uuid(Uuid::from_bytes(name)),
            words,
        }));
    }
    ensure!(drawn.len() == count, "too few payouts of the store have ended");
    Ok(drawn)
}
