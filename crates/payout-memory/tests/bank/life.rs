//! Payouts live by time alone.

use std::time::Duration;

use payout_domain::{
    Currency, FailureReason, GatewayPayoutId, Money, ProviderStatus, Scheme, SchemeSelection,
    Timestamp,
};
use payout_memory::BankConfiguration;
use payout_ports::{
    BankEvent, PayoutGateway, ReturnFor, SandboxBank, SandboxDelays, TransactionKind,
    TransactionQuery,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::rig::{Rig, START, at_once, configuration, money, order};

const MINUTE: Duration = Duration::from_mins(1);

fn minutes(n: u64) -> Duration {
    MINUTE * u32::try_from(n).expect("small")
}

fn reasons() -> impl Strategy<Value = FailureReason> {
    let named = prop::sample::select(&FailureReason::NAMED[..]);
    prop_oneof![9 => named, 1 => Just(FailureReason::Other("on_strike".into()))]
}

fn failed(status: Option<ProviderStatus>) -> Option<FailureReason> {
    match status {
        Some(ProviderStatus::Failed { reason, .. }) => Some(reason),
        Some(
            ProviderStatus::Pending
            | ProviderStatus::Authorized { .. }
            | ProviderStatus::Executed { .. },
        )
        | None => None,
    }
}

proptest! {
    #[test]
    fn a_payout_is_where_the_time_puts_it(
        authorization in 0..100_000_u64,
        execution in 0..100_000_u64,
        jumps in prop::collection::vec(-50_000..100_000_i64, 1..12),
    ) {
        let rig = Rig::new();
        let deposit = rig.deposit("sam", "20.00 GBP");
        rig.set_delays(SandboxDelays {
            settlement: Duration::ZERO,
            authorization: Duration::from_micros(authorization),
            execution: Duration::from_micros(execution),
        });
        let id = rig.pay(&deposit, "sam", "12.50 GBP");
        let authorized_at = START.plus(Duration::from_micros(authorization));
        let executed_at = authorized_at.plus(Duration::from_micros(execution));
        let (mut clock, mut latest) = (START.as_micros(), START);

        for jump in jumps {
            clock += jump;
            latest = latest.max(Timestamp::from_micros(clock));
            rig.clock.set(Timestamp::from_micros(clock));

            let expected = if latest >= executed_at {
                let scheme = Some(Scheme::FasterPaymentsService);
                ProviderStatus::Executed { at: executed_at, scheme }
            } else if latest >= authorized_at {
                ProviderStatus::Authorized { at: Some(authorized_at) }
            } else {
                ProviderStatus::Pending
            };
            prop_assert_eq!(rig.status(id), Some(expected));
        }
    }

    #[test]
    fn each_planned_failure_fails_one_payout(plans in prop::collection::vec(reasons(), 0..8)) {
        let rig = Rig::new();
        let deposit = rig.deposit("sam", "20.00 GBP");
        for reason in &plans {
            at_once(rig.bank.fail_next(reason.clone())).expect("the journal keeps it");
        }

        let paid: Vec<_> =
            (0..plans.len() + 2).map(|_| rig.pay(&deposit, "sam", "0.01 GBP")).collect();

        let reported: Vec<_> = paid.iter().map(|id| failed(rig.status(*id))).collect();
        let mut expected: Vec<_> = plans.into_iter().map(Some).collect();
        expected.extend([None, None]);
        prop_assert_eq!(reported, expected);
    }

    #[test]
    fn look_ups_lag_and_miss_nothing(lag in 0..90_u64, later in 0..300_u64) {
        let lag = Duration::from_secs(lag);
        let rig = Rig::with(BankConfiguration { read_lag: lag, ..configuration() });
        let deposit = rig.deposit("sam", "20.00 GBP");
        rig.set_delays(SandboxDelays { authorization: MINUTE, execution: MINUTE, settlement: MINUTE });
        let id = rig.pay(&deposit, "sam", "12.50 GBP");

        rig.clock.advance(Duration::from_secs(later));

        let seen = Duration::from_secs(later).checked_sub(lag);
        let expected = seen.map(|seen| match seen.as_secs() / 60 {
            0 => ProviderStatus::Pending,
            1 => ProviderStatus::Authorized { at: Some(START.plus(minutes(1))) },
            _ => ProviderStatus::Executed {
                at: START.plus(minutes(2)),
                scheme: Some(Scheme::FasterPaymentsService),
            },
        });
        prop_assert_eq!(rig.status(id), expected);
        let payment = at_once(rig.bank.find_payment(deposit.payment_id)).expect("answers");
        prop_assert_eq!(payment.is_some(), seen.is_some());
        let sources =
            at_once(rig.bank.payment_sources(deposit.merchant_account_id, &crate::rig::user("sam")));
        prop_assert_eq!(sources.expect("answers").expect("exists").len(), usize::from(seen.is_some()));
        let query =
            TransactionQuery { from: START, to: START.plus(minutes(9)), only: None, cursor: None };
        let page = at_once(rig.bank.transactions(deposit.merchant_account_id, &query));
        // A payout that was executed a moment ago is on its way from one place to the other.
        let is_listed = |seen: Duration| later < 120 || seen >= minutes(2);
        let movements = seen.map_or(0, |seen| 1 + usize::from(is_listed(seen)));
        prop_assert_eq!(page.expect("answers").expect("exists").items.len(), movements);
    }
}

#[test]
fn a_failure_lags_like_everything_else() {
    let rig = Rig::with(BankConfiguration { read_lag: MINUTE, ..configuration() });
    let deposit = rig.deposit("sam", "20.00 GBP");
    rig.set_delays(SandboxDelays { authorization: MINUTE, ..SandboxDelays::default() });
    at_once(rig.bank.fail_next(FailureReason::Blocked)).expect("the journal keeps it");
    let id = rig.pay(&deposit, "sam", "12.50 GBP");

    rig.clock.advance(MINUTE);
    assert_eq!(rig.status(id), Some(ProviderStatus::Pending));

    rig.clock.advance(MINUTE);
    assert_eq!(failed(rig.status(id)), Some(FailureReason::Blocked));
}

#[test]
fn funds_are_reserved_then_debited() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    rig.set_delays(SandboxDelays { authorization: MINUTE, execution: MINUTE, settlement: MINUTE });
    let balances = || {
        let account = rig.account(Currency::GBP);
        [account.available_balance.to_string(), account.current_balance.to_string()]
    };

    rig.pay(&deposit, "sam", "12.50 GBP");

    assert_eq!(balances(), ["57.50 GBP", "70.00 GBP"]);
    rig.clock.advance(minutes(1));
    assert_eq!(balances(), ["57.50 GBP", "70.00 GBP"]);
    rig.clock.advance(minutes(1));
    assert_eq!(balances(), ["57.50 GBP", "57.50 GBP"]);
}

