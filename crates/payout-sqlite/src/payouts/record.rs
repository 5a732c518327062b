//! A payout as a row.

use payout_domain::{
    ClientId, GatewayPayoutId, IdempotencyKey, MerchantAccountId, OperatorName, PaymentId,
    PaymentSourceId, Payout, PayoutId, PayoutOrder, PayoutRecord, Progress, Proof, Timestamp,
    TransactionId,
};
use payout_ports::{
    GatewayProfile, Instruction, PayoutEvent, Personal, PersonalField, SealedRecord, Sealing,
};
use rusqlite::params;

use crate::cells::Cells;
use crate::connection::Connection;
use crate::failure::Failure;
use payout_domain::record_text as text;

/// The columns that [`payout_from`] reads, in its order.
macro_rules! payout_columns {
    () => {
        "id, client_id, idempotency_key, merchant_account_id, user_id, payment_source_id, \
         amount_minor, currency, reference, scheme_selection, metadata, proof_payment_id, \
         proof_listed_at, scheme_found, account_holder_name, account_identifiers, created_at, \
         state, version, attempts, first_sent_at, gateway_payout_id, scheme_used, authorized_at, \
         executed_at, failed_at, returned_by, proposed_by"
    };
}
pub(crate) use payout_columns;

/// Reads the columns of `payout_columns!`.
pub(crate) fn payout_from(sealing: &Sealing, cells: &mut Cells<'_>) -> Result<Payout, Failure> {
    let id = PayoutId::from_uuid(cells.uuid("id")?);
    let client_id: ClientId = cells.parsed("client_id")?;
    let personal = personal(sealing, &client_id, id);
    let record = PayoutRecord {
        id,
        idempotency_key: cells.parsed("idempotency_key")?,
        order: order_from(personal, cells)?,
        proof: proof_from(cells)?,
        scheme: cells.optional_parsed("scheme_found")?,
        account_holder_name: cells.holder_name(personal)?,
        account_identifiers: cells.identifiers(personal)?,
        created_at: cells.time("created_at")?,
        progress: progress_from(cells)?,
        client_id,
    };
    Payout::restore(record)
        .map_err(|_| Failure::Contradiction("a payout lacks what its state says"))
}

/// What is of a person in a payout.
pub(crate) fn personal<'a>(
    sealing: &'a Sealing,
    client_id: &'a ClientId,
    id: PayoutId,
) -> Personal<'a> {
    sealing.record(SealedRecord::Payout, client_id.as_str(), id.as_uuid())
}

fn order_from(personal: Personal<'_>, cells: &mut Cells<'_>) -> Result<PayoutOrder, Failure> {
    Ok(PayoutOrder {
        merchant_account_id: MerchantAccountId::from_uuid(cells.uuid("merchant_account_id")?),
        user_id: cells.parsed("user_id")?,
        payment_source_id: PaymentSourceId::from_uuid(cells.uuid("payment_source_id")?),
        amount: cells.money()?,
        reference: cells.personal(personal, PersonalField::Reference, |it| it.parse().ok())?,
        scheme_selection: cells.read_as("scheme_selection", text::selection_from)?,
        metadata: cells.metadata(personal)?,
    })
}

/// Reads two cells, of which exactly one is filled.
pub(crate) fn proof_from(cells: &mut Cells<'_>) -> Result<Proof, Failure> {
    let payment_id = cells.optional_uuid("proof_payment_id")?.map(PaymentId::from_uuid);
    match (payment_id, cells.optional_time("proof_listed_at")?) {
        (Some(id), None) => Ok(Proof::Payment(id)),
        (None, Some(at)) => Ok(Proof::Listed(at)),
        (None, None) | (Some(_), Some(_)) => Err(Failure::Unreadable("proof")),
    }
}

/// A proof as its two cells.
pub(crate) fn proof_cells(proof: Proof) -> (Option<[u8; 16]>, Option<i64>) {
    match proof {
        Proof::Payment(id) => (Some(id.as_uuid().into_bytes()), None),
        Proof::Listed(at) => (None, Some(at.as_micros())),
    }
}

fn progress_from(cells: &mut Cells<'_>) -> Result<Progress, Failure> {
    Ok(Progress {
        state: cells.parsed("state")?,
        version: cells.plain("version")?,
        attempts: cells.plain("attempts")?,
        first_sent_at: cells.optional_time("first_sent_at")?,
        gateway_payout_id: cells
            .optional_uuid("gateway_payout_id")?
            .map(GatewayPayoutId::from_uuid),
        scheme: cells.optional_parsed("scheme_used")?,
        authorized_at: cells.optional_time("authorized_at")?,
        executed_at: cells.optional_time("executed_at")?,
        failed_at: cells.optional_time("failed_at")?,
        returned_by: cells.optional_uuid("returned_by")?.map(TransactionId::from_uuid),
        proposed_by: cells.optional_parsed("proposed_by")?,
    })
}

/// Reads `profile`, `gateway_key` and `gateway_body`.
pub(crate) fn instruction_from(
    sealing: &Sealing,
    payout: &Payout,
    cells: &mut Cells<'_>,
) -> Result<Instruction, Failure> {
    let personal = personal(sealing, payout.client_id(), payout.id());
    Ok(Instruction {
        payout_id: payout.id(),
        profile: cells.read_as("profile", |name| Some(GatewayProfile::new(name)))?,
        key: cells.parsed::<IdempotencyKey>("gateway_key")?,
        body: cells.personal_bytes(personal, PersonalField::GatewayBody)?,
    })
}

/// When somebody shall look at a payout again, and how often somebody began to. A lease is nothing
/// but a time at which it is due again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) epoch: i64,
}

/// Writes the part of a payout that changes. Its events must have been written.
pub(crate) fn update(
    connection: &Connection,
    seq: i64,
    payout: &Payout,
    work: Work,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE payout SET state = ?2, version = ?3, attempts = ?4, first_sent_at = ?5, \
         gateway_payout_id = ?6, scheme_used = ?7, authorized_at = ?8, executed_at = ?9, \
         failed_at = ?10, returned_by = ?11, proposed_by = ?12, due_at = ?13, epoch = ?14 \
         WHERE seq = ?1",
    )?;
    let progress = payout.progress();
    statement.execute(params![
        seq,
        progress.state.to_string(),
        progress.version,
        progress.attempts,
        progress.first_sent_at.map(Timestamp::as_micros),
        progress.gateway_payout_id.map(|id| id.as_uuid().into_bytes()),
        progress.scheme.map(payout_domain::Scheme::id),
        progress.authorized_at.map(Timestamp::as_micros),
        progress.executed_at.map(Timestamp::as_micros),
        progress.failed_at.map(Timestamp::as_micros),
        progress.returned_by.map(|id| id.as_uuid().into_bytes()),
        progress.proposed_by.as_ref().map(OperatorName::as_str),
        work.due_at.map(Timestamp::as_micros),
        work.epoch,
    ])?;
    Ok(())
}

/// Writes what happened.
pub(crate) fn add_event(
    connection: &Connection,
    seq: i64,
    event: &PayoutEvent,
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO payout_event (payout, version, at, evidence, state) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let (evidence, state) = (event.evidence.to_string(), event.state.to_string());
    statement.execute(params![seq, event.version, event.at.as_micros(), evidence, state])?;
    Ok(())
}
