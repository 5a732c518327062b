//! What the bank does beside closed-loop payouts: whatever happens, it keeps its laws.

use std::collections::BTreeSet;
use std::time::Duration;

use payout_domain::{
    ClientId, Currency, FailureReason, FlowSupport, Login, Metadata, Money, PayInOrder, PayInState,
    PayInStep, PaymentId, ProviderSelection, ProviderStatus, TransferId, TransferOrder,
    TransferPurpose,
};
use payout_ports::{
    ClientWrite, Fingerprint, PayoutGateway as _, ProviderRefused, RefundOrder, SandboxBank as _,
    SandboxDelays, SandboxProvider as _,
};
use proptest::prelude::*;

use crate::rig::{NO_DELAYS, Rig, START, at_once, configuration, identifier, money, user};

fn acme() -> ClientId {
    "acme".parse().expect("a plain name")
}

fn under(key: &str, words: u8) -> ClientWrite {
    ClientWrite {
        client_id: acme(),
        key: key.parse().expect("visible characters"),
        fingerprint: Fingerprint([words; 32]),
        key_window: Some(Duration::from_hours(1)),
    }
}

fn order(rig: &Rig, amount: Money) -> PayInOrder {
    PayInOrder {
        user_id: user("sam"),
        merchant_account_id: rig.account(amount.currency()).id,
        amount,
        provider_selection: ProviderSelection::Preselected(
            "mock-payments-gb-redirect".parse().expect("a plain name"),
        ),
        metadata: Metadata::default(),
    }
}

fn start() -> PayInStep {
    let return_uri = Some("https://shop.example".into());
    PayInStep::Start(FlowSupport { return_uri, ..FlowSupport::default() })
}

/// A payment whose user has logged in.
fn paid_in(rig: &Rig, key: &str, amount: &str, login: Login) -> PaymentId {
    let made = at_once(rig.bank.create_payment(&under(key, 1), &order(rig, money(amount))));
    let id = made.expect("it is in order").id;
    let begun = at_once(rig.bank.step_payment(&under(&format!("{key}-s"), 2), id, &start()));
    assert_eq!(begun.expect("it is new").state(), PayInState::Authorizing);
    at_once(rig.bank.log_in(id, login)).expect("the bank is next");
    id
}

fn refund(rig: &Rig, key: &str, id: PaymentId, minor: u64) -> Result<TransferId, ProviderRefused> {
    let order = RefundOrder {
        payment_id: id,
        amount_in_minor: Some(minor),
        reference: "back".parse().expect("readable"),
        metadata: Metadata::default(),
    };
    at_once(rig.bank.refund(&under(key, 3), &order))
}

fn pay_out(rig: &Rig, key: &str, amount: Money) -> Result<TransferId, ProviderRefused> {
    let order = TransferOrder {
        merchant_account_id: rig.account(amount.currency()).id,
        amount,
        reference: "out".parse().expect("readable"),
        purpose: TransferPurpose::Payout {
            account_holder_name: "KIM EXAMPLE".into(),
            account_identifier: identifier("GB33BUKB20201555555555"),
        },
        metadata: Metadata::default(),
    };
    at_once(rig.bank.pay_out(&under(key, 4), &order))
}

fn status(rig: &Rig, id: TransferId) -> ProviderStatus {
    at_once(rig.bank.transfer(&acme(), id)).expect("it was accepted").status
}

#[test]
fn a_key_is_forgotten_after_its_window_and_not_before() {
    let rig = Rig::new();
    let order = order(&rig, money("1.00 GBP"));
    let make = |words| at_once(rig.bank.create_payment(&under("k", words), &order));
    let first = make(1).expect("it is in order");

    rig.clock.advance(Duration::from_mins(59));
    let again = make(1).expect("it is the same");
    let other = make(2);
    rig.clock.advance(Duration::from_mins(1));
    let anew = make(2).expect("the key is free again");

    assert_eq!(again, first);
    assert!(matches!(other, Err(ProviderRefused::KeyReused)), "{other:?}");
    assert_ne!(anew.id, first.id);
}

