//! How a store keeps what is of a person: in clear, or sealed.

use std::borrow::Cow;
use std::sync::Arc;

use uuid::Uuid;

use crate::{CannotOpen, PersonalField, SealedPlace, SealedRecord, Sealer};

/// What marks a kept text as more than itself. No sealed text begins with it.
const MARK: char = '\u{1}';

/// What is sealed beside the id of a key, so that another key of the same id is found out.
const PROOF: &[u8] = b"payout";

/// The longest id of a key.
const KEY_ID_LEN_MAX: usize = 32;

/// How a store keeps what is of a person: in clear, which is the default, or sealed. Every store that
/// keeps texts uses it, so that it is the same in each.
///
/// What is sealed is kept behind a U+0001. What is kept in clear and begins with one has another before
/// it. So what is sealed and what is not are never taken for each other, whatever a client writes, and a
/// store may hold both.
///
/// ```
/// use payout_ports::{PersonalField, SealedRecord, Sealing};
/// # let id = uuid::Uuid::nil();
///
/// let in_clear = Sealing::default();
/// let payout = in_clear.record(SealedRecord::Payout, "acme", id);
///
/// let kept = payout.keep(PersonalField::Reference, "INV-1");
///
/// assert_eq!(kept, "INV-1");
/// assert_eq!(payout.read(PersonalField::Reference, &kept)?, "INV-1");
/// # Ok::<(), payout_ports::CannotOpen>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sealing(Option<Arc<dyn Sealer>>);

/// The id of a key that a store was opened with, and what shows that a key is that one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyProof {
    /// The id of the key.
    pub key_id: String,
    /// Something that only that key opens.
    pub sealed: String,
}

/// One record, while its personal parts are kept or read.
#[derive(Clone, Copy, Debug)]
pub struct Personal<'a> {
    sealing: &'a Sealing,
    record: SealedRecord,
    client_id: &'a str,
    id: Uuid,
    number: u32,
}

impl Sealing {
    /// Everything is sealed from now on.
    pub fn with(keys: Arc<dyn Sealer>) -> Self {
        Self(Some(keys))
    }

    /// A record of a client, by its name.
    pub fn record<'a>(
        &'a self,
        record: SealedRecord,
        client_id: &'a str,
        id: Uuid,
    ) -> Personal<'a> {
        Personal { sealing: self, record, client_id, id, number: 0 }
    }

    /// Checks that every key that a store was ever opened with is at hand, and gives the proof of the key
    /// that seals if the store has not been opened with it: it is to be remembered before anything is
    /// sealed.
    pub fn check(&self, known: &[KeyProof]) -> Result<Option<KeyProof>, CannotOpen> {
        let store = self.record(SealedRecord::Store, "", Uuid::nil());
        for proof in known {
            let opened = store.open(PersonalField::KeyProof, &proof.sealed);
            let named = key_id_of(&proof.sealed) == Some(&proof.key_id);
            if !named || opened? != PROOF {
                return Err(CannotOpen::Broken { key_id: proof.key_id.clone() });
            }
        }
        let Some(keys) = &self.0 else { return Ok(None) };
        let key_id = keys.key_id().to_owned();
        if known.iter().any(|proof| proof.key_id == key_id) {
            return Ok(None);
        }
        let sealed = keys.seal(&store.place(PersonalField::KeyProof), PROOF);
        Ok(Some(KeyProof { key_id, sealed }))
    }
}

impl PartialEq for Sealing {
    /// Whether both seal with the same sealer, or both do not.
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
}

impl Eq for Sealing {}

