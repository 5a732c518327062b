//! What was written is followed; what was changed is found.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use payout_domain::Timestamp;
use payout_http_server::{AuditEntry, AuditTrail as _, AuditWho};
use proptest::prelude::*;

use super::chain::Line;
use super::{AuditFiles, Head, verify};

fn entry(number: u64) -> AuditEntry {
    AuditEntry {
        at: Timestamp::from_seconds(1_790_000_000),
        who: AuditWho::Client("acme".parse().expect("the name is plain")),
        key: Some("key-1".to_owned()),
        from: IpAddr::V4(Ipv4Addr::LOCALHOST),
        method: "POST".to_owned(),
        // What looks like the end of a line is none.
        path: format!("/v3/payouts\",\"link\":\"{number}"),
        request: Some([7; 32]),
        status: 202,
        trace_id: format!("{number:032x}"),
        left_out: 0,
    }
}

async fn written(data: &Path, numbers: std::ops::RangeInclusive<u64>) {
    let trail = AuditFiles::open(data).expect("there is room");
    for number in numbers {
        trail.record(entry(number)).await.expect("there is room");
    }
}

fn head(data: &Path) -> Head {
    let verified = verify(data, None).expect("it can be read").expect("it is what was written");
    verified.head.expect("something was written")
}

#[tokio::test]
async fn a_record_goes_on_after_a_restart_and_after_half_a_line() {
    let data = tempfile::tempdir().expect("there is room");
    written(data.path(), 1..=3).await;
    let first = head(data.path());
    let segment = data.path().join("audit/000001.jsonl");
    let mut text = fs::read_to_string(&segment).expect("it is there");
    text.push_str("{\"number\":4,\"at\":\"2026");
    fs::write(&segment, text).expect("it is ours");

    written(data.path(), 4..=5).await;

    assert_eq!((first.number, head(data.path()).number), (3, 5));
    let verified = verify(data.path(), Some(&first)).expect("it can be read");
    assert_eq!(verified.expect("it is what was written").found, Some(true));
}

#[tokio::test]
async fn many_at_once_are_one_chain() {
    let data = tempfile::tempdir().expect("there is room");
    let trail = AuditFiles::open(data.path()).expect("there is room");
    let mut writing = tokio::task::JoinSet::new();
    for number in 0..200 {
        let trail = trail.clone();
        writing.spawn(async move { trail.record(entry(number)).await });
    }

    while let Some(done) = writing.join_next().await {
        done.expect("it does not panic").expect("there is room");
    }

    assert_eq!(head(data.path()).number, 200);
}

#[tokio::test]
async fn what_was_cut_off_is_found_by_whoever_has_a_later_head() {
    let data = tempfile::tempdir().expect("there is room");
    written(data.path(), 1..=5).await;
    let last = head(data.path());
    let segment = data.path().join("audit/000001.jsonl");
    let text = fs::read_to_string(&segment).expect("it is there");
    let kept: Vec<_> = text.lines().take(4).collect();
    fs::write(&segment, kept.join("\n") + "\n").expect("it is ours");

    let verified = verify(data.path(), Some(&last)).expect("it can be read");

    assert_eq!(verified.expect("the rest is what was written").found, Some(false));
}

#[test]
fn a_head_is_read_as_it_is_printed() {
    let head = Head::nothing();
    assert_eq!(head.to_string().parse(), Ok(head));
    for text in ["", "1", "1:", "x:00", "1:zz", ":"] {
        assert!(text.parse::<Head>().is_err(), "{text}");
    }
}

/// A record of eight lines.
fn record() -> Vec<String> {
    let mut head = Head::nothing();
    (1..=8)
        .map(|number| {
            let line = Line {
                number,
                at: "2026-03-02T09:14:07.412093Z".to_owned(),
                who: "client:acme".to_owned(),
                key: None,
                from: "127.0.0.1".to_owned(),
                what: format!("POST /v3/payouts {number}"),
                request: None,
                status: 202,
                trace_id: "0",
                left_out: 0,
            };
            let (next, text) = head.next(&line).expect("it is JSON");
            head = next;
            text
        })
        .collect()
}

fn holds(lines: &[String]) -> bool {
    let data = tempfile::tempdir().expect("there is room");
    fs::create_dir(data.path().join("audit")).expect("there is room");
    fs::write(data.path().join("audit/000001.jsonl"), lines.concat()).expect("there is room");
    verify(data.path(), None).expect("it can be read").is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_byte_is_changed_is_found(at in 0_usize..2_000, bit in 0_u8..8) {
        let mut text = record().concat().into_bytes();
        let at = at.checked_rem(text.len()).unwrap_or_default();
        text[at] ^= 1 << bit;

        let changed = String::from_utf8_lossy(&text).into_owned();

        prop_assert!(!holds(&[changed]));
    }

    #[test]
    fn whatever_line_is_removed_moved_or_doubled_is_found(one in 0_usize..8, other in 0_usize..8) {
        let lines = record();
        prop_assert!(holds(&lines));
        let mut removed = lines.clone();
        removed.remove(one);
        let mut doubled = lines.clone();
        doubled.insert(other, lines[one].clone());
        let mut moved = lines.clone();
        moved.swap(one, other);

        // The end alone can be cut off unnoticed.
        prop_assert_eq!(holds(&removed), one == 7);
        prop_assert!(!holds(&doubled));
        prop_assert_eq!(holds(&moved), one == other);
    }
}
