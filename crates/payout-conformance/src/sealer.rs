//! The laws of `Sealer`.

mod play;

use std::sync::Arc;

use payout_ports::{CannotOpen, PersonalField, SealedPlace, SealedRecord, Sealer};
use uuid::Uuid;

pub use play::play_sealer;

/// A key as a test writes it: its id, and a byte that its secret follows from.
pub type TestKey = (&'static str, u8);

/// Makes a sealer with these keys, of which the first seals.
pub type MakeSealer = fn(&[TestKey]) -> Arc<dyn Sealer>;

/// Makes a test of every law of a sealer, in a module `sealer`. `$make` names a function that makes one
/// with the keys that it is given: see [`MakeSealer`](crate::sealer::MakeSealer).
#[macro_export]
macro_rules! sealer_laws {
    ($make:ident) => {
        mod sealer {
            $crate::sealer_laws! { @each $make:
                what_was_sealed_opens_to_what_it_was
                what_is_sealed_opens_in_no_other_place
                what_was_changed_of_something_sealed_is_found
                something_sealed_tells_nothing_of_what_is_in_it
                something_sealed_names_its_key_in_plain_characters
                every_key_at_hand_opens_and_the_first_seals
                without_its_key_nothing_opens
            }
        }
    };
    (@each $make:ident: $($law:ident)*) => { $(
        #[test]
        fn $law() {
            $crate::sealer::$law(super::$make);
        }
    )* };
}

const KEYS: [TestKey; 2] = [("2026-11", 7), ("2026-10", 3)];

fn place() -> SealedPlace<'static> {
    SealedPlace {
        record: SealedRecord::Payout,
        field: PersonalField::Reference,
        client_id: "acme",
        id: Uuid::from_u128(1),
        number: 0,
    }
}

/// *What was sealed opens*.
pub fn what_was_sealed_opens_to_what_it_was(make: MakeSealer) {
    let keys = make(&KEYS);
    let long = [0xA5; 5000];
    for plain in [b"".as_slice(), b"INV-1", b"\x00\x01\xff", &long] {
        for record in SealedRecord::ALL {
            for field in PersonalField::ALL {
                let place = SealedPlace { record, field, ..place() };
                let sealed = keys.seal(&place, plain);
                assert_eq!(keys.open(&place, &sealed).as_deref(), Ok(plain), "{place:?}");
            }
        }
    }
}

/// *Nowhere else*.
pub fn what_is_sealed_opens_in_no_other_place(make: MakeSealer) {
    let keys = make(&KEYS);
    let sealed = keys.seal(&place(), b"INV-1");

    let records = SealedRecord::ALL.map(|record| SealedPlace { record, ..place() });
    let fields = PersonalField::ALL.map(|field| SealedPlace { field, ..place() });
    let others = [
        SealedPlace { client_id: "globex", ..place() },
        SealedPlace { client_id: "", ..place() },
        SealedPlace { id: Uuid::from_u128(2), ..place() },
        SealedPlace { number: 1, ..place() },
    ];
    for elsewhere in records.iter().chain(&fields).chain(&others).filter(|at| **at != place()) {
        let broken = CannotOpen::Broken { key_id: "2026-11".to_owned() };
        assert_eq!(keys.open(elsewhere, &sealed), Err(broken), "{elsewhere:?}");
    }
}

/// *Not if it was changed*.
pub fn what_was_changed_of_something_sealed_is_found(make: MakeSealer) {
    let keys = make(&KEYS);
    let sealed = keys.seal(&place(), b"INV-1");

    for at in 0..sealed.len() {
        for by in ["", "A", "b", "0", "_", ":"] {
            let (before, after) = sealed.split_at(at);
            let after: String = after.chars().skip(1).collect();
            let changed = format!("{before}{by}{after}");
            if changed != sealed {
                keys.open(&place(), &changed).expect_err(&changed);
            }
        }
    }
    for torn in ["", ":", "2026-11", "2026-11:", "2026-11:AAAA"] {
        keys.open(&place(), torn).expect_err(torn);
    }
}

/// *It tells nothing but its length*.
pub fn something_sealed_tells_nothing_of_what_is_in_it(make: MakeSealer) {
    let keys = make(&KEYS);
    let plain = "Ada Lovelace";

    let first = keys.seal(&place(), plain.as_bytes());
    let second = keys.seal(&place(), plain.as_bytes());

    assert_ne!(first, second);
    for sealed in [&first, &second] {
        assert!(!sealed.contains("Ada") && !sealed.contains("Lovelace"), "{sealed}");
    }
}

/// *It names its key*.
pub fn something_sealed_names_its_key_in_plain_characters(make: MakeSealer) {
    let keys = make(&KEYS);

    let sealed = keys.seal(&place(), b"INV-1");

    let text = sealed.strip_prefix("2026-11:").expect("it begins with the key's id");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ['-', '_'].contains(&c);
    assert!(text.chars().all(is_plain), "{sealed}");
    assert_eq!(keys.key_id(), "2026-11");
}

/// *Old keys open*.
pub fn every_key_at_hand_opens_and_the_first_seals(make: MakeSealer) {
    let [new, old] = KEYS;
    let before = make(&[old]);
    let after = make(&[new, old]);

    let sealed_before = before.seal(&place(), b"INV-1");
    let sealed_after = after.seal(&place(), b"INV-2");

    assert_eq!(after.open(&place(), &sealed_before).as_deref(), Ok(b"INV-1".as_slice()));
    assert_eq!(make(&[old, new]).open(&place(), &sealed_after).as_deref(), Ok(b"INV-2".as_slice()));
    assert_eq!((before.key_id(), after.key_id()), ("2026-10", "2026-11"));
}

/// A key that is not at hand is named; another key of the same id opens nothing.
pub fn without_its_key_nothing_opens(make: MakeSealer) {
    let [new, old] = KEYS;
    let sealed = make(&[new]).seal(&place(), b"INV-1");

    let unknown = make(&[old]).open(&place(), &sealed);
    let another = make(&[("2026-11", 99)]).open(&place(), &sealed);

    let key_id = || "2026-11".to_owned();
    assert_eq!(unknown, Err(CannotOpen::UnknownKey { key_id: key_id() }));
    assert_eq!(another, Err(CannotOpen::Broken { key_id: key_id() }));
}
