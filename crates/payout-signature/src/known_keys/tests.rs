use std::sync::Mutex;

use p521::elliptic_curve::ff::PrimeField as _;
use p521::elliptic_curve::point::AffineCoordinates as _;
use p521::{AffinePoint, FieldBytes, Scalar};

use super::*;
use crate::SigningKey;
use crate::key::Point;

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

#[test]
fn forgeries_make_no_tables_and_a_signature_does() {
    let limits = TableLimits { keys_max: NonZeroUsize::MIN, checked_one_in: None };
    let known = KnownKeys::new(limits, |_| {});
    let [key, forger] = [key(), key()];
    let verify = |signer: &SigningKey| {
        let signature = signer.sign(MESSAGE).expect("there is entropy");
        known.has_signed(key.verifying_key(), MESSAGE, &signature)
    };
    let is_building = || known.inner.is_building.load(Ordering::Acquire);

    assert!(!verify(&forger));
    assert!(!is_building());

    assert!(verify(&key));
    assert!(is_building() || known.has_tables(key.verifying_key()));
}

/// The key is G, so that whoever knows that can lead the tables to a sum that is no point.
#[test]
fn what_tables_are_not_sure_of_the_library_decides() {
    let known =
        KnownKeys::new(TableLimits { keys_max: NonZeroUsize::MIN, checked_one_in: None }, |_| {});
    let generator = (AffinePoint::GENERATOR.x(), AffinePoint::GENERATOR.y());
    let point = Point::from_coordinates(&generator.0, &generator.1).expect("it has full width");
    let key = VerifyingKey::from_point("key", point).expect("it is on the curve");
    known.build(&key);
    let mut digest = FieldBytes::default();
    digest[2..].copy_from_slice(&digest::sha512_of(MESSAGE));
    let digest = Scalar::from_repr(digest).into_option().expect("2^512 is less than n");
    let u2 = Scalar::from(5_u64);
    let s = digest * (-u2).invert().into_option().expect("it is not 0");
    let signature = [(u2 * s).to_repr(), s.to_repr()].concat();

    assert!(known.has_tables(&key));
    assert!(!known.has_signed(&key, MESSAGE, &signature));
}
