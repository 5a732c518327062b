//! The name of one intention to pay.

use std::fmt;
use std::str::FromStr;

/// Names one intention to pay, however often it is sent. The caller makes it and keeps it before
/// asking; a UUID is good.
///
/// It is 1 to 255 visible ASCII characters. Spaces may stand between them, never first or last: there
/// they are no part of a header's value (RFC 9110, section 5.5).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(Box<str>);

/// The text cannot be an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an idempotency key is 1 to 255 visible ASCII characters, such as a UUID; a space may stand between \
     two of them"
)]
pub struct IdempotencyKeyError;

impl IdempotencyKey {
    /// The key as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = IdempotencyKeyError;

    fn from_str(text: &str) -> Result<Self, IdempotencyKeyError> {
        let is_known = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(is_known);
        if fits && text.trim_ascii().len() == text.len() {
            Ok(Self(text.into()))
        } else {
            Err(IdempotencyKeyError)
        }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdempotencyKey({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_with_spaces_only_inside() {
        for good in ["idemp-2076717c-9005-4811-a321-9e0787fa0382", "order 7", "a  b"] {
            assert!(good.parse::<IdempotencyKey>().is_ok(), "{good:?}");
        }
        for bad in ["", " ", " a", "a ", "a\tb", "a\n", "\u{7f}", "ключ", &"k".repeat(256)] {
            assert!(bad.parse::<IdempotencyKey>().is_err(), "{bad:?}");
        }
    }
}
