//! The auditor: reads the bank's own book and what clients were told, never the service's mind.

mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use payout_domain::{
    Currency, EventId, GatewayPayoutId, MerchantAccountId, Money, Payment, PaymentSourceId, Payout,
    PayoutId, SendRule, Status, Timestamp,
};
use payout_memory::Bank;
use payout_ports::{Authorisation, Deposit, Instruction, NotificationKind};

use crate::statement::{Statement, Violation};

/// Reads the bank's own book and what clients were told.
pub(crate) struct Auditor {
    pub(crate) violations: Vec<Violation>,
    pub(crate) files: BTreeMap<PayoutId, File>,
    pub(crate) acknowledged: BTreeMap<usize, Vec<PayoutId>>,
    at_bank: BTreeMap<GatewayPayoutId, PayoutId>,
    sources: BTreeMap<u64, (PaymentSourceId, MerchantAccountId)>,
    paid_in: BTreeMap<Currency, Money>,
    executed_for: BTreeMap<usize, BTreeSet<PayoutId>>,
    refused: BTreeSet<usize>,
    // When the copy was made, and when it was put in the store's place.
    restored: Option<(u64, u64)>,
    blind_to: BTreeSet<Statement>,
}

/// What is known of a payout from outside.
#[derive(Default)]
pub(crate) struct File {
    pub(crate) amount: Option<Money>,
    pub(crate) executions: u32,
    pub(crate) returned: bool,
    pub(crate) told_failed: bool,
    acknowledged_ms: u64,
    intention: Option<usize>,
    departures: Vec<Departure>,
    body: Option<Arc<[u8]>>,
    told: Vec<(EventId, NotificationKind)>,
    status: Option<Status>,
}

/// Bytes that have left.
struct Departure {
    issued_at: Timestamp,
    not_processed: bool,
}

/// More than these say nothing new.
const VIOLATIONS_MAX: usize = 10;

impl Auditor {
    pub(crate) fn new(blind_to: BTreeSet<Statement>) -> Self {
        Self {
            violations: Vec::new(),
            files: BTreeMap::new(),
            acknowledged: BTreeMap::new(),
            at_bank: BTreeMap::new(),
            sources: BTreeMap::new(),
            paid_in: BTreeMap::new(),
            executed_for: BTreeMap::new(),
            refused: BTreeSet::new(),
            restored: None,
            blind_to,
        }
    }

    /// Something that always holds does not.
    pub(crate) fn accuse(&mut self, statement: Statement, what: impl fmt::Display) {
        if self.violations.len() < VIOLATIONS_MAX && !self.blind_to.contains(&statement) {
            self.violations.push(Violation { statement, what: what.to_string() });
        }
    }

    fn accuse_of(&mut self, statement: Statement, id: PayoutId, what: &str) {
        self.accuse(statement, format!("{what}: payout {id}"));
    }

    /// A user is about to have paid in.
    pub(crate) fn expects(&mut self, user: u64, deposit: &Deposit) {
        self.sources.insert(user, (deposit.payment_source_id, deposit.merchant_account_id));
    }

    /// A payment has settled.
    pub(crate) fn settled(&mut self, payment: &Payment) {
        let currency = payment.amount.currency();
        let sum = self.paid_in.entry(currency).or_insert(Money::zero(currency));
        *sum = sum.checked_add(payment.amount).unwrap_or(*sum);
    }

    pub(crate) fn source_of(&self, user: u64) -> Option<(PaymentSourceId, MerchantAccountId)> {
        self.sources.get(&user).copied()
    }

    /// How often a payout has been sent.
    pub(crate) fn departures(&self, id: PayoutId) -> u32 {
        let file = self.files.get(&id);
        file.map_or(0, |file| u32::try_from(file.departures.len()).unwrap_or(u32::MAX))
    }

    /// Bytes leave. It says whether the sender does not know what became of earlier ones.
    pub(crate) fn departs(
        &mut self,
        instruction: &Instruction,
        authorisation: &Authorisation,
        rule: &SendRule,
    ) -> bool {
        let id = instruction.payout_id;
        let file = self.files.entry(id).or_default();
        let open = file.departures.iter().filter(|departure| !departure.not_processed);
        let first = open.map(|departure| departure.issued_at).min();
        let issued_at = authorisation.life.issued_at;
        file.departures.push(Departure { issued_at, not_processed: false });
        let body = file.body.get_or_insert_with(|| Arc::clone(&instruction.body));
        let has_drifted = *body != instruction.body;
        if !rule.allows(first, authorisation.life) {
            self.accuse_of(Statement::SendRule, id, "sent with a token that outlives the window");
        }
        if has_drifted {
            self.accuse_of(Statement::SendRule, id, "other bytes under the same name");
        }
        first.is_some()
    }

    /// The sender of a payout's latest bytes has heard that nothing was done, or something else.
    pub(crate) fn answered_transmission(&mut self, id: PayoutId, not_processed: bool) {
        let file = self.files.entry(id).or_default();
        if let Some(last) = file.departures.last_mut() {
            last.not_processed = not_processed;
        }
    }

    /// The bank has a payout.
    pub(crate) fn accepted(&mut self, id: PayoutId, at_bank: GatewayPayoutId) {
        self.at_bank.insert(at_bank, id);
    }

