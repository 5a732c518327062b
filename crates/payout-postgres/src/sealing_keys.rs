//! The keys that a store was ever opened with.

use payout_ports::{KeyProof, Sealing};
use tokio_postgres::{Client, Error};

use crate::OpenError;

const KNOWN: &str = "SELECT id, proof FROM sealing_key ORDER BY id";

const HOLDS_ANYTHING: &str =
    "SELECT EXISTS (SELECT 1 FROM payout) OR EXISTS (SELECT 1 FROM payment_source)";

const REMEMBER: &str = "INSERT INTO sealing_key (id, proof) VALUES ($1, $2) ON CONFLICT DO NOTHING";

/// Checks that every key that may have sealed something here is at hand, and remembers the one that seals
/// from now on.
pub(crate) async fn check(client: &Client, sealing: &Sealing) -> Result<(), OpenError> {
    let known_keys = known(client).await.map_err(OpenError::of)?;
    let new = sealing.check(&known_keys).map_err(OpenError::Sealed)?;
    let Some(new) = new else { return Ok(()) };
    if known_keys.is_empty() && holds_anything(client).await.map_err(OpenError::of)? {
        tracing::warn!("sealing begins; what the store holds already stays in clear");
    }
    client.execute(REMEMBER, &[&new.key_id, &new.sealed]).await.map_err(OpenError::of)?;
    // Another instance may have been first with another key of this id.
    let known_keys = known(client).await.map_err(OpenError::of)?;
    sealing.check(&known_keys).map(drop).map_err(OpenError::Sealed)
}

async fn known(client: &Client) -> Result<Vec<KeyProof>, Error> {
    let rows = client.query(KNOWN, &[]).await?;
    let proof = |row: &tokio_postgres::Row| {
        Ok(KeyProof { key_id: row.try_get(0)?, sealed: row.try_get(1)? })
    };
    rows.iter().map(proof).collect()
}

async fn holds_anything(client: &Client) -> Result<bool, Error> {
    client.query_one(HOLDS_ANYTHING, &[]).await?.try_get(0)
}
