//! Accounts that have paid in, and what shows it.

use payout_domain::{
    AccountIdentifier, ClientId, Currency, MerchantAccountId, PaymentSource, PaymentSourceId,
    Proof, UserId,
};
use payout_ports::{Personal, PersonalField, RecordedPayment, SealedRecord, Sealing};
use rusqlite::params;

use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::payouts::{proof_cells, proof_from};
use payout_domain::record_text as text;

pub(crate) const BY_ID: &str = "SELECT user_id, currency, account_holder_name, account_identifiers \
     FROM payment_source WHERE client_id = ?1 AND id = ?2";

pub(crate) const PROOFS: &str = "SELECT merchant_account_id, payment_id, listed_at FROM payment_source_proof \
     WHERE client_id = ?1 AND payment_source_id = ?2";

pub(crate) const OF_USER: &str = "SELECT source.id FROM payment_source AS source \
     JOIN payment_source_proof AS proof \
     ON proof.client_id = source.client_id AND proof.payment_source_id = source.id \
     WHERE source.client_id = ?1 AND source.user_id = ?2 AND proof.merchant_account_id = ?3 \
     ORDER BY source.id";

/// Merges what is told of a source with what is known, and says whether that taught anything.
pub(crate) fn record(
    connection: &Connection,
    client_id: &ClientId,
    told: &PaymentSource,
) -> Result<RecordedPayment, Failure> {
    let known = find(connection, client_id, told.id())?;
    let mut merged = known.clone().unwrap_or_else(|| told.clone());
    if merged.merge(told).is_err() {
        return Ok(RecordedPayment::Contradicts);
    }
    if known.as_ref() == Some(&merged) {
        return Ok(RecordedPayment::Known);
    }
    write(connection, client_id, &merged)?;
    Ok(RecordedPayment::Fresh)
}

/// Finds a source with all its proofs.
pub(crate) fn find(
    connection: &Connection,
    client_id: &ClientId,
    id: PaymentSourceId,
) -> Result<Option<PaymentSource>, Failure> {
    let mut statement = connection.prepare_cached(BY_ID)?;
    let mut rows = statement.query((client_id.as_str(), id.as_uuid().into_bytes()))?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut cells = Cells::new(row);
    let (user_id, currency): (UserId, Currency) =
        (cells.parsed("user_id")?, cells.parsed("currency")?);
    let personal = personal(connection.sealing(), client_id, id);
    let account: (Option<String>, Vec<AccountIdentifier>) =
        (cells.holder_name(personal)?, cells.identifiers(personal)?);
    let proofs = proofs(connection, client_id, id)?;
    let source = PaymentSource::restore(id, user_id, currency, account, proofs);
    source.map(Some).ok_or(Failure::Contradiction("a stored payment source has no proof"))
}

/// Finds the sources of a user that have paid into a merchant account, ordered by id.
pub(crate) fn of_user(
    connection: &Connection,
    client_id: &ClientId,
    user_id: &UserId,
    merchant_account_id: MerchantAccountId,
) -> Result<Vec<PaymentSource>, Failure> {
    let account = merchant_account_id.as_uuid().into_bytes();
    let mut statement = connection.prepare_cached(OF_USER)?;
    let mut rows = statement.query((client_id.as_str(), user_id.as_str(), account))?;
    let mut sources = Vec::new();
    while let Some(row) = rows.next()? {
        let id = PaymentSourceId::from_uuid(Cells::new(row).uuid("id")?);
        sources.extend(find(connection, client_id, id)?);
    }
    Ok(sources)
}

/// What is of a person in a source.
fn personal<'a>(
    sealing: &'a Sealing,
    client_id: &'a ClientId,
    id: PaymentSourceId,
) -> Personal<'a> {
    sealing.record(SealedRecord::PaymentSource, client_id.as_str(), id.as_uuid())
}

fn proofs(
    connection: &Connection,
    client_id: &ClientId,
    id: PaymentSourceId,
) -> Result<Vec<(MerchantAccountId, Proof)>, Failure> {
    let mut statement = connection.prepare_cached(PROOFS)?;
    let mut rows = statement.query((client_id.as_str(), id.as_uuid().into_bytes()))?;
    let mut proofs = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Cells::new(row);
        let account = MerchantAccountId::from_uuid(cells.uuid("merchant_account_id")?);
        proofs.push((account, proof_from(&mut cells)?));
    }
    Ok(proofs)
}

/// Writes a source as it is after a merge. Its user and currency never change.
fn write(
    connection: &Connection,
    client_id: &ClientId,
    source: &PaymentSource,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO payment_source (client_id, id, user_id, currency, account_holder_name, \
         account_identifiers) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (client_id, id) \
         DO UPDATE SET account_holder_name = excluded.account_holder_name, \
         account_identifiers = excluded.account_identifiers",
    )?;
    let personal = personal(connection.sealing(), client_id, source.id());
    let keep = |field, plain: &str| personal.keep(field, plain);
    statement.execute(params![
        client_id.as_str(),
        source.id().as_uuid().into_bytes(),
        source.user_id().as_str(),
        source.currency().code(),
        source.account_holder_name().map(|name| keep(PersonalField::AccountHolderName, name)),
        keep(
            PersonalField::AccountIdentifiers,
            &text::of_identifiers(source.account_identifiers()),
        ),
    ])?;
    for (merchant_account_id, proof) in source.proofs() {
        write_proof(connection, client_id, source.id(), merchant_account_id, proof)?;
    }
    Ok(())
}

fn write_proof(
    connection: &Connection,
    client_id: &ClientId,
    id: PaymentSourceId,
    merchant_account_id: MerchantAccountId,
    proof: Proof,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO payment_source_proof (client_id, payment_source_id, merchant_account_id, \
         payment_id, listed_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET \
         payment_id = excluded.payment_id, listed_at = excluded.listed_at",
    )?;
    let (payment_id, listed_at) = proof_cells(proof);
    statement.execute(params![
        client_id.as_str(),
        id.as_uuid().into_bytes(),
        merchant_account_id.as_uuid().into_bytes(),
        payment_id,
        listed_at,
    ])?;
    Ok(())
}
