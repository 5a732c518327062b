//! In which order things happen. Mocks prove order and count here, and nothing else.

mod world;

use std::sync::Arc;

use mockall::Sequence;
use payout_conformance::fixtures::{
    Accepting, T0, acme, event_id, gateway_payout_id, key, merchant_account, payout_id, profile,
    request, token,
};
use payout_domain::{Currency, Evidence, PaymentSource, PayoutState, Refusal};
use payout_ports::{
    AcceptOutcome, Claim, Epoch, Fingerprint, InboxEntry, InboxSubject, Instruction, MockInbox,
    MockNotifier, MockOutbox, MockPaymentRepository, MockPayoutGateway, MockPayoutRepository,
    NotDelivered, Notification, NotificationKind, NotificationSubject, ReadError, RecordedPayment,
    RepositoryError, SaveError, SubmitOutcome,
};
use payout_service::{PayoutApplication, RequestPayout, RequestPayoutError, ServiceError};
use world::{authorisation, dispatch, ids, reconcile, settled_clock};

fn request_payout(
    payouts: MockPayoutRepository,
    payments: MockPaymentRepository,
    gateway: MockPayoutGateway,
) -> RequestPayout {
    RequestPayout {
        payouts: Arc::new(payouts),
        payments: Arc::new(payments),
        gateway: Arc::new(gateway),
        clock: settled_clock(),
        ids: ids(),
        rules: payout_domain::PayoutRules::default(),
        key_window: None,
        dispatch: payout_service::Doorbell::default(),
    }
}

fn application() -> PayoutApplication {
    PayoutApplication {
        client_id: acme(),
        key: key("key-1"),
        fingerprint: Fingerprint([1; 32]),
        order: request(1).order().clone(),
    }
}

/// Payments that know the account and the source of request 1.
fn paid_in() -> MockPaymentRepository {
    let mut payments = MockPaymentRepository::new();
    payments.expect_merchant_account().returning(|_| Ok(Some(merchant_account(1, Currency::GBP))));
    let source = PaymentSource::of_payment(&payout_conformance::fixtures::payment(1));
    payments.expect_source().returning(move |_, _| Ok(Some(source.clone())));
    payments
}

fn prepared(gateway: &mut MockPayoutGateway) {
    gateway.expect_prepare().returning(|payout_id, _| Instruction {
        payout_id,
        profile: profile(),
        key: key("gateway-key"),
        body: Arc::from(*b"frozen"),
    });
}

#[tokio::test]
async fn a_payout_is_remembered_before_it_is_answered_and_not_sent_by_the_asker() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    payouts.expect_find_key().once().returning(|_, _| Ok(None));
    payouts
        .expect_accept()
        .once()
        .withf(|acceptance| {
            *acceptance.payout.state() == PayoutState::Accepted
                && acceptance.instruction.body.as_ref() == b"frozen"
                && acceptance.instruction.payout_id == acceptance.payout.id()
        })
        .returning(|_| Ok(AcceptOutcome::Accepted));
    prepared(&mut gateway);
    gateway.expect_submit().never();

    let answer = request_payout(payouts, paid_in(), gateway).run(application()).await;

    assert!(answer.is_ok(), "{answer:?}");
}

#[tokio::test]
async fn what_could_not_be_remembered_is_not_answered_with_an_id() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    payouts.expect_find_key().returning(|_, _| Ok(None));
    payouts
        .expect_accept()
        .once()
        .returning(|_| Err(RepositoryError::Unavailable("the disk is full".into())));
    prepared(&mut gateway);

    let answer = request_payout(payouts, paid_in(), gateway).run(application()).await;

    let unavailable = ServiceError::StoreUnavailable("the disk is full".into()).to_string();
    assert_eq!(answer.expect_err("nothing was stored").to_string(), unavailable);
}