#[test]
fn a_notice_is_given_out_until_it_is_told_also_by_a_bank_that_begins_again() {
    let rig = Rig::new();
    let id = paid_in(&rig, "k", "1.00 GBP", Login::Executed);
    let given = at_once(rig.bank.notices(10));
    let [notice] = given.as_slice() else { panic!("one thing has happened: {given:?}") };
    let later = START.plus(Duration::from_mins(1));

    at_once(rig.bank.notice_failed(notice.event_id, later));
    let put_off = at_once(rig.bank.notices(10));
    rig.clock.set(later);
    let again = at_once(rig.bank.notices(10));
    let before = Rig::replay(configuration(), rig.journal.operations()).expect("it is its own");
    at_once(rig.bank.notice_told(notice.event_id)).expect("the journal keeps it");
    at_once(rig.bank.notice_told(notice.event_id)).expect("twice is once");
    let after = Rig::replay(configuration(), rig.journal.operations()).expect("it is its own");

    assert!(put_off.is_empty(), "{put_off:?}");
    assert_eq!(again.first().map(|notice| notice.failures), Some(1));
    let begun_again = at_once(before.bank.notices(10));
    assert_eq!(begun_again.first().map(|notice| notice.event_id), Some(notice.event_id));
    assert!(at_once(rig.bank.notices(10)).is_empty() && at_once(after.bank.notices(10)).is_empty());
    assert!(at_once(after.bank.find_payment(id)).expect("answers").is_some(), "but it happened");
}

#[test]
fn what_cannot_be_written_down_is_neither_paid_in_nor_out() {
    let rig = Rig::new();
    let id = paid_in(&rig, "k", "5.00 GBP", Login::Executed);
    let made = at_once(rig.bank.create_payment(&under("m", 1), &order(&rig, money("1.00 GBP"))));
    let made = made.expect("it is in order").id;
    let balance = rig.account(Currency::GBP);
    rig.journal.refuse(true);

    let created = at_once(rig.bank.create_payment(&under("n", 1), &order(&rig, money("1.00 GBP"))));
    let begun = at_once(rig.bank.step_payment(&under("s", 1), made, &start()));
    let refunded = refund(&rig, "r", id, 100);
    let paid_out = pay_out(&rig, "p", money("1.00 GBP"));

    let unavailable =
        |refused: &ProviderRefused| matches!(refused, ProviderRefused::Unavailable(_));
    assert!(created.is_err_and(|e| unavailable(&e)) && begun.is_err_and(|e| unavailable(&e)));
    assert!(refunded.is_err_and(|e| unavailable(&e)) && paid_out.is_err_and(|e| unavailable(&e)));
    assert_eq!(rig.account(Currency::GBP), balance);
    rig.journal.refuse(false);
    assert!(refund(&rig, "r", id, 500).is_ok(), "nothing of it is refunded yet");
}

#[test]
fn a_payout_without_money_fails_and_one_that_waits_for_money_does_not() {
    let slow = SandboxDelays { authorization: Duration::from_secs(5), ..NO_DELAYS };
    let rig = Rig::new();
    rig.set_delays(slow);

    let poor = pay_out(&rig, "a", money("60.00 GBP")).expect("the balance is not asked");
    rig.clock.advance(Duration::from_secs(5));
    let lucky = pay_out(&rig, "b", money("60.00 GBP")).expect("the balance is not asked");
    paid_in(&rig, "k", "10.00 GBP", Login::Executed);
    rig.clock.advance(Duration::from_secs(5));

    assert!(matches!(status(&rig, poor), ProviderStatus::Failed { .. }));
    assert!(matches!(status(&rig, lucky), ProviderStatus::Executed { .. }));
    assert!(rig.account(Currency::GBP).current_balance.is_zero());
}

/// Something that a client, a user or time does.
#[derive(Clone, Debug)]
enum Act {
    PayIn(u64, Login),
    Refund(usize, u64),
    PayOut(u64),
    FailNext(FailureReason),
    Pass(u64),
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1_u64..3_000, proptest::sample::select(&Login::ALL[..]))
            .prop_map(|(minor, login)| Act::PayIn(minor, login)),
        (0_usize..8, 1_u64..2_000).prop_map(|(which, minor)| Act::Refund(which, minor)),
        (1_u64..4_000).prop_map(Act::PayOut),
        // One that the bank finds out, and one that the scheme does.
        proptest::sample::select(&[FailureReason::Blocked, FailureReason::SchemeError][..])
            .prop_map(Act::FailNext),
        (0_u64..8).prop_map(Act::Pass),
    ]
}

