//! The end of a world: everything is at its end, or waits with a reason.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{ParkReason, Payout, PayoutState};
use payout_memory::BankConfiguration;
use payout_ports::{Inbox, Outbox, PayoutEvent, PayoutRepository};

use crate::client::{balances, client_id};
use crate::history::WorldReport;
use crate::statement::Statement;
use crate::world::World;

impl World {
    /// Looks at everything once more, and sums it up.
    pub(crate) async fn reckon(self: &Arc<Self>) -> WorldReport {
        self.bank_moves().await;
        let mut report = WorldReport::default();
        if self.auditor().violations.is_empty() {
            self.check_intentions();
            self.check_payouts(&mut report).await;
            self.check_letters().await;
            self.check_money().await;
        }
        report.faults = self.tally();
        report.payouts = u64::from(self.plan.payouts);
        report.lasted_ms = self.now_ms();
        report.digest = self.digest();
        let auditor = self.auditor();
        report.accepted = u64::try_from(auditor.acknowledged.len()).unwrap_or(u64::MAX);
        report.transmissions = auditor.transmissions();
        report.violations.clone_from(&auditor.violations);
        drop(auditor);
        if !report.violations.is_empty() {
            report.plan = self.plan.to_string();
            report.last_happenings = self.last_happenings();
        }
        report
    }

    /// A client that asks for what is allowed is answered in the end.
    fn check_intentions(&self) {
        let mut auditor = self.auditor();
        let unanswered = auditor.unanswered(self.intentions.len());
        if let Some(number) = unanswered {
            auditor.accuse(Statement::NoLoss, format!("order-{number} was never answered"));
        }
    }

    async fn check_payouts(&self, report: &mut WorldReport) {
        let ids: Vec<_> = self.auditor().acknowledged.values().flatten().copied().collect();
        for id in ids {
            let Ok(found) = self.store().find(&client_id(), id).await else { continue };
            let Some(payout) = found else {
                self.auditor().missing(id);
                continue;
            };
            let history = self.store().history(&client_id(), id).await;
            let history = history.ok().flatten().unwrap_or_default();
            self.check_history(&payout, &history);
            let disputed = PayoutState::Parked(ParkReason::KeyReused);
            if history.iter().any(|event| event.state == disputed) {
                report.disputed = report.disputed.saturating_add(1);
            }
            self.check_end(&payout, report);
        }
    }

    /// What happened to a payout is complete, and led to where it stands.
    fn check_history(&self, payout: &Payout, history: &[PayoutEvent]) {
        let versions = history.iter().map(|event| event.version);
        let is_complete = versions.eq(1..=payout.version());
        let is_led_to = history.last().is_some_and(|event| event.state == *payout.state());
        if !is_complete || !is_led_to {
            self.auditor()
                .accuse(Statement::NoLoss, format!("the history of {} has gaps", payout.id()));
        }
    }

    /// Nothing is left to do for a payout, and what it says is what the bank did.
    fn check_end(&self, payout: &Payout, report: &mut WorldReport) {
        let mut auditor = self.auditor();
        let id = payout.id();
        // What never left has no file.
        let file = auditor.files.get(&id);
        let executed = file.is_some_and(|file| file.executions > 0);
        let returned = file.is_some_and(|file| file.returned);
        match payout.state() {
            PayoutState::Accepted
            | PayoutState::Sending { .. }
            | PayoutState::Unknown
            | PayoutState::Submitted { .. } => {
                auditor.accuse(Statement::NoLoss, format!("{id} is still {}", payout.state()));
            }
            PayoutState::Parked(reason) => {
                report.parked = report.parked.saturating_add(1);
                let alike = report.parked_by.entry(*reason).or_default();
                *alike = alike.saturating_add(1);
                report.parked_and_paid = report.parked_and_paid.saturating_add(u64::from(executed));
            }
            PayoutState::Executed if returned => {
                auditor.accuse(Statement::NoLie, format!("{id} is executed, and it came back"));
            }
            PayoutState::Executed if !executed => {
                auditor.accuse(Statement::NoLie, format!("{id} is executed, and it is not"));
            }
            PayoutState::Returned if !returned => {
                auditor.accuse(Statement::NoLie, format!("{id} is returned, and it is not"));
            }
            PayoutState::Failed(_) if executed => {
                auditor.accuse(Statement::NoLie, format!("{id} is failed, and the money is gone"));
            }
            PayoutState::Executed | PayoutState::Failed(_) | PayoutState::Returned => {
                auditor.check_told(id, payout.state());
            }
        }
    }

    /// Nobody waits to be told anything, and nothing that we were told is open.
    async fn check_letters(&self) {
        let (store, later) = (self.store(), self.now().plus(Duration::from_hours(24)));
        let letters = store.claim_notifications(later, 1, Duration::ZERO).await.unwrap_or_default();
        let events = store.claim_events(later, 1, Duration::ZERO).await.unwrap_or_default();
        let mut auditor = self.auditor();
        if let Some(letter) = letters.first() {
            auditor.accuse(Statement::NoLoss, format!("{:?} was never told", letter.event_id));
        }
        if let Some(event) = events.first() {
            auditor.accuse(Statement::NoLoss, format!("{:?} was never worked off", event.event_id));
        }
    }

    async fn check_money(&self) {
        let balances = balances(self).await;
        let named = BankConfiguration::named("simulation");
        let opening = named.merchant_accounts.iter().map(|account| {
            let opened = account.opening_balance;
            if self.plan.is_poor { payout_domain::Money::zero(opened.currency()) } else { opened }
        });
        let opening: Vec<_> = opening.collect();
        self.auditor().check_ledger(&opening, &balances);
    }
}
