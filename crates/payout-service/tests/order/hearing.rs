//! Something is heard, and told.

use std::time::{Duration, Instant};

use mockall::Sequence;
use payout_conformance::fixtures::{T0, acme, event_id, profile};
use payout_domain::Timestamp;
use payout_ports::{
    AfterFailure, InboxEntry, InboxSubject, MockInbox, MockNotifier, MockOutbox,
    MockPaymentRepository, MockPayoutGateway, MockPayoutRepository, NotDelivered, Notification,
    NotificationKind, NotificationSubject, RecordedPayment,
};
use payout_service::Doorbell;

use crate::world::{self, reconcile};

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
            earlier: None,
        }))
    });
    payouts.expect_save().never();

    let after = reconcile(payouts, gateway).ask_after(payout.clone()).await;

    assert_eq!(after.expect("the provider answers"), payout);
}

#[tokio::test]
async fn a_notification_that_was_not_heard_is_put_off_and_one_that_was_is_done() {
    let notification = due(T0, 3);
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
            .withf(|_, then| matches!(then, AfterFailure::Again(due_at) if *due_at > T0))
            .returning(|_, _| Ok(()));
        let (notify, told) = world::notify(outbox, notifier);

        notify.run().await.expect("the store works");
        told.await;
    }
}

#[tokio::test]
async fn a_notification_that_nobody_hears_for_too_long_is_given_up() {
    let tried_since = T0.minus(std::time::Duration::from_hours(72));
    let due = self::due(tried_since, 99);
    let (mut outbox, mut notifier) = (MockOutbox::new(), MockNotifier::new());
    outbox.expect_claim_notifications().returning(move |_, _, _| Ok(vec![due.clone()]));
    notifier.expect_deliver().returning(|_| Err(NotDelivered { reason: "no answer".into() }));
    outbox
        .expect_notification_failed()
        .once()
        .withf(|_, then| *then == AfterFailure::GiveUp(T0))
        .returning(|_, _| Ok(()));
    let (notify, told) = world::notify(outbox, notifier);

    notify.run().await.expect("the store is there");

    told.await;
}

#[tokio::test]
async fn whoever_found_no_place_to_tell_hears_when_there_is_one() {
    let due = self::due(T0, 0);
    let (mut outbox, mut notifier) = (MockOutbox::new(), MockNotifier::new());
    // As many as there are places.
    outbox
        .expect_claim_notifications()
        .once()
        .returning(move |_, _, _| Ok(vec![due.clone(), due.clone(), due.clone(), due.clone()]));
    notifier.expect_deliver().returning(|_| Ok(payout_ports::Delivery::Delivered));
    outbox.expect_notification_done().returning(|_| Ok(()));
    let bell = Doorbell::default();
    let (notify, _told) = world::notify(outbox, notifier);
    let notify = notify.ringing(bell.clone());
    notify.run().await.expect("the store works");

    // Nobody was told yet: the tasks that tell run when this one waits.
    let found = notify.run().await.expect("there is nothing to ask");
    let (begun, patience) = (Instant::now(), Duration::from_secs(30));
    bell.wait(patience).await;

    assert_eq!(found, 0);
    assert!(begun.elapsed() < patience, "nobody rang");
}

/// A notification that was tried before without success, as often as said and since then.
fn due(tried_since: Timestamp, failures: u32) -> Notification {
    Notification {
        event_id: event_id(1),
        client_id: acme(),
        kind: NotificationKind::PayoutExecuted,
        subject: NotificationSubject::Payout(Box::new(world::submitted())),
        sequence: 1,
        created_at: tried_since,
        tried_since,
        failures,
    }
}
