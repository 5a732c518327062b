//! What must never happen cannot be typed by hand either.

use std::time::Duration;

use payout_conformance::fixtures::{
    Accepting, change, fully_registered, gateway_payout_id, merchant_account, payment, registered,
    seconds, send_order,
};
use payout_domain::{Currency, Evidence, Payout, ProviderStatus};
use payout_ports::{
    ClientRegister, Inbox, InboxEntry, InboxSubject, NotificationKind, Outbox, PaymentRepository,
    PayoutChange, PayoutRepository,
};

use crate::by_hand::{Database, accept, fresh};

#[tokio::test]
async fn what_was_accepted_is_never_changed() {
    let database = fresh();
    accept(&database.store, 1).await;

    for change in [
        "UPDATE payout SET amount_minor = 1",
        "UPDATE payout SET currency = 'EUR'",
        "UPDATE payout SET gateway_body = x'00'",
        "UPDATE payout SET gateway_key = 'another'",
        "UPDATE payout SET profile = 'another'",
        "UPDATE payout SET id = randomblob(16)",
        "UPDATE payout SET client_id = 'eve'",
        "UPDATE payout SET idempotency_key = 'another'",
        "UPDATE payout SET user_id = 'eve'",
        "UPDATE payout SET payment_source_id = randomblob(16)",
        "UPDATE payout SET merchant_account_id = randomblob(16)",
        "UPDATE payout SET created_at = 0",
        "UPDATE payout SET account_identifiers = ''",
        "UPDATE payout SET proof_payment_id = randomblob(16)",
        "UPDATE payout SET seq = 7",
    ] {
        database.refuses(change, "what was accepted is never changed");
    }
    database.refuses("DELETE FROM payout", "a payout is never deleted");
}

#[tokio::test]
async fn a_payout_is_not_replaced_by_another() {
    let database = fresh();
    accept(&database.store, 1).await;

    for (own, made) in [(" id,", " randomblob(16),"), ("seq,", "NULL,")] {
        let insert =
            like_the_first(&database, &[("amount_minor", "amount_minor + 1"), (own, made)]);
        let replace = insert.replacen("INSERT", "INSERT OR REPLACE", 1);
        database.refuses(&replace, "a payout is accepted once");
    }
}

#[tokio::test]
async fn a_payout_is_sent_under_a_key_that_ends_in_its_own_id() {
    let database = fresh();
    accept(&database.store, 1).await;

    for key in ["gateway_key", "'new'", "''", "'0' || substr(gateway_key, 2)", "gateway_key || '0'"]
    {
        let own = [("seq,", "NULL,"), (" id,", " randomblob(16),"), ("gateway_key", key)];
        let insert = like_the_first(&database, &own);
        database.refuses(&insert, "CHECK constraint failed: gateway_key_ends_in_the_id");
    }
}

#[tokio::test]
async fn history_is_only_added_to() {
    let database = fresh();
    accept(&database.store, 1).await;
    let event = |version: u32, state: &str| {
        format!("INSERT OR REPLACE INTO payout_event VALUES (1, {version}, 0, 'x', '{state}')")
    };

    database.refuses("DELETE FROM payout_event", "history is only added to");
    database.refuses("UPDATE payout_event SET at = 0", "history is only added to");
    database.refuses(&event(1, "accepted"), "numbered without a gap");
    database.refuses(&event(0, "accepted"), "numbered without a gap");
    // Nothing leads to it.
    database.refuses(&event(3, "accepted"), "no such step");
    database.refuses(&event(2, "submitted:elsewhere"), "no such step");
    assert_eq!(database.type_in(&event(2, "sending"), ()), Ok(1));
}

