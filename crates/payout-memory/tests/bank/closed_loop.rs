//! The bank checks the closed loop on its own book, whatever the service believes.

use std::time::Duration;

use payout_domain::{PayoutOrder, Scheme, SchemeSelection};
use payout_memory::{BankConfiguration, OpeningAccount};
use payout_ports::{Deposit, DepositOrder, SandboxDelays, SubmitOutcome};

use crate::rig::{
    NO_DELAYS, Rig, configuration, deposit, identifier, merchant_account_id, money, order,
    payment_source_id,
};

fn refusal(rig: &Rig, order: &PayoutOrder) -> String {
    let outcome = rig.submit(&rig.instruction(order));
    let SubmitOutcome::Rejected { detail } = outcome else { panic!("not refused: {outcome:?}") };
    detail
}

/// A bank with two accounts in pounds, the second one never paid into.
fn two_accounts() -> (Rig, Deposit) {
    let mut configuration = configuration();
    let second = OpeningAccount::derived("second", money("50.00 GBP")).expect("a known currency");
    configuration.merchant_accounts.push(second);
    let rig = Rig::with(configuration);
    let deposit = rig.deposit("sam", "20.00 GBP");
    (rig, deposit)
}

#[test]
fn what_has_paid_in_is_paid() {
    let (rig, deposit) = two_accounts();

    let outcome = rig.submit(&rig.instruction(&order(&deposit, "sam", money("12.50 GBP"))));

    assert!(matches!(outcome, SubmitOutcome::Accepted(_)));
}

#[test]
fn a_payout_outside_the_loop_is_refused_with_its_reason() {
    let (rig, paid_in) = two_accounts();
    let good = order(&paid_in, "sam", money("12.50 GBP"));
    let second = rig.configuration.merchant_accounts[3].id;
    for (order, reason) in [
        (
            PayoutOrder { user_id: "eve".parse().expect("plain"), ..good.clone() },
            "no payment source",
        ),
        (
            PayoutOrder { payment_source_id: payment_source_id(404), ..good.clone() },
            "no payment source",
        ),
        (PayoutOrder { merchant_account_id: second, ..good.clone() }, "no settled payment"),
        (
            PayoutOrder { merchant_account_id: merchant_account_id(404), ..good.clone() },
            "no merchant account",
        ),
        (PayoutOrder { amount: money("12.50 EUR"), ..good.clone() }, "EUR cannot be paid"),
    ] {
        let detail = refusal(&rig, &order);

        assert!(detail.contains(reason), "{detail:?} should say {reason:?}");
    }
    assert_eq!(rig.journal.operations().len(), 1, "only the deposit");
    assert_eq!(rig.account(payout_domain::Currency::GBP).available_balance, money("70.00 GBP"));
}

#[test]
fn a_source_is_none_before_its_payment_has_settled() {
    let slow = SandboxDelays { settlement: Duration::from_mins(1), ..NO_DELAYS };
    let rig = Rig::with(BankConfiguration { delays: slow, ..configuration() });
    let paid_in = rig.deposit("sam", "20.00 GBP");
    let order = order(&paid_in, "sam", money("12.50 GBP"));

    assert!(refusal(&rig, &order).contains("no payment source"));

    rig.clock.advance(Duration::from_mins(1));
    assert!(matches!(rig.submit(&rig.instruction(&order)), SubmitOutcome::Accepted(_)));
}

#[test]
fn a_scheme_that_does_not_reach_the_account_is_refused() {
    let rig = Rig::new();
    let paid_in = rig.deposit("sam", "20.00 GBP");
    let selection = SchemeSelection::Preselected(Scheme::SepaCreditTransfer);
    let order =
        PayoutOrder { scheme_selection: selection, ..order(&paid_in, "sam", money("1.00 GBP")) };

    assert!(refusal(&rig, &order).contains("faster_payments_service does"));
}

#[test]
fn bytes_that_the_bank_cannot_read_are_refused() {
    let (rig, paid_in) = two_accounts();
    let good = rig.instruction(&order(&paid_in, "sam", money("12.50 GBP")));
    let other = rig.instruction(&order(&paid_in, "sam", money("12.50 GBP")));
    let mut garbage = good.clone();
    garbage.body = b"{}".as_slice().into();
    let mut swapped = good.clone();
    swapped.body = other.body;
    let mut elsewhere = good.clone();
    elsewhere.profile = payout_ports::GatewayProfile::new("elsewhere");

    for instruction in [garbage, swapped, elsewhere] {
        assert!(matches!(rig.submit(&instruction), SubmitOutcome::Rejected { .. }));
    }

    assert!(matches!(rig.submit(&good), SubmitOutcome::Accepted(_)), "a refusal uses up no key");
}

#[test]
fn one_account_with_two_spellings_stays_in_the_loop() {
    let rig = Rig::new();
    let from = |text| DepositOrder {
        account: Some(identifier(text)),
        ..deposit("sam", money("20.00 GBP"))
    };
    let by_iban = rig.try_deposit(&from("GB72CLRB04066800004417")).expect("in order");
    let by_sort_code = rig.try_deposit(&from("04-06-68 00004417")).expect("in order");

    let outcome = rig.submit(&rig.instruction(&order(&by_sort_code, "sam", money("40.00 GBP"))));

    assert_eq!(by_iban.payment_source_id, by_sort_code.payment_source_id);
    assert!(matches!(outcome, SubmitOutcome::Accepted(_)));
}