#[test]
fn a_failure_releases_what_was_reserved() {
    for reason in FailureReason::NAMED {
        if reason == FailureReason::Returned {
            continue;
        }
        let rig = Rig::new();
        let deposit = rig.deposit("sam", "20.00 GBP");
        rig.set_delays(SandboxDelays {
            authorization: MINUTE,
            execution: MINUTE,
            settlement: MINUTE,
        });
        at_once(rig.bank.fail_next(reason.clone())).expect("the journal keeps it");
        let id = rig.pay(&deposit, "sam", "12.50 GBP");

        rig.clock.advance(minutes(2));

        assert_eq!(failed(rig.status(id)), Some(reason));
        assert_eq!(rig.account(Currency::GBP).available_balance, money("70.00 GBP"));
        assert_eq!(rig.account(Currency::GBP).current_balance, money("70.00 GBP"));
    }
}

#[test]
fn the_bank_finds_some_faults_and_the_scheme_the_others() {
    use FailureReason as R;
    for (reason, minutes_until) in [
        (R::Blocked, 1),
        (R::InsufficientFunds, 1),
        (R::InvalidIban, 1),
        (R::InvalidScan, 1),
        (R::Rejected, 1),
        (R::SchemeError, 2),
        (R::ServerError, 2),
        (R::Unknown, 2),
        (R::Returned, 3),
    ] {
        let rig = Rig::new();
        let deposit = rig.deposit("sam", "20.00 GBP");
        rig.set_delays(SandboxDelays {
            authorization: MINUTE,
            execution: MINUTE,
            settlement: MINUTE,
        });
        at_once(rig.bank.fail_next(reason.clone())).expect("the journal keeps it");
        let id = rig.pay(&deposit, "sam", "12.50 GBP");

        rig.clock.advance(minutes(9));

        let at = START.plus(minutes(minutes_until));
        assert_eq!(rig.status(id), Some(ProviderStatus::Failed { at, reason }));
    }
}

