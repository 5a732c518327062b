//! A role that may do only what the service does, as the manual makes it.

use std::time::Duration;

use payout_conformance::fixtures::{
    Accepting, acme, change, fully_registered, gateway_payout_id, notification, operator, payment,
    profile, seconds, send_order, watch_order,
};
use payout_conformance::play_sealer;
use payout_domain::{Evidence, ProviderStatus};
use payout_ports::{
    ClientRegister as _, Inbox, InboxEntry, InboxSubject, MarkedStore, NotificationKind, Outbox,
    Pause, PaymentRepository, PayoutChange, PayoutRepository, Sealing, SendSwitch,
};
use payout_postgres::{Address, OpenError, PostgresStore, StoreOptions};

use crate::by_hand::refused;
use crate::server::{Schema, administer, options, url};

/// The statements of the manual.
const MANUAL: &str = include_str!("../../../../docs/operating.md");

#[tokio::test]
async fn the_rights_of_the_manual_are_enough_and_no_more_than_needed() {
    let schema = Schema::fresh().await;
    schema.open().await;
    grant_as_the_manual_says(&schema.name).await;

    // It also remembers a key that seals.
    let sealing = Sealing::with(play_sealer(&[("2026-11", 7)]));
    let sealing = StoreOptions { sealing, ..options() };
    let store = PostgresStore::open(&address("payout_service", &schema), None, &sealing).await;

    let store = store.unwrap_or_else(|error| unreachable!("{}", payout_ports::chain(&error)));
    everything(&store).await;
    let (hand, connection) = tokio_postgres::connect(
        &url().replace("postgres@", "payout_service@"),
        tokio_postgres::NoTls,
    )
    .await
    .expect("the role may log in");
    tokio::spawn(async move { drop(connection.await) });
    for table in ["payout", "payout_event", "payout_attempt", "idempotency", "inbox", "outbox"] {
        let delete = format!("DELETE FROM {}.{table}", schema.name);
        refused(&hand, &delete, "permission denied").await;
    }
    let rewrite = format!("UPDATE {}.payout_event SET at = 0", schema.name);
    refused(&hand, &rewrite, "permission denied").await;
    let drop_it = format!("DROP TRIGGER payout_is_kept ON {}.payout", schema.name);
    refused(&hand, &drop_it, "must be owner").await;
}

#[tokio::test]
async fn a_role_without_rights_is_told_so() {
    administer("DROP ROLE payout_nobody; CREATE ROLE payout_nobody LOGIN").await;
    let schema = Schema::unmade();

    let refused = PostgresStore::open(&address("payout_nobody", &schema), None, &options()).await;

    assert!(matches!(refused, Err(OpenError::NoRight(_))), "{refused:?}");
}

/// Runs the statements of the manual's section, for this schema.
async fn grant_as_the_manual_says(schema: &str) {
    let (_, rest) = MANUAL.split_once("```sql\n").expect("the manual has statements");
    let (statements, _) = rest.split_once("```").expect("they end");
    let statements = statements.replace("SCHEMA payout ", &format!("SCHEMA {schema} "));
    let statements = statements.replace("payout.", &format!("{schema}."));
    administer("DROP OWNED BY payout_service; DROP ROLE payout_service").await;
    administer(&statements).await;
}

fn address(role: &str, schema: &Schema) -> Address {
    let url = url().replace("postgres@", &format!("{role}@"));
    format!("{url}?schema={}", schema.name).parse().expect("it is complete")
}

/// Every kind of write that the service makes.
async fn everything(store: &PostgresStore) {
    store.accept(Accepting::number(1).acceptance()).await.expect("it may");
    store.record_payment(&acme(), &payment(1), None).await.expect("it may");
    let entry = InboxEntry {
        profile: profile(),
        event_id: payout_conformance::fixtures::event_id(1),
        digest: [1; 32],
        subject: InboxSubject::Other,
        received_at: seconds(1),
    };
    store.remember(&entry).await.expect("it may");
    store.claim_events(seconds(9), 9, Duration::from_secs(1)).await.expect("it may");
    store.event_done(&entry.profile, entry.event_id).await.expect("it may");
    let pause = Pause { by: operator("anna"), because: "a test".into(), at: seconds(1) };
    store.pause(&pause).await.expect("it may");
    store.resume().await.expect("it may");
    let claims = store.claim_sendable(&send_order(seconds(2))).await.expect("it may");
    let [claim] = &*claims.to_send else { unreachable!("one is due") };
    let status = ProviderStatus::Executed { at: seconds(3), scheme: None };
    let said = Evidence::Reported { gateway_payout_id: gateway_payout_id(1), status };
    let told = notification(1, NotificationKind::PayoutExecuted, seconds(4));
    let change =
        PayoutChange { notifications: vec![told], ..change(&claim.payout, &said, seconds(4)) };
    store.save(change).await.expect("it may");
    store.claim_watched(&watch_order(seconds(9))).await.expect("it may");
    store.claim_notifications(seconds(9), 9, Duration::from_secs(1)).await.expect("it may");
    let mut client = fully_registered("acme");
    store.save_registration(&client, None).await.expect("it may");
    client.set_merchant_accounts([].into());
    client.revoke_key("first", seconds(9)).expect("it has it");
    let stored = client.record().version.saturating_sub(2);
    store.save_registration(&client, Some(stored)).await.expect("it may");
    store.mark().await.expect("it may");
}