#[tokio::test]
async fn a_used_key_is_answered_before_any_rule_is_looked_at() {
    for (fingerprint, expected) in [([1; 32], Some(payout_id(7))), ([2; 32], None)] {
        let mut payouts = MockPayoutRepository::new();
        payouts.expect_find_key().once().returning(move |_, _| {
            Ok(Some(payout_ports::IdempotencyRecord {
                payout_id: payout_id(7),
                fingerprint: Fingerprint(fingerprint),
                created_at: T0,
            }))
        });
        payouts.expect_accept().never();
        let (payments, gateway) = (MockPaymentRepository::new(), MockPayoutGateway::new());

        let answer = request_payout(payouts, payments, gateway).run(application()).await;

        match expected {
            Some(id) => assert_eq!(answer.expect("it is the same request"), id),
            None => assert!(matches!(answer, Err(RequestPayoutError::KeyReused))),
        }
    }
}

#[tokio::test]
async fn the_provider_is_asked_before_the_closed_loop_is_said_to_be_broken() {
    let (mut payouts, mut payments) = (MockPayoutRepository::new(), MockPaymentRepository::new());
    let mut gateway = MockPayoutGateway::new();
    let mut order = Sequence::new();
    payouts.expect_find_key().returning(|_, _| Ok(None));
    payouts.expect_accept().never();
    payments.expect_merchant_account().returning(|_| Ok(Some(merchant_account(1, Currency::GBP))));
    let elsewhere = merchant_account(2, Currency::EUR).id;
    for account in [merchant_account(1, Currency::GBP).id, elsewhere] {
        payments.expect_source().once().in_sequence(&mut order).returning(|_, _| Ok(None));
        if account == elsewhere {
            gateway.expect_merchant_accounts().once().in_sequence(&mut order).returning(|| {
                Ok(vec![merchant_account(1, Currency::GBP), merchant_account(2, Currency::EUR)])
            });
        }
        gateway
            .expect_payment_sources()
            .once()
            .in_sequence(&mut order)
            .withf(move |asked, _| *asked == account)
            .returning(|_, _| Ok(Some(vec![])));
    }
    payments.expect_source().once().in_sequence(&mut order).returning(|_, _| Ok(None));

    let answer = request_payout(payouts, payments, gateway).run(application()).await;

    match answer {
        Err(RequestPayoutError::Refused(refusals)) => {
            assert_eq!(refusals.iter().collect::<Vec<_>>(), [&Refusal::UnknownPaymentSource]);
        }
        other => panic!("nobody has paid in: {other:?}"),
    }
}

#[tokio::test]
async fn a_source_that_nobody_can_vouch_for_is_no_refusal_but_a_later_answer() {
    let (mut payouts, mut payments) = (MockPayoutRepository::new(), MockPaymentRepository::new());
    let mut gateway = MockPayoutGateway::new();
    payouts.expect_find_key().returning(|_, _| Ok(None));
    payments.expect_merchant_account().returning(|_| Ok(Some(merchant_account(1, Currency::GBP))));
    payments.expect_source().returning(|_, _| Ok(None));
    gateway
        .expect_payment_sources()
        .returning(|_, _| Err(ReadError::Unavailable("no route to host".into())));

    let answer = request_payout(payouts, payments, gateway).run(application()).await;

    let unavailable = RequestPayoutError::Service(ServiceError::ProviderUnavailable("".into()));
    assert_eq!(answer.expect_err("nobody can say").to_string(), unavailable.to_string());
}

