//! What is still there when the store is opened again.

use payout_domain::{Currency, PaymentSource};
use payout_ports::{
    AcceptOutcome, AfterFailure, InboxSubject, PayoutChange, RecordedPayment, Remembered,
};

use super::StoreRig;
use super::attempts::attempts;
use super::dead_letters::{dead_letters, give_up};
use super::inbox::{claimed as claimed_events, done as event_done, event, remember};
use super::mark::mark;
use super::outbox::{claimed, done, executed_and_returned};
use super::payments::{account, pay, pay_and_tell, source};
use super::steps::{
    accept, claim, claim_one, executed, history, ids_of, later, live, read, save, submitted,
};
use super::switch::pause_of;
use crate::fixtures::{
    Accepting, LEASE, acme, change, due_if, event_id, gateway_payout_id, lives, merchant_account,
    payment, payment_source_id, payout_id, profile, seconds, send_order,
};

/// `PayoutRepository`, laws 1 and 2: payout, history, instruction, key and due time.
pub async fn what_was_accepted_survives_a_restart<R: StoreRig>(rig: R) {
    for number in 1..=3 {
        accept(&rig, Accepting::number(number)).await;
    }

    let rig = rig.reopen().await;

    for number in 1..=3 {
        let accepting = Accepting::number(number);
        let payout = accepting.payout();
        assert_eq!(read(&rig, payout.id()).await, payout);
        assert_eq!(history(&rig, &payout).await.len(), 1);
        let again = rig.payouts().accept(accepting.acceptance()).await.expect("it is there");
        assert_eq!(again, AcceptOutcome::Replayed(payout.id()));
    }
    let claims = claim(&rig, &send_order(seconds(3))).await;
    assert_eq!(ids_of(&claims), [1, 2, 3].map(payout_id));
    for (number, claim) in (1..).zip(claims) {
        assert!(claim.instruction == Accepting::number(number).acceptance().instruction);
    }
}

/// `PayoutRepository`, laws 1, 3 and 4: intent and epoch; the lease may have ended with its sender.
pub async fn what_a_restart_cut_off_is_sent_again<R: StoreRig>(rig: R) {
    accept(&rig, Accepting::number(1)).await;
    let first = claim_one(&rig, seconds(10)).await;

    let rig = rig.reopen().await;

    assert_eq!(read(&rig, payout_id(1)).await, first.payout);
    let lease_end = seconds(10).plus(LEASE);
    let second = claim_one(&rig, lease_end).await;
    assert!(second.epoch > first.epoch, "the epoch began anew");
    let known = payout_domain::Evidence::NotProcessed { attempt: 2 };
    let outdated = Some(due_if(seconds(71), first.epoch));
    let put_off = change(&second.payout, &known, seconds(71));
    save(&rig, PayoutChange { schedule: outdated, ..put_off }).await;
    assert_eq!(ids_of(&claim(&rig, &send_order(seconds(72))).await), []);
}

/// `PayoutRepository`, laws 1, 9 and 11.
pub async fn what_was_saved_survives_a_restart<R: StoreRig>(rig: R) {
    let mut before = Vec::new();
    for (number, life) in (1..).zip(lives()) {
        let payout = live(&rig, Accepting::number(number), &life).await;
        let history = history(&rig, &payout).await;
        before.push((payout, history));
    }

    let rig = rig.reopen().await;

    for (payout, events) in before {
        assert_eq!(read(&rig, payout.id()).await, payout);
        assert_eq!(history(&rig, &payout).await, events);
        let Some(id) = payout.gateway_payout_id() else { continue };
        let found = rig.payouts().find_by_gateway_id(&profile(), id).await;
        assert_eq!(found.expect("the store is there"), Some(payout));
    }
}

/// `PaymentRepository`, laws 1 to 3.
pub async fn what_was_paid_in_survives_a_restart<R: StoreRig>(rig: R) {
    let pounds = merchant_account(1, Currency::GBP);
    pay(&rig, &acme(), &payment(1)).await;
    let accounts = rig.payments().remember_merchant_accounts(std::slice::from_ref(&pounds)).await;
    accounts.expect("the account is new");

    let rig = rig.reopen().await;

    let expected = PaymentSource::of_payment(&payment(1));
    assert_eq!(source(&rig, &acme(), payment_source_id(1)).await, Some(expected));
    assert_eq!(account(&rig, 1).await, Some(pounds));
    assert_eq!(pay(&rig, &acme(), &payment(1)).await, RecordedPayment::Known);
}

