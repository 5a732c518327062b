//! Texts that open only with a key, and only in their place.

use std::collections::BTreeSet;

use payout_signature::sealing::{NotOpened, Place, SealingKeyError, SealingKeys};
use proptest::prelude::*;

const PLACE: Place<'static> = Place { row: &[b"payout", b"acme", b"1"], column: b"reference" };

fn secret(digit: char) -> String {
    digit.to_string().repeat(64)
}

fn keys(lines: &[(&str, char)]) -> SealingKeys {
    let lines: Vec<_> = lines.iter().map(|(id, of)| format!("{id} {}\n", secret(*of))).collect();
    SealingKeys::parse(&lines.concat()).expect("they are keys")
}

#[test]
fn what_is_sealed_does_not_open_anywhere_else() {
    let keys = keys(&[("a", '1')]);
    let sealed = keys.seal(&PLACE, b"INV-1");

    for (row, column) in [
        ([b"payout".as_slice(), b"acme", b"1"].as_slice(), b"metadata".as_slice()),
        (&[b"payout", b"acme", b"2"], b"reference"),
        (&[b"payout", b"globex", b"1"], b"reference"),
        (&[b"payment", b"acme", b"1"], b"reference"),
        (&[b"payouta", b"cme", b"1"], b"reference"),
        (&[b"payout", b"acme"], b"1reference"),
        (&[b"payout", b"acme", b"1", b"reference"], b""),
        (&[], b""),
    ] {
        let opened = keys.open(&Place { row, column }, &sealed);
        assert_eq!(opened, Err(NotOpened::Broken("a".to_owned())), "{row:?} {column:?}");
    }
    assert_eq!(keys.open(&PLACE, &sealed).as_deref(), Ok(b"INV-1".as_slice()));
}

#[test]
fn whatever_is_changed_of_it_it_does_not_open() {
    let keys = keys(&[("a", '1'), ("b", '2')]);
    let sealed = keys.seal(&PLACE, b"INV-1");

    for at in 0..sealed.len() {
        for by in ["", "A", "B", "b", "=", "é"] {
            let mut changed = sealed.clone();
            changed.replace_range(at..=at, by);
            if changed != sealed {
                assert!(keys.open(&PLACE, &changed).is_err(), "{changed}");
            }
        }
    }
    assert_eq!(keys.open(&PLACE, ""), Err(NotOpened::Malformed));
    assert_eq!(keys.open(&PLACE, "a:"), Err(NotOpened::Malformed));
}

#[test]
fn another_key_opens_nothing_also_under_the_same_id() {
    let sealed = keys(&[("a", '1')]).seal(&PLACE, b"INV-1");

    let other = keys(&[("b", '1')]).open(&PLACE, &sealed);
    let same_id = keys(&[("a", '2')]).open(&PLACE, &sealed);

    assert_eq!(other, Err(NotOpened::UnknownKey("a".to_owned())));
    assert_eq!(same_id, Err(NotOpened::Broken("a".to_owned())));
}

#[test]
fn the_first_key_seals_and_all_open() {
    let old = keys(&[("old", '1')]).seal(&PLACE, b"INV-1");
    let rotated = keys(&[("new", '2'), ("old", '1')]);

    let new = rotated.seal(&PLACE, b"INV-2");

    assert_eq!(rotated.key_id(), "new");
    assert!(new.starts_with("new:"), "{new}");
    assert_eq!(rotated.open(&PLACE, &old).as_deref(), Ok(b"INV-1".as_slice()));
    assert_eq!(rotated.open(&PLACE, &new).as_deref(), Ok(b"INV-2".as_slice()));
}

#[test]
fn the_same_text_never_looks_the_same() {
    let keys = keys(&[("a", '1')]);

    let sealed: BTreeSet<_> = (0..100).map(|_| keys.seal(&PLACE, b"INV-1")).collect();

    assert_eq!(sealed.len(), 100);
}

/// What stores hold must open for ever, so the scheme must never change unnoticed. This text was sealed
/// by other code: Python's `hmac` and `hashlib`, and the AES-GCM of its package `cryptography`.
#[test]
fn a_text_that_other_code_has_sealed_opens() {
    let keys = keys(&[("2026-11", '7')]);
    let sealed = "2026-11:AAECAwQFBgcICQoLzpoKI8MmPcjvfvbOQfCK3nw_DmM8";

    assert_eq!(keys.open(&PLACE, sealed).as_deref(), Ok(b"INV-1".as_slice()));
}

#[test]
fn a_file_of_keys_may_have_comments_and_empty_lines() {
    let text =
        format!("# of November\n\n  2026-11   {}\r\n# old\n2026-10 {}", secret('A'), secret('b'));

    let keys = SealingKeys::parse(&text).expect("they are keys");

    assert_eq!(format!("{keys:?}"), r#"["2026-11", "2026-10"]"#);
}

#[test]
fn what_is_no_key_is_refused_by_its_line_and_never_shown() {
    let short = "1".repeat(63);
    let signed = format!("+{}", "1".repeat(63));
    let twice = format!("a {0}\na {0}", secret('1'));
    let long = format!("{} {}", "k".repeat(33), secret('1'));
    let colon = format!("a:b {}", secret('1'));
    for (text, expected) in [
        (String::new(), SealingKeyError::NoKey),
        ("# nothing\n".to_owned(), SealingKeyError::NoKey),
        (secret('1'), SealingKeyError::InvalidLine(1)),
        (format!("a {short}"), SealingKeyError::InvalidLine(1)),
        (format!("a {signed}"), SealingKeyError::InvalidLine(1)),
        (format!("a {short}g"), SealingKeyError::InvalidLine(1)),
        (format!("\na {}1", secret('1')), SealingKeyError::InvalidLine(2)),
        (format!("a b {}", secret('1')), SealingKeyError::InvalidLine(1)),
        (long, SealingKeyError::InvalidId(1)),
        (colon, SealingKeyError::InvalidId(1)),
        (twice, SealingKeyError::DuplicateId(2)),
    ] {
        let refused = SealingKeys::parse(&text).expect_err("it is no key");
        assert_eq!(refused, expected, "{text}");
        assert!(!refused.to_string().contains("1111"), "{refused}");
    }
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens_to_what_it_was(
        plain in prop::collection::vec(any::<u8>(), 0..600),
        client in "[a-z]{1,20}",
        id in any::<[u8; 16]>(),
    ) {
        let keys = keys(&[("a", '1')]);
        let row: [&[u8]; 3] = [b"payout", client.as_bytes(), &id];
        let place = Place { row: &row, column: b"metadata" };

        let sealed = keys.seal(&place, &plain);

        prop_assert!(!sealed.contains(|c: char| c.is_control()));
        prop_assert_eq!(keys.open(&place, &sealed), Ok(plain));
    }
}
