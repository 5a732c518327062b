//! What is written of a change, and what is not.

use payout_domain::{Evidence, Payout, PayoutState, ProviderStatus};
use payout_ports::{
    Epoch, GatewayProfile, NotificationKind, NotificationSubject, PayoutChange, PayoutEvent,
    SaveError, Schedule,
};

use super::StoreRig;
use super::steps::{
    accept, claim, claim_one, history, ids_of, later, learn, live, read, save, schedule, submitted,
};
use crate::fixtures::{
    Accepting, LEASE, change, due, due_if, event_id, gateway_payout_id, just_before, lives,
    notification, other_profile, payout_id, played, profile, seconds, send_order, watch_order,
};

/// `PayoutRepository`, law 7.
pub async fn a_change_is_written_whole(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    let change = whole_change(&payout);

    rig.payouts().save(change.clone()).await.expect("the change fits");

    assert_eq!(read(rig, payout.id()).await, change.payout);
    assert_eq!(
        history(rig, &payout).await.split_first().map(|(_, rest)| rest),
        Some(&*change.events)
    );
    let told = rig.outbox().claim_notifications(seconds(20), 10, LEASE).await.expect("it is there");
    let [told] = &*told else { unreachable!("one notification was written: {told:?}") };
    assert_eq!((told.event_id, told.kind), (event_id(1), NotificationKind::PayoutExecuted));
    assert_eq!(told.subject, NotificationSubject::Payout(Box::new(change.payout)));
    assert_eq!(watched_at(rig, just_before(seconds(30))).await, []);
    assert_eq!(watched_at(rig, seconds(30)).await, [payout.id()]);
}

/// `PayoutRepository`, laws 6 and 7: not the payout, no event, no notification, no schedule.
pub async fn a_stale_change_is_refused_and_nothing_of_it_is_written(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    let stale = whole_change(&payout);
    let now = learn(rig, payout.id(), known_as(7), seconds(5)).await;

    let outcome = rig.payouts().save(stale).await;

    assert!(matches!(outcome, Err(SaveError::Stale)), "{outcome:?}");
    nothing_was_written(rig, &now, 2).await;
}

/// `PayoutRepository`, law 6: what nobody can have read is refused as well.
pub async fn a_change_from_the_future_is_stale(rig: &dyn StoreRig) {
    let payout = submitted(rig, Accepting::number(1), 7).await;
    let future = PayoutChange { expected_version: 3, ..whole_change(&payout) };

    let outcome = rig.payouts().save(future).await;

    assert!(matches!(outcome, Err(SaveError::Stale)), "{outcome:?}");
    nothing_was_written(rig, &payout, 2).await;
}

/// `PayoutRepository`, law 6.
pub async fn a_change_of_a_payout_that_does_not_exist_is_stale(rig: &dyn StoreRig) {
    let payout = Accepting::number(1).payout();

    let outcome = rig.payouts().save(whole_change(&payout)).await;

    assert!(matches!(outcome, Err(SaveError::Stale)), "{outcome:?}");
    let found = rig.payouts().find_unscoped(payout.id()).await.expect("the store is there");
    assert_eq!(found, None);
    let told = rig.outbox().claim_notifications(later(), 10, LEASE).await;
    assert_eq!(told.expect("the store is there"), []);
}

/// `PayoutRepository`, law 6: who did not hear the answer and asks again learns that it was written.
pub async fn the_same_change_is_not_written_twice(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    let change = whole_change(&payout);
    save(rig, change.clone()).await;

    let again = rig.payouts().save(change.clone()).await;

    assert!(matches!(again, Err(SaveError::Stale)), "{again:?}");
    assert_eq!(read(rig, payout.id()).await, change.payout);
    assert_eq!(history(rig, &payout).await.len(), 2);
}

/// `PayoutRepository`, law 9.
pub async fn a_change_may_carry_several_events(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    let life = lives().into_iter().find(|life| life.ends == "returned").expect("there is one");
    let changes = played(&payout, &life.steps, seconds(10));
    let events: Vec<PayoutEvent> =
        changes.iter().flat_map(|change| change.events.clone()).collect();
    let last = changes.into_iter().next_back().expect("a return takes steps");

    save(rig, PayoutChange { expected_version: 1, events: events.clone(), ..last.clone() }).await;

    assert_eq!(read(rig, payout.id()).await, last.payout);
    let all = history(rig, &payout).await;
    assert_eq!(all.split_first().map(|(_, rest)| rest), Some(&*events));
    assert!(events.len() >= 3);
}

/// `PayoutRepository`, law 9: nothing happened to the payout.
pub async fn a_change_without_events_moves_the_schedule_alone(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;

    schedule(rig, payout.id(), seconds(500)).await;

    assert_eq!(read(rig, payout.id()).await, payout);
    assert_eq!(history(rig, &payout).await.len(), 1);
    assert_eq!(ids_of(&claim(rig, &send_order(just_before(seconds(500)))).await), []);
    assert_eq!(ids_of(&claim(rig, &send_order(seconds(500))).await), [payout.id()]);
}