/// `Inbox`, laws 1, 2 and 4.
pub async fn what_was_told_survives_a_restart<R: StoreRig>(rig: R) {
    let other = payout_ports::InboxEntry { subject: InboxSubject::Other, ..event(3) };
    for entry in [event(1), event(2), other.clone()] {
        remember(&rig, &entry).await;
    }
    event_done(&rig, &event(2)).await;
    claimed_events(&rig, seconds(2)).await;

    let rig = rig.reopen().await;

    assert_eq!(claimed_events(&rig, seconds(3)).await, std::slice::from_ref(&other));
    for entry in [event(1), event(2), other] {
        assert_eq!(remember(&rig, &entry).await, Remembered::Duplicate);
    }
    assert_eq!(claimed_events(&rig, seconds(2).plus(LEASE)).await, [event(1)]);
}

/// `Outbox`, laws 1 to 3.
pub async fn what_is_to_be_told_survives_a_restart<R: StoreRig>(rig: R) {
    for number in 1..=2 {
        submitted(&rig, Accepting::number(number), number).await;
        executed(&rig, payout_id(number), number, seconds(10)).await;
    }
    pay_and_tell(&rig, &payment(1), 3).await;
    done(&rig, 2).await;
    let put_off =
        rig.outbox().notification_failed(event_id(1), AfterFailure::Again(seconds(100))).await;
    put_off.expect("the store is there");
    let expected = claimed(&rig, seconds(100)).await;
    assert_eq!(expected.len(), 2);

    let rig = rig.reopen().await;

    assert_eq!(claimed(&rig, seconds(101)).await, []);
    let mut again = claimed(&rig, later()).await;
    again.sort_by_key(|notification| std::cmp::Reverse(notification.failures));
    let mut expected = expected;
    expected.sort_by_key(|notification| std::cmp::Reverse(notification.failures));
    assert_eq!(again, expected);
    let (profile, id) = (profile(), gateway_payout_id(2));
    let found = rig.payouts().find_by_gateway_id(&profile, id);
    assert!(found.await.expect("the store is there").is_some());
}

/// `Outbox`, law 1.
pub async fn what_was_given_up_survives_a_restart<R: StoreRig>(rig: R) {
    executed_and_returned(&rig).await;
    give_up(&rig, 1, seconds(30)).await;
    let before = dead_letters(&rig, None).await;

    let rig = rig.reopen().await;

    assert_eq!(before.len(), 1);
    assert_eq!(dead_letters(&rig, None).await, before);
}

/// `SendSwitch`, law 2.
pub async fn a_pause_survives_a_restart<R: StoreRig>(rig: R) {
    accept(&rig, Accepting::number(1)).await;
    let pause = pause_of("anna");
    rig.switch().pause(&pause).await.expect("the store is there");

    let rig = rig.reopen().await;

    assert_eq!(rig.switch().paused().await.expect("the store is there"), Some(pause));
    assert_eq!(ids_of(&claim(&rig, &send_order(later())).await), []);
}

/// `MarkedStore`, laws 1 and 2.
pub async fn a_mark_survives_a_restart<R: StoreRig>(rig: R) {
    accept(&rig, Accepting::number(1)).await;
    let before = mark(&rig).await;

    let rig = rig.reopen().await;

    let after = mark(&rig).await;
    assert_eq!((&after.store, &after.place), (&before.store, &before.place));
    assert!(after.sequence >= before.sequence);
    assert_eq!(after.latest_at, before.latest_at);
}

/// `PayoutRepository`, laws 1 and 9.
pub async fn attempts_survive_a_restart<R: StoreRig>(rig: R) {
    accept(&rig, Accepting::number(1)).await;
    claim_one(&rig, seconds(10)).await;
    let before = attempts(&rig, payout_id(1)).await;

    let rig = rig.reopen().await;

    assert_eq!(before.len(), 1);
    assert_eq!(attempts(&rig, payout_id(1)).await, before);
}
