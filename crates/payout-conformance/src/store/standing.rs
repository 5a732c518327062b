//! What operators look after.

use payout_domain::{Evidence, ParkReason, Payout, PayoutId, PayoutState};
use payout_ports::{PageOrder, Payouts, Standing};

use super::StoreRig;
use super::steps::{accept, ids, learn, live, read};
use crate::fixtures::{Accepting, globex, lives, payout_id, seconds};

/// `PayoutRepository::list_standing`: of all clients.
pub async fn payouts_are_listed_by_where_they_stand(rig: &dyn StoreRig) {
    let mut all = Vec::new();
    for (number, life) in (1..).zip(lives()) {
        let accepting = Accepting::number(number);
        let accepting = if number % 2 == 0 { accepting.by(globex()) } else { accepting };
        all.push(live(rig, accepting, &life).await);
    }
    all.sort_by_key(|payout| (payout.created_at(), payout.id()));

    for standing in [Standing::Unknown, Standing::Parked, Standing::Unsettled] {
        let expected: Vec<_> =
            all.iter().filter(|payout| stands(payout, standing)).cloned().collect();
        assert!(!expected.is_empty());

        let listed = list(rig, standing, 100, None).await;

        assert_eq!((listed.items, listed.more), (expected, false), "{standing:?}");
    }
}

/// `PayoutRepository::list_standing`: page by page.
pub async fn what_has_stood_longest_is_listed_first(rig: &dyn StoreRig) {
    parked(rig, 5).await;

    let first = list(rig, Standing::Parked, 2, None).await;
    let second = list(rig, Standing::Parked, 2, Some(payout_id(2))).await;
    let third = list(rig, Standing::Parked, 2, Some(payout_id(4))).await;

    assert_eq!((ids(&first.items), first.more), (vec![payout_id(1), payout_id(2)], true));
    assert_eq!((ids(&second.items), second.more), (vec![payout_id(3), payout_id(4)], true));
    assert_eq!((ids(&third.items), third.more), (vec![payout_id(5)], false));
}

/// `PayoutRepository::list_standing`: whoever works the list off moves what is in it.
pub async fn a_list_goes_on_after_a_payout_that_stands_elsewhere_by_now(rig: &dyn StoreRig) {
    parked(rig, 3).await;
    let before = read(rig, payout_id(2)).await;
    let by = crate::fixtures::operator("anna");
    let after = learn(rig, before.id(), Evidence::Cancelled { by }, seconds(20)).await;
    assert!(after.state().is_final());

    let listed = list(rig, Standing::Parked, 10, Some(payout_id(2))).await;

    assert_eq!(ids(&listed.items), [payout_id(3)]);
}

/// `PayoutRepository`, law 10, for operators.
pub async fn nothing_stands_after_a_payout_that_does_not_exist(rig: &dyn StoreRig) {
    parked(rig, 2).await;

    let listed = list(rig, Standing::Parked, 10, Some(payout_id(9))).await;

    assert_eq!((listed.items, listed.more), (Vec::new(), false));
}

fn stands(payout: &Payout, standing: Standing) -> bool {
    let state = payout.state();
    let could_go =
        [ParkReason::TooOld, ParkReason::ProfileChanged].map(PayoutState::Parked).contains(state);
    match standing {
        Standing::Unknown => {
            let again = PayoutState::Sending { earlier_unresolved: true };
            *state == PayoutState::Unknown || *state == again
        }
        Standing::Parked => matches!(state, PayoutState::Parked(_)),
        Standing::Unsettled => state.is_sendable() || could_go,
    }
}

async fn parked(rig: &dyn StoreRig, count: u64) {
    for number in 1..=count {
        let payout = accept(rig, Accepting::number(number)).await;
        learn(rig, payout.id(), Evidence::Parked(ParkReason::TooOld), seconds(10)).await;
    }
}

async fn list(
    rig: &dyn StoreRig,
    standing: Standing,
    limit: usize,
    after: Option<PayoutId>,
) -> Payouts {
    let page = PageOrder { limit, after };
    rig.payouts().list_standing(standing, &page).await.expect("the store is there")
}
