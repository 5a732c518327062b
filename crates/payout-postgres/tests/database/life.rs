//! The life of a payout in the database is the one in `payout_domain`.

use std::collections::BTreeSet;

use payout_conformance::life::{Step, as_sql, possible_steps};

use crate::by_hand;

#[tokio::test]
async fn the_database_allows_exactly_the_steps_that_evidence_can_take() {
    let (_store, hand, _schema) = by_hand::fresh().await;

    let rows = hand.query("SELECT from_kind, to_kind FROM legal_step", &[]).await;

    let rows = rows.expect("it is a table");
    let stored: BTreeSet<Step> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();

    let possible = possible_steps();
    assert_eq!(stored, possible, "as SQL: {}", as_sql(&possible));
}
