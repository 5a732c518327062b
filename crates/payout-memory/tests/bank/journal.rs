//! What cannot be written down does not happen, and only its own journal makes a bank again.

use std::error::Error;
use std::time::Duration;

use payout_domain::{AccountIdentifier, Currency, FailureReason, Money};
use payout_memory::{BankConfiguration, BankOperation};
use payout_ports::{DepositRefused, RepositoryError, SandboxBank, SandboxDelays, SubmitOutcome};

use crate::rig::{NO_DELAYS, Rig, at_once, configuration, deposit, money, order};

#[test]
fn what_cannot_be_written_down_does_not_happen() {
    let rig = Rig::new();
    let paid_in = rig.deposit("sam", "20.00 GBP");
    let executed = rig.pay(&paid_in, "sam", "1.00 GBP");
    at_once(rig.bank.take_events());
    let balance = rig.account(Currency::GBP);
    let instruction = rig.instruction(&order(&paid_in, "sam", money("1.00 GBP")));
    let slow = SandboxDelays { execution: Duration::from_mins(1), ..NO_DELAYS };
    rig.journal.refuse(true);

    let deposit = rig.try_deposit(&deposit("sam", money("20.00 GBP")));
    let submitted = rig.submit(&instruction);
    let planned = at_once(rig.bank.fail_next(FailureReason::Blocked));
    let returned = at_once(rig.bank.return_payout(executed));
    let delayed = at_once(rig.bank.set_delays(slow));

    assert!(matches!(deposit, Err(DepositRefused::Unavailable(_))));
    assert!(matches!(submitted, SubmitOutcome::Unknown { .. }), "it may be in the journal");
    for result in [planned, returned.map(|_| ()), delayed] {
        assert!(matches!(result, Err(RepositoryError::Unavailable(_))));
    }
    assert_eq!(rig.account(Currency::GBP), balance);
    assert_eq!(rig.bank.delays(), NO_DELAYS);
    assert_eq!(rig.bank.executions(instruction.payout_id), 0);
    assert!(at_once(rig.bank.take_events()).is_empty());

    rig.journal.refuse(false);
    rig.accepted(&instruction);
    assert_eq!(rig.bank.executions(instruction.payout_id), 1, "nothing was planned to fail");
}

#[test]
fn refusals_and_repetitions_are_not_written_down() {
    let rig = Rig::new();
    let paid_in = rig.deposit("sam", "20.00 GBP");
    let instruction = rig.instruction(&order(&paid_in, "sam", money("1.00 GBP")));
    rig.accepted(&instruction);
    let written = rig.journal.operations().len();

    rig.accepted(&instruction);
    rig.submit(&rig.instruction(&order(&paid_in, "eve", money("1.00 GBP"))));

    assert_eq!((written, rig.journal.operations().len()), (2, 2));
}

#[test]
fn another_banks_journal_is_refused_and_the_operation_named() {
    let rig = Rig::new();
    let paid_in = rig.deposit("sam", "20.00 GBP");
    let id = rig.pay(&paid_in, "sam", "1.00 GBP");
    at_once(rig.bank.return_payout(id)).expect("the journal keeps it");
    let operations = rig.journal.operations();
    let no_accounts = BankConfiguration { merchant_accounts: Vec::new(), ..configuration() };
    let twice = |n: usize| {
        let mut operations = operations.clone();
        operations.extend(operations.get(n).cloned());
        operations
    };
    let first_deposit = |change: fn(&mut Money, &mut Vec<AccountIdentifier>)| {
        let mut operations = operations.clone();
        if let Some(BankOperation::Deposit { amount, account_identifiers, .. }) =
            operations.first_mut()
        {
            change(amount, account_identifiers);
        }
        operations
    };
    let euros = first_deposit(|amount, _| *amount = money("20.00 EUR"));
    let riches = first_deposit(|amount, _| {
        *amount = Money::from_minor(Money::MAX_MINOR, Currency::GBP).expect("the limit itself");
    });
    let nobodys = first_deposit(|_, account_identifiers| account_identifiers.clear());
    let mut unreadable = operations.clone();
    for operation in &mut unreadable {
        if let BankOperation::Submit { body, .. } = operation {
            *body = b"{}".as_slice().into();
        }
    }

    for (configuration, operations, number, reason) in [
        (no_accounts, operations.clone(), 1, "there is no such merchant account in that currency"),
        (configuration(), euros, 1, "there is no such merchant account in that currency"),
        (configuration(), riches, 1, "the merchant account cannot hold so much"),
        (configuration(), nobodys, 1, "the account that it comes from is missing"),
        (configuration(), twice(0), 4, "its name was used before"),
        (configuration(), twice(1), 4, "its name was used before"),
        (configuration(), twice(2), 4, "there is no such executed payout"),
        (configuration(), unreadable, 2, "its instruction cannot be read"),
    ] {
        let Err(error) = Rig::replay(configuration, operations) else { panic!("it fits") };

        assert_eq!(error.number, number);
        let source = error.source().expect("it says why");
        assert_eq!(source.to_string(), reason);
    }
}
