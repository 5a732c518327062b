//! Tests: every look-up goes through an index.

use rusqlite::Connection;
use rusqlite::types::Null;

use crate::{StoreOptions, inbox, outbox, payments, payouts, schema, settings};

#[test]
fn no_look_up_reads_a_whole_table() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let connection = database(directory.path());

    let others = [inbox::DUE, outbox::DUE, outbox::dead::LIST, outbox::dead::PLACE];
    for sql in payouts::LOOK_UPS.iter().chain(&payments::LOOK_UPS).chain(&others) {
        let plan = plan(&connection, sql);

        assert!(!plan.is_empty());
        for step in plan {
            assert!(!step.starts_with("SCAN"), "{step}: {sql}");
            assert!(!step.ends_with("(rowid<?)"), "{step}: {sql}");
            assert!(!step.contains("TEMP B-TREE"), "{step}: {sql}");
            assert!(!step.contains("AUTOMATIC"), "{step}: {sql}");
        }
    }
}

#[test]
fn what_is_asked_for_often_is_found_by_its_own_index() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let connection = database(directory.path());

    for (sql, index) in [
        (payouts::SENDABLE, "payout_to_send (due_at<?)"),
        (payouts::WATCHED, "payout_to_watch (profile=? AND due_at<?)"),
        (inbox::DUE, "inbox_to_do (due_at<?)"),
        (outbox::DUE, "outbox_to_do (due_at<?)"),
        (outbox::DUE, "outbox_in_order (payout=? AND rowid<?)"),
        (outbox::dead::LIST, "outbox_given_up (seq>?)"),
        (payouts::UNKNOWN, "payout_unknown ((created_at,id)>(?,?))"),
        (payouts::PARKED, "payout_parked ((created_at,id)>(?,?))"),
        (payouts::UNSETTLED, "payout_unsettled ((created_at,id)>(?,?))"),
    ] {
        let plan = plan(&connection, sql);

        assert!(plan.iter().any(|step| step.contains(index)), "{index} is not in {plan:?}");
    }
}

fn database(directory: &std::path::Path) -> Connection {
    let path = directory.join("payout.sqlite");
    std::fs::write(&path, "").expect("the directory is ours");
    let mut connection =
        settings::connect(&path, &StoreOptions::default()).expect("the file is empty");
    schema::migrate(&mut connection, &path).expect("there is room");
    connection
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let explain = ["EXPLAIN QUERY PLAN ", sql].concat();
    let mut statement = connection.prepare(&explain).expect("the statement is valid");
    let nothing = vec![Null; statement.parameter_count()];
    let steps = statement
        .query_map(rusqlite::params_from_iter(nothing), |row| row.get("detail"))
        .expect("it is only explained");
    steps.collect::<Result<_, _>>().expect("every step is a text")
}
