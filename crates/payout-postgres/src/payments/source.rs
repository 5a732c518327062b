//! Accounts that have paid in, and what shows it.

use std::collections::BTreeMap;

use payout_domain::{
    AccountIdentifier, ClientId, Currency, MerchantAccountId, PaymentSource, PaymentSourceId,
    Proof, UserId,
};
use payout_ports::{PersonalField, RecordedPayment, SealedRecord, Sealing};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::cells::Cells;
use crate::connections::Connection;
use crate::failure::Failure;
use crate::payouts::{proof_cells, proof_from};
use payout_domain::record_text as text;

/// One row for each proof of each source.
macro_rules! select_sources {
    () => {
        "SELECT id, user_id, currency, account_holder_name, account_identifiers, \
         proof.merchant_account_id, payment_id, listed_at FROM payment_source AS source \
         LEFT JOIN payment_source_proof AS proof \
         ON proof.client_id = source.client_id AND proof.payment_source_id = source.id \
         WHERE source.client_id = $1"
    };
}

const BY_ID: &str = concat!(select_sources!(), " AND source.id = $2");

const OF_USER: &str = concat!(
    select_sources!(),
    " AND source.user_id = $2 AND EXISTS (SELECT 1 FROM payment_source_proof AS paid_into \
     WHERE paid_into.client_id = source.client_id AND paid_into.payment_source_id = source.id \
     AND paid_into.merchant_account_id = $3)"
);

const INSERT: &str = "INSERT INTO payment_source (client_id, id, user_id, currency, \
     account_holder_name, account_identifiers) VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT DO NOTHING";

const LOCK: &str = "SELECT 1 FROM payment_source WHERE client_id = $1 AND id = $2 \
     FOR NO KEY UPDATE";

const UPDATE: &str = "UPDATE payment_source SET account_holder_name = $3, \
     account_identifiers = $4 WHERE client_id = $1 AND id = $2";

const PROVE: &str = "INSERT INTO payment_source_proof (client_id, payment_source_id, \
     merchant_account_id, payment_id, listed_at) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (client_id, payment_source_id, merchant_account_id) DO UPDATE SET \
     payment_id = excluded.payment_id, listed_at = excluded.listed_at";

/// Merges what is told of a source with what is known, and says whether that taught anything.
pub(crate) async fn record(
    connection: &Connection,
    client_id: &ClientId,
    told: &PaymentSource,
) -> Result<RecordedPayment, Failure> {
    connection.begin().await?;
    let recorded = merge(connection, client_id, told).await?;
    match recorded {
        RecordedPayment::Fresh => connection.commit().await?,
        RecordedPayment::Known | RecordedPayment::Contradicts => connection.roll_back().await?,
    }
    Ok(recorded)
}

/// The same within a transaction. The source stays locked until its end.
pub(crate) async fn merge(
    connection: &Connection,
    client_id: &ClientId,
    told: &PaymentSource,
) -> Result<RecordedPayment, Failure> {
    if insert(connection, client_id, told).await? {
        prove(connection, client_id, told).await?;
        return Ok(RecordedPayment::Fresh);
    }
    connection.execute(LOCK, &[&client_id.as_str(), &told.id().as_uuid()]).await?;
    let known = find(connection, client_id, told.id()).await?;
    let known = known.ok_or(Failure::Contradiction("a source is taken and not there"))?;
    let mut merged = known.clone();
    if merged.merge(told).is_err() {
        return Ok(RecordedPayment::Contradicts);
    }
    if known == merged {
        return Ok(RecordedPayment::Known);
    }
    update(connection, client_id, &merged).await?;
    prove(connection, client_id, &merged).await?;
    Ok(RecordedPayment::Fresh)
}

/// Finds a source with all its proofs.
pub(crate) async fn find(
    connection: &Connection,
    client_id: &ClientId,
    id: PaymentSourceId,
) -> Result<Option<PaymentSource>, Failure> {
    let rows = connection.query(BY_ID, &[&client_id.as_str(), &id.as_uuid()]).await?;
    Ok(sources_from(connection.sealing(), client_id, &rows)?.pop())
}

