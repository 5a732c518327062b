//! What must never happen cannot be typed by hand either.

use std::time::Duration;

use payout_conformance::fixtures::{
    acme, change, event_id, fully_registered, gateway_payout_id, merchant_account, notification,
    payment, profile, registered, seconds, send_order,
};
use payout_domain::{Currency, Evidence, ProviderStatus};
use payout_ports::{
    ClientRegister, Inbox, InboxEntry, InboxSubject, NotificationKind, Outbox, PaymentRepository,
    PayoutChange, PayoutRepository,
};
use payout_postgres::PostgresStore;

use crate::by_hand::{accept, fresh, refused};

#[tokio::test]
async fn what_was_accepted_is_never_changed() {
    let (store, hand, _schema) = fresh().await;
    accept(&store, 1).await;

    for column in [
        "amount_minor = 1",
        "currency = 'EUR'",
        "gateway_body = ''",
        "gateway_key = 'another'",
        "profile = 'another'",
        "id = gen_random_uuid()",
        "client_id = 'eve'",
        "idempotency_key = 'another'",
        "user_id = 'eve'",
        "payment_source_id = gen_random_uuid()",
        "merchant_account_id = gen_random_uuid()",
        "created_at = 0",
        "account_identifiers = ''",
        "account_holder_name = 'Eve'",
        "proof_payment_id = gen_random_uuid()",
        "proof_listed_at = 0",
        "reference = 'x'",
        "scheme_selection = 'instant_only'",
        "scheme_found = NULL",
        "metadata = ''",
    ] {
        let change = format!("UPDATE payout SET {column}");
        refused(&hand, &change, "what was accepted is never changed").await;
    }
    refused(&hand, "DELETE FROM payout", "a payout is never deleted").await;
    refused(&hand, "TRUNCATE payout CASCADE", "").await;
}

#[tokio::test]
async fn a_payout_begins_as_accepted() {
    let (store, hand, _schema) = fresh().await;
    accept(&store, 1).await;
    let insert =
        |amount, state: &str, version| like_the_first(("made::text", amount), (state, version));

    refused(&hand, &insert("1", "executed", 1), "a payout begins as accepted").await;
    refused(&hand, &insert("1", "accepted", 2), "a payout begins as accepted").await;
    for amount in ["0", "-1", "9007199254740992"] {
        refused(&hand, &insert(amount, "accepted", 1), "payout_amount_minor_check").await;
    }
}

#[tokio::test]
async fn a_payout_is_sent_under_a_key_that_ends_in_its_own_id() {
    let (store, hand, _schema) = fresh().await;
    accept(&store, 1).await;

    for key in ["gateway_key", "'new'", "''", "made::text || '0'"] {
        let insert = like_the_first((key, "1"), ("accepted", 1));
        refused(&hand, &insert, "gateway_key_ends_in_the_id").await;
    }
}

#[tokio::test]
async fn history_is_only_added_to() {
    let (store, hand, _schema) = fresh().await;
    accept(&store, 1).await;
    let event = |version: u32, state: &str| {
        format!("INSERT INTO payout_event SELECT id, {version}, 0, 'x', '{state}' FROM payout")
    };

    refused(&hand, "DELETE FROM payout_event", "history is only added to").await;
    refused(&hand, "UPDATE payout_event SET at = 0", "history is only added to").await;
    refused(&hand, "TRUNCATE payout_event", "history is only added to").await;
    refused(&hand, &event(1, "accepted"), "payout_event_pkey").await;
    refused(&hand, &event(3, "accepted"), "numbered without a gap").await;
    refused(&hand, &event(2, "submitted:elsewhere"), "no such step").await;
    let legal = hand.execute(&event(2, "sending"), &[]).await;
    assert_eq!(legal.ok(), Some(1));
}

#[tokio::test]
async fn the_triggers_look_into_their_own_schema() {
    let (store, hand, schema) = fresh().await;
    accept(&store, 1).await;
    let name = &schema.name;
    let elsewhere = "SET search_path TO pg_catalog; \
         CREATE TEMP TABLE payout_event (payout_id uuid, version bigint, state text)";
    hand.batch_execute(elsewhere).await.expect("every path may be set");

    let change = format!("UPDATE {name}.payout SET state = 'executed', version = 2");
    refused(&hand, &change, "a payout stands where its last event says").await;
}

