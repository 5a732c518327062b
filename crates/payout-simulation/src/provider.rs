//! The provider: the bank, and everything that goes wrong before and behind its doors.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use payout_domain::{EventId, FailureReason, GatewayPayoutId, IdempotencyKey};
use payout_ports::{
    Authorisation, BankEvent, InboxSubject, Instruction, PayoutGateway, SandboxBank, SubmitOutcome,
};
use uuid::Uuid;

use crate::agenda::{Happening, Webhook};
use crate::chance::millis;
use crate::plan::RETURNS_WITHIN;
use crate::statement::Statement;
use crate::world::{World, lock};
use crate::{FaultKind, Plant};

/// What the provider remembers beside the bank's own book.
#[derive(Default)]
pub(crate) struct Provider {
    keys: Mutex<Keys>,
}

#[derive(Default)]
struct Keys {
    accepted: BTreeMap<IdempotencyKey, u64>,
    // Refused for good: whatever comes under the key later is refused, too.
    refused: BTreeSet<IdempotencyKey>,
    // The answer to these is a server error, for as long as the key is remembered.
    poisoned: BTreeSet<IdempotencyKey>,
}

/// A transmission on its way.
#[derive(Clone)]
pub(crate) struct Transmission {
    pub(crate) instruction: Instruction,
    pub(crate) authorisation: Authorisation,
    /// Whether an earlier transmission of the payout has left, and its sender does not know what
    /// became of it.
    pub(crate) earlier_unresolved: bool,
    /// Whether the network made this copy of it.
    pub(crate) is_copy: bool,
}

const SECOND: Duration = Duration::from_secs(1);
const LATEST: Duration = Duration::from_hours(12);

impl World {
    /// A transmission arrives at the provider.
    pub(crate) async fn arrive(&self, transmission: &Transmission) -> SubmitOutcome {
        let payout = transmission.instruction.payout_id.as_uuid();
        let outcome = match self.at_the_door(transmission) {
            Some(outcome) => outcome,
            None => self.at_the_bank(transmission).await,
        };
        self.note(arrived(&outcome), payout, 0);
        outcome
    }

    /// What is answered before the bank has seen it.
    fn at_the_door(&self, transmission: &Transmission) -> Option<SubmitOutcome> {
        let key = &transmission.instruction.key;
        if lock(&self.provider.keys).refused.contains(key) {
            return Some(SubmitOutcome::Rejected { detail: "refused before".into() });
        }
        // A copy shares the fate of its original, which has got through.
        if transmission.is_copy {
            return None;
        }
        if self.strikes(FaultKind::Unauthorized) {
            return Some(not_processed("401", None));
        }
        if self.strikes(FaultKind::TooMany) {
            let wait =
                self.draw_of(FaultKind::TooMany, |c| c.span(SECOND, SECOND.saturating_mul(600)));
            return Some(not_processed("429", Some(wait)));
        }
        if self.strikes(FaultKind::ErrorBefore) {
            return Some(server_error());
        }
        if self.strikes(FaultKind::InProgress) {
            return Some(SubmitOutcome::InProgress);
        }
        if self.is_known(key) { self.to_a_repetition(key) } else { self.refusal(transmission) }
    }

    /// What may be answered to a repetition instead of the truth.
    fn to_a_repetition(&self, key: &IdempotencyKey) -> Option<SubmitOutcome> {
        if self.strikes(FaultKind::RejectedAgain) {
            let detail = "too little is left after the first transmission".to_owned();
            return Some(SubmitOutcome::Rejected { detail });
        }
        if self.strikes(FaultKind::KeyDisputed) {
            return Some(SubmitOutcome::KeyReused);
        }
        lock(&self.provider.keys).poisoned.contains(key).then(server_error)
    }

    /// A refusal is final if it answers the only transmission. If another one is on its way, the
    /// provider may refuse this one for now and take that one later.
    fn refusal(&self, transmission: &Transmission) -> Option<SubmitOutcome> {
        if !self.strikes(FaultKind::Rejected) {
            return None;
        }
        let is_for_now = transmission.earlier_unresolved
            && self.draw_of(FaultKind::Rejected, |chance| chance.of_ten_thousand(5_000));
        if !is_for_now {
            lock(&self.provider.keys).refused.insert(transmission.instruction.key.clone());
        }
        Some(SubmitOutcome::Rejected { detail: "refused".into() })
    }

