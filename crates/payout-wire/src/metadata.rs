//! The pairs that a caller attaches.

use payout_domain::{Metadata, MetadataError};
use serde::Serializer;

use crate::json::Value;

/// Writes the pairs as an object.
pub(crate) fn write<S: Serializer>(metadata: &Metadata, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(metadata.pairs())
}

/// Reads `metadata`; without it there are no pairs.
pub(crate) fn read(body: &Value<'_>) -> Option<Metadata> {
    Some(body.if_any("metadata", pairs)?.unwrap_or_default())
}

fn pairs(value: &Value<'_>) -> Option<Metadata> {
    if !value.is_object() {
        return value.refuse("must be an object of texts, such as {\"withdrawal_id\":\"20417\"}");
    }
    let pairs: Vec<_> =
        value.members().map(|(key, value)| value.text().map(|text| (key, text))).collect();
    let pairs: Option<Vec<_>> = pairs.into_iter().collect();
    match Metadata::new(pairs?) {
        Ok(metadata) => Some(metadata),
        // Every member that occurs twice has been refused as such.
        Err(MetadataError::Duplicate { .. }) => None,
        Err(error) => value.refuse(error.to_string()),
    }
}
