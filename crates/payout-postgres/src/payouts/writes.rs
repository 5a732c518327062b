//! What is written of payouts that are locked.

use payout_domain::{
    GatewayPayoutId, OperatorName, Payout, PayoutId, Scheme, Timestamp, TransactionId,
};
use payout_ports::{Attempt, AttemptEnd, PayoutEvent, PersonalField};
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use super::attempt;
use super::record::Work;
use crate::connections::Connection;
use crate::failure::Failure;
use crate::mark;
use crate::outbox::{self, Telling};

/// What is written of payouts that are locked: all of it in few statements that follow each other
/// without waiting.
#[derive(Debug, Default)]
pub(crate) struct Writes<'a> {
    pub(crate) events: Vec<(PayoutId, &'a PayoutEvent)>,
    pub(crate) begun: Vec<(PayoutId, &'a Attempt)>,
    pub(crate) updates: Vec<(&'a Payout, Work)>,
    pub(crate) ended: Vec<(&'a Payout, &'a AttemptEnd)>,
    pub(crate) tellings: Vec<Telling<'a>>,
}

const ADD_EVENTS: &str = "INSERT INTO payout_event (payout_id, version, at, evidence, state) \
     SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])";

const BEGIN_ATTEMPTS: &str = "INSERT INTO payout_attempt (payout_id, attempt, begun_at, \
     token_issued_at, token_expires_at, epoch) SELECT * FROM unnest($1::uuid[], $2::bigint[], \
     $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])";

const UPDATE: &str = "UPDATE payout SET state = new.state, version = new.version, \
     attempts = new.attempts, first_sent_at = new.first_sent_at, \
     gateway_payout_id = new.gateway_payout_id, scheme_used = new.scheme_used, \
     authorized_at = new.authorized_at, executed_at = new.executed_at, \
     failed_at = new.failed_at, returned_by = new.returned_by, proposed_by = new.proposed_by, \
     due_at = new.due_at, epoch = new.epoch \
     FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[], \
     $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::uuid[], $12::text[], \
     $13::bigint[], $14::bigint[]) \
     AS new (id, state, version, attempts, first_sent_at, gateway_payout_id, scheme_used, \
     authorized_at, executed_at, failed_at, returned_by, proposed_by, due_at, epoch) \
     WHERE payout.id = new.id";

/// The first end of a transmission stands.
const END_ATTEMPTS: &str = "UPDATE payout_attempt SET ended_at = told.at, outcome = told.outcome \
     FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[]) \
     AS told (payout_id, attempt, at, outcome) WHERE payout_attempt.payout_id = told.payout_id \
     AND payout_attempt.attempt = told.attempt AND ended_at IS NULL";

/// The statements of [`Writes`], made ready before any of them is sent: else the first to be made
/// ready would be overtaken by the commit.
pub(crate) struct Prepared {
    add_events: Statement,
    begin_attempts: Statement,
    update: Statement,
    end_attempts: Statement,
    tell: Statement,
    go_forward: Statement,
}

impl Prepared {
    pub(crate) async fn on(connection: &Connection) -> Result<Self, Failure> {
        Ok(Self {
            add_events: connection.prepare(ADD_EVENTS).await?,
            begin_attempts: connection.prepare(BEGIN_ATTEMPTS).await?,
            update: connection.prepare(UPDATE).await?,
            end_attempts: connection.prepare(END_ATTEMPTS).await?,
            tell: connection.prepare(outbox::ADD).await?,
            go_forward: connection.prepare(mark::GO_FORWARD).await?,
        })
    }
}

impl Writes<'_> {
    /// Writes all of it and ends the transaction, in one round trip. Events and transmissions come
    /// first, because a payout stands where its last event says and counts what has begun. What many
    /// write to comes last, and is free again with the commit.
    pub(crate) async fn commit(
        &self,
        connection: &Connection,
        prepared: &Prepared,
    ) -> Result<(), Failure> {
        let (added, begun, updated, ended, told, forward, committed) = tokio::join!(
            biased;
            self.add_events(connection, prepared),
            self.begin_attempts(connection, prepared),
            self.update(connection, prepared),
            self.end_attempts(connection, prepared),
            outbox::add(connection, &prepared.tell, &self.tellings),
            self.go_forward(connection, prepared),
            connection.commit(),
        );
        added?;
        begun?;
        updated?;
        ended?;
        told?;
        forward?;
        // What the commit says counts only if the rest went well.
        committed
    }

    async fn add_events(
        &self,
        connection: &Connection,
        prepared: &Prepared,
    ) -> Result<(), Failure> {
        if self.events.is_empty() {
            return Ok(());
        }
        let events = || self.events.iter();
        let ids: Vec<_> = events().map(|(id, _)| id.as_uuid()).collect();
        let versions: Vec<_> = events().map(|(_, event)| i64::from(event.version)).collect();
        let times: Vec<_> = events().map(|(_, event)| event.at.as_micros()).collect();
        let evidence: Vec<_> = events().map(|(_, event)| event.evidence.to_string()).collect();
        let states: Vec<_> = events().map(|(_, event)| event.state.to_string()).collect();
        let cells: [&(dyn ToSql + Sync); 5] = [&ids, &versions, &times, &evidence, &states];
        connection.execute_prepared(&prepared.add_events, &cells).await.map(drop)
    }

    async fn begin_attempts(
        &self,
        connection: &Connection,
        prepared: &Prepared,
    ) -> Result<(), Failure> {
        if self.begun.is_empty() {
            return Ok(());
        }
        let begun = || self.begun.iter().map(|(_, attempt)| attempt);
        let ids: Vec<_> = self.begun.iter().map(|(id, _)| id.as_uuid()).collect();
        let attempts: Vec<_> = begun().map(|attempt| i64::from(attempt.attempt)).collect();
        let begun_at: Vec<_> = begun().map(|attempt| attempt.begun_at.as_micros()).collect();
        let issued: Vec<_> = begun().map(|attempt| attempt.token.issued_at.as_micros()).collect();
        let expire: Vec<_> = begun().map(|attempt| attempt.token.expires_at.as_micros()).collect();
        let epochs: Vec<_> =
            begun().map(|attempt| i64::try_from(attempt.epoch.0).unwrap_or(i64::MAX)).collect();
        let cells: [&(dyn ToSql + Sync); 6] =
            [&ids, &attempts, &begun_at, &issued, &expire, &epochs];
        connection.execute_prepared(&prepared.begin_attempts, &cells).await.map(drop)
    }

    /// Writes the part of the payouts that changes.
    async fn update(&self, connection: &Connection, prepared: &Prepared) -> Result<(), Failure> {
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
        let returned_by: Vec<_> =
            progress().map(|now| now.returned_by.map(TransactionId::as_uuid)).collect();
        let proposed_by: Vec<_> =
            progress().map(|now| now.proposed_by.as_ref().map(OperatorName::as_str)).collect();
        let due_at: Vec<_> = work().map(|work| micros(work.due_at)).collect();
        let epochs: Vec<_> = work().map(|work| work.epoch).collect();
        let cells: [&(dyn ToSql + Sync); 14] = [
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
            &returned_by,
            &proposed_by,
            &due_at,
            &epochs,
        ];
        let written = connection.execute_prepared(&prepared.update, &cells).await?;
        if usize::try_from(written) == Ok(self.updates.len()) {
            return Ok(());
        }
        Err(Failure::Contradiction("a payout that was locked is not there"))
    }

    async fn end_attempts(
        &self,
        connection: &Connection,
        prepared: &Prepared,
    ) -> Result<(), Failure> {
        if self.ended.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = self.ended.iter().map(|(payout, _)| payout.id().as_uuid()).collect();
        let attempts: Vec<_> = self.ended.iter().map(|(_, end)| i64::from(end.attempt)).collect();
        let times: Vec<_> = self.ended.iter().map(|(_, end)| end.at.as_micros()).collect();
        let kept = |payout: &Payout, end: &AttemptEnd| {
            let personal = attempt::personal(connection.sealing(), payout.client_id(), payout.id());
            personal.numbered(end.attempt).keep(PersonalField::Outcome, &end.outcome)
        };
        let outcomes: Vec<_> = self.ended.iter().map(|(payout, end)| kept(payout, end)).collect();
        let cells: [&(dyn ToSql + Sync); 4] = [&ids, &attempts, &times, &outcomes];
        connection.execute_prepared(&prepared.end_attempts, &cells).await.map(drop)
    }

    async fn go_forward(
        &self,
        connection: &Connection,
        prepared: &Prepared,
    ) -> Result<(), Failure> {
        if self.updates.is_empty() {
            return Ok(());
        }
        let newest = self.events.iter().map(|(_, event)| event.at.as_micros()).max();
        connection.execute_prepared(&prepared.go_forward, &[&newest]).await.map(drop)
    }
}
