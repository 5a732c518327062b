use std::sync::Mutex;

use super::*;
use crate::SigningKey;

const MESSAGE: &[u8] = b"a message";

fn key() -> SigningKey {
    SigningKey::generate("key").expect("there is entropy").0
}

/// Keys of which the first has the tables of the second, as if they had been computed wrongly; and all
/// that was told of differences.
fn mixed_up(one_in: Option<u32>) -> (KnownKeys, [SigningKey; 2], Arc<Mutex<Vec<Difference>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let teller = Arc::clone(&told);
    let limits = TableLimits {
        keys_max: NonZeroUsize::MIN,
        checked_one_in: one_in.and_then(NonZeroU32::new),
    };
    let known = KnownKeys::new(limits, move |difference| {
        teller.lock().expect("nobody panicked").push(difference.clone());
    });
    let keys = [key(), key()];
    let tables = KeyTables::build(keys[1].verifying_key());
    known.inner.shelf.put(keys[0].verifying_key().point().clone(), tables);
    (known, keys, told)
}

#[test]
fn the_first_difference_is_told_and_ends_the_tables_for_good() {
    let (known, [key, other], told) = mixed_up(Some(1));
    let signature = key.sign(MESSAGE).expect("there is entropy");
    let verify = || known.has_signed(key.verifying_key(), MESSAGE, &signature);

    assert!(verify(), "the library's verdict counts");

    assert!(known.is_stopped() && !known.has_tables(key.verifying_key()));
    assert!(verify());
    known.build(key.verifying_key());
    known.build(other.verifying_key());
    assert!(verify());
    assert!(!known.has_tables(key.verifying_key()) && !known.has_tables(other.verifying_key()));
    let told = told.lock().expect("nobody panicked");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].library);
    assert_eq!(told[0].key, key.verifying_key().jwk_json());
    assert!(told[0].to_string().contains("taken by the library and refused by the tables"));
}

#[test]
fn a_forgery_that_wrong_tables_would_take_is_refused_where_it_is_checked() {
    let (known, [key, other], told) = mixed_up(Some(1));
    let forged = other.sign(MESSAGE).expect("there is entropy");

    assert!(!known.has_signed(key.verifying_key(), MESSAGE, &forged));

    assert!(known.is_stopped());
    assert!(!told.lock().expect("nobody panicked")[0].library);
}

#[test]
fn what_is_not_checked_is_the_word_of_the_tables() {
    let (known, [key, _], told) = mixed_up(None);
    let signature = key.sign(MESSAGE).expect("there is entropy");

    assert!(!known.has_signed(key.verifying_key(), MESSAGE, &signature));

    assert!(!known.is_stopped() && told.lock().expect("nobody panicked").is_empty());
}

#[test]
fn about_one_in_so_many_is_checked() {
    let (known, [_, other], _) = mixed_up(Some(8));

    let checked = (0..8_000).filter(|_| known.inner.is_checked()).count();

    assert!((700..1_300).contains(&checked), "{checked}");
    assert!(!known.is_stopped() && !known.has_tables(other.verifying_key()));
}
