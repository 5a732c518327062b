//! What the numbers of an operation mean, at the time when it comes.

use std::time::Duration;

use payout_domain::{
    ClientId, Currency, Evidence, FailureReason, GatewayPayoutId, Money, Payment, PaymentSource,
    Payout, ProviderStatus, Scheme, Timestamp, TransactionId, UserId,
};
use payout_ports::{
    AfterFailure, AttemptEnd, GatewayProfile, InboxEntry, InboxSubject, NotificationKind,
    PageOrder, Pause, PayoutChange, Schedule, SendOrder, WatchOrder,
};

use super::answer::{Command, EventCommand, PaymentCommand, PayoutCommand};
use super::operation::{Decision, Fact, OfEvents, OfPayments, OfPayouts, Operation, Said, When};
use crate::StoreRig;
use crate::fixtures::{
    Accepting, acme, change, digest, event_id, gateway_payout_id, globex, key, merchant_account,
    merchant_account_id, notification, operator, other_profile, payment, payment_id,
    payment_source_id, payout_id, profile, seconds, send_order, unchanged, user, watch_order,
};

/// What has been done so far.
///
/// The order of things that are due at one time is nobody's business. So either everything is asked
/// for at a time, and the order does not count, or one thing at a time, and no two are due at one
/// time: acceptances and facts are on whole seconds, leases end on halves, and every schedule has
/// microseconds of its own.
pub(super) struct Situation {
    limit: usize,
    now_s: u64,
    operations: u64,
    payouts: u64,
    notifications: u64,
}

const LEASE: Duration = Duration::from_millis(90_500);

impl Situation {
    pub(super) fn new(one_by_one: bool) -> Self {
        let limit = if one_by_one { 1 } else { 1000 };
        Self { limit, now_s: 0, operations: 0, payouts: 0, notifications: 0 }
    }

    /// The next command; `None` if there is nothing to do it to.
    pub(super) async fn next(
        &mut self,
        operation: &Operation,
        believed: &dyn StoreRig,
    ) -> Option<Command> {
        self.now_s = self.now_s.saturating_add(1);
        self.operations = self.operations.saturating_add(1);
        let now = seconds(self.now_s);
        Some(match operation {
            Operation::OfPayouts(operation) => {
                return self.of_payouts(operation, now, believed).await;
            }
            Operation::OfPayments(operation) => {
                Command::Payments(Box::new(self.of_payments(operation, now)))
            }
            Operation::OfEvents(operation) => Command::Events(self.of_events(operation, now)),
            Operation::Wait { minutes } => {
                self.now_s = self.now_s.saturating_add(minutes.saturating_mul(60));
                return None;
            }
            Operation::Reopen => Command::Reopen,
        })
    }

    async fn of_payouts(
        &mut self,
        operation: &OfPayouts,
        now: Timestamp,
        believed: &dyn StoreRig,
    ) -> Option<Command> {
        let command = match operation {
            OfPayouts::ClaimSendable { profile } => {
                let (limit, profile) = (self.limit, profile_of(*profile));
                let order = SendOrder { limit, lease: LEASE, profile, ..send_order(now) };
                return Some(Command::ClaimSendable(order));
            }
            OfPayouts::Save { payout, said, late, told, schedule, claim } => {
                let found = believed.payouts().find_unscoped(self.payout(*payout)).await;
                let payout = found.expect("the store is there")?;
                let mut change = self.change(&payout, *said, *told, now);
                change.expected_version = change.expected_version.saturating_sub(u32::from(*late));
                change.schedule = self.schedule(*schedule, now);
                return Some(Command::Save(Box::new(change), *claim));
            }
            OfPayouts::Accept { client, key, fingerprint, profile, forget_after_s } => {
                let accepting = self
                    .accepting(now, *forget_after_s)
                    .by(client_of(*client))
                    .under(&format!("key-{key}"))
                    .with_fingerprint(*fingerprint)
                    .through(profile_of(*profile));
                PayoutCommand::Accept(accepting)
            }
            OfPayouts::FindKey { client, key: number } => {
                PayoutCommand::FindKey(client_of(*client), key(&format!("key-{number}")))
            }
            OfPayouts::ClaimWatched { profile } => {
                let (limit, profile) = (self.limit, profile_of(*profile));
                let order = WatchOrder { limit, lease: LEASE, profile, ..watch_order(now) };
                PayoutCommand::ClaimWatched(order)
            }
            OfPayouts::Look { client, payout } => {
                PayoutCommand::Look(client_of(*client), self.payout(*payout))
            }
            OfPayouts::FindByGatewayId { profile, number } => {
                PayoutCommand::FindByGatewayId(profile_of(*profile), gateway_payout_id(*number))
            }
            OfPayouts::List { client, limit, after } => {
                let (limit, after) = (*limit, after.map(|number| self.payout(number)));
                PayoutCommand::List(client_of(*client), PageOrder { limit, after })
            }
            OfPayouts::ListStanding { standing, limit, after } => {
                let (limit, after) = (*limit, after.map(|number| self.payout(number)));
                PayoutCommand::ListStanding(*standing, PageOrder { limit, after })
            }
            OfPayouts::Pause { by } => {
                let because = "to see what happens".into();
                PayoutCommand::Pause(Pause { by: operator(by), because, at: now })
            }
            OfPayouts::Resume => PayoutCommand::Resume,
        };
        Some(Command::Payouts(Box::new(command)))
    }