    async fn at_the_bank(&self, transmission: &Transmission) -> SubmitOutcome {
        let Transmission { instruction, authorisation, .. } = transmission;
        let mut authorisation = authorisation.clone();
        if self.plant == Some(Plant::NoTokenFence) {
            authorisation.life.expires_at = self.now().plus(SECOND);
        }
        let was_known = self.is_known(&instruction.key);
        if !was_known && self.strikes(FaultKind::FailedAtBank) {
            let reason =
                self.draw_of(FaultKind::FailedAtBank, |chance| chance.pick(&REASONS).cloned());
            let _a_bank_without_a_journal_always_can =
                self.bank.fail_next(reason.unwrap_or(FailureReason::Unknown)).await;
        }
        let outcome = self.bank.submit(instruction, &authorisation).await;
        match outcome {
            SubmitOutcome::Accepted(id) if !was_known => self.accepted(transmission, id),
            SubmitOutcome::Rejected { .. } => {
                self.auditor()
                    .accuse(Statement::ClosedLoop, "the bank's own book forbids a payout");
            }
            SubmitOutcome::KeyReused => {
                self.note("other bytes under a known key", instruction.payout_id.as_uuid(), 0);
            }
            SubmitOutcome::Accepted(_)
            | SubmitOutcome::NotProcessed { .. }
            | SubmitOutcome::InProgress
            | SubmitOutcome::Unknown { .. } => {}
        }
        self.on_the_way_back(transmission, outcome)
    }

    /// The bank has a payout that it did not have before.
    fn accepted(&self, transmission: &Transmission, id: GatewayPayoutId) {
        let key = transmission.instruction.key.clone();
        let payout_id = transmission.instruction.payout_id;
        let now_ms = self.now_ms();
        lock(&self.provider.keys).accepted.insert(key, now_ms);
        self.auditor().accepted(payout_id, id);
        let authorized = self.plan.delays.authorization;
        let executed = authorized.saturating_add(self.plan.delays.execution);
        self.after(authorized, Happening::BankMoves);
        self.after(executed, Happening::BankMoves);
        if self.strikes(FaultKind::Returned) {
            let later = self
                .draw_of(FaultKind::Returned, |chance| chance.heavy_tailed(SECOND, RETURNS_WITHIN));
            let at_ms = now_ms.saturating_add(millis(executed)).saturating_add(millis(later));
            self.agenda.plan(at_ms, Happening::Return(id));
            // Whoever never hears of it looks for himself, twice as seldom as planned.
            let seen = millis(self.plan.watch.executed.saturating_mul(2).saturating_add(LATEST));
            self.last_until(at_ms.saturating_add(seen));
        }
        if self.strikes(FaultKind::Duplicated) {
            let copy = Transmission { is_copy: true, ..transmission.clone() };
            let later =
                self.draw_of(FaultKind::Duplicated, |chance| chance.heavy_tailed(SECOND, LATEST));
            self.after(later, Happening::Arrival(Box::new(copy)));
        }
    }

    fn on_the_way_back(
        &self,
        transmission: &Transmission,
        outcome: SubmitOutcome,
    ) -> SubmitOutcome {
        let SubmitOutcome::Accepted(_) = outcome else { return outcome };
        if self.strikes(FaultKind::ErrorCached) {
            lock(&self.provider.keys).poisoned.insert(transmission.instruction.key.clone());
            return server_error();
        }
        if self.strikes(FaultKind::ErrorAfter) {
            return server_error();
        }
        if self.strikes(FaultKind::OddAnswer) {
            return SubmitOutcome::Unknown { detail: "cut off".into() };
        }
        outcome
    }

    /// Whether the provider has the key of a payout and has not forgotten it.
    fn is_known(&self, key: &IdempotencyKey) -> bool {
        let window = millis(self.plan.dispatch.rule.key_window);
        let keys = lock(&self.provider.keys);
        keys.accepted.get(key).is_some_and(|at| self.now_ms() < at.saturating_add(window))
    }

