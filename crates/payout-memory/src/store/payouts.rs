//! Payouts, their keys and queues.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use payout_domain::{
    CannotSend, ClientId, Evidence, GatewayPayoutId, IdempotencyKey, ParkReason, Payout, PayoutId,
    PayoutState, Timestamp,
};
use payout_ports::{
    AcceptOutcome, Acceptance, Attempt, Claim, Claimed, Epoch, GatewayProfile, IdempotencyRecord,
    Instruction, PageOrder, PayoutChange, PayoutEvent, Payouts, RepositoryError, SaveError,
    Schedule, SendOrder, Standing, WatchOrder,
};

/// All payouts, and the ways to find them without looking at every one.
#[derive(Clone, Default)]
pub(super) struct PayoutTable {
    rows: BTreeMap<PayoutId, Row>,
    keys: BTreeMap<(ClientId, IdempotencyKey), IdempotencyRecord>,
    gateway_ids: BTreeMap<(GatewayProfile, GatewayPayoutId), PayoutId>,
    // The order of a list, backwards.
    lists: BTreeMap<ClientId, BTreeSet<(Timestamp, PayoutId)>>,
    queues: BTreeMap<Queue, BTreeSet<(Timestamp, PayoutId)>>,
    standing: BTreeMap<Standing, BTreeSet<(Timestamp, PayoutId)>>,
    sequence: u64,
    latest_at: Option<Timestamp>,
}

#[derive(Clone)]
struct Row {
    payout: Payout,
    instruction: Instruction,
    events: Vec<PayoutEvent>,
    attempts: Vec<Attempt>,
    due_at: Option<Timestamp>,
    epoch: Epoch,
}

/// Where a payout waits for its due time.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Queue {
    /// To be sent, or parked.
    Send,
    /// To be asked after, at this profile.
    Watch(GatewayProfile),
}

/// Two payouts have one id.
#[derive(Debug, thiserror::Error)]
#[error("the id of the new payout {0} belongs to another payout")]
struct IdTaken(PayoutId);

impl PayoutTable {
    pub(super) fn accept(
        &mut self,
        acceptance: Acceptance,
    ) -> Result<AcceptOutcome, RepositoryError> {
        let Acceptance { payout, instruction, fingerprint, forget_before } = acceptance;
        let key = (payout.client_id().clone(), payout.idempotency_key().clone());
        let remembered = |used: &&IdempotencyRecord| {
            forget_before.is_none_or(|forget_before| used.created_at >= forget_before)
        };
        if let Some(used) = self.keys.get(&key).filter(remembered) {
            return Ok(if used.fingerprint == fingerprint {
                AcceptOutcome::Replayed(used.payout_id)
            } else {
                AcceptOutcome::KeyReused
            });
        }
        let (payout_id, created_at) = (payout.id(), payout.created_at());
        if self.rows.contains_key(&payout_id) {
            return Err(RepositoryError::Corrupt(IdTaken(payout_id).into()));
        }
        self.keys.insert(key, IdempotencyRecord { payout_id, fingerprint, created_at });
        let list = self.lists.entry(payout.client_id().clone()).or_default();
        list.insert((created_at, payout_id));
        let events = vec![event(&payout, Evidence::Accepted, created_at)];
        let (attempts, due_at, epoch) = (Vec::new(), Some(created_at), Epoch::default());
        self.put(Row { payout, instruction, events, attempts, due_at, epoch });
        self.went_on(Some(created_at));
        Ok(AcceptOutcome::Accepted)
    }

    pub(super) fn key(
        &self,
        client_id: &ClientId,
        key: &IdempotencyKey,
    ) -> Option<IdempotencyRecord> {
        self.keys.get(&(client_id.clone(), key.clone())).cloned()
    }

    pub(super) fn claim_sendable(&mut self, order: &SendOrder) -> Claimed {
        let due = self.due(&Queue::Send, order.now, order.limit);
        if !due.is_empty() {
            self.went_on(Some(order.now));
        }
        let found = due.len();
        let claims = due.into_iter().filter_map(|id| self.claim_or_park(id, order));
        let to_send: Vec<_> = claims.collect();
        let set_aside = found.saturating_sub(to_send.len());
        Claimed { to_send, set_aside }
    }

    pub(super) fn claim_watched(&mut self, order: &WatchOrder) -> Vec<Payout> {
        let due = self.due(&Queue::Watch(order.profile.clone()), order.now, order.limit);
        due.into_iter().filter_map(|id| self.lease(id, order)).collect()
    }