/// A payout that was claimed for its first transmission.
fn claim() -> Claim {
    let acceptance = Accepting::number(1).acceptance();
    let mut payout = acceptance.payout;
    let rule = payout_conformance::fixtures::rule();
    payout.begin_transmission(&rule, token(T0), T0).expect("it waits for its first transmission");
    Claim { payout, instruction: acceptance.instruction, epoch: Epoch(1) }
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
        .returning(|_| Ok(vec![claim()]));
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
        payouts.expect_claim_sendable().returning(|_| Ok(vec![claim()]));
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

#[tokio::test(start_paused = true)]
async fn an_outcome_is_not_forgotten_because_the_store_was_away_for_a_moment() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    gateway.expect_profile().returning(profile);
    gateway.expect_authorise().returning(|| Ok(authorisation()));
    gateway.expect_submit().once().returning(|_, _| SubmitOutcome::Accepted(gateway_payout_id(1)));
    payouts.expect_claim_sendable().returning(|_| Ok(vec![claim()]));
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
async fn an_event_is_done_only_after_the_provider_was_asked_about_it() {
    let payment = payout_conformance::fixtures::payment(1);
    let entry = InboxEntry {
        profile: profile(),
        event_id: event_id(1),
        digest: [0; 32],
        subject: InboxSubject::Payment(payment.id),
        received_at: T0,
    };
    let (mut inbox, mut gateway) = (MockInbox::new(), MockPayoutGateway::new());
    let mut payments = MockPaymentRepository::new();
    let mut order = Sequence::new();
    gateway.expect_profile().returning(profile);
    let claimed = entry.clone();
    inbox
        .expect_claim_events()
        .once()
        .in_sequence(&mut order)
        .returning(move |_, _, _| Ok(vec![claimed.clone()]));
    let found = payment.clone();
    gateway
        .expect_find_payment()
        .once()
        .in_sequence(&mut order)
        .returning(move |_| Ok(Some(found.clone())));
    payments
        .expect_record_payment()
        .once()
        .in_sequence(&mut order)
        .withf(|_, _, notification| {
            notification.as_ref().is_some_and(|n| n.kind == NotificationKind::PaymentSettled)
        })
        .returning(|_, _, _| Ok(RecordedPayment::Fresh));
    inbox.expect_event_done().once().in_sequence(&mut order).returning(|_, _| Ok(()));

    let followed = world::follow_events(inbox, gateway, payments).run().await;

    assert_eq!(followed.expect("everything works"), 1);
}

#[tokio::test]
async fn an_event_about_something_that_the_provider_does_not_show_stays_open() {
    let entry = InboxEntry {
        profile: profile(),
        event_id: event_id(1),
        digest: [0; 32],
        subject: InboxSubject::Payment(payout_conformance::fixtures::payment_id(1)),
        received_at: T0,
    };
    let (mut inbox, mut gateway) = (MockInbox::new(), MockPayoutGateway::new());
    gateway.expect_profile().returning(profile);
    gateway.expect_find_payment().once().returning(|_| Ok(None));
    inbox.expect_claim_events().returning(move |_, _, _| Ok(vec![entry.clone()]));
    inbox.expect_event_done().never();

    let followed = world::follow_events(inbox, gateway, MockPaymentRepository::new()).run().await;

    assert_eq!(followed.expect("everything works"), 1);
}

#[tokio::test]
async fn a_report_about_another_amount_moves_nothing() {
    let payout = world::submitted();
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    gateway.expect_find_payout().once().returning(|id| {
        Ok(Some(payout_ports::ReportedPayout {
            id,
            payout_id: None,
            amount: "999.99 GBP".parse().expect("it is an amount"),
            status: payout_domain::ProviderStatus::Executed { at: T0, scheme: None },
        }))
    });
    payouts.expect_save().never();

    let after = reconcile(payouts, gateway).ask_after(payout.clone()).await;

    assert_eq!(after.expect("the provider answers"), payout);
}

#[tokio::test]
async fn a_notification_that_was_not_heard_is_put_off_and_one_that_was_is_done() {
    let notification = Notification {
        event_id: event_id(1),
        client_id: acme(),
        kind: NotificationKind::PayoutExecuted,
        subject: NotificationSubject::Payout(Box::new(world::submitted())),
        created_at: T0,
        failures: 3,
    };
    for heard in [true, false] {
        let (mut outbox, mut notifier) = (MockOutbox::new(), MockNotifier::new());
        let due = notification.clone();
        outbox.expect_claim_notifications().returning(move |_, _, _| Ok(vec![due.clone()]));
        notifier.expect_deliver().once().returning(move |_| {
            let reason = || NotDelivered { reason: "500".to_owned() };
            heard.then_some(payout_ports::Delivery::Delivered).ok_or_else(reason)
        });
        outbox.expect_notification_done().times(usize::from(heard)).returning(|_| Ok(()));
        outbox
            .expect_notification_failed()
            .times(usize::from(!heard))
            .withf(|_, due_at| *due_at > T0)
            .returning(|_, _| Ok(()));
        let (notify, told) = world::notify(outbox, notifier);

        notify.run().await.expect("the store works");
        told.await;
    }
}