/// Finds the sources of a user that have paid into a merchant account, ordered by id.
pub(crate) async fn of_user(
    connection: &Connection,
    client_id: &ClientId,
    user_id: &UserId,
    merchant_account_id: MerchantAccountId,
) -> Result<Vec<PaymentSource>, Failure> {
    let account = merchant_account_id.as_uuid();
    let cells: [&(dyn ToSql + Sync); 3] = [&client_id.as_str(), &user_id.as_str(), &account];
    sources_from(connection.sealing(), client_id, &connection.query(OF_USER, &cells).await?)
}

/// What is told of a source beside its proofs.
struct Facts {
    user_id: UserId,
    currency: Currency,
    account: (Option<String>, Vec<AccountIdentifier>),
    proofs: Vec<(MerchantAccountId, Proof)>,
}

/// Puts sources together from one row for each proof, ordered by id.
fn sources_from(
    sealing: &Sealing,
    client_id: &ClientId,
    rows: &[Row],
) -> Result<Vec<PaymentSource>, Failure> {
    let mut sources = BTreeMap::<Uuid, Facts>::new();
    for row in rows {
        let mut cells = Cells::new(row);
        let id = cells.uuid("id")?;
        let (user_id, currency) = (cells.parsed("user_id")?, cells.parsed("currency")?);
        let personal = sealing.record(SealedRecord::PaymentSource, client_id.as_str(), id);
        let account = (cells.holder_name(personal)?, cells.identifiers(personal)?);
        let facts =
            sources.entry(id).or_insert(Facts { user_id, currency, account, proofs: Vec::new() });
        if let Some(account) = cells.optional_uuid("merchant_account_id")? {
            let proof = proof_from(&mut cells)?;
            facts.proofs.push((MerchantAccountId::from_uuid(account), proof));
        }
    }
    let sources = sources.into_iter().map(|(id, Facts { user_id, currency, account, proofs })| {
        let id = PaymentSourceId::from_uuid(id);
        let source = PaymentSource::restore(id, user_id, currency, account, proofs);
        source.ok_or(Failure::Contradiction("a stored payment source has no proof"))
    });
    sources.collect()
}

/// A source's account as its two cells.
fn account_cells(
    connection: &Connection,
    client_id: &ClientId,
    source: &PaymentSource,
) -> (Option<String>, String) {
    let id = source.id().as_uuid();
    let sealing = connection.sealing();
    let personal = sealing.record(SealedRecord::PaymentSource, client_id.as_str(), id);
    let holder_name = source.account_holder_name();
    let identifiers = text::of_identifiers(source.account_identifiers());
    (
        holder_name.map(|name| personal.keep(PersonalField::AccountHolderName, name)),
        personal.keep(PersonalField::AccountIdentifiers, &identifiers),
    )
}

/// Writes a source without its proofs, unless there is one of its name: then waits until whoever
/// writes that one is done.
async fn insert(
    connection: &Connection,
    client_id: &ClientId,
    source: &PaymentSource,
) -> Result<bool, Failure> {
    let (holder_name, identifiers) = account_cells(connection, client_id, source);
    let cells: [&(dyn ToSql + Sync); 6] = [
        &client_id.as_str(),
        &source.id().as_uuid(),
        &source.user_id().as_str(),
        &source.currency().code(),
        &holder_name,
        &identifiers,
    ];
    Ok(connection.execute(INSERT, &cells).await? == 1)
}

/// Writes what may change. A source never changes its user or currency.
async fn update(
    connection: &Connection,
    client_id: &ClientId,
    source: &PaymentSource,
) -> Result<(), Failure> {
    let (holder_name, identifiers) = account_cells(connection, client_id, source);
    let cells: [&(dyn ToSql + Sync); 4] =
        [&client_id.as_str(), &source.id().as_uuid(), &holder_name, &identifiers];
    connection.execute(UPDATE, &cells).await.map(drop)
}

async fn prove(
    connection: &Connection,
    client_id: &ClientId,
    source: &PaymentSource,
) -> Result<(), Failure> {
    for (merchant_account_id, proof) in source.proofs() {
        let (payment_id, listed_at) = proof_cells(proof);
        let cells: [&(dyn ToSql + Sync); 5] = [
            &client_id.as_str(),
            &source.id().as_uuid(),
            &merchant_account_id.as_uuid(),
            &payment_id,
            &listed_at,
        ];
        connection.execute(PROVE, &cells).await?;
    }
    Ok(())
}