#[test]
fn what_the_account_cannot_pay_is_accepted_and_fails() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "0.01 GBP");

    let id = rig.pay(&deposit, "sam", "50.02 GBP");

    assert_eq!(failed(rig.status(id)), Some(FailureReason::InsufficientFunds));
    assert_eq!(rig.account(Currency::GBP).available_balance, money("50.01 GBP"));
    let all = rig.pay(&deposit, "sam", "50.01 GBP");
    assert_eq!(failed(rig.status(all)), None);
    assert_eq!(rig.account(Currency::GBP).available_balance, money("0.00 GBP"));
}

#[test]
fn money_that_comes_in_time_still_pays() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "0.01 GBP");
    rig.set_delays(SandboxDelays { authorization: MINUTE, ..SandboxDelays::default() });
    let id = rig.pay(&deposit, "sam", "60.00 GBP");

    rig.deposit("kim", "10.00 GBP");
    rig.clock.advance(MINUTE);

    assert!(matches!(rig.status(id), Some(ProviderStatus::Executed { .. })));
    assert_eq!(rig.account(Currency::GBP).current_balance, money("0.01 GBP"));
}

#[test]
fn what_is_planned_to_fail_fails_so_without_money_too() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "0.01 GBP");
    for reason in [FailureReason::SchemeError, FailureReason::Returned] {
        at_once(rig.bank.fail_next(reason)).expect("the journal keeps it");
    }

    let planned = rig.pay(&deposit, "sam", "60.00 GBP");
    let cannot_return = rig.pay(&deposit, "sam", "60.00 GBP");

    assert_eq!(failed(rig.status(planned)), Some(FailureReason::SchemeError));
    assert_eq!(failed(rig.status(cannot_return)), Some(FailureReason::InsufficientFunds));
}

#[test]
fn an_executed_payout_comes_back_once() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let id = rig.pay(&deposit, "sam", "12.50 GBP");
    rig.clock.advance(minutes(5));

    let first = at_once(rig.bank.return_payout(id)).expect("the journal keeps it");
    let second = at_once(rig.bank.return_payout(id)).expect("the journal keeps it");

    assert!(first && !second);
    let at = START.plus(minutes(5));
    let returned = ProviderStatus::Failed { at, reason: FailureReason::Returned };
    assert_eq!(rig.status(id), Some(returned));
    let account = rig.account(Currency::GBP);
    assert_eq!(account.available_balance, money("70.00 GBP"));
    assert_eq!(account.current_balance, money("70.00 GBP"));
    let events = at_once(rig.bank.take_events());
    assert_eq!(events.last(), Some(&BankEvent::PayoutMoved(id)));
    assert_eq!(events.len(), 4, "settled, authorized, executed, returned");
}

#[test]
fn only_what_was_executed_comes_back() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    rig.set_delays(SandboxDelays { execution: MINUTE, ..SandboxDelays::default() });
    let pending = rig.pay(&deposit, "sam", "12.50 GBP");
    let nobodys = GatewayPayoutId::from_uuid(Uuid::from_u128(404));
    at_once(rig.bank.fail_next(FailureReason::Blocked)).expect("the journal keeps it");
    let blocked = rig.pay(&deposit, "sam", "0.50 GBP");

    for id in [pending, nobodys, blocked] {
        assert!(!at_once(rig.bank.return_payout(id)).expect("the journal keeps it"));
    }

    rig.clock.advance(MINUTE);
    assert!(at_once(rig.bank.return_payout(pending)).expect("the journal keeps it"));
}