#[tokio::test]
async fn an_executed_payout_does_not_go_back_to_sending() {
    let (store, hand, _schema) = fresh().await;
    executed(&store).await;

    let words = "a payout stands where its last event says";
    refused(&hand, "UPDATE payout SET state = 'sending'", words).await;
    let failed = "UPDATE payout SET state = 'failed:blocked', version = version + 1";
    refused(&hand, failed, words).await;
    refused(&hand, "UPDATE payout SET state = 'accepted', version = 1", words).await;
    for state in ["sending", "failed:blocked", "accepted", "submitted"] {
        let event = format!(
            "INSERT INTO payout_event SELECT id, version + 1, 0, 'x', '{state}' FROM payout"
        );
        refused(&hand, &event, "no such step in the life of a payout").await;
    }
}

#[tokio::test]
async fn what_was_learned_is_kept() {
    let (store, hand, _schema) = fresh().await;
    executed(&store).await;

    for column in [
        "gateway_payout_id = gen_random_uuid()",
        "gateway_payout_id = NULL",
        "executed_at = NULL",
        "executed_at = executed_at + 1",
        "attempts = 0",
        "epoch = 0",
    ] {
        let change = format!("UPDATE payout SET {column}");
        refused(&hand, &change, "what was learned of a payout is kept").await;
    }
}

#[tokio::test]
async fn a_transmission_is_kept_as_it_was() {
    let (store, hand, _schema) = fresh().await;
    executed(&store).await;
    let frozen = "a transmission that has begun is never changed";
    let again = "INSERT INTO payout_attempt SELECT payout_id, 3, 0, 0, 0, 1 FROM payout_attempt";
    let end = "UPDATE payout_attempt SET ended_at = 1, outcome = 'x'";

    refused(&hand, "UPDATE payout_attempt SET begun_at = 0", frozen).await;
    refused(&hand, "UPDATE payout_attempt SET epoch = 9", frozen).await;
    refused(&hand, "DELETE FROM payout_attempt", "remembered for ever").await;
    refused(&hand, again, "numbered as it counts them").await;
    hand.batch_execute(end).await.expect("it has no end yet");
    refused(&hand, end, "a transmission ends once").await;
}

#[tokio::test]
async fn the_life_of_a_payout_is_not_changed_by_hand() {
    let (_store, hand, _schema) = fresh().await;

    for change in [
        "INSERT INTO legal_step VALUES ('executed', 'sending')",
        "UPDATE legal_step SET to_kind = 'sending' WHERE from_kind = 'executed'",
        "DELETE FROM legal_step",
        "TRUNCATE legal_step",
    ] {
        refused(&hand, change, "the life of a payout is not changed by hand").await;
    }
}

#[tokio::test]
async fn what_was_paid_in_stays() {
    let (store, hand, _schema) = fresh().await;
    store.record_payment(&acme(), &payment(1), None).await.expect("the store is there");
    let pounds = merchant_account(1, Currency::GBP);
    store.remember_merchant_accounts(&[pounds]).await.expect("the store is there");

    for (change, words) in [
        ("UPDATE payment SET amount_minor = 1", "a settled payment is never changed"),
        ("DELETE FROM payment", "a settled payment is never deleted"),
        ("UPDATE payment_source SET user_id = 'eve'", "never changes its user"),
        ("UPDATE payment_source SET currency = 'EUR'", "never changes its user"),
        ("DELETE FROM payment_source", "a payment source is never deleted"),
        ("UPDATE merchant_account SET currency = 'EUR'", "never changes its currency"),
    ] {
        refused(&hand, change, words).await;
    }
}

#[tokio::test]
async fn what_was_told_stays() {
    let (store, hand, _schema) = fresh().await;
    executed(&store).await;
    let entry = InboxEntry {
        profile: profile(),
        event_id: event_id(1),
        digest: [1; 32],
        subject: InboxSubject::Other,
        received_at: seconds(1),
    };
    store.remember(&entry).await.expect("the store is there");
    let told = store.claim_notifications(seconds(99), 9, Duration::from_secs(1)).await;
    assert_eq!(told.expect("the store is there").len(), 1);

    for (change, words) in [
        ("UPDATE inbox SET received_at = 0", "what the provider told us is never changed"),
        ("DELETE FROM inbox", "an event is remembered for ever"),
        ("UPDATE outbox SET kind = 'payout_failed'", "tells the same each time"),
        ("DELETE FROM outbox", "what was told is remembered"),
    ] {
        refused(&hand, change, words).await;
    }
}

