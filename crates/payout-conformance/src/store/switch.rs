//! The switch that stops all sending.

use payout_domain::PayoutState;
use payout_ports::Pause;

use super::StoreRig;
use super::steps::{accept, claim, ids_of, later, read, schedule, submitted};
use crate::fixtures::{
    Accepting, operator, other_profile, payout_id, seconds, send_order, watch_order,
};

/// `PayoutRepository`, law 3.
pub async fn while_sending_is_paused_nothing_is_claimed_or_parked(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    accept(rig, Accepting::number(2).through(other_profile())).await;
    pause(rig, "anna").await;

    assert_eq!(ids_of(&claim(rig, &send_order(later())).await), []);

    for number in [1, 2] {
        assert_eq!(*read(rig, payout_id(number)).await.state(), PayoutState::Accepted);
    }
}

/// `SendSwitch`.
pub async fn sending_goes_on_where_it_was_paused(rig: &dyn StoreRig) {
    pause(rig, "anna").await;
    accept(rig, Accepting::number(1)).await;

    resume(rig).await;

    assert_eq!(rig.switch().paused().await.expect("the store is there"), None);
    assert_eq!(ids_of(&claim(rig, &send_order(later())).await), [payout_id(1)]);
}

/// `SendSwitch`, law 3.
pub async fn the_first_pause_stands(rig: &dyn StoreRig) {
    pause(rig, "anna").await;
    pause(rig, "ben").await;
    let paused = rig.switch().paused().await.expect("the store is there");
    assert_eq!(paused, Some(pause_of("anna")));

    resume(rig).await;
    pause(rig, "ben").await;

    let paused = rig.switch().paused().await.expect("the store is there");
    assert_eq!(paused, Some(pause_of("ben")), "after a resume a pause is a new one");
}

/// `SendSwitch`: to ask moves no money.
pub async fn while_sending_is_paused_payouts_are_watched(rig: &dyn StoreRig) {
    let payout = submitted(rig, Accepting::number(1), 1).await;
    schedule(rig, payout.id(), seconds(30)).await;
    pause(rig, "anna").await;

    let watched = rig.payouts().claim_watched(&watch_order(seconds(30))).await;

    assert_eq!(watched.expect("the store is there"), [payout]);
}

/// `SendSwitch::resume`.
pub async fn to_resume_what_is_not_paused_does_nothing(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;

    resume(rig).await;

    assert_eq!(ids_of(&claim(rig, &send_order(later())).await), [payout_id(1)]);
}

pub(super) fn pause_of(name: &str) -> Pause {
    Pause { by: operator(name), because: "a \"strange\" \u{17c}\nstatement".into(), at: seconds(5) }
}

async fn pause(rig: &dyn StoreRig, name: &str) {
    rig.switch().pause(&pause_of(name)).await.expect("the store is there");
}

async fn resume(rig: &dyn StoreRig) {
    rig.switch().resume().await.expect("the store is there");
}
