//! The file with the keys.

use super::{SealingKey, SealingKeys};

/// The longest id of a key.
const ID_LEN_MAX: usize = 32;

/// Why a text does not hold keys. None of them repeats anything of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealingKeyError {
    /// There is no key.
    #[error("there is no key in it; write `<id> <64 hexadecimal digits>`")]
    NoKey,
    /// The line is not an id and a secret.
    #[error("line {0} is not `<id> <64 hexadecimal digits>`")]
    InvalidLine(usize),
    /// The id is not of a form that can stand in a store.
    #[error("line {0}: the id must have 1 to {ID_LEN_MAX} letters, digits, `-`, `_` or `.`")]
    InvalidId(usize),
    /// An earlier line has the same id.
    #[error("line {0}: an earlier line has the same id")]
    DuplicateId(usize),
}

impl SealingKeys {
    /// Reads keys, one a line: an id, a space, and 64 hexadecimal digits that should be random. The first
    /// seals, and all open. Empty lines, and those that begin with `#`, are passed over.
    pub fn parse(text: &str) -> Result<Self, SealingKeyError> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let mut keys = Vec::<SealingKey>::new();
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let key = key(number, line)?;
            if keys.iter().any(|earlier| earlier.id == key.id) {
                return Err(SealingKeyError::DuplicateId(number));
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or(SealingKeyError::NoKey)?;
        Ok(Self { current, earlier: keys.collect() })
    }

    /// Whether this can be the id of a key.
    pub fn is_key_id(id: &str) -> bool {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c);
        (1..=ID_LEN_MAX).contains(&id.len()) && id.chars().all(is_plain)
    }
}

fn key(number: usize, line: &str) -> Result<SealingKey, SealingKeyError> {
    let parts: Vec<_> = line.split_ascii_whitespace().collect();
    let [id, secret] = parts.as_slice() else { return Err(SealingKeyError::InvalidLine(number)) };
    let secret = bytes(secret).ok_or(SealingKeyError::InvalidLine(number))?;
    if !SealingKeys::is_key_id(id) {
        return Err(SealingKeyError::InvalidId(number));
    }
    Ok(SealingKey::new(id, &secret))
}

fn bytes(hexadecimal: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> =
        hexadecimal.chars().map(|c| u8::try_from(c.to_digit(16)?).ok()).collect();
    let digits = digits?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| (high << 4) | low).collect();
    bytes.try_into().ok()
}
