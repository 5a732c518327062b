//! What a caller wants to find again on a payout.

use std::collections::BTreeMap;
use std::fmt;

/// Pairs of texts that a caller attaches to a payout or payment and gets back unchanged: at most 10,
/// with keys of at most 40 and values of at most 500 characters (the provider's limits).
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Metadata(BTreeMap<String, String>);

/// The pairs cannot be attached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// More than ten pairs.
    #[error("has more than {} pairs; keep the ones you look for", Metadata::PAIRS_MAX)]
    TooMany,
    /// A key of no characters, or of more than 40.
    #[error("a key must have 1 to {} characters", Metadata::KEY_MAX)]
    Key,
    /// A value of more than 500 characters.
    #[error("the value of `{key}` has more than {} characters", Metadata::VALUE_MAX)]
    Value {
        /// The key of the value.
        key: String,
    },
    /// A control character in a key or value.
    #[error("a key or value contains a control character; remove it")]
    Character,
    /// The same key twice.
    #[error("the key `{key}` occurs twice")]
    Duplicate {
        /// The key.
        key: String,
    },
}

impl Metadata {
    /// The most pairs.
    pub const PAIRS_MAX: usize = 10;
    /// The most characters of a key.
    pub const KEY_MAX: usize = 40;
    /// The most characters of a value.
    pub const VALUE_MAX: usize = 500;

    /// Takes the pairs in any order; each key once.
    pub fn new<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, MetadataError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let mut metadata = BTreeMap::new();
        for (key, value) in pairs {
            let (key, value) = (key.into(), value.into());
            check(&key, &value)?;
            if metadata.insert(key.clone(), value).is_some() {
                return Err(MetadataError::Duplicate { key });
            }
        }
        if metadata.len() > Self::PAIRS_MAX {
            Err(MetadataError::TooMany)
        } else {
            Ok(Self(metadata))
        }
    }

    /// The pairs, ordered by key.
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

fn check(key: &str, value: &str) -> Result<(), MetadataError> {
    if !(1..=Metadata::KEY_MAX).contains(&key.chars().count()) {
        return Err(MetadataError::Key);
    }
    if value.chars().count() > Metadata::VALUE_MAX {
        return Err(MetadataError::Value { key: key.to_owned() });
    }
    // Line breaks and tabs are plain text; the other control characters are not.
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if key.chars().all(plain) && value.chars().all(plain) {
        return Ok(());
    }
    Err(MetadataError::Character)
}

impl fmt::Debug for Metadata {
    /// Shows the keys only: a value may be anything, also somebody's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_providers_limits_hold() {
        let pairs = |n: usize| (0..n).map(|i| (format!("k{i}"), "v"));

        assert_eq!(Metadata::new(pairs(10)).map(|m| m.len()), Ok(10));
        assert_eq!(Metadata::new(pairs(11)), Err(MetadataError::TooMany));
        assert_eq!(Metadata::new([("", "v")]), Err(MetadataError::Key));
        assert_eq!(Metadata::new([("k".repeat(41), "v")]), Err(MetadataError::Key));
        assert!(Metadata::new([("ż".repeat(40), "ż".repeat(500))]).is_ok());
        assert_eq!(
            Metadata::new([("k", "v".repeat(501))]),
            Err(MetadataError::Value { key: "k".into() })
        );
        assert_eq!(Metadata::new([("k", "\u{1F}")]), Err(MetadataError::Character));
        assert_eq!(
            Metadata::new([("k", "1"), ("k", "2")]),
            Err(MetadataError::Duplicate { key: "k".into() })
        );
    }
}
