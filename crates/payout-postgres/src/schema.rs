//! The schema, and whether it is one of ours.

use refinery::{Migration, Runner};
use tokio_postgres::Client;

use crate::OpenError;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// How long to wait for another instance that changes the schema.
const PATIENCE: &str = "SET lock_timeout TO '30s'; SET statement_timeout TO '60s'";

/// Brings the schema up to this program's, in one transaction: a step that was taken without its
/// record would be taken again at the next start, and could not be. Of several instances that start at
/// the same time one does it, and the others wait.
///
/// A role that may not change the schema can open one that is up to date.
pub(crate) async fn migrate(client: &mut Client, schema: &str) -> Result<(), OpenError> {
    let runner = embedded::migrations::runner().set_grouped(true);
    if is_up_to_date(client, schema, &runner).await? {
        return Ok(());
    }
    client.batch_execute(PATIENCE).await.map_err(OpenError::of)?;
    // Held until this connection ends, which is not one of the pool.
    let lock = "SELECT pg_advisory_lock(hashtext('payout.schema'), hashtext($1))";
    client.execute(lock, &[&schema]).await.map_err(OpenError::of)?;
    if is_up_to_date(client, schema, &runner).await? {
        return Ok(());
    }
    client
        .batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))
        .await
        .map_err(OpenError::of)?;
    runner.run_async(client).await.map(drop).map_err(OpenError::of_migration)
}

/// Whether every step has been taken. Says so, too, if the schema is not one of ours or newer.
async fn is_up_to_date(client: &Client, schema: &str, runner: &Runner) -> Result<bool, OpenError> {
    let tables = "SELECT count(*), count(*) FILTER (WHERE tablename = 'refinery_schema_history') \
         FROM pg_tables WHERE schemaname = $1";
    let row = client.query_one(tables, &[&schema]).await.map_err(OpenError::of)?;
    let (tables, histories): (i64, i64) = (row.get(0), row.get(1));
    if histories == 0 {
        return if tables == 0 { Ok(false) } else { Err(OpenError::NotOurs) };
    }
    let taken = "SELECT version, name, checksum FROM refinery_schema_history ORDER BY version";
    let taken = client.query(taken, &[]).await.map_err(OpenError::of)?;
    let known = runner.get_migrations();
    let newest = known.iter().map(version).max().unwrap_or(0);
    for row in &taken {
        let (found, name, checksum): (i32, String, String) = (row.get(0), row.get(1), row.get(2));
        let found = u32::try_from(found).unwrap_or(0);
        let Some(step) = known.iter().find(|step| version(step) == found) else {
            return Err(OpenError::NewerSchema { found, known: newest });
        };
        if step.name() != name || step.checksum().to_string() != checksum {
            let detail = format!("step {found} was changed since it was taken");
            return Err(OpenError::Changed { detail });
        }
    }
    Ok(taken.len() == known.len())
}

fn version(step: &Migration) -> u32 {
    u32::try_from(step.version()).unwrap_or(u32::MAX)
}
