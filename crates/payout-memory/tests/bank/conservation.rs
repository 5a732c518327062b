//! Money is neither made nor lost, nothing happens untold, and a replay gives the same bank.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use payout_domain::{
    Currency, FailureReason, GatewayPayoutId, MerchantAccountId, Money, PaymentId, PayoutId,
    ProviderStatus, Timestamp,
};
use payout_memory::{Bank, BankOperation};
use payout_ports::{
    BankEvent, Clock, Deposit, PayoutGateway, SandboxBank, SandboxDelays, SubmitOutcome,
    TransactionPage, TransactionQuery,
};
use proptest::prelude::*;

use crate::rig::{NO_DELAYS, Rig, START, at_once, configuration, deposit, order, user};

const USERS: [&str; 3] = ["sam", "kim", "ola"];
const CURRENCIES: [Currency; 3] = [Currency::GBP, Currency::EUR, Currency::PLN];
const AGES: Duration = Duration::from_hours(24 * 365);

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Act {
    Deposit { user: usize, currency: usize, minor: u64 },
    Pay { deposit: prop::sample::Index, minor: u64 },
    PayAgain { payout: prop::sample::Index },
    FailNext { reason: usize },
    Return { payout: prop::sample::Index },
    SetDelays { settlement: u64, authorization: u64, execution: u64 },
    MoveClock { seconds: i64 },
}

fn acts() -> impl Strategy<Value = Act> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        4 => (0..3_usize, 0..3_usize, 1..6_000_u64)
            .prop_map(|(user, currency, minor)| Act::Deposit { user, currency, minor }),
        6 => (index(), 1..6_000_u64).prop_map(|(deposit, minor)| Act::Pay { deposit, minor }),
        1 => index().prop_map(|payout| Act::PayAgain { payout }),
        2 => (0..10_usize).prop_map(|reason| Act::FailNext { reason }),
        2 => index().prop_map(|payout| Act::Return { payout }),
        1 => (0..20_u64, 0..20_u64, 0..20_u64).prop_map(|(settlement, authorization, execution)| {
            Act::SetDelays { settlement, authorization, execution }
        }),
        4 => (-5..30_i64).prop_map(|seconds| Act::MoveClock { seconds }),
    ]
}

fn reason(number: usize) -> FailureReason {
    FailureReason::NAMED.get(number).cloned().unwrap_or(FailureReason::Other("on_strike".into()))
}

/// A bank under test, and what somebody outside knows of it.
struct World {
    rig: Rig,
    deposits: Vec<(usize, Deposit, Money)>,
    payouts: BTreeMap<GatewayPayoutId, (payout_ports::Instruction, ProviderStatus)>,
    told: Vec<BankEvent>,
    settled: BTreeSet<PaymentId>,
    // The latest time that the clock has shown.
    latest: Timestamp,
}

impl World {
    fn new() -> Self {
        Self {
            rig: Rig::new(),
            deposits: Vec::new(),
            payouts: BTreeMap::new(),
            told: Vec::new(),
            settled: BTreeSet::new(),
            latest: START,
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Deposit { user, currency, minor } => {
                let amount = Money::from_minor(*minor, CURRENCIES[*currency]).expect("small");
                let made = self.rig.try_deposit(&deposit(USERS[*user], amount)).expect("in order");
                self.deposits.push((*user, made, amount));
            }
            Act::Pay { deposit, minor } => self.pay(*deposit, *minor),
            Act::PayAgain { payout } => {
                if let Some(id) = self.any_payout(*payout) {
                    let instruction = &self.payouts[&id].0;
                    assert_eq!(self.rig.submit(instruction), SubmitOutcome::Accepted(id));
                }
            }
            Act::FailNext { reason: number } => {
                at_once(self.rig.bank.fail_next(reason(*number))).expect("the journal keeps it");
            }
            Act::Return { payout } => {
                if let Some(id) = self.any_payout(*payout) {
                    at_once(self.rig.bank.return_payout(id)).expect("the journal keeps it");
                }
            }
            Act::SetDelays { settlement, authorization, execution } => {
                self.rig.set_delays(SandboxDelays {
                    settlement: Duration::from_secs(*settlement),
                    authorization: Duration::from_secs(*authorization),
                    execution: Duration::from_secs(*execution),
                });
            }
            Act::MoveClock { seconds } => {
                let now = self.rig.clock.now().as_micros();
                self.rig.clock.set(Timestamp::from_micros(now + seconds * 1_000_000));
            }
        }
    }

