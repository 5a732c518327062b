//! The life of a payout in the database is the one in `payout_domain`.

use std::collections::BTreeSet;

use payout_conformance::life::{Step, as_sql, possible_steps};

use crate::by_hand;

#[tokio::test]
async fn the_database_allows_exactly_the_steps_that_evidence_can_take() {
    let database = by_hand::fresh();

    let stored: BTreeSet<Step> = database
        .read("SELECT from_kind, to_kind FROM legal_step", |row| Ok((row.get(0)?, row.get(1)?)));

    let possible = possible_steps();
    assert_eq!(stored, possible, "as SQL: {}", as_sql(&possible));
}
