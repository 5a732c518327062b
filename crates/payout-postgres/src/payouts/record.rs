//! A payout as a row.

use std::sync::Arc;

use payout_domain::{
    GatewayPayoutId, IdempotencyKey, MerchantAccountId, PaymentId, PaymentSourceId, Payout,
    PayoutId, PayoutOrder, PayoutRecord, Progress, Proof, Scheme, Timestamp,
};
use payout_ports::{GatewayProfile, Instruction, PayoutEvent};
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::cells::Cells;
use crate::connections::Connection;
use crate::failure::Failure;

/// The columns that [`payout_from`] reads, in its order.
macro_rules! payout_columns {
    () => {
        "payout.id, client_id, idempotency_key, merchant_account_id, user_id, payment_source_id, \
         amount_minor, currency, reference, scheme_selection, metadata, proof_payment_id, \
         proof_listed_at, scheme_found, account_holder_name, account_identifiers, created_at, \
         state, version, attempts, first_sent_at, gateway_payout_id, scheme_used, authorized_at, \
         executed_at, failed_at"
    };
}
pub(crate) use payout_columns;

/// Reads the columns of `payout_columns!`.
pub(crate) fn payout_from(cells: &mut Cells<'_>) -> Result<Payout, Failure> {
    let record = PayoutRecord {
        id: PayoutId::from_uuid(cells.uuid("id")?),
        client_id: cells.parsed("client_id")?,
        idempotency_key: cells.parsed("idempotency_key")?,
        order: order_from(cells)?,
        proof: proof_from(cells)?,
        scheme: cells.optional_parsed("scheme_found")?,
        account_holder_name: cells.plain("account_holder_name")?,
        account_identifiers: cells.identifiers()?,
        created_at: cells.time("created_at")?,
        progress: progress_from(cells)?,
    };
    Payout::restore(record)
        .map_err(|_| Failure::Contradiction("a payout lacks what its state says"))
}