    fn pay(&mut self, index: prop::sample::Index, minor: u64) {
        if self.deposits.is_empty() {
            return;
        }
        let (user, deposit, paid_in) = index.get(&self.deposits);
        let amount = Money::from_minor(minor, paid_in.currency()).expect("small");
        let instruction = self.rig.instruction(&order(deposit, USERS[*user], amount));
        let outcome = self.rig.submit(&instruction);
        if let SubmitOutcome::Accepted(id) = outcome {
            self.payouts.insert(id, (instruction, ProviderStatus::Pending));
        } else {
            // The deposit has not settled.
            assert!(matches!(outcome, SubmitOutcome::Rejected { .. }), "{outcome:?}");
        }
    }

    fn any_payout(&self, index: prop::sample::Index) -> Option<GatewayPayoutId> {
        let ids: Vec<_> = self.payouts.keys().copied().collect();
        (!ids.is_empty()).then(|| *index.get(&ids))
    }

    /// Looks at everything once more: what has changed was told, and nothing else.
    fn look(&mut self) {
        self.latest = self.latest.max(self.rig.clock.now());
        let told = at_once(self.rig.bank.take_events());
        let mut changed = BTreeSet::new();
        for (id, (_, known)) in &mut self.payouts {
            let status = self.rig.status(*id).expect("what was accepted is found");
            if status != *known {
                changed.insert(*id);
                *known = status;
            }
        }
        let mut moved = BTreeSet::new();
        for event in &told {
            match event {
                BankEvent::PaymentSettled(payment) => {
                    assert!(self.settled.insert(payment.id), "told once");
                    assert!(payment.settled_at <= self.latest, "not told ahead of time");
                }
                BankEvent::PayoutMoved(id) => {
                    moved.insert(*id);
                }
            }
        }
        assert_eq!(moved, changed);
        for (_, deposit, _) in &self.deposits {
            let found = at_once(self.rig.bank.find_payment(deposit.payment_id)).expect("answers");
            assert_eq!(found.is_some(), self.settled.contains(&deposit.payment_id));
        }
        self.told.extend(told);
    }

    /// Balances are what was opened and deposited, less what was executed, plus what came back.
    fn audit(&self) {
        for currency in CURRENCIES {
            let account = self.rig.account(currency);
            let settled: u64 = self
                .deposits
                .iter()
                .filter(|(_, deposit, amount)| {
                    amount.currency() == currency && self.settled.contains(&deposit.payment_id)
                })
                .map(|(_, _, amount)| amount.minor())
                .sum();
            let (mut executed, mut open) = (0, 0);
            for id in self.payouts.keys() {
                let reported = at_once(self.rig.bank.find_payout(*id)).expect("answers");
                let reported = reported.expect("what was accepted is found");
                let minor = if reported.amount.currency() == currency {
                    reported.amount.minor()
                } else {
                    0
                };
                match reported.status {
                    ProviderStatus::Executed { .. } => executed += minor,
                    ProviderStatus::Pending | ProviderStatus::Authorized { .. } => open += minor,
                    ProviderStatus::Failed { .. } => {}
                }
            }
            let current = account.current_balance.minor();
            let available = account.available_balance.minor();
            assert_eq!(current, 5_000 + settled - executed);
            assert!(
                available <= current && current - available <= open,
                "only open payouts reserve"
            );
        }
    }

    /// Money left once for what was executed, also if it came back, and never for anything else.
    fn count_executions(&self) {
        for (instruction, status) in self.payouts.values() {
            let expected = match status {
                ProviderStatus::Executed { .. }
                | ProviderStatus::Failed { reason: FailureReason::Returned, .. } => 1,
                ProviderStatus::Pending
                | ProviderStatus::Authorized { .. }
                | ProviderStatus::Failed { .. } => 0,
            };
            assert_eq!(self.rig.bank.executions(instruction.payout_id), expected);
        }
    }
}

/// Everything that can be asked of a bank.
#[derive(Debug, PartialEq)]
struct Everything {
    accounts: Vec<payout_domain::MerchantAccount>,
    transactions: Vec<TransactionPage>,
    payouts: Vec<Option<payout_ports::ReportedPayout>>,
    payments: Vec<Option<payout_domain::Payment>>,
    sources: Vec<Vec<payout_domain::PaymentSource>>,
    executions: Vec<u32>,
    delays: SandboxDelays,
}

