//! A payout is sent.

use std::time::{Duration, Instant};

use mockall::Sequence;
use payout_conformance::fixtures::{Accepting, T0, gateway_payout_id, profile, token};
use payout_domain::{Evidence, PayoutState};
use payout_ports::{
    Claim, Claimed, Epoch, MockMarker, MockPayoutGateway, MockPayoutRepository, ReadError,
    SaveError, SubmitOutcome,
};
use payout_service::{Doorbell, ServiceError};

use crate::world::{self, authorisation, dispatch};

/// A payout that was claimed for its first transmission.
fn claim() -> Claim {
    let acceptance = Accepting::number(1).acceptance();
    let mut payout = acceptance.payout;
    let rule = payout_conformance::fixtures::rule();
    payout.begin_transmission(&rule, token(T0), T0).expect("it waits for its first transmission");
    Claim { payout, instruction: acceptance.instruction, epoch: Epoch(1) }
}

fn claimed() -> Claimed {
    Claimed { to_send: vec![claim()], set_aside: 0 }
}

#[tokio::test]
async fn the_intent_is_on_disk_before_the_first_byte_and_the_outcome_is_written_after_the_last() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    let mut order = Sequence::new();
    gateway.expect_profile().returning(profile);
    gateway.expect_authorise().once().in_sequence(&mut order).returning(|| Ok(authorisation()));
    payouts
        .expect_claim_sendable()
        .once()
        .in_sequence(&mut order)
        .withf(|order| order.token == token(T0))
        .returning(|_| Ok(claimed()));
    gateway
        .expect_submit()
        .once()
        .in_sequence(&mut order)
        .withf(|instruction, authorisation| {
            *instruction == claim().instruction && authorisation.token == world::bearer()
        })
        .returning(|_, _| SubmitOutcome::Accepted(gateway_payout_id(1)));
    payouts
        .expect_save()
        .once()
        .in_sequence(&mut order)
        .withf(|change| {
            *change.payout.state() == PayoutState::Submitted { authorized: false }
                && change.schedule.is_some_and(|schedule| schedule.epoch == Some(Epoch(1)))
        })
        .returning(|_| Ok(()));
    let dispatch = dispatch(payouts, gateway);

    let claimed = dispatch.run().await.expect("the store works");
    dispatch.drain().await;

    assert_eq!(claimed, 1);
}

#[tokio::test]
async fn without_leave_to_send_nothing_is_claimed() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    gateway
        .expect_authorise()
        .once()
        .returning(|| Err(ReadError::Unavailable("connection refused".into())));
    payouts.expect_claim_sendable().never();

    let claimed = dispatch(payouts, gateway).run().await;

    assert!(matches!(claimed, Err(ServiceError::ProviderUnavailable(_))), "{claimed:?}");
}

#[tokio::test]
async fn with_a_token_that_outlives_the_key_nothing_is_claimed() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    let mut long = authorisation();
    long.life.expires_at = long.life.issued_at.plus(Duration::from_hours(6));
    gateway.expect_authorise().once().return_once(|| Ok(long));
    payouts.expect_claim_sendable().never();

    let claimed = dispatch(payouts, gateway).run().await;

    let refused = claimed.expect_err("six hours are too long for six hours").to_string();
    assert!(refused.contains("live for 21600 s"), "{refused}");
    assert!(refused.contains("key window of 21600 s"), "{refused}");
}

#[tokio::test]
async fn every_outcome_of_a_first_transmission_leads_where_it_must() {
    use PayoutState as S;
    let detail = || "said".to_owned();
    for (outcome, state) in [
        (SubmitOutcome::Accepted(gateway_payout_id(1)), S::Submitted { authorized: false }),
        (
            SubmitOutcome::Rejected { detail: detail() },
            S::Failed(payout_domain::FailureReason::Rejected),
        ),
        (SubmitOutcome::NotProcessed { detail: detail(), retry_after: None }, S::Accepted),
        (SubmitOutcome::InProgress, S::Unknown),
        (SubmitOutcome::KeyReused, S::Parked(payout_domain::ParkReason::KeyReused)),
        (SubmitOutcome::Unknown { detail: detail() }, S::Unknown),
    ] {
        let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
        gateway.expect_profile().returning(profile);
        gateway.expect_authorise().returning(|| Ok(authorisation()));
        gateway.expect_submit().once().return_once(move |_, _| outcome);
        payouts.expect_claim_sendable().returning(|_| Ok(claimed()));
        let expected = state.clone();
        payouts
            .expect_save()
            .once()
            .withf(move |change| *change.payout.state() == expected)
            .returning(|_| Ok(()));
        let dispatch = dispatch(payouts, gateway);

        dispatch.run().await.expect("the store works");
        dispatch.drain().await;
    }
}