fn order_from(cells: &mut Cells<'_>) -> Result<PayoutOrder, Failure> {
    Ok(PayoutOrder {
        merchant_account_id: MerchantAccountId::from_uuid(cells.uuid("merchant_account_id")?),
        user_id: cells.parsed("user_id")?,
        payment_source_id: PaymentSourceId::from_uuid(cells.uuid("payment_source_id")?),
        amount: cells.money()?,
        reference: cells.parsed("reference")?,
        scheme_selection: cells.read_as("scheme_selection", crate::text::selection_from)?,
        metadata: cells.metadata()?,
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
pub(crate) fn proof_cells(proof: Proof) -> (Option<Uuid>, Option<i64>) {
    match proof {
        Proof::Payment(id) => (Some(id.as_uuid()), None),
        Proof::Listed(at) => (None, Some(at.as_micros())),
    }
}

fn progress_from(cells: &mut Cells<'_>) -> Result<Progress, Failure> {
    Ok(Progress {
        state: cells.parsed("state")?,
        version: cells.number("version")?,
        attempts: cells.number("attempts")?,
        first_sent_at: cells.optional_time("first_sent_at")?,
        gateway_payout_id: cells
            .optional_uuid("gateway_payout_id")?
            .map(GatewayPayoutId::from_uuid),
        scheme: cells.optional_parsed("scheme_used")?,
        authorized_at: cells.optional_time("authorized_at")?,
        executed_at: cells.optional_time("executed_at")?,
        failed_at: cells.optional_time("failed_at")?,
    })
}

/// Reads `profile`, `gateway_key` and `gateway_body`.
pub(crate) fn instruction_from(
    payout_id: PayoutId,
    cells: &mut Cells<'_>,
) -> Result<Instruction, Failure> {
    Ok(Instruction {
        payout_id,
        profile: cells.read_as("profile", |name| Some(GatewayProfile::new(name)))?,
        key: cells.parsed::<IdempotencyKey>("gateway_key")?,
        body: Arc::from(cells.plain::<&[u8]>("gateway_body")?),
    })
}

/// When somebody shall look at a payout again, and how often somebody began to. A lease is nothing
/// but a time at which it is due again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) epoch: i64,
}

/// What is written of payouts that are locked: all of it in few statements that follow each other
/// without waiting. The events come first, because a payout stands where its last event says.
#[derive(Debug, Default)]
pub(crate) struct Writes<'a> {
    pub(crate) events: Vec<(PayoutId, &'a PayoutEvent)>,
    pub(crate) updates: Vec<(&'a Payout, Work)>,
}

const ADD_EVENTS: &str = "INSERT INTO payout_event (payout_id, version, at, evidence, state) \
     SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])";

const UPDATE: &str = "UPDATE payout SET state = new.state, version = new.version, \
     attempts = new.attempts, first_sent_at = new.first_sent_at, \
     gateway_payout_id = new.gateway_payout_id, scheme_used = new.scheme_used, \
     authorized_at = new.authorized_at, executed_at = new.executed_at, \
     failed_at = new.failed_at, due_at = new.due_at, epoch = new.epoch \
     FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[], \
     $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[]) \
     AS new (id, state, version, attempts, first_sent_at, gateway_payout_id, scheme_used, \
     authorized_at, executed_at, failed_at, due_at, epoch) WHERE payout.id = new.id";

/// The statements of [`Writes`], made ready before any of them is sent: else the first to be made
/// ready would be overtaken by the commit.
pub(crate) struct Prepared {
    add_events: Statement,
    update: Statement,
}

impl Prepared {
    pub(crate) async fn on(connection: &Connection) -> Result<Self, Failure> {
        let add_events = connection.prepare(ADD_EVENTS).await?;
        Ok(Self { add_events, update: connection.prepare(UPDATE).await? })
    }
}

impl Writes<'_> {
    /// Writes what happened.
    pub(crate) async fn add_events(
        &self,
        connection: &Connection,
        prepared: &Prepared,
    ) -> Result<(), Failure> {
        let events = || self.events.iter();
        if self.events.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = events().map(|(id, _)| id.as_uuid()).collect();
        let versions: Vec<_> = events().map(|(_, event)| i64::from(event.version)).collect();
        let times: Vec<_> = events().map(|(_, event)| event.at.as_micros()).collect();
        let evidence: Vec<_> = events().map(|(_, event)| event.evidence.to_string()).collect();
        let states: Vec<_> = events().map(|(_, event)| event.state.to_string()).collect();
        let cells: [&(dyn ToSql + Sync); 5] = [&ids, &versions, &times, &evidence, &states];
        connection.execute_prepared(&prepared.add_events, &cells).await.map(drop)
    }

    /// Writes the part of the payouts that changes.
    pub(crate) async fn update(
        &self,
        connection: &Connection,
        prepared: &Prepared,
    ) -> Result<(), Failure> {
        if self.updates.is_empty() {
            return Ok(());
        }
        let progress = || self.updates.iter().map(|(payout, _)| payout.progress());
        let work = || self.updates.iter().map(|(_, work)| work);
        let micros = |time: Option<Timestamp>| time.map(Timestamp::as_micros);
        let ids: Vec<_> = self.updates.iter().map(|(payout, _)| payout.id().as_uuid()).collect();
        let states: Vec<_> = progress().map(|now| now.state.to_string()).collect();
        let versions: Vec<_> = progress().map(|now| i64::from(now.version)).collect();
        let attempts: Vec<_> = progress().map(|now| i64::from(now.attempts)).collect();
        let first_sent_at: Vec<_> = progress().map(|now| micros(now.first_sent_at)).collect();
        let gateway_ids: Vec<_> =
            progress().map(|now| now.gateway_payout_id.map(GatewayPayoutId::as_uuid)).collect();
        let schemes: Vec<_> = progress().map(|now| now.scheme.map(Scheme::id)).collect();
        let authorized_at: Vec<_> = progress().map(|now| micros(now.authorized_at)).collect();
        let executed_at: Vec<_> = progress().map(|now| micros(now.executed_at)).collect();
        let failed_at: Vec<_> = progress().map(|now| micros(now.failed_at)).collect();
        let due_at: Vec<_> = work().map(|work| micros(work.due_at)).collect();
        let epochs: Vec<_> = work().map(|work| work.epoch).collect();
        let cells: [&(dyn ToSql + Sync); 12] = [
            &ids,
            &states,
            &versions,
            &attempts,
            &first_sent_at,
            &gateway_ids,
            &schemes,
            &authorized_at,
            &executed_at,
            &failed_at,
            &due_at,
            &epochs,
        ];
        let written = connection.execute_prepared(&prepared.update, &cells).await?;
        if usize::try_from(written) == Ok(self.updates.len()) {
            return Ok(());
        }
        Err(Failure::Contradiction("a payout that was locked is not there"))
    }
}