fn everything(bank: &Bank, operations: &[BankOperation]) -> Everything {
    let accounts = at_once(bank.merchant_accounts()).expect("answers");
    let ids: Vec<MerchantAccountId> = accounts.iter().map(|account| account.id).collect();
    let mut all = Everything {
        transactions: ids.iter().map(|id| statement(bank, *id)).collect(),
        sources: ids
            .iter()
            .flat_map(|id| USERS.map(|name| (*id, user(name))))
            .map(|(id, user)| at_once(bank.payment_sources(id, &user)).expect("answers"))
            .map(|sources| sources.expect("the account exists"))
            .collect(),
        accounts,
        payouts: Vec::new(),
        payments: Vec::new(),
        executions: Vec::new(),
        delays: bank.delays(),
    };
    for operation in operations {
        match operation {
            BankOperation::Deposit { payment_id, .. } => {
                all.payments.push(at_once(bank.find_payment(*payment_id)).expect("answers"));
            }
            BankOperation::Submit { gateway_payout_id, payout_id, .. } => {
                all.payouts.push(at_once(bank.find_payout(*gateway_payout_id)).expect("answers"));
                all.executions.push(bank.executions(*payout_id));
            }
            BankOperation::FailNext { .. }
            | BankOperation::Return { .. }
            | BankOperation::SetDelays { .. }
            | BankOperation::Provider(_) => {}
        }
    }
    all
}

fn statement(bank: &Bank, id: MerchantAccountId) -> TransactionPage {
    let query = TransactionQuery {
        from: START.minus(AGES),
        to: START.plus(AGES).plus(AGES),
        only: None,
        cursor: None,
    };
    at_once(bank.transactions(id, &query)).expect("answers").expect("the account exists")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn money_is_conserved_and_every_change_is_told(acts in prop::collection::vec(acts(), 1..60)) {
        let mut world = World::new();

        for act in &acts {
            world.act(act);
            world.look();
            world.audit();
            world.count_executions();
        }
        world.rig.clock.advance(AGES);
        world.look();

        world.audit();
        world.count_executions();
        prop_assert_eq!(world.settled.len(), world.deposits.len());
        for currency in CURRENCIES {
            let account = world.rig.account(currency);
            prop_assert_eq!(account.available_balance, account.current_balance);
        }
    }

    #[test]
    fn a_replayed_journal_gives_the_same_bank(acts in prop::collection::vec(acts(), 1..60)) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
            world.look();
        }
        let operations = world.rig.journal.operations();

        let replayed = Rig::replay(configuration(), operations.clone()).expect("its own journal");

        // The first bank's time does not go back; the second one has only seen its operations.
        for rig in [&world.rig, &replayed] {
            rig.clock.set(START.plus(AGES));
        }
        prop_assert_eq!(
            everything(&replayed.bank, &operations),
            everything(&world.rig.bank, &operations)
        );
        world.look();
        prop_assert_eq!(at_once(replayed.bank.take_events()), world.told);
        prop_assert!(replayed.journal.operations().is_empty(), "a replay is not written again");
    }

    #[test]
    fn when_the_bank_is_asked_changes_nothing(acts in prop::collection::vec(acts(), 1..40)) {
        let mut asked = World::new();
        let mut left_alone = World::new();

        for act in acts {
            // A clock that goes back is seen only by a bank that was asked before it did.
            let act = if let Act::MoveClock { seconds } = act {
                Act::MoveClock { seconds: seconds.abs() }
            } else {
                act
            };
            asked.act(&act);
            asked.look();
            left_alone.act(&act);
        }

        let operations = asked.rig.journal.operations();
        prop_assert_eq!(&left_alone.rig.journal.operations(), &operations);
        prop_assert_eq!(
            everything(&asked.rig.bank, &operations),
            everything(&left_alone.rig.bank, &operations)
        );
    }
}

#[test]
fn what_was_not_taken_before_a_restart_happens_again() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let id = rig.pay(&deposit, "sam", "12.50 GBP");
    let before = at_once(rig.bank.take_events());

    let again = Rig::replay(configuration(), rig.journal.operations()).expect("its own journal");

    assert_eq!(before.len(), 3, "settled, authorized, executed");
    assert_eq!(at_once(again.bank.take_events()), before);
    assert_eq!(again.bank.executions(PayoutId::from_uuid(id.as_uuid())), 1);
    assert!(at_once(again.bank.take_events()).is_empty(), "what was taken is gone");
}

#[test]
fn the_past_does_not_change_with_the_configured_delays() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let id = rig.pay(&deposit, "sam", "12.50 GBP");
    let slow = payout_memory::BankConfiguration {
        delays: SandboxDelays { execution: Duration::from_mins(1), ..NO_DELAYS },
        ..configuration()
    };

    let again = Rig::replay(slow, rig.journal.operations()).expect("its own journal");

    assert_eq!(again.status(id), rig.status(id));
}