#[tokio::test]
async fn a_store_is_itself_and_only_goes_forward() {
    let (store, hand, _schema) = fresh().await;
    accept(&store, 1).await;

    for (change, words) in [
        ("UPDATE store SET id = gen_random_uuid()", "a store is itself"),
        ("INSERT INTO store VALUES (1, gen_random_uuid())", "a store is itself"),
        ("DELETE FROM store", "a store is itself"),
        ("UPDATE store_progress SET sequence = sequence - 1", "only goes forward"),
        ("UPDATE store_progress SET latest_at = 0 WHERE latest_at > 0", "only goes forward"),
        ("DELETE FROM store_progress", "only goes forward"),
        ("DELETE FROM send_switch", "there is one switch"),
        ("INSERT INTO send_switch VALUES (2)", "there is one switch"),
    ] {
        refused(&hand, change, words).await;
    }
}

/// A payout that was sent, and executed by the provider; its client is to be told.
async fn executed(store: &PostgresStore) {
    accept(store, 1).await;
    let claims = store.claim_sendable(&send_order(seconds(2))).await;
    let [claim] = &*claims.expect("the store is there").to_send else { unreachable!("one is due") };
    let status = ProviderStatus::Executed { at: seconds(3), scheme: None };
    let said = Evidence::Reported { gateway_payout_id: gateway_payout_id(1), status };
    let told = notification(1, NotificationKind::PayoutExecuted, seconds(4));
    let change =
        PayoutChange { notifications: vec![told], ..change(&claim.payout, &said, seconds(4)) };
    store.save(change).await.expect("the change fits");
}

#[tokio::test]
async fn what_was_revoked_stays_so_and_no_key_comes_twice() {
    let (store, hand, _schema) = fresh().await;
    let mut client = fully_registered("acme");
    client.revoke_key("first", seconds(9)).expect("it has it");
    client.revoke(seconds(9));
    store.save_registration(&client, None).await.expect("it is new");
    store.save_registration(&registered("bets"), None).await.expect("it is new");

    for update in
        ["revoked_at = NULL", "revoked_at = 1", "version = 1", "id = 'eve'", "added_at = 0"]
    {
        let update = format!("UPDATE client SET {update} WHERE id = 'acme'");
        refused(&hand, &update, "a client that was revoked stays so").await;
    }
    for update in [
        "revoked_at = NULL",
        "public_key = 'mine'",
        "kid = 'third'",
        "client_id = 'bets'",
        "number = 7",
        "added_at = 0",
    ] {
        let update = format!("UPDATE client_key SET {update} WHERE kid = 'first'");
        refused(&hand, &update, "a key that was revoked stays so").await;
    }
    let again = "INSERT INTO client_key VALUES ('bets', 1, 'mine', 'key 1 of acme', 0, NULL)";
    refused(&hand, again, "client_key_is_used_once").await;
    refused(&hand, "DELETE FROM client_key", "a key is revoked, never deleted").await;
    refused(&hand, "DELETE FROM client WHERE id = 'bets'", "a client is revoked").await;
    refused(&hand, "TRUNCATE client CASCADE", "").await;
}

/// Types in a payout of a new id, `made`, that is like the only one but for these.
fn like_the_first((key, amount): (&str, &str), (state, version): (&str, u32)) -> String {
    let columns = "client_id, idempotency_key, merchant_account_id, user_id, payment_source_id, \
         currency, reference, scheme_selection, metadata, proof_payment_id, proof_listed_at, \
         account_identifiers, created_at, profile, gateway_body, attempts";
    format!(
        "INSERT INTO payout (id, gateway_key, amount_minor, state, version, {columns}) \
         SELECT made, {key}, {amount}, '{state}', {version}, {columns} \
         FROM payout, gen_random_uuid() AS made"
    )
}
