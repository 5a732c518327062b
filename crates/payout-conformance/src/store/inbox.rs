//! What the provider told us unasked.

use payout_domain::Timestamp;
use payout_ports::{GatewayProfile, InboxEntry, InboxSubject, Remembered};

use super::StoreRig;
use super::steps::later;
use crate::fixtures::{
    LEASE, digest, event_id, gateway_payout_id, just_before, other_profile, payment_id, profile,
    seconds,
};

/// `Inbox`, law 2.
pub async fn an_event_is_fresh_once(rig: &dyn StoreRig) {
    assert_eq!(remember(rig, &event(1)).await, Remembered::Fresh);
    assert_eq!(remember(rig, &event(1)).await, Remembered::Duplicate);
    assert_eq!(remember(rig, &event(2)).await, Remembered::Fresh);

    let later_copy = InboxEntry { received_at: seconds(50), ..event(1) };
    assert_eq!(remember(rig, &later_copy).await, Remembered::Duplicate);
    assert_eq!(claimed(rig, later()).await, [event(1), event(2)]);
}

/// `Inbox`, law 3.
pub async fn an_event_with_other_words_is_altered_and_the_first_words_stand(rig: &dyn StoreRig) {
    remember(rig, &event(1)).await;
    let subject = InboxSubject::Payment(payment_id(9));
    let altered = InboxEntry { digest: digest(9), subject, ..event(1) };

    assert_eq!(remember(rig, &altered).await, Remembered::Altered);
    assert_eq!(remember(rig, &event(1)).await, Remembered::Duplicate);
    assert_eq!(claimed(rig, later()).await, [event(1)]);
    done(rig, &event(1)).await;
    assert_eq!(remember(rig, &altered).await, Remembered::Altered);
    assert_eq!(claimed(rig, later().plus(LEASE)).await, []);
}

/// `Inbox`, law 2: two providers may use one name.
pub async fn an_event_is_named_within_its_profile(rig: &dyn StoreRig) {
    let theirs = InboxEntry { profile: other_profile(), digest: digest(9), ..event(1) };
    remember(rig, &event(1)).await;

    assert_eq!(remember(rig, &theirs).await, Remembered::Fresh);
    done(rig, &event(1)).await;
    assert_eq!(claimed(rig, later()).await, [theirs]);
}

/// `Inbox`, law 1: whatever it is about.
pub async fn an_event_is_claimed_as_it_came_in(rig: &dyn StoreRig) {
    let of_payment = InboxEntry { subject: InboxSubject::Payment(payment_id(2)), ..event(2) };
    let of_other = InboxEntry { subject: InboxSubject::Other, ..event(3) };
    let all = [event(1), of_payment, of_other];
    for entry in &all {
        remember(rig, entry).await;
    }

    assert_eq!(claimed(rig, just_before(seconds(1))).await, []);
    assert_eq!(claimed(rig, seconds(3)).await, all);
}

/// `Inbox`, law 1.
pub async fn an_event_is_claimed_again_when_its_lease_ends_until_it_is_done(rig: &dyn StoreRig) {
    remember(rig, &event(1)).await;
    let mut now = seconds(10);

    for _ in 0..3 {
        assert_eq!(claimed(rig, now).await, [event(1)]);
        assert_eq!(claimed(rig, now).await, []);
        assert_eq!(claimed(rig, just_before(now.plus(LEASE))).await, []);
        now = now.plus(LEASE);
    }

    done(rig, &event(1)).await;
    assert_eq!(claimed(rig, now).await, []);
}

/// `Inbox`, law 4: also if it was never claimed.
pub async fn a_done_event_is_never_claimed_again(rig: &dyn StoreRig) {
    remember(rig, &event(1)).await;
    remember(rig, &event(2)).await;

    done(rig, &event(1)).await;
    done(rig, &event(1)).await;

    assert_eq!(claimed(rig, later()).await, [event(2)]);
    assert_eq!(claimed(rig, later().plus(LEASE)).await, [event(2)]);
}

/// `Inbox`, laws 2 and 4: it does not begin anew.
pub async fn a_done_event_is_still_known(rig: &dyn StoreRig) {
    remember(rig, &event(1)).await;
    done(rig, &event(1)).await;

    assert_eq!(remember(rig, &event(1)).await, Remembered::Duplicate);
    assert_eq!(claimed(rig, later()).await, []);
}

/// `Inbox::claim_events`: and no more than are asked for.
pub async fn the_event_that_waits_longest_is_claimed_first(rig: &dyn StoreRig) {
    for (number, at) in [(1, 30), (2, 10), (3, 40), (4, 20)] {
        remember(rig, &InboxEntry { received_at: seconds(at), ..event(number) }).await;
    }

    let mut order = Vec::new();
    for expected in [2, 2, 0] {
        let claimed = rig.inbox().claim_events(later(), 2, LEASE).await;
        let claimed = claimed.expect("the store is there");
        assert_eq!(claimed.len(), expected);
        order.extend(claimed.into_iter().map(|entry| entry.event_id));
    }

    assert_eq!(order, [2, 4, 1, 3].map(event_id));
}

/// `Inbox::event_done`.
pub async fn to_mark_an_unknown_event_as_done_does_nothing(rig: &dyn StoreRig) {
    done(rig, &event(1)).await;

    assert_eq!(remember(rig, &event(1)).await, Remembered::Fresh);
    assert_eq!(claimed(rig, later()).await, [event(1)]);
}

/// The event with this number: about a payout, in that many seconds after the start.
pub(super) fn event(number: u64) -> InboxEntry {
    let profile: GatewayProfile = profile();
    let subject = InboxSubject::Payout(gateway_payout_id(number));
    let (event_id, digest) = (event_id(number), digest(number));
    InboxEntry { profile, event_id, digest, subject, received_at: seconds(number) }
}

pub(super) async fn remember(rig: &dyn StoreRig, entry: &InboxEntry) -> Remembered {
    rig.inbox().remember(entry).await.expect("the store is there")
}

pub(super) async fn claimed(rig: &dyn StoreRig, now: Timestamp) -> Vec<InboxEntry> {
    rig.inbox().claim_events(now, 10, LEASE).await.expect("the store is there")
}

pub(super) async fn done(rig: &dyn StoreRig, entry: &InboxEntry) {
    let marked = rig.inbox().event_done(&entry.profile, entry.event_id).await;
    marked.expect("the store is there");
}