    pub(super) fn save(&mut self, change: PayoutChange) -> Result<(), SaveError> {
        let id = change.payout.id();
        let expected = |row: &&Row| row.payout.version() == change.expected_version;
        let stored = self.rows.get(&id).filter(expected).ok_or(SaveError::Stale)?;
        if let Some(gateway_id) = change.payout.gateway_payout_id() {
            let name = (stored.instruction.profile.clone(), gateway_id);
            if self.gateway_ids.get(&name).is_some_and(|owner| *owner != id) {
                return Err(SaveError::GatewayIdTaken);
            }
        }
        let mut row = self.take(id).ok_or(SaveError::Stale)?;
        row.due_at = rescheduled(&row, change.schedule);
        row.payout = change.payout;
        self.went_on(change.events.last().map(|event| event.at));
        row.events.extend(change.events);
        if let Some(end) = change.attempt_end
            && let Some(attempt) = row.attempts.iter_mut().find(|it| it.attempt == end.attempt)
        {
            attempt.ended.get_or_insert(end);
        }
        self.put(row);
        Ok(())
    }

    pub(super) fn payout(&self, id: PayoutId) -> Option<&Payout> {
        self.rows.get(&id).map(|row| &row.payout)
    }

    pub(super) fn of_client(&self, client_id: &ClientId, id: PayoutId) -> Option<&Payout> {
        self.payout(id).filter(|payout| payout.client_id() == client_id)
    }

    pub(super) fn by_gateway_id(
        &self,
        profile: &GatewayProfile,
        id: GatewayPayoutId,
    ) -> Option<&Payout> {
        self.payout(*self.gateway_ids.get(&(profile.clone(), id))?)
    }

    pub(super) fn list(&self, client_id: &ClientId, page: &PageOrder) -> Payouts {
        let mut items = self.after(client_id, page);
        let more = items.len() > page.limit;
        items.truncate(page.limit);
        Payouts { items, more }
    }

    pub(super) fn history(&self, client_id: &ClientId, id: PayoutId) -> Option<Vec<PayoutEvent>> {
        let row = self.rows.get(&id).filter(|row| row.payout.client_id() == client_id)?;
        Some(row.events.clone())
    }

    pub(super) fn list_standing(&self, standing: Standing, page: &PageOrder) -> Payouts {
        let after = page.after.map(|id| self.payout(id).map(|payout| (payout.created_at(), id)));
        let start = match after {
            None => Bound::Unbounded,
            Some(Some(after)) => Bound::Excluded(after),
            Some(None) => return Payouts { items: Vec::new(), more: false },
        };
        let all = self.standing.get(&standing);
        let later = all.into_iter().flat_map(|all| all.range((start, Bound::Unbounded)));
        let found = later.filter_map(|(_, id)| self.payout(*id));
        let mut items: Vec<_> = found.take(page.limit.saturating_add(1)).cloned().collect();
        let more = items.len() > page.limit;
        items.truncate(page.limit);
        Payouts { items, more }
    }

    pub(super) fn attempts(&self, id: PayoutId) -> Vec<Attempt> {
        self.rows.get(&id).map(|row| row.attempts.clone()).unwrap_or_default()
    }

    pub(super) fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(super) fn latest_at(&self) -> Option<Timestamp> {
        self.latest_at
    }

    pub(super) fn went_on(&mut self, at: Option<Timestamp>) {
        self.sequence = self.sequence.saturating_add(1);
        self.latest_at = self.latest_at.max(at);
    }

    /// The payouts of a page and the one after it, if there is one.
    fn after(&self, client_id: &ClientId, page: &PageOrder) -> Vec<Payout> {
        let Some(list) = self.lists.get(client_id) else { return Vec::new() };
        let older = match page.after {
            None => list.range(..),
            Some(id) => match self.of_client(client_id, id) {
                Some(payout) => list.range(..(payout.created_at(), id)),
                None => return Vec::new(),
            },
        };
        let found = older.rev().filter_map(|(_, id)| self.payout(*id));
        found.take(page.limit.saturating_add(1)).cloned().collect()
    }

    fn due(&self, queue: &Queue, now: Timestamp, limit: usize) -> Vec<PayoutId> {
        let waiting = self.queues.get(queue).into_iter().flatten();
        let due = waiting.take_while(|(due_at, _)| *due_at <= now);
        due.take(limit).map(|(_, id)| *id).collect()
    }