impl Personal<'_> {
    /// The one with this number, of several that have the same name.
    #[must_use]
    pub fn numbered(self, number: u32) -> Self {
        Self { number, ..self }
    }

    /// What the store keeps for a text.
    pub fn keep(&self, field: PersonalField, plain: &str) -> String {
        match &self.sealing.0 {
            Some(keys) => self.seal(&**keys, field, plain.as_bytes()),
            None if plain.starts_with(MARK) => format!("{MARK}{plain}"),
            None => plain.to_owned(),
        }
    }

    /// What the store keeps for bytes.
    pub fn keep_bytes(&self, field: PersonalField, plain: &[u8]) -> Vec<u8> {
        match &self.sealing.0 {
            Some(keys) => self.seal(&**keys, field, plain).into_bytes(),
            None if is_marked(plain) => [MARK.to_string().as_bytes(), plain].concat(),
            None => plain.to_owned(),
        }
    }

    /// The text for which the store keeps this.
    pub fn read<'a>(
        &self,
        field: PersonalField,
        kept: &'a str,
    ) -> Result<Cow<'a, str>, CannotOpen> {
        match self.read_bytes(field, kept.as_bytes())? {
            // It was kept in clear, and has a mark before it if it begins with one itself.
            Cow::Borrowed(_) => Ok(Cow::Borrowed(kept.strip_prefix(MARK).unwrap_or(kept))),
            Cow::Owned(bytes) => {
                String::from_utf8(bytes).map(Cow::Owned).map_err(|_| CannotOpen::NotSealed)
            }
        }
    }

    /// The bytes for which the store keeps this.
    pub fn read_bytes<'a>(
        &self,
        field: PersonalField,
        kept: &'a [u8],
    ) -> Result<Cow<'a, [u8]>, CannotOpen> {
        let Some(marked) = kept.strip_prefix(MARK.to_string().as_bytes()) else {
            return Ok(Cow::Borrowed(kept));
        };
        if is_marked(marked) {
            return Ok(Cow::Borrowed(marked));
        }
        let sealed = str::from_utf8(marked).map_err(|_| CannotOpen::NotSealed)?;
        self.open(field, sealed).map(Cow::Owned)
    }

    fn seal(&self, keys: &dyn Sealer, field: PersonalField, plain: &[u8]) -> String {
        let sealed = keys.seal(&self.place(field), plain);
        format!("{MARK}{sealed}")
    }

    fn open(&self, field: PersonalField, sealed: &str) -> Result<Vec<u8>, CannotOpen> {
        let key_id = key_id_of(sealed).ok_or(CannotOpen::NotSealed)?;
        match &self.sealing.0 {
            Some(keys) => keys.open(&self.place(field), sealed),
            None => Err(CannotOpen::UnknownKey { key_id: key_id.to_owned() }),
        }
    }

    fn place(&self, field: PersonalField) -> SealedPlace<'_> {
        let Self { record, client_id, id, number, .. } = *self;
        SealedPlace { record, field, client_id, id, number }
    }
}

fn is_marked(bytes: &[u8]) -> bool {
    bytes.starts_with(MARK.to_string().as_bytes())
}

/// The id of the key of something sealed, if it can be one. It is shown to people, and something that
/// only looks sealed may hold anything.
fn key_id_of(sealed: &str) -> Option<&str> {
    let (key_id, _) = sealed.split_once(':')?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c);
    let is_one = (1..=KEY_ID_LEN_MAX).contains(&key_id.len()) && key_id.chars().all(is_plain);
    is_one.then_some(key_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELD: PersonalField = PersonalField::Reference;

    fn in_clear() -> Personal<'static> {
        static IN_CLEAR: Sealing = Sealing(None);
        IN_CLEAR.record(SealedRecord::Payout, "acme", Uuid::nil())
    }

    #[test]
    fn a_text_in_clear_is_kept_as_it_is_unless_it_looks_sealed() {
        for (plain, kept) in [
            ("", ""),
            ("INV-1", "INV-1"),
            ("2026-11:INV-1", "2026-11:INV-1"),
            ("\u{1}", "\u{1}\u{1}"),
            ("\u{1}2026-11:AAAA", "\u{1}\u{1}2026-11:AAAA"),
            ("\u{1}\u{1}", "\u{1}\u{1}\u{1}"),
        ] {
            assert_eq!(in_clear().keep(FIELD, plain), kept);
            assert_eq!(in_clear().read(FIELD, kept).as_deref(), Ok(plain));
            assert_eq!(in_clear().keep_bytes(FIELD, plain.as_bytes()), kept.as_bytes());
            let read = in_clear().read_bytes(FIELD, kept.as_bytes());
            assert_eq!(read.as_deref(), Ok(plain.as_bytes()));
        }
    }

    #[test]
    fn what_is_sealed_and_read_without_a_key_names_the_key_and_the_setting() {
        let read = in_clear().read(FIELD, "\u{1}2026-11:AAAA");

        assert_eq!(read, Err(CannotOpen::UnknownKey { key_id: "2026-11".to_owned() }));
        let text = read.expect_err("it does not open").to_string();
        assert!(text.contains("serve.sealing_keys_file"), "{text}");
    }

    #[test]
    fn what_only_looks_sealed_is_told_of_without_a_word_of_it() {
        for kept in ["\u{1}Ada Lovelace", "\u{1}Ada Lovelace:x", "\u{1}:x", "\u{1}é:x"] {
            assert_eq!(in_clear().read(FIELD, kept), Err(CannotOpen::NotSealed), "{kept}");
        }
        let long = format!("\u{1}{}:x", "k".repeat(33));
        assert_eq!(in_clear().read(FIELD, &long), Err(CannotOpen::NotSealed));
        assert_eq!(in_clear().read_bytes(FIELD, b"\x01\xff:x"), Err(CannotOpen::NotSealed));
    }
}