/// `PayoutRepository`, law 8: a sender that has lost its claim still says what it saw.
pub async fn an_outdated_epoch_writes_the_evidence_but_not_the_schedule(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let lost = claim_one(rig, seconds(10)).await;
    let second_at = seconds(10).plus(LEASE);
    let latest = claim_one(rig, second_at).await;
    let known = PayoutChange {
        schedule: Some(due_if(seconds(75), lost.epoch)),
        notifications: vec![notification(1, NotificationKind::PayoutExecuted, seconds(72))],
        ..change(&latest.payout, &known_as(1), seconds(72))
    };

    let saved = save(rig, known).await;

    assert_eq!(read(rig, saved.id()).await, saved);
    assert_eq!(history(rig, &saved).await.len(), 4);
    let told = rig.outbox().claim_notifications(later(), 10, LEASE).await;
    assert_eq!(told.expect("the store is there").len(), 1);
    assert_eq!(watched_at(rig, just_before(second_at.plus(LEASE))).await, []);
    assert_eq!(watched_at(rig, second_at.plus(LEASE)).await, [saved.id()]);
}

/// `PayoutRepository`, law 8.
pub async fn the_latest_epoch_writes_the_schedule(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let claim = claim_one(rig, seconds(10)).await;
    let schedule = Some(due_if(seconds(15), claim.epoch));

    save(rig, PayoutChange { schedule, ..change(&claim.payout, &known_as(1), seconds(11)) }).await;

    assert_eq!(watched_at(rig, just_before(seconds(15))).await, []);
    assert_eq!(watched_at(rig, seconds(15)).await, [claim.payout.id()]);
}

/// `PayoutRepository`, law 8: the event that overtakes the answer of a sender.
pub async fn a_schedule_without_an_epoch_counts_in_any_case(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let claim = claim_one(rig, seconds(10)).await;
    assert!(claim.epoch > Epoch::default(), "a claimed payout has an epoch");
    let schedule = Some(due(seconds(12)));

    save(rig, PayoutChange { schedule, ..change(&claim.payout, &known_as(1), seconds(11)) }).await;

    assert_eq!(watched_at(rig, seconds(12)).await, [claim.payout.id()]);
}

/// `PayoutRepository`, law 4: what has no schedule leaves the lease alone.
pub async fn without_a_schedule_the_due_time_stays(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    let claim = claim_one(rig, seconds(10)).await;
    let lease_end = seconds(10).plus(LEASE);

    learn(rig, claim.payout.id(), known_as(1), seconds(11)).await;

    assert_eq!(watched_at(rig, just_before(lease_end)).await, []);
    assert_eq!(watched_at(rig, lease_end).await, [claim.payout.id()]);
}

/// `PayoutRepository`, laws 7 and 11.
pub async fn a_gateway_id_belongs_to_one_payout(rig: &dyn StoreRig) {
    let first = submitted(rig, Accepting::number(1), 7).await;
    let second = accept(rig, Accepting::number(2)).await;
    let twin = PayoutChange {
        notifications: vec![notification(1, NotificationKind::PayoutExecuted, seconds(5))],
        schedule: Some(due(seconds(2000))),
        ..change(&second, &known_as(7), seconds(5))
    };

    let outcome = rig.payouts().save(twin).await;

    assert!(matches!(outcome, Err(SaveError::GatewayIdTaken)), "{outcome:?}");
    assert_eq!(read(rig, first.id()).await, first);
    nothing_was_written(rig, &second, 1).await;
    assert_eq!(ids_of(&claim(rig, &send_order(seconds(100))).await), [second.id()]);
}

/// `PayoutRepository`, law 11: another profile is another namespace.
pub async fn a_gateway_id_may_be_used_again_in_another_profile(rig: &dyn StoreRig) {
    let here = submitted(rig, Accepting::number(1), 7).await;
    let there = submitted(rig, Accepting::number(2).through(other_profile()), 7).await;

    for (profile, expected) in [(profile(), here), (other_profile(), there)] {
        let found = rig.payouts().find_by_gateway_id(&profile, gateway_payout_id(7)).await;
        assert_eq!(found.expect("the store is there"), Some(expected));
    }
}

/// `PayoutRepository`, law 11: it does not stand in its own way.
pub async fn a_payout_keeps_its_gateway_id(rig: &dyn StoreRig) {
    let payout = submitted(rig, Accepting::number(1), 7).await;
    let authorized = ProviderStatus::Authorized { at: None };
    let evidence =
        Evidence::Reported { gateway_payout_id: gateway_payout_id(7), status: authorized };

    let now = learn(rig, payout.id(), evidence, seconds(5)).await;

    assert_eq!(*now.state(), PayoutState::Submitted { authorized: true });
    let (profile, id) = (profile(), gateway_payout_id(7));
    let found = rig.payouts().find_by_gateway_id(&profile, id);
    assert_eq!(found.await.expect("the store is there"), Some(now));
}

