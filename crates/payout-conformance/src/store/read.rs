//! Who sees which payouts, and in what order.

use payout_domain::{ClientId, Evidence, PayoutId};
use payout_ports::{PageOrder, Payouts};

use super::StoreRig;
use super::steps::{accept, ids, learn, submitted};
use crate::fixtures::{
    Accepting, acme, gateway_payout_id, globex, other_profile, payout_id, profile, seconds,
};

/// `PayoutRepository`, law 11.
pub async fn a_payout_is_found_by_its_gateway_id_in_its_profile(rig: &dyn StoreRig) {
    let payout = submitted(rig, Accepting::number(1), 7).await;
    accept(rig, Accepting::number(2)).await;

    let by_gateway_id = async |profile, number| {
        let found = rig.payouts().find_by_gateway_id(&profile, gateway_payout_id(number)).await;
        found.expect("the store is there")
    };

    assert_eq!(by_gateway_id(profile(), 7).await, Some(payout));
    assert_eq!(by_gateway_id(profile(), 8).await, None);
    assert_eq!(by_gateway_id(other_profile(), 7).await, None);
}

/// `PayoutRepository`, law 10.
pub async fn a_payout_of_another_client_looks_like_none(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;

    for (client, id) in [(globex(), payout.id()), (acme(), payout_id(2))] {
        let found = rig.payouts().find(&client, id).await.expect("the store is there");
        let history = rig.payouts().history(&client, id).await.expect("the store is there");
        assert_eq!((found, history), (None, None));
    }
    let unscoped = rig.payouts().find_unscoped(payout_id(2)).await.expect("the store is there");
    assert_eq!(unscoped, None);
}

/// `PayoutRepository::list`: the order of acceptance, not of ids or of arrival in the store.
pub async fn a_list_begins_with_the_newest(rig: &dyn StoreRig) {
    for (number, at) in [(1, 30), (2, 10), (3, 50), (4, 20), (5, 40)] {
        accept(rig, Accepting::number(number).at(seconds(at))).await;
    }

    let all = list(rig, &acme(), 10, None).await;

    assert_eq!(ids(&all.items), [3, 5, 1, 4, 2].map(payout_id));
    assert!(!all.more);
}

/// `PayoutRepository::list`: page by page it is the same list.
pub async fn a_list_is_continued_after_its_last_payout(rig: &dyn StoreRig) {
    for number in 1..=5 {
        accept(rig, Accepting::number(number)).await;
    }

    let first = list(rig, &acme(), 2, None).await;
    let second = list(rig, &acme(), 2, Some(payout_id(4))).await;
    let third = list(rig, &acme(), 2, Some(payout_id(2))).await;
    let exactly = list(rig, &acme(), 3, Some(payout_id(4))).await;
    let none = list(rig, &acme(), 2, Some(payout_id(1))).await;

    assert_eq!((ids(&first.items), first.more), (vec![payout_id(5), payout_id(4)], true));
    assert_eq!((ids(&second.items), second.more), (vec![payout_id(3), payout_id(2)], true));
    assert_eq!((ids(&third.items), third.more), (vec![payout_id(1)], false));
    assert_eq!((ids(&exactly.items), exactly.more), ([3, 2, 1].map(payout_id).to_vec(), false));
    assert_eq!((ids(&none.items), none.more), (vec![], false));
}

/// `PayoutRepository::list`: who reads on sees nothing twice.
pub async fn a_page_stays_where_it_is_when_newer_payouts_come(rig: &dyn StoreRig) {
    for number in 1..=3 {
        accept(rig, Accepting::number(number)).await;
    }
    let before = list(rig, &acme(), 2, Some(payout_id(3))).await;

    accept(rig, Accepting::number(4)).await;

    let after = list(rig, &acme(), 2, Some(payout_id(3))).await;
    assert_eq!(ids(&before.items), [2, 1].map(payout_id));
    assert_eq!(ids(&after.items), ids(&before.items));
}

/// `PayoutRepository::list`: highest id first, however small the pages.
pub async fn payouts_of_one_moment_are_listed_once_each(rig: &dyn StoreRig) {
    let mut expected: Vec<PayoutId> = (1..=5).map(payout_id).collect();
    expected.sort_unstable_by(|a, b| b.cmp(a));
    for number in 1..=5 {
        accept(rig, Accepting::number(number).at(seconds(1))).await;
    }

    let mut seen: Vec<PayoutId> = Vec::new();
    for more in [true, true, false] {
        let page = list(rig, &acme(), 2, seen.last().copied()).await;
        assert_eq!(page.more, more);
        seen.extend(ids(&page.items));
    }

    assert_eq!(seen, expected);
}

/// `PayoutRepository`, law 10.
pub async fn a_list_holds_only_the_clients_own(rig: &dyn StoreRig) {
    for number in 1..=4 {
        let client = if number % 2 == 0 { acme() } else { globex() };
        accept(rig, Accepting::number(number).by(client)).await;
    }

    let ours = list(rig, &acme(), 1, None).await;
    let rest = list(rig, &acme(), 9, Some(payout_id(4))).await;
    let nobodys = list(rig, &crate::fixtures::client("nobody"), 9, None).await;

    assert_eq!((ids(&ours.items), ours.more), (vec![payout_id(4)], true));
    assert_eq!((ids(&rest.items), rest.more), (vec![payout_id(2)], false));
    assert_eq!((ids(&nobodys.items), nobodys.more), (vec![], false));
}

/// `PayoutRepository`, law 10: nobody learns by it that another client's payout exists.
pub async fn nothing_comes_after_a_payout_that_does_not_exist(rig: &dyn StoreRig) {
    accept(rig, Accepting::number(1)).await;
    accept(rig, Accepting::number(2).by(globex())).await;

    for stranger in [payout_id(2), payout_id(3)] {
        let page = list(rig, &acme(), 9, Some(stranger)).await;
        assert_eq!((ids(&page.items), page.more), (vec![], false));
    }
}

/// `PayoutRepository`, law 1.
pub async fn a_listed_payout_is_as_it_is_now(rig: &dyn StoreRig) {
    let payout = accept(rig, Accepting::number(1)).await;
    let known = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(7) };

    let now = learn(rig, payout.id(), known, seconds(5)).await;

    assert_eq!(list(rig, &acme(), 9, None).await.items, [now]);
}

async fn list(
    rig: &dyn StoreRig,
    client: &ClientId,
    limit: usize,
    after: Option<PayoutId>,
) -> Payouts {
    let page = rig.payouts().list(client, &PageOrder { limit, after }).await;
    page.expect("the store is there")
}