    fn claim_or_park(&mut self, id: PayoutId, order: &SendOrder) -> Option<Claim> {
        let mut row = self.take(id)?;
        let begun = if row.instruction.profile == order.profile {
            row.payout.begin_transmission(&order.rule, order.token, order.now)
        } else {
            Err(CannotSend::Park(ParkReason::ProfileChanged))
        };
        let claim = match begun {
            Ok(begun) => Some(claimed(&mut row, begun, order)),
            Err(CannotSend::Park(reason)) => {
                park(&mut row, reason, order.now);
                None
            }
            // It has no more numbers for transmissions; whatever it is, it must not block the queue.
            Err(CannotSend::NotWaiting) => {
                row.due_at = Some(order.now.plus(order.lease));
                None
            }
        };
        self.put(row);
        claim
    }

    fn lease(&mut self, id: PayoutId, order: &WatchOrder) -> Option<Payout> {
        let mut row = self.take(id)?;
        row.due_at = Some(order.now.plus(order.lease));
        let payout = row.payout.clone();
        self.put(row);
        Some(payout)
    }

    /// Takes a row out, and out of its queue.
    fn take(&mut self, id: PayoutId) -> Option<Row> {
        let row = self.rows.remove(&id)?;
        if let Some((queue, due_at)) = row.waits()
            && let Some(queue) = self.queues.get_mut(&queue)
        {
            queue.remove(&(due_at, id));
        }
        let place = (row.payout.created_at(), id);
        for standing in standings(row.payout.state()) {
            self.standing.entry(*standing).or_default().remove(&place);
        }
        Some(row)
    }

    /// Puts a row in, and into the queue that its state and due time ask for.
    fn put(&mut self, row: Row) {
        let id = row.payout.id();
        if let Some(gateway_id) = row.payout.gateway_payout_id() {
            self.gateway_ids.insert((row.instruction.profile.clone(), gateway_id), id);
        }
        if let Some((queue, due_at)) = row.waits() {
            self.queues.entry(queue).or_default().insert((due_at, id));
        }
        let place = (row.payout.created_at(), id);
        for standing in standings(row.payout.state()) {
            self.standing.entry(*standing).or_default().insert(place);
        }
        self.rows.insert(id, row);
    }
}

impl Row {
    fn waits(&self) -> Option<(Queue, Timestamp)> {
        let queue = match self.payout.state() {
            PayoutState::Accepted | PayoutState::Sending { .. } | PayoutState::Unknown => {
                Queue::Send
            }
            PayoutState::Submitted { .. }
            | PayoutState::Executed
            | PayoutState::Parked(_)
            | PayoutState::Returned => Queue::Watch(self.instruction.profile.clone()),
            PayoutState::Failed(_) => return None,
        };
        Some((queue, self.due_at?))
    }
}

fn standings(state: &PayoutState) -> &'static [Standing] {
    match state {
        PayoutState::Accepted | PayoutState::Sending { earlier_unresolved: false } => {
            &[Standing::Unsettled]
        }
        PayoutState::Sending { earlier_unresolved: true } | PayoutState::Unknown => {
            &[Standing::Unknown, Standing::Unsettled]
        }
        PayoutState::Parked(ParkReason::TooOld | ParkReason::ProfileChanged) => {
            &[Standing::Parked, Standing::Unsettled]
        }
        PayoutState::Parked(_) => &[Standing::Parked],
        PayoutState::Submitted { .. }
        | PayoutState::Executed
        | PayoutState::Failed(_)
        | PayoutState::Returned => &[],
    }
}

/// Leases a payout whose transmission has begun.
fn claimed(row: &mut Row, begun: Evidence, order: &SendOrder) -> Claim {
    row.events.push(event(&row.payout, begun, order.now));
    row.due_at = Some(order.now.plus(order.lease));
    row.epoch = Epoch(row.epoch.0.saturating_add(1));
    row.attempts.push(Attempt {
        attempt: row.payout.progress().attempts,
        begun_at: order.now,
        token: order.token,
        epoch: row.epoch,
        ended: None,
    });
    let (payout, instruction) = (row.payout.clone(), row.instruction.clone());
    Claim { payout, instruction, epoch: row.epoch }
}

/// Parks a payout; its due time stays, so that it is looked at once it is found again.
fn park(row: &mut Row, reason: ParkReason, now: Timestamp) {
    let parked = Evidence::Parked(reason);
    let _changed_because_it_was_waiting = row.payout.apply(&parked, now);
    row.events.push(event(&row.payout, parked, now));
}

fn rescheduled(row: &Row, schedule: Option<Schedule>) -> Option<Timestamp> {
    match schedule {
        Some(Schedule { due_at, epoch }) if epoch.is_none_or(|epoch| epoch == row.epoch) => due_at,
        Some(_) | None => row.due_at,
    }
}

fn event(payout: &Payout, evidence: Evidence, at: Timestamp) -> PayoutEvent {
    PayoutEvent { version: payout.version(), at, evidence, state: payout.state().clone() }
}
