//! Verdicts on signatures.

use std::sync::LazyLock;

use payout_signature::{Jwks, KeyTables, Verdict};

use crate::Heard;

/// Keys whose signatures anybody can make: their private halves are 1, −1, 2 and 512.
const KEYS: &str = include_str!("verdicts/keys.json");

/// How many bytes a digest has; before it one byte picks the key, behind it is the signature.
const DIGEST_LEN: usize = 64;

static TABLES: LazyLock<Vec<KeyTables>> = LazyLock::new(|| {
    let keys = Jwks::parse(KEYS.as_bytes()).expect("the keys are on the curve");
    keys.keys().map(|key| KeyTables::build(key).expect("it is on the curve")).collect()
});

/// A digest and a signature: tables and library give one verdict.
pub(crate) fn verdicts(bytes: &[u8]) -> Heard {
    let Some((key, rest)) = bytes.split_first() else { return Heard::Refused };
    let Some((digest, signature)) = rest.split_first_chunk::<DIGEST_LEN>() else {
        return Heard::Refused;
    };
    let index = usize::from(*key).checked_rem(TABLES.len());
    let tables = index.and_then(|index| TABLES.get(index)).expect("there are keys");
    let compared = tables.compare(digest, signature);
    match compared.tables {
        Verdict::Signed => assert!(compared.library, "only the tables take {bytes:02x?}"),
        Verdict::NotSigned => assert!(!compared.library, "only the library takes {bytes:02x?}"),
        Verdict::Unsure => {}
    }
    if compared.library { Heard::Taken } else { Heard::Refused }
}