    fn of_payments(&mut self, operation: &OfPayments, now: Timestamp) -> PaymentCommand {
        match operation {
            OfPayments::Pay { client, number, fact, told } => {
                let told = told.then(|| self.notification(NotificationKind::PaymentSettled, now));
                PaymentCommand::Pay(client_of(*client), payment_of(*number, *fact), told)
            }
            OfPayments::ListSource { client, fact, named } => {
                PaymentCommand::ListSource(client_of(*client), source_of(*fact, *named, now))
            }
            OfPayments::Look { client, number, fact } => PaymentCommand::Look {
                client: client_of(*client),
                payment: payment_id(*number),
                source: payment_source_id(fact.source),
                user: user_of(fact.user),
                account: merchant_account_id(fact.account),
            },
            OfPayments::RememberAccounts { accounts } => {
                let account =
                    |(number, euros): &(u64, bool)| merchant_account(*number, currency(*euros));
                PaymentCommand::RememberAccounts(accounts.iter().map(account).collect())
            }
        }
    }

    fn of_events(&self, operation: &OfEvents, now: Timestamp) -> EventCommand {
        match operation {
            OfEvents::Remember { profile, number, digest: words, about } => {
                EventCommand::Remember(InboxEntry {
                    profile: profile_of(*profile),
                    event_id: event_id(*number),
                    digest: digest(*words),
                    subject: subject_of(*about, *number),
                    received_at: now,
                })
            }
            OfEvents::ClaimEvents => EventCommand::ClaimEvents(now, self.limit, LEASE),
            OfEvents::EventDone { profile, number } => {
                EventCommand::EventDone(profile_of(*profile), event_id(*number))
            }
            OfEvents::ClaimNotifications => {
                EventCommand::ClaimNotifications(now, self.limit, LEASE)
            }
            OfEvents::NotificationDone { number } => {
                EventCommand::NotificationDone(event_id(self.told(*number)))
            }
            OfEvents::NotificationFailed { number, after_s } => {
                let (id, due_at) = (event_id(self.told(*number)), self.own_moment(now, *after_s));
                EventCommand::NotificationFailed(id, AfterFailure::Again(due_at))
            }
            OfEvents::GiveUp { number } => {
                let given_up = AfterFailure::GiveUp(now);
                EventCommand::NotificationFailed(event_id(self.told(*number)), given_up)
            }
            OfEvents::Replay { number, after_s } => {
                let (id, at) = (event_id(self.told(*number)), self.own_moment(now, *after_s));
                EventCommand::Replay(id, at)
            }
            OfEvents::DeadLetters { limit, after } => {
                let after = after.map(|number| event_id(self.told(number)));
                EventCommand::DeadLetters(*limit, after)
            }
        }
    }

    fn accepting(&mut self, now: Timestamp, forget_after_s: Option<u64>) -> Accepting {
        self.payouts = self.payouts.saturating_add(1);
        let accepting = Accepting::number(self.payouts).at(now);
        match forget_after_s {
            Some(after_s) => accepting.forgetting(now.minus(Duration::from_secs(after_s))),
            None => accepting,
        }
    }

    /// One of the payouts that were last asked for.
    fn payout(&self, number: u64) -> payout_domain::PayoutId {
        payout_id(self.payouts.saturating_sub(number))
    }

    /// One of the notifications that were last written.
    fn told(&self, number: u64) -> u64 {
        self.notifications.saturating_sub(number)
    }

    fn notification(
        &mut self,
        kind: NotificationKind,
        now: Timestamp,
    ) -> payout_ports::NewNotification {
        self.notifications = self.notifications.saturating_add(1);
        let number = self.notifications;
        // Numbers are unique, so times are.
        notification(number, kind, now.plus(Duration::from_micros(number)))
    }