    /// Which payout of ours the bank knows by this name.
    pub(crate) fn payout_at_bank(&self, id: GatewayPayoutId) -> Option<PayoutId> {
        self.at_bank.get(&id).copied()
    }

    /// A payout is about to be sent.
    pub(crate) fn claimed(&mut self, payout: &Payout) {
        let file = self.files.entry(payout.id()).or_default();
        file.amount = Some(payout.amount());
        let number = payout.idempotency_key().as_str().strip_prefix("order-");
        file.intention = number.and_then(|number| number.parse().ok());
    }

    /// A payout has moved at the bank.
    pub(crate) fn moved(&mut self, at_bank: GatewayPayoutId, bank: &Bank) {
        let Some(id) = self.payout_at_bank(at_bank) else { return };
        let file = self.files.entry(id).or_default();
        file.executions = bank.executions(id);
        let intention = file.intention;
        let (executions, is_lie) = (file.executions, file.told_failed && !file.returned);
        if executions == 0 {
            return;
        }
        if executions > 1 {
            self.accuse_of(Statement::AtMostOnce, id, "executed twice");
        }
        if is_lie {
            self.accuse_of(Statement::NoLie, id, "executed after it was told to have failed");
        }
        let Some(intention) = intention else { return };
        let executed = self.executed_for.entry(intention).or_default();
        executed.insert(id);
        if executed.len() > 1 && self.restored.is_none() {
            self.accuse_of(Statement::AtMostOnce, id, "two payouts of one key are executed");
        }
    }

    /// An executed payout has come back.
    pub(crate) fn returned(&mut self, at_bank: GatewayPayoutId) {
        let id = self.at_bank.get(&at_bank).copied();
        if let Some(file) = id.and_then(|id| self.files.get_mut(&id)) {
            file.returned = true;
        }
    }

    /// A client was told that its payout is accepted.
    pub(crate) fn acknowledged(&mut self, intention: usize, id: PayoutId, now_ms: u64) {
        let file = self.files.entry(id).or_default();
        if file.acknowledged_ms == 0 {
            file.acknowledged_ms = now_ms;
        }
        let ids = self.acknowledged.entry(intention).or_default();
        if ids.contains(&id) {
            return;
        }
        ids.push(id);
        if ids.len() > 1 && self.restored.is_none() {
            self.accuse_of(Statement::AtMostOnce, id, "a second payout under one key");
        }
    }

    /// A client asked for something else under a used key, and was told that it is accepted.
    pub(crate) fn took_altered(&mut self, intention: usize, id: PayoutId) {
        if self.restored.is_none() {
            let what = format!("another order under the key of intention {intention}: payout {id}");
            self.accuse(Statement::AtMostOnce, what);
        }
    }

    /// The payout that a client was last told of.
    pub(crate) fn last_id(&self, intention: usize) -> Option<PayoutId> {
        self.acknowledged.get(&intention)?.last().copied()
    }

    /// The store was put back to what it was at a time.
    pub(crate) fn restored(&mut self, taken_ms: u64, now_ms: u64) {
        self.restored = Some((taken_ms, now_ms));
    }

    pub(crate) fn was_restored(&self) -> bool {
        self.restored.is_some()
    }

    /// A client does not find its payout. Nothing brings back what was acknowledged after the copy
    /// was made that the store was put back from, and before it was.
    pub(crate) fn missing(&mut self, id: PayoutId) {
        let file = self.files.entry(id).or_default();
        let acknowledged_ms = file.acknowledged_ms;
        let is_gone = |(taken_ms, restored_ms)| (taken_ms..=restored_ms).contains(&acknowledged_ms);
        if !self.restored.is_some_and(is_gone) {
            self.accuse_of(Statement::NoLoss, id, "acknowledged, and not found");
        }
    }

    /// A client has given up: what it wanted is not allowed.
    pub(crate) fn refused(&mut self, intention: usize) {
        self.refused.insert(intention);
    }

    /// An intention of which its client never learned what became.
    pub(crate) fn unanswered(&self, intentions: usize) -> Option<usize> {
        (0..intentions).find(|number| {
            !self.acknowledged.contains_key(number) && !self.refused.contains(number)
        })
    }

    pub(crate) fn transmissions(&self) -> u64 {
        let departures = self.files.values().map(|file| file.departures.len());
        u64::try_from(departures.fold(0, usize::saturating_add)).unwrap_or(u64::MAX)
    }

    /// Holds the bank's balances against what came in, went out and came back.
    pub(crate) fn check_ledger(&mut self, opening: &[Money], balances: &[Money]) {
        for (opened, balance) in opening.iter().zip(balances) {
            let currency = opened.currency();
            let mut expected = i128::from(opened.minor());
            if let Some(paid_in) = self.paid_in.get(&currency) {
                expected = expected.saturating_add(i128::from(paid_in.minor()));
            }
            for file in self.files.values() {
                let Some(amount) = file.amount.filter(|amount| amount.currency() == currency)
                else {
                    continue;
                };
                let out = u32::from(!file.returned).min(file.executions);
                let gone = i128::from(amount.minor()).saturating_mul(i128::from(out));
                expected = expected.saturating_sub(gone);
            }
            if expected != i128::from(balance.minor()) {
                self.accuse(
                    Statement::Ledger,
                    format!("{balance} on the account, {expected} expected"),
                );
            }
        }
    }
}