#[test]
fn a_payout_planned_to_come_back_is_executed_first() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    rig.set_delays(SandboxDelays { execution: MINUTE, ..SandboxDelays::default() });
    at_once(rig.bank.fail_next(FailureReason::Returned)).expect("the journal keeps it");
    let id = rig.pay(&deposit, "sam", "12.50 GBP");

    rig.clock.advance(minutes(1));
    assert!(matches!(rig.status(id), Some(ProviderStatus::Executed { .. })));
    assert_eq!(rig.account(Currency::GBP).current_balance, money("57.50 GBP"));

    rig.clock.advance(minutes(1));
    assert_eq!(failed(rig.status(id)), Some(FailureReason::Returned));
    assert_eq!(rig.account(Currency::GBP).current_balance, money("70.00 GBP"));
}

#[test]
fn a_return_is_an_incoming_movement_that_names_the_payout() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let id = rig.pay(&deposit, "sam", "12.50 GBP");
    rig.clock.advance(minutes(5));
    at_once(rig.bank.return_payout(id)).expect("the journal keeps it");
    let query =
        TransactionQuery { from: START, to: START.plus(minutes(9)), only: None, cursor: None };

    let page = at_once(rig.bank.transactions(deposit.merchant_account_id, &query));

    let items = page.expect("answers").expect("exists").items;
    let [paid_in, paid_out, back] = &items[..] else { panic!("three movements: {items:?}") };
    assert!(matches!(paid_in.kind, TransactionKind::Payment { .. }));
    assert_eq!(paid_out.id.as_uuid(), id.as_uuid());
    let TransactionKind::Payout { executed_at, returned_by, .. } = &paid_out.kind else {
        panic!("a payout: {paid_out:?}")
    };
    assert_eq!((*executed_at, *returned_by), (Some(START), Some(back.id)));
    let TransactionKind::ExternalPayment { remitter, return_for, settled_at, .. } = &back.kind
    else {
        panic!("an external payment: {back:?}")
    };
    assert_eq!((*return_for, *settled_at), (Some(ReturnFor::Payout(id)), START.plus(minutes(5))));
    assert_eq!(remitter.account_holder_name.as_deref(), Some("SAM EXAMPLE"));
    assert_eq!(back.amount, paid_out.amount);
}

#[test]
fn the_selected_scheme_is_the_one_reported() {
    use SchemeSelection as S;
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 EUR");
    for (selection, scheme) in [
        (S::InstantPreferred, Scheme::SepaCreditTransferInstant),
        (S::InstantOnly, Scheme::SepaCreditTransferInstant),
        (S::Preselected(Scheme::SepaCreditTransfer), Scheme::SepaCreditTransfer),
    ] {
        let mut order = order(&deposit, "sam", money("1.00 EUR"));
        order.scheme_selection = selection;

        let id = rig.accepted(&rig.instruction(&order));

        let executed = ProviderStatus::Executed { at: START, scheme: Some(scheme) };
        assert_eq!(rig.status(id), Some(executed));
    }
}

#[test]
fn a_bank_pays_the_most_that_money_can_be() {
    let most = Money::from_minor(Money::MAX_MINOR, Currency::GBP).expect("the limit itself");
    let mut configuration = configuration();
    configuration.merchant_accounts[0].opening_balance = Money::zero(Currency::GBP);
    let rig = Rig::with(configuration);
    let deposit = rig.try_deposit(&crate::rig::deposit("sam", most)).expect("it fits");

    let id = rig.accepted(&rig.instruction(&order(&deposit, "sam", most)));

    assert!(at_once(rig.bank.return_payout(id)).expect("the journal keeps it"));
    assert_eq!(rig.account(Currency::GBP).current_balance, most);
}
