//! How a store is held against its keys.

use payout_conformance::play_sealer;
use payout_ports::{CannotOpen, KeyProof, PersonalField, SealedPlace, SealedRecord, Sealing};
use uuid::Uuid;

const OLD: (&str, u8) = ("2026-10", 3);
const NEW: (&str, u8) = ("2026-11", 7);

fn with(keys: &[(&'static str, u8)]) -> Sealing {
    Sealing::with(play_sealer(keys))
}

fn proof(keys: &[(&'static str, u8)]) -> KeyProof {
    let proof = with(keys).check(&[]).expect("nothing is known yet");
    proof.expect("it is to be remembered")
}

fn broken(key_id: &str) -> Result<Option<KeyProof>, CannotOpen> {
    Err(CannotOpen::Broken { key_id: key_id.to_owned() })
}

#[test]
fn a_key_is_remembered_once() {
    let old = proof(&[OLD]);

    assert_eq!(old.key_id, "2026-10");
    assert_eq!(with(&[OLD]).check(std::slice::from_ref(&old)), Ok(None));
    let new = with(&[NEW, OLD]).check(std::slice::from_ref(&old)).expect("both are there");
    let new = new.expect("it seals from now on");
    assert_eq!(new.key_id, "2026-11");
    assert_eq!(with(&[OLD, NEW]).check(&[old, new]), Ok(None));
}

#[test]
fn a_store_that_knows_a_key_needs_that_key() {
    let known = [proof(&[OLD])];
    let unknown = Err(CannotOpen::UnknownKey { key_id: "2026-10".to_owned() });

    assert_eq!(Sealing::default().check(&known), unknown);
    assert_eq!(with(&[NEW]).check(&known), unknown);
    assert_eq!(with(&[("2026-10", 99)]).check(&known), broken("2026-10"));
    assert_eq!(Sealing::default().check(&[]), Ok(None));
}

#[test]
fn a_proof_of_another_key_or_of_another_word_proves_nothing() {
    let keys = play_sealer(&[OLD]);
    let place = SealedPlace {
        record: SealedRecord::Store,
        field: PersonalField::KeyProof,
        client_id: "",
        id: Uuid::nil(),
        number: 0,
    };
    let renamed = KeyProof { key_id: "2026-11".to_owned(), ..proof(&[OLD]) };
    let of_another_word =
        KeyProof { key_id: "2026-10".to_owned(), sealed: keys.seal(&place, b"payouts") };

    assert_eq!(with(&[NEW, OLD]).check(&[renamed]), broken("2026-11"));
    assert_eq!(with(&[OLD]).check(&[of_another_word]), broken("2026-10"));
}
