//! One line of the record, and what ties it to the line before.

use std::fmt;

use base16ct::lower;
use payout_signature::digest;
use serde::{Deserialize, Serialize};

/// A digest of a line and, through it, of all lines before it: SHA-256, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Link(String);

/// The last line of a record: how many there are, and the digest of the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The number of the line; the first has 1.
    pub(crate) number: u64,
    pub(crate) link: Link,
}

/// What a line says, in this order.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) at: String,
    pub(super) who: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<&'a str>,
    pub(super) from: String,
    pub(super) what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request: Option<String>,
    pub(super) status: u16,
    pub(super) trace_id: &'a str,
    /// Refusals before it that were too many to be written down.
    #[serde(skip_serializing_if = "is_none")]
    pub(super) left_out: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What is read of a line to follow the chain.
#[derive(Deserialize)]
struct Numbered {
    number: u64,
}

/// Between what a line says and the digest of it.
const MARK: &str = ",\"link\":\"";

impl Head {
    /// Before the first line.
    pub(super) fn nothing() -> Self {
        Self { number: 0, link: Link::of("", "the audit trail of payout") }
    }

    /// Writes the line after this one, with its line end.
    pub(super) fn next(&self, entry: &Line<'_>) -> serde_json::Result<(Self, String)> {
        let json = serde_json::to_string(entry)?;
        let said = json.strip_suffix('}').unwrap_or(&json);
        let link = Link::of(&self.link.0, said);
        let text = format!("{said}{MARK}{link}\"}}\n");
        Ok((Self { number: entry.number, link }, text))
    }

    /// Follows the chain by one line, without its line end; `None` if it is not the line that was
    /// written after this one.
    pub(super) fn follow(&self, text: &str) -> Option<Self> {
        let (said, digest) = text.rsplit_once(MARK)?;
        let link = Link(digest.strip_suffix("\"}")?.to_owned());
        let number = serde_json::from_str::<Numbered>(text).ok()?.number;
        let follows =
            Some(number) == self.number.checked_add(1) && Link::of(&self.link.0, said) == link;
        follows.then_some(Self { number, link })
    }

    /// What a line says of itself, whether or not it is true.
    pub(super) fn claimed_by(text: &str) -> Option<Self> {
        let (_, digest) = text.rsplit_once(MARK)?;
        let link = Link(digest.strip_suffix("\"}")?.to_owned());
        Some(Self { number: serde_json::from_str::<Numbered>(text).ok()?.number, link })
    }
}

impl Link {
    fn of(before: &str, said: &str) -> Self {
        let digest = digest::sha256(&[before.as_bytes(), said.as_bytes()]);
        Self(lower::encode_string(&digest))
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.link)
    }
}

impl std::str::FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write it as NUMBER:DIGEST, as `payout audit verify` prints it".to_owned();
        let (number, link) = text.split_once(':').ok_or_else(wrong)?;
        let is_digest = link.len() == 64 && link.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = number.parse().ok().filter(|_| is_digest).ok_or_else(wrong)?;
        Ok(Self { number, link: Link(link.to_owned()) })
    }
}
