//! A sealer for the tests of stores, which protects nothing.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use payout_ports::{CannotOpen, SealedPlace, Sealer};

use super::TestKey;

/// A sealer that keeps the laws and protects nothing: stores are tested with it, since they must not
/// care how something is sealed.
pub fn play_sealer(keys: &[TestKey]) -> Arc<dyn Sealer> {
    Arc::new(PlaySealer { keys: keys.to_vec(), sealed: AtomicU64::new(0) })
}

#[derive(Debug)]
struct PlaySealer {
    keys: Vec<TestKey>,
    sealed: AtomicU64,
}

impl Sealer for PlaySealer {
    fn key_id(&self) -> &str {
        self.keys.first().expect("there is a key").0
    }

    fn seal(&self, place: &SealedPlace<'_>, plain: &[u8]) -> String {
        let key = *self.keys.first().expect("there is a key");
        let number = self.sealed.fetch_add(1, Ordering::Relaxed);
        let mask = Mask { key, place, number };
        let bytes = [&number.to_be_bytes(), &mask.tag(plain), mask.over(plain).as_slice()].concat();
        let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}:{}", key.0, digits.concat())
    }

    fn open(&self, place: &SealedPlace<'_>, sealed: &str) -> Result<Vec<u8>, CannotOpen> {
        let (id, digits) = sealed.split_once(':').ok_or(CannotOpen::NotSealed)?;
        let key_id = || id.to_owned();
        let key = *self
            .keys
            .iter()
            .find(|(known, _)| *known == id)
            .ok_or_else(|| CannotOpen::UnknownKey { key_id: key_id() })?;
        let (number, tag, masked) = torn(digits).ok_or(CannotOpen::NotSealed)?;
        let mask = Mask { key, place, number };
        let plain = mask.over(&masked);
        if mask.tag(&plain) == tag {
            Ok(plain)
        } else {
            Err(CannotOpen::Broken { key_id: key_id() })
        }
    }
}

/// What is laid over a text.
struct Mask<'a> {
    key: TestKey,
    place: &'a SealedPlace<'a>,
    number: u64,
}

impl Mask<'_> {
    fn over(&self, bytes: &[u8]) -> Vec<u8> {
        let masks = (0_u64..).flat_map(|block| self.hash(&block.to_be_bytes()));
        bytes.iter().zip(masks).map(|(byte, mask)| byte ^ mask).collect()
    }

    fn tag(&self, plain: &[u8]) -> [u8; 8] {
        self.hash(&[b"tag", plain].concat())
    }

    fn hash(&self, bytes: &[u8]) -> [u8; 8] {
        let SealedPlace { record, field, client_id, id, number } = self.place;
        let mut hasher = DefaultHasher::new();
        (self.key, self.number, record.as_str(), field.as_str()).hash(&mut hasher);
        (client_id, id.as_bytes(), number, bytes).hash(&mut hasher);
        hasher.finish().to_be_bytes()
    }
}

/// Number, tag and masked text; `None` if they were not written like this.
fn torn(digits: &str) -> Option<(u64, [u8; 8], Vec<u8>)> {
    let digits: Vec<char> = digits.chars().collect();
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let byte = |pair: &[char; 2]| {
        let is_ours = pair.iter().all(|c| c.is_ascii_digit() || c.is_ascii_lowercase());
        let text: String = pair.iter().collect();
        u8::from_str_radix(&text, 16).ok().filter(|_| is_ours)
    };
    let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
    let (number, rest) = bytes.split_first_chunk()?;
    let (tag, masked) = rest.split_first_chunk()?;
    Some((u64::from_be_bytes(*number), *tag, masked.to_vec()))
}