/// `PayoutRepository`, laws 6 and 11: whoever reads again sees it sooner or later.
pub async fn staleness_is_said_before_a_taken_gateway_id(rig: &dyn StoreRig) {
    submitted(rig, Accepting::number(1), 7).await;
    let second = accept(rig, Accepting::number(2)).await;
    let both = change(&second, &known_as(7), seconds(5));
    claim(rig, &send_order(seconds(6))).await;

    let outcome = rig.payouts().save(both).await;

    assert!(matches!(outcome, Err(SaveError::Stale)), "{outcome:?}");
}

/// `PayoutRepository`, law 1: every fact of every state, for payouts with and without all that may
/// be absent.
pub async fn every_state_survives_the_store(rig: &dyn StoreRig) {
    let mut numbers = 1..;
    for variant in 0..3 {
        // The same lives bear the same provider ids, so each variant has its own profile.
        let profile = GatewayProfile::new(&format!("variant-{variant}"));
        // The number of lives is no multiple of 3, so each life is led by each kind of request.
        assert!(!lives().len().is_multiple_of(3));
        for (life, number) in lives().into_iter().zip(numbers.by_ref()) {
            let accepting = Accepting::number(number).through(profile.clone());

            let payout = live(rig, accepting, &life).await;

            assert_eq!(read(rig, payout.id()).await, payout, "{}", life.ends);
            let found = rig.payouts().find(payout.client_id(), payout.id()).await;
            assert_eq!(found.expect("the store is there"), Some(payout), "{}", life.ends);
        }
    }
}

/// `PayoutRepository`, law 9: whole, in order, and of no other payout.
pub async fn history_has_one_event_for_each_version(rig: &dyn StoreRig) {
    for (number, life) in (1..).zip(lives()) {
        let accepting = Accepting::number(number);
        let changes = played(&accepting.payout(), &life.steps, accepting.payout().created_at());
        let payout = live(rig, accepting, &life).await;

        let history = history(rig, &payout).await;

        let versions: Vec<u32> = history.iter().map(|event| event.version).collect();
        assert_eq!(versions, (1..=payout.version()).collect::<Vec<_>>(), "{}", life.ends);
        let events: Vec<_> = changes.into_iter().flat_map(|change| change.events).collect();
        assert_eq!(history.split_first().map(|(_, rest)| rest), Some(&*events), "{}", life.ends);
    }
}

/// `PayoutRepository`, law 9: nothing moved, and an operator must be able to see why.
pub async fn a_contradiction_is_part_of_the_history(rig: &dyn StoreRig) {
    let payout = submitted(rig, Accepting::number(1), 7).await;

    let after = learn(rig, payout.id(), known_as(8), seconds(5)).await;

    assert_eq!(after.version(), payout.version().saturating_add(1));
    assert_eq!(after.state(), payout.state());
    let last = history(rig, &after).await.pop().expect("there is an event");
    assert_eq!((last.version, last.evidence), (after.version(), known_as(8)));
    assert_eq!(read(rig, payout.id()).await, after);
}

fn known_as(number: u64) -> Evidence {
    Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(number) }
}

/// A change with all that a change can have: executed at 10 s, told from 10 s on, due at 30 s.
fn whole_change(payout: &Payout) -> PayoutChange {
    let status = ProviderStatus::Executed { at: seconds(9), scheme: None };
    let gateway_payout_id = gateway_payout_id(7);
    PayoutChange {
        notifications: vec![notification(1, NotificationKind::PayoutExecuted, seconds(10))],
        schedule: Some(Schedule { due_at: Some(seconds(30)), epoch: None }),
        ..change(payout, &Evidence::Reported { gateway_payout_id, status }, seconds(10))
    }
}

/// Asserts that the payout is as it was, with this many events and nothing to tell.
async fn nothing_was_written(rig: &dyn StoreRig, before: &Payout, events: usize) {
    assert_eq!(read(rig, before.id()).await, *before);
    assert_eq!(history(rig, before).await.len(), events);
    let told = rig.outbox().claim_notifications(later(), 10, LEASE).await;
    assert_eq!(told.expect("the store is there"), []);
    let found = rig.payouts().find_unscoped(payout_id(99)).await.expect("the store is there");
    assert_eq!(found, None);
}

async fn watched_at(
    rig: &dyn StoreRig,
    now: payout_domain::Timestamp,
) -> Vec<payout_domain::PayoutId> {
    let watched = rig.payouts().claim_watched(&watch_order(now)).await;
    super::steps::ids(&watched.expect("the store is there"))
}