#[tokio::test]
async fn an_executed_payout_does_not_go_back_to_sending() {
    let database = fresh();
    executed(&database).await;

    database.refuses(
        "UPDATE payout SET state = 'sending'",
        "a payout stands where its last event says",
    );
    database.refuses(
        "UPDATE payout SET state = 'failed:blocked', version = version + 1",
        "a payout stands where its last event says",
    );
    for state in ["sending", "failed:blocked", "accepted", "submitted"] {
        let event = format!(
            "INSERT INTO payout_event SELECT seq, version + 1, 0, 'x', '{state}' FROM payout"
        );
        database.refuses(&event, "no such step in the life of a payout");
    }
}

#[tokio::test]
async fn a_payout_does_not_fall_back_to_an_earlier_event() {
    let database = fresh();
    executed(&database).await;

    database.refuses(
        "UPDATE payout SET state = 'accepted', version = 1",
        "a payout stands where its last event says",
    );
}

#[tokio::test]
async fn what_was_learned_is_kept() {
    let database = fresh();
    executed(&database).await;

    for change in [
        "UPDATE payout SET gateway_payout_id = randomblob(16)",
        "UPDATE payout SET gateway_payout_id = NULL",
        "UPDATE payout SET executed_at = NULL",
        "UPDATE payout SET executed_at = executed_at + 1",
        "UPDATE payout SET attempts = 0",
        "UPDATE payout SET epoch = 0",
    ] {
        database.refuses(change, "what was learned of a payout is kept");
    }
}

#[tokio::test]
async fn the_movement_that_brought_money_back_is_kept_and_a_proposal_is_not() {
    let database = fresh();
    accept(&database.store, 1).await;
    let learned = "UPDATE payout SET returned_by = zeroblob(16), proposed_by = 'anna'";
    assert_eq!(database.type_in(learned, ()), Ok(1));

    for change in
        ["UPDATE payout SET returned_by = randomblob(16)", "UPDATE payout SET returned_by = NULL"]
    {
        database.refuses(change, "what was learned of a payout is kept");
    }
    assert_eq!(database.type_in("UPDATE payout SET proposed_by = NULL", ()), Ok(1));
}

#[tokio::test]
async fn the_life_of_a_payout_is_not_changed_by_hand() {
    let database = fresh();

    for change in [
        "INSERT INTO legal_step VALUES ('executed', 'sending')",
        "INSERT OR REPLACE INTO legal_step VALUES ('accepted', 'sending')",
        "UPDATE legal_step SET to_kind = 'sending' WHERE from_kind = 'executed'",
        "DELETE FROM legal_step",
    ] {
        database.refuses(change, "the life of a payout is not changed by hand");
    }
}

#[tokio::test]
async fn an_amount_is_more_than_nothing_and_exact_in_every_client() {
    let database = fresh();
    accept(&database.store, 1).await;

    for amount in ["0", "-1", "9007199254740992"] {
        let own = [("seq,", "NULL,"), (" id,", " randomblob(16),"), ("gateway_key", "'new'")];
        let own = [&own[..], &[("amount_minor", amount)]].concat();
        let insert = like_the_first(&database, &own);
        database.refuses(&insert, "CHECK constraint failed: amount_minor");
    }
}

#[tokio::test]
async fn what_was_paid_in_stays() {
    let database = fresh();
    let store = &database.store;
    let client = "acme".parse().expect("the name is plain");
    store.record_payment(&client, &payment(1), None).await.expect("the store is there");
    let pounds = merchant_account(1, Currency::GBP);
    store.remember_merchant_accounts(&[pounds]).await.expect("the store is there");

    database.refuses("UPDATE payment SET amount_minor = 1", "a settled payment is never changed");
    database.refuses("DELETE FROM payment", "a settled payment is never deleted");
    database.refuses("UPDATE payment_source SET user_id = 'eve'", "never changes its user");
    database.refuses("UPDATE payment_source SET currency = 'EUR'", "never changes its user");
    database.refuses("DELETE FROM payment_source", "a payment source is never deleted");
    database.refuses("UPDATE merchant_account SET currency = 'EUR'", "never changes its currency");
}