/// Does it all, and returns the payments and transfers that came of it.
fn play(rig: &Rig, acts: &[Act]) -> (Vec<PaymentId>, Vec<TransferId>) {
    let (mut payments, mut transfers) = (Vec::new(), Vec::new());
    let pounds = |minor| Money::from_minor(minor, Currency::GBP).expect("within the limit");
    for (number, act) in acts.iter().enumerate() {
        let key = format!("k-{number}");
        match act {
            Act::PayIn(minor, login) => {
                payments.push(paid_in(rig, &key, &pounds(*minor).to_string(), *login));
            }
            Act::Refund(which, minor) => {
                let id = payments.get(*which).copied();
                transfers.extend(id.and_then(|id| refund(rig, &key, id, *minor).ok()));
            }
            Act::PayOut(minor) => transfers.extend(pay_out(rig, &key, pounds(*minor))),
            Act::FailNext(reason) => {
                at_once(rig.bank.fail_next(reason.clone())).expect("the journal keeps it");
            }
            Act::Pass(seconds) => rig.clock.advance(Duration::from_secs(*seconds)),
        }
    }
    (payments, transfers)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Balances are what was opened, plus what has settled, less what was executed; nothing is paid
    /// back twice; everything that has ended is told once; and the journal gives the same bank again.
    #[test]
    fn money_is_conserved_and_the_journal_gives_the_same_bank(
        done in proptest::collection::vec(acts(), 0..24),
    ) {
        let second = Duration::from_secs(1);
        let rig = Rig::new();
        rig.set_delays(SandboxDelays {
            settlement: second * 4,
            authorization: second,
            execution: second,
        });

        let (payments, transfers) = play(&rig, &done);
        rig.clock.advance(Duration::from_mins(1));

        let settled: u64 = payments
            .iter()
            .filter_map(|id| at_once(rig.bank.find_payment(*id)).expect("answers"))
            .map(|payment| payment.amount.minor())
            .sum();
        let transfer =
            |id: &TransferId| at_once(rig.bank.transfer(&acme(), *id)).expect("accepted");
        let gone: u64 = transfers
            .iter()
            .map(transfer)
            .filter(|transfer| matches!(transfer.status, ProviderStatus::Executed { .. }))
            .map(|transfer| transfer.order.amount.minor())
            .sum();
        let account = rig.account(Currency::GBP);
        prop_assert_eq!(account.current_balance.minor(), 5_000 + settled - gone);
        prop_assert_eq!(account.available_balance, account.current_balance);
        for id in &payments {
            let refunds = at_once(rig.bank.refunds(&acme(), *id)).expect("it was made");
            let went = |status: &ProviderStatus| matches!(status, ProviderStatus::Executed { .. });
            let back: u64 = refunds
                .iter()
                .filter(|refund| went(&refund.status))
                .map(|refund| refund.order.amount.minor())
                .sum();
            let paid = at_once(rig.bank.find_payment(*id)).expect("answers");
            prop_assert!(back <= paid.map_or(0, |payment| payment.amount.minor()));
        }
        let told = at_once(rig.bank.notices(1_000));
        let names: BTreeSet<_> = told.iter().map(|notice| notice.event_id).collect();
        prop_assert_eq!(names.len(), told.len());
        prop_assert_eq!(told.len(), payments.len() + transfers.len(), "each has ended once");

        let again = Rig::replay(configuration(), rig.journal.operations()).expect("it is its own");
        again.clock.set(START.plus(Duration::from_hours(1)));
        rig.clock.set(START.plus(Duration::from_hours(1)));
        prop_assert_eq!(again.account(Currency::GBP), rig.account(Currency::GBP));
        prop_assert_eq!(at_once(again.bank.notices(1_000)), told);
        for id in &transfers {
            prop_assert_eq!(at_once(again.bank.transfer(&acme(), *id)), Some(transfer(id)));
        }
        for id in &payments {
            prop_assert_eq!(
                at_once(again.bank.pay_in(&acme(), *id)),
                at_once(rig.bank.pay_in(&acme(), *id))
            );
        }
    }
}
