//! What clients are told is numbered, so that they can put it in order.

use std::time::Duration;

use payout_conformance::fixtures::{gateway_payout_id, seconds};
use payout_domain::{Evidence, FailureReason, ProviderStatus};
use payout_ports::Outbox as _;

use crate::world::{World, now};

fn executed() -> ProviderStatus {
    ProviderStatus::Executed { at: seconds(30), scheme: None }
}

fn failed(reason: FailureReason) -> ProviderStatus {
    ProviderStatus::Failed { at: seconds(40), reason }
}

/// The numbers of what a client is told of a payout of which the provider says this, in order.
async fn numbers(words: Vec<ProviderStatus>) -> Vec<u32> {
    let world = World::new();
    let (mut payout, take_in) = (world.accepted(1).await, world.take_in());
    for status in words {
        let said = Evidence::Reported { gateway_payout_id: gateway_payout_id(1), status };
        payout = take_in.run(payout, &said, &|_| None).await.expect("the store is there");
    }
    let mut numbers = Vec::new();
    loop {
        let told = world.store.claim_notifications(now(), 10, Duration::ZERO).await;
        let Some(next) = told.expect("the store is there").pop() else { return numbers };
        numbers.push(next.sequence);
        world.store.notification_done(next.event_id).await.expect("the store is there");
    }
}

#[tokio::test]
async fn each_word_to_a_client_has_the_next_number() {
    let blocked = || failed(FailureReason::Blocked);
    let returned = || failed(FailureReason::Returned);

    assert_eq!(numbers(vec![ProviderStatus::Pending]).await, [0_u32; 0]);
    assert_eq!(numbers(vec![ProviderStatus::Pending, executed(), executed()]).await, [1]);
    assert_eq!(numbers(vec![blocked()]).await, [1]);
    assert_eq!(numbers(vec![executed(), returned(), executed()]).await, [1, 2]);
    assert_eq!(numbers(vec![returned(), executed()]).await, [1], "it came back before we heard");
}
