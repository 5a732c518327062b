//! Transmissions, and what nobody may say of them afterwards.

use payout_conformance::fixtures::{change, seconds, send_order};
use payout_domain::Evidence;
use payout_ports::{AttemptEnd, Claim, PayoutChange, PayoutRepository};

use crate::by_hand::{Database, accept, fresh};

#[tokio::test]
async fn a_transmission_is_numbered_as_its_payout_counts_it() {
    let database = fresh();
    accept(&database.store, 1).await;
    let begun = |attempt: u32| {
        format!(
            "INSERT OR REPLACE INTO payout_attempt VALUES (1, {attempt}, 0, 0, 0, 1, NULL, NULL)"
        )
    };

    for wrong in [0, 2, 3] {
        database.refuses(&begun(wrong), "numbered as it counts them");
    }
    claim(&database, 2).await;
    for wrong in [0, 1, 3] {
        database.refuses(&begun(wrong), "numbered as it counts them");
    }

    assert_eq!(database.type_in(&begun(2), ()), Ok(1));
    database.refuses(&begun(2), "numbered as it counts them");
}

#[tokio::test]
async fn a_transmission_that_has_begun_is_never_changed() {
    let database = fresh();
    accept(&database.store, 1).await;
    claim(&database, 2).await;

    for column in ["payout", "attempt", "begun_at", "token_issued_at", "token_expires_at", "epoch"]
    {
        let changed = format!("UPDATE payout_attempt SET {column} = {column} + 1");
        database.refuses(&changed, "a transmission that has begun is never changed");
    }
    database.refuses("DELETE FROM payout_attempt", "a transmission is remembered for ever");
}

#[tokio::test]
async fn the_first_end_of_a_transmission_stands() {
    let database = fresh();
    accept(&database.store, 1).await;
    let claim = claim(&database, 2).await;
    let unknown = Evidence::OutcomeUnknown { attempt: 1 };
    let end =
        |outcome: &str| Some(AttemptEnd { attempt: 1, at: seconds(3), outcome: outcome.into() });
    let first =
        PayoutChange { attempt_end: end("timeout"), ..change(&claim.payout, &unknown, seconds(3)) };
    let known = first.payout.clone();
    database.store.save(first).await.expect("the change fits");

    let late = Evidence::NotProcessed { attempt: 1 };
    let second = PayoutChange { attempt_end: end("refused"), ..change(&known, &late, seconds(4)) };
    database.store.save(second).await.expect("the change fits");

    let attempts = database.store.attempts(known.id()).await.expect("the store is there");
    let [attempt] = &*attempts else { unreachable!("one has begun: {attempts:?}") };
    assert_eq!(attempt.ended, end("timeout"));
    database.refuses("UPDATE payout_attempt SET outcome = 'fine'", "a transmission ends once");
    database.refuses(
        "UPDATE payout_attempt SET ended_at = NULL, outcome = NULL",
        "a transmission ends once",
    );
}

#[tokio::test]
async fn a_transmission_ends_with_an_outcome_or_not_at_all() {
    let database = fresh();
    accept(&database.store, 1).await;
    claim(&database, 2).await;

    database.refuses("UPDATE payout_attempt SET ended_at = 7", "CHECK constraint failed");
    database.refuses("UPDATE payout_attempt SET outcome = 'ok'", "CHECK constraint failed");
}

/// Claims the one payout that is due.
async fn claim(database: &Database, at: u64) -> Claim {
    let claimed = database.store.claim_sendable(&send_order(seconds(at))).await;
    let mut claims = claimed.expect("the store is there").to_send;
    assert_eq!(claims.len(), 1);
    claims.remove(0)
}
