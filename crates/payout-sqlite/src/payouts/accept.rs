//! Accepting a payout under a key.

use payout_domain::{ClientId, Evidence, IdempotencyKey, PayoutId, Scheme};
use payout_ports::{
    AcceptOutcome, Acceptance, Fingerprint, IdempotencyRecord, PayoutEvent, PersonalField,
};
use rusqlite::params;

use super::record::{add_event, personal, proof_cells};
use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::writer::Advance;
use payout_domain::record_text as text;

/// Stores a payout, its first event, its instruction and its key, if the key is free.
pub(crate) fn accept(
    connection: &Connection,
    acceptance: &Acceptance,
) -> Result<(AcceptOutcome, Option<Advance>), Failure> {
    let payout = &acceptance.payout;
    let used = find_key(connection, payout.client_id(), payout.idempotency_key())?;
    // A key that is old enough is as if never used.
    let used = used.filter(|used| {
        acceptance.forget_before.is_none_or(|forget_before| used.created_at >= forget_before)
    });
    if let Some(used) = used {
        let same = used.fingerprint == acceptance.fingerprint;
        let outcome =
            if same { AcceptOutcome::Replayed(used.payout_id) } else { AcceptOutcome::KeyReused };
        return Ok((outcome, None));
    }
    let seq = insert(connection, acceptance)?;
    let event = PayoutEvent {
        version: payout.version(),
        at: payout.created_at(),
        evidence: Evidence::Accepted,
        state: payout.state().clone(),
    };
    add_event(connection, seq, &event)?;
    use_key(connection, seq, acceptance)?;
    Ok((AcceptOutcome::Accepted, Some(Advance { latest_at: Some(event.at) })))
}

/// Finds what a key was used for.
pub(crate) fn find_key(
    connection: &Connection,
    client_id: &ClientId,
    key: &IdempotencyKey,
) -> Result<Option<IdempotencyRecord>, Failure> {
    let mut statement = connection.prepare_cached(FIND_KEY)?;
    let mut rows = statement.query((client_id.as_str(), key.as_str()))?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut cells = Cells::new(row);
    Ok(Some(IdempotencyRecord {
        payout_id: PayoutId::from_uuid(cells.uuid("id")?),
        fingerprint: Fingerprint(cells.plain("fingerprint")?),
        created_at: cells.time("created_at")?,
    }))
}

pub(crate) const FIND_KEY: &str = "SELECT payout.id, fingerprint, idempotency.created_at \
     FROM idempotency JOIN payout ON payout.seq = idempotency.payout \
     WHERE idempotency.client_id = ?1 AND key = ?2";

const INSERT: &str = "INSERT INTO payout (id, client_id, idempotency_key, merchant_account_id, \
     user_id, payment_source_id, amount_minor, currency, reference, scheme_selection, metadata, \
     proof_payment_id, proof_listed_at, scheme_found, account_holder_name, account_identifiers, \
     created_at, profile, gateway_key, gateway_body, state, version, attempts, due_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, \
     ?19, ?20, ?21, ?22, ?23, ?17)";

fn insert(connection: &Connection, acceptance: &Acceptance) -> Result<i64, Failure> {
    let (payout, instruction) = (&acceptance.payout, &acceptance.instruction);
    let (request, order) = (payout.request(), payout.request().order());
    let (proof_payment_id, proof_listed_at) = proof_cells(request.proof());
    let personal = personal(connection.sealing(), payout.client_id(), payout.id());
    let keep = |field, plain: &str| personal.keep(field, plain);
    connection.prepare_cached(INSERT)?.execute(params![
        payout.id().as_uuid().into_bytes(),
        payout.client_id().as_str(),
        payout.idempotency_key().as_str(),
        order.merchant_account_id.as_uuid().into_bytes(),
        order.user_id.as_str(),
        order.payment_source_id.as_uuid().into_bytes(),
        text::minor(order.amount),
        order.amount.currency().code(),
        keep(PersonalField::Reference, order.reference.as_str()),
        text::of_selection(order.scheme_selection),
        keep(PersonalField::Metadata, &text::of_metadata(&order.metadata)),
        proof_payment_id,
        proof_listed_at,
        request.scheme().map(Scheme::id),
        request.account_holder_name().map(|name| keep(PersonalField::AccountHolderName, name)),
        keep(
            PersonalField::AccountIdentifiers,
            &text::of_identifiers(request.account_identifiers()),
        ),
        payout.created_at().as_micros(),
        instruction.profile.as_str(),
        instruction.key.as_str(),
        personal.keep_bytes(PersonalField::GatewayBody, &instruction.body),
        payout.state().to_string(),
        payout.version(),
        payout.progress().attempts,
    ])?;
    Ok(connection.last_insert_rowid())
}

/// Writes down what the key is used for. A forgotten use gives way.
fn use_key(connection: &Connection, seq: i64, acceptance: &Acceptance) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO idempotency (client_id, key, payout, fingerprint, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET \
         payout = excluded.payout, fingerprint = excluded.fingerprint, \
         created_at = excluded.created_at",
    )?;
    let payout = &acceptance.payout;
    statement.execute(params![
        payout.client_id().as_str(),
        payout.idempotency_key().as_str(),
        seq,
        acceptance.fingerprint.0,
        payout.created_at().as_micros(),
    ])?;
    Ok(())
}