    fn change(&mut self, payout: &Payout, said: Said, told: u64, now: Timestamp) -> PayoutChange {
        let mut change = match evidence(payout, said, now) {
            Some(evidence) => change(payout, &evidence, now),
            None => unchanged(payout),
        };
        change.attempt_end = ended(said, payout.progress().attempts, now);
        for _ in 0..told {
            change.notifications.push(self.notification(NotificationKind::PayoutExecuted, now));
        }
        change
    }

    fn schedule(&self, when: When, now: Timestamp) -> Option<Schedule> {
        let due_at = match when {
            When::AsItIs => return None,
            When::Never => None,
            When::After(after_s) => Some(self.own_moment(now, after_s)),
        };
        Some(Schedule { due_at, epoch: None })
    }

    /// A time that no other operation names.
    fn own_moment(&self, now: Timestamp, after_s: u64) -> Timestamp {
        let own = Duration::from_millis(250).saturating_add(Duration::from_micros(self.operations));
        now.plus(Duration::from_secs(after_s)).plus(own)
    }
}

fn evidence(payout: &Payout, said: Said, now: Timestamp) -> Option<Evidence> {
    let attempt = payout.progress().attempts;
    let reported = |number, status| Evidence::Reported { gateway_payout_id: named(number), status };
    Some(match said {
        Said::Nothing => return None,
        Said::NotProcessed => Evidence::NotProcessed { attempt },
        Said::Unknown => Evidence::OutcomeUnknown { attempt },
        Said::Rejected => Evidence::Rejected { attempt, detail: "no".into() },
        Said::Acknowledged(number) => Evidence::Acknowledged { gateway_payout_id: named(number) },
        Said::Authorized(number) => reported(number, ProviderStatus::Authorized { at: Some(now) }),
        Said::Executed(number) => {
            let scheme = Some(Scheme::FasterPaymentsService);
            reported(number, ProviderStatus::Executed { at: now, scheme })
        }
        Said::Failed(number) => {
            reported(number, ProviderStatus::Failed { at: now, reason: FailureReason::Blocked })
        }
        Said::CameBack(number) => Evidence::MoneyCameBack {
            gateway_payout_id: named(number),
            transaction_id: TransactionId::from_uuid(named(number).as_uuid()),
            at: now,
        },
        Said::Parked(reason) => Evidence::Parked(reason),
        Said::Decided(decision) => decided(decision),
    })
}

fn decided(decision: Decision) -> Evidence {
    let because = "a call".into();
    match decision {
        Decision::Released => Evidence::Released { by: operator("anna") },
        Decision::Cancelled => Evidence::Cancelled { by: operator("anna") },
        Decision::Proposed(by) => Evidence::NeverSubmittedProposed { by: operator(by), because },
        Decision::Resolved(by, outcome) => {
            Evidence::Resolved { by: operator(by), outcome, because }
        }
    }
}

/// How the transmission ended that was spoken of.
fn ended(said: Said, attempt: u32, at: Timestamp) -> Option<AttemptEnd> {
    let spoken_of = matches!(said, Said::NotProcessed | Said::Unknown | Said::Rejected);
    spoken_of.then(|| AttemptEnd { attempt, at, outcome: format!("{said:?}").into() })
}

fn named(number: u64) -> GatewayPayoutId {
    gateway_payout_id(number)
}

fn client_of(number: u8) -> ClientId {
    if number == 0 { acme() } else { globex() }
}

fn profile_of(number: u8) -> GatewayProfile {
    if number == 0 { profile() } else { other_profile() }
}

fn user_of(number: u8) -> UserId {
    if number == 0 { user("sam") } else { user("eve") }
}

fn currency(euros: bool) -> Currency {
    if euros { Currency::EUR } else { Currency::GBP }
}

fn payment_of(number: u64, fact: Fact) -> Payment {
    Payment {
        id: payment_id(number),
        user_id: user_of(fact.user),
        payment_source_id: payment_source_id(fact.source),
        merchant_account_id: merchant_account_id(fact.account),
        amount: Money::from_minor(2_000, currency(fact.euros)).expect("it is little"),
        ..payment(number)
    }
}

fn source_of(fact: Fact, named: bool, now: Timestamp) -> PaymentSource {
    let identifiers = if named { payment(1).account_identifiers } else { Vec::new() };
    PaymentSource::listed(
        payment_source_id(fact.source),
        user_of(fact.user),
        (merchant_account_id(fact.account), currency(fact.euros)),
        (named.then(|| "SAM".to_owned()), identifiers),
        now,
    )
}

fn subject_of(about: u8, number: u64) -> InboxSubject {
    match about {
        0 => InboxSubject::Payout(gateway_payout_id(number)),
        1 => InboxSubject::Payment(payment_id(number)),
        _ => InboxSubject::Other,
    }
}