#[tokio::test]
async fn a_batch_of_which_nothing_may_be_sent_is_work_done_so_the_next_one_follows_at_once() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    gateway.expect_profile().returning(profile);
    gateway.expect_authorise().returning(|| Ok(authorisation()));
    let parked = || Claimed { to_send: Vec::new(), set_aside: 4 };
    payouts.expect_claim_sendable().once().returning(move |_| Ok(parked()));

    let found = dispatch(payouts, gateway).run().await.expect("the store works");

    assert_eq!(found, 4);
}

#[tokio::test(start_paused = true)]
async fn an_outcome_is_not_forgotten_because_the_store_was_away_for_a_moment() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    gateway.expect_profile().returning(profile);
    gateway.expect_authorise().returning(|| Ok(authorisation()));
    gateway.expect_submit().once().returning(|_, _| SubmitOutcome::Accepted(gateway_payout_id(1)));
    payouts.expect_claim_sendable().returning(|_| Ok(claimed()));
    let mut order = Sequence::new();
    payouts
        .expect_save()
        .times(2)
        .in_sequence(&mut order)
        .returning(|_| Err(SaveError::Unavailable("busy".into())));
    payouts.expect_save().once().in_sequence(&mut order).returning(|_| Ok(()));
    let dispatch = dispatch(payouts, gateway);

    dispatch.run().await.expect("the store works");
    dispatch.drain().await;
}

#[tokio::test]
async fn evidence_is_not_lost_to_somebody_who_was_faster() {
    let mut payouts = MockPayoutRepository::new();
    let mut order = Sequence::new();
    payouts.expect_save().once().in_sequence(&mut order).returning(|_| Err(SaveError::Stale));
    payouts.expect_find_unscoped().once().in_sequence(&mut order).returning(|_| {
        let mut faster = claim().payout;
        let _changed = faster.apply(&Evidence::OutcomeUnknown { attempt: 1 }, T0);
        Ok(Some(faster))
    });
    payouts
        .expect_save()
        .once()
        .in_sequence(&mut order)
        .withf(|change| {
            change.expected_version == claim().payout.version() + 1
                && *change.payout.state() == PayoutState::Submitted { authorized: false }
        })
        .returning(|_| Ok(()));
    let evidence = Evidence::Acknowledged { gateway_payout_id: gateway_payout_id(1) };

    let taken_in = world::take_in(payouts).run(claim().payout, &evidence, &|_| None).await;

    assert!(taken_in.is_ok(), "{taken_in:?}");
}

#[tokio::test]
async fn nothing_leaves_before_its_mark_is_written() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    gateway.expect_profile().returning(profile);
    gateway.expect_authorise().returning(|| Ok(authorisation()));
    gateway.expect_submit().never();
    payouts.expect_claim_sendable().once().returning(|_| Ok(claimed()));
    let mut marker = MockMarker::new();
    marker
        .expect_write()
        .once()
        .returning(|_| Err(payout_ports::RepositoryError::Unavailable("the disk is full".into())));
    let dispatch = world::dispatch_with(payouts, gateway, marker);

    let refused = dispatch.run().await;
    dispatch.drain().await;

    assert!(matches!(refused, Err(ServiceError::StoreUnavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_payout_that_is_given_the_id_of_another_one_is_unknown() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    gateway.expect_profile().returning(profile);
    gateway.expect_authorise().returning(|| Ok(authorisation()));
    gateway.expect_submit().once().returning(|_, _| SubmitOutcome::Accepted(gateway_payout_id(1)));
    payouts.expect_claim_sendable().once().returning(|_| Ok(claimed()));
    let mut order = Sequence::new();
    payouts
        .expect_save()
        .once()
        .in_sequence(&mut order)
        .returning(|_| Err(SaveError::GatewayIdTaken));
    payouts
        .expect_save()
        .once()
        .in_sequence(&mut order)
        .withf(|change| *change.payout.state() == PayoutState::Unknown)
        .returning(|_| Ok(()));
    let dispatch = dispatch(payouts, gateway);

    dispatch.run().await.expect("the store works");
    dispatch.drain().await;
}

#[tokio::test]
async fn whoever_found_no_place_hears_when_there_is_one() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    gateway.expect_profile().returning(profile);
    gateway.expect_authorise().returning(|| Ok(authorisation()));
    gateway.expect_submit().returning(|_, _| SubmitOutcome::Accepted(gateway_payout_id(1)));
    // As many as there are places.
    payouts
        .expect_claim_sendable()
        .once()
        .returning(|_| Ok(Claimed { to_send: (0..4).map(|_| claim()).collect(), set_aside: 0 }));
    payouts.expect_save().returning(|_| Ok(()));
    let bell = Doorbell::default();
    let dispatch = dispatch(payouts, gateway).ringing(bell.clone());
    dispatch.run().await.expect("the store works");

    // Nothing was sent yet: the tasks that send run when this one waits.
    let found = dispatch.run().await.expect("there is nothing to ask");
    let (begun, patience) = (Instant::now(), Duration::from_secs(30));
    bell.wait(patience).await;

    assert_eq!(found, 0);
    assert!(begun.elapsed() < patience, "nobody rang");
}
