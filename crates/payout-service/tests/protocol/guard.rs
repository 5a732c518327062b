//! A store that is not where, or what, it was.

use payout_conformance::fixtures::{gateway_payout_id, profile, seconds};
use payout_domain::{Evidence, ParkReason, PayoutState};
use payout_ports::{MarkedStore as _, Marker as _, PayoutRepository as _, SendOrder, StoreMark};
use payout_service::{Adoption, StoreVerdict};

use crate::world::World;

async fn mark(world: &World) -> StoreMark {
    world.store.mark().await.expect("the store is there")
}

async fn marked(world: &World, mark: StoreMark) {
    world.marker.write(&mark).await.expect("there is room in memory");
}

async fn verdict(world: &World) -> StoreVerdict {
    world.guard().run().await.expect("the store is there")
}

#[tokio::test]
async fn a_new_store_is_marked_and_may_send() {
    let world = World::new();

    let verdict = verdict(&world).await;

    assert_eq!(verdict, StoreVerdict::New);
    assert!(verdict.allows_sending());
    assert_eq!(world.marker.read().await.expect("it is there"), Some(mark(&world).await));
}

#[tokio::test]
async fn a_store_that_has_gone_on_may_send() {
    let world = World::new();
    world.accepted(1).await;
    marked(&world, mark(&world).await).await;
    world.accepted(2).await;

    let verdict = verdict(&world).await;

    assert_eq!(verdict, StoreVerdict::Same);
    assert!(verdict.allows_sending());
}

#[tokio::test]
async fn a_store_with_payouts_and_without_a_mark_may_not_send() {
    let world = World::new();
    world.accepted(1).await;

    let verdict = verdict(&world).await;

    assert_eq!(verdict, StoreVerdict::Unmarked);
    assert!(!verdict.allows_sending());
    assert_eq!(world.marker.read().await.expect("it is there"), None, "nobody has adopted it");
}

#[tokio::test]
async fn a_store_in_another_place_may_not_send() {
    let world = World::new();
    world.accepted(1).await;
    let here = mark(&world).await;
    let elsewhere = StoreMark { place: "another disk".into(), ..here.clone() };
    let another = StoreMark { store: "another store".into(), sequence: 0, ..here };
    for marked_as in [elsewhere, another] {
        marked(&world, marked_as.clone()).await;

        let verdict = verdict(&world).await;

        assert_eq!(verdict, StoreVerdict::Moved { marked: marked_as });
        assert!(!verdict.allows_sending());
    }
}

#[tokio::test]
async fn a_store_that_went_back_in_time_parks_what_it_could_send_again() {
    let world = World::new();
    let accepted = world.accepted(1).await;
    let waiting = world.accepted(2).await;
    world.learn(waiting.id(), Evidence::Parked(ParkReason::ProfileChanged)).await;
    let known = world.accepted(3).await;
    let acknowledged = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(3) };
    world.learn(known.id(), acknowledged).await;
    let ahead = StoreMark { sequence: 1000, ..mark(&world).await };
    marked(&world, ahead.clone()).await;

    let verdict = verdict(&world).await;

    assert_eq!(verdict, StoreVerdict::WentBack { marked: ahead });
    let restored = PayoutState::Parked(ParkReason::Restored);
    assert_eq!(world.state(&accepted).await, restored);
    assert_eq!(world.state(&waiting).await, restored);
    assert_eq!(world.state(&known).await, PayoutState::Submitted { authorized: false });
}

#[tokio::test]
async fn more_open_payouts_than_fit_a_page_are_parked() {
    let world = World::new();
    let mut all = Vec::new();
    for number in 1..=300 {
        all.push(world.accepted(number).await);
    }

    world.guard().adopt(Adoption::Restored).await.expect("the store is there");

    for payout in &all {
        assert_eq!(world.state(payout).await, PayoutState::Parked(ParkReason::Restored));
    }
}

#[tokio::test]
async fn an_adopted_store_may_send_what_is_new() {
    for (adoption, claimed) in [(Adoption::Current, 2), (Adoption::Restored, 1)] {
        let world = World::new();
        world.accepted(1).await;
        assert!(!verdict(&world).await.allows_sending());

        world.guard().adopt(adoption).await.expect("the store is there");

        assert!(verdict(&world).await.allows_sending(), "{adoption:?}");
        world.accepted(2).await;
        let claims = world.store.claim_sendable(&everything()).await.expect("the store is there");
        assert_eq!(claims.to_send.len(), claimed, "{adoption:?}");
    }
}

fn everything() -> SendOrder {
    payout_conformance::fixtures::send_order(seconds(3600))
}

#[tokio::test]
async fn what_was_parked_by_a_restore_is_found_under_its_profile() {
    let world = World::new();
    let payout = world.accepted(1).await;
    world.guard().adopt(Adoption::Restored).await.expect("the store is there");

    let order = payout_ports::WatchOrder {
        now: crate::world::now(),
        limit: 10,
        lease: std::time::Duration::from_secs(5),
        profile: profile(),
    };
    let watched = world.store.claim_watched(&order).await.expect("the store is there");

    assert_eq!(watched.iter().map(payout_domain::Payout::id).collect::<Vec<_>>(), [payout.id()]);
}

#[tokio::test]
async fn a_store_that_went_back_does_not_catch_up_with_its_mark_by_being_parked() {
    let world = World::new();
    for number in 1..=5 {
        world.accepted(number).await;
    }
    let slightly_ahead = mark(&world).await.sequence + 1;
    marked(&world, StoreMark { sequence: slightly_ahead, ..mark(&world).await }).await;
    assert!(!verdict(&world).await.allows_sending());

    let again = verdict(&world).await;
    let kept_up = world.guard().keep_up().await.expect("the store is there");

    assert!(matches!(again, StoreVerdict::Moved { .. }), "{again:?}");
    assert_eq!(kept_up, 0, "only an operator says that it is well");
}

#[tokio::test]
async fn a_mark_keeps_up_with_its_own_store_alone() {
    let world = World::new();
    assert_eq!(world.guard().keep_up().await.expect("the store is there"), 0, "there is no mark");
    assert!(verdict(&world).await.allows_sending());
    world.accepted(1).await;

    assert_eq!(world.guard().keep_up().await.expect("the store is there"), 1);
    assert_eq!(world.guard().keep_up().await.expect("the store is there"), 0);

    assert_eq!(world.marker.read().await.expect("it is there"), Some(mark(&world).await));
    marked(&world, StoreMark { place: "another disk".into(), ..mark(&world).await }).await;
    world.accepted(2).await;
    assert_eq!(world.guard().keep_up().await.expect("the store is there"), 0);
}

#[tokio::test]
async fn a_backup_from_before_a_decision_is_noticed() {
    let world = World::new();
    let payout = world.accepted(1).await;
    assert!(world.guard().adopt(Adoption::Current).await.is_ok());
    let backup = mark(&world).await.sequence;
    let by = payout_conformance::fixtures::operator("anna");

    world.decide().cancel(payout.id(), by).await.expect("it was never sent");

    let marked = world.marker.read().await.expect("it is there").expect("it was adopted");
    assert!(marked.sequence > backup);
}