#[tokio::test]
async fn what_was_told_stays() {
    let database = fresh();
    executed(&database).await;
    let entry = InboxEntry {
        profile: payout_conformance::fixtures::profile(),
        event_id: payout_conformance::fixtures::event_id(1),
        digest: [1; 32],
        subject: InboxSubject::Other,
        received_at: seconds(1),
    };
    database.store.remember(&entry).await.expect("the store is there");
    let told = database.store.claim_notifications(seconds(99), 9, Duration::from_secs(1)).await;
    assert_eq!(told.expect("the store is there").len(), 1);

    database.refuses("UPDATE inbox SET digest = randomblob(32)", "what the provider told us");
    database.refuses("DELETE FROM inbox", "an event is remembered for ever");
    database.refuses("UPDATE outbox SET kind = 'payout_failed'", "tells the same each time");
    database.refuses("UPDATE outbox SET sequence = 2", "tells the same each time");
    database.refuses("DELETE FROM outbox", "what was told is remembered");
}

/// A payout that was sent, and executed by the provider; its client is to be told.
async fn executed(database: &Database) -> Payout {
    accept(&database.store, 1).await;
    let claims = database.store.claim_sendable(&send_order(seconds(2))).await;
    let [claim] = &*claims.expect("the store is there").to_send else { unreachable!("one is due") };
    let status = ProviderStatus::Executed { at: seconds(3), scheme: None };
    let said = Evidence::Reported { gateway_payout_id: gateway_payout_id(1), status };
    let told =
        payout_conformance::fixtures::notification(1, NotificationKind::PayoutExecuted, seconds(4));
    let change =
        PayoutChange { notifications: vec![told], ..change(&claim.payout, &said, seconds(4)) };
    let executed = change.payout.clone();
    database.store.save(change).await.expect("the change fits");
    assert_eq!(executed.id(), Accepting::number(1).payout().id());
    executed
}

#[tokio::test]
async fn what_was_revoked_stays_so_and_no_key_comes_twice() {
    let database = fresh();
    let mut client = fully_registered("acme");
    client.revoke_key("first", seconds(9)).expect("it has it");
    client.revoke(seconds(9));
    database.store.save_registration(&client, None).await.expect("it is new");
    let other = registered("bets");
    database.store.save_registration(&other, None).await.expect("it is new");

    for update in
        ["revoked_at = NULL", "revoked_at = 1", "version = 1", "id = 'eve'", "added_at = 0"]
    {
        let update = format!("UPDATE client SET {update} WHERE id = 'acme'");
        database.refuses(&update, "a client that was revoked stays so");
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
        database.refuses(&update, "a key that was revoked stays so");
    }
    let again = |verb: &str| {
        format!("{verb} INTO client_key VALUES ('bets', 1, 'mine', 'key 1 of acme', 0, NULL)")
    };
    database.refuses(&again("INSERT"), "a key is registered once");
    database.refuses(&again("INSERT OR REPLACE"), "a key is registered once");
    database.refuses("DELETE FROM client_key", "a key is revoked, never deleted");
    database.refuses("DELETE FROM client WHERE id = 'bets'", "a client is revoked, never deleted");
    let replace = "INSERT OR REPLACE INTO client SELECT * FROM client WHERE id = 'bets'";
    database.refuses(replace, "a client is registered once");
}

/// Types in a payout that is like the only one but for what is exchanged in the list of its columns.
fn like_the_first(database: &Database, exchanged: &[(&str, &str)]) -> String {
    let columns = database
        .read::<Vec<String>, _>("SELECT name FROM pragma_table_info('payout')", |row| row.get(0))
        .join(", ");
    let values = exchanged
        .iter()
        .fold(columns.clone(), |values, (column, value)| values.replace(column, value));
    format!("INSERT INTO payout ({columns}) SELECT {values} FROM payout")
}