    /// Time has moved something at the bank: the auditor looks, and the provider tells us.
    pub(crate) async fn bank_moves(&self) {
        for event in self.bank.take_events().await {
            match event {
                BankEvent::PaymentSettled(payment) => {
                    self.auditor().settled(&payment);
                    self.tell(InboxSubject::Payment(payment.id));
                }
                BankEvent::PayoutMoved(id) => {
                    self.auditor().moved(id, &self.bank);
                    self.note("the bank has moved", id.as_uuid(), 0);
                    self.tell(InboxSubject::Payout(id));
                }
            }
        }
    }

    /// The beneficiary's bank sends a payout back, if it was executed.
    pub(crate) async fn send_back(&self, id: GatewayPayoutId) {
        self.bank_moves().await;
        if self.bank.return_payout(id).await.unwrap_or(false) {
            self.note("returned", id.as_uuid(), 0);
            self.auditor().returned(id);
            self.bank_moves().await;
        }
    }

    /// The provider tells us something, if nothing goes wrong with it.
    fn tell(&self, subject: InboxSubject) {
        if self.strikes(FaultKind::WebhookForeign) {
            let id = GatewayPayoutId::from_uuid(self.draw(crate::chance::Chance::uuid));
            self.post(InboxSubject::Payout(id));
        }
        if !self.strikes(FaultKind::WebhookDropped) {
            self.post(subject);
        }
    }

    fn post(&self, subject: InboxSubject) {
        let event_id = self.draw(crate::chance::Chance::uuid);
        let digest = digest_of(event_id, 0);
        let event_id = EventId::from_uuid(event_id);
        let webhook = Webhook { event_id, subject, digest, tries: 0 };
        let late = self.strikes(FaultKind::WebhookLate);
        let longest = if late { Duration::from_hours(48) } else { SECOND.saturating_mul(5) };
        let later = |world: &Self| {
            let shortest = Duration::from_millis(20);
            world.draw_of(FaultKind::WebhookLate, |chance| chance.heavy_tailed(shortest, longest))
        };
        self.after(later(self), Happening::Webhook(webhook));
        if self.strikes(FaultKind::WebhookDuplicated) {
            self.after(later(self), Happening::Webhook(webhook));
        }
        if self.strikes(FaultKind::WebhookAltered) {
            let altered = Webhook { digest: digest_of(event_id.as_uuid(), 1), ..webhook };
            self.after(later(self), Happening::Webhook(altered));
        }
    }
}

const REASONS: [FailureReason; 5] = [
    FailureReason::Blocked,
    FailureReason::InsufficientFunds,
    FailureReason::SchemeError,
    FailureReason::ServerError,
    FailureReason::Unknown,
];

fn digest_of(event_id: Uuid, body: u8) -> [u8; 32] {
    let mut digest = [body; 32];
    for (place, byte) in digest.iter_mut().zip(event_id.as_bytes()) {
        *place = *byte;
    }
    digest
}

fn server_error() -> SubmitOutcome {
    SubmitOutcome::Unknown { detail: SERVER_ERROR.into() }
}

/// What the answer to a transmission says if the provider had a server error.
pub(crate) const SERVER_ERROR: &str = "500";

fn not_processed(detail: &str, retry_after: Option<Duration>) -> SubmitOutcome {
    SubmitOutcome::NotProcessed { detail: detail.into(), retry_after }
}

fn arrived(outcome: &SubmitOutcome) -> &'static str {
    match outcome {
        SubmitOutcome::Accepted(_) => "arrived: accepted",
        SubmitOutcome::Rejected { .. } => "arrived: rejected",
        SubmitOutcome::NotProcessed { .. } => "arrived: not processed",
        SubmitOutcome::InProgress => "arrived: in progress",
        SubmitOutcome::KeyReused => "arrived: key reused",
        SubmitOutcome::Unknown { .. } => "arrived: server error or odd answer",
    }
}

/// Keeps the instruction's bytes as they are, but for one.
pub(crate) fn drifted(instruction: &Instruction) -> Instruction {
    let mut body = instruction.body.to_vec();
    body.extend_from_slice(b"metadata: release=2\n");
    Instruction { body: Arc::from(body), ..instruction.clone() }
}
