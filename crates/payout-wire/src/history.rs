//! `GET /v3/payouts/{id}/history`: what is recorded of a payout. Ours; the provider has none.

use payout_domain::{Evidence, PayoutState, Timestamp};
use serde::Serialize;

use crate::json::{self, Value};
use crate::page::Page;
use crate::{InvalidBody, timestamp};

/// What is recorded of a payout, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryBody {
    /// The records.
    pub items: Vec<HistoryItem>,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryItem {
    /// Its number, counted from 1.
    pub version: u32,
    /// When it was recorded.
    #[serde(serialize_with = "timestamp::micros")]
    pub at: Timestamp,
    /// What was learned.
    #[serde(serialize_with = "json::as_text")]
    pub evidence: Evidence,
    /// Where the payout stood from then on.
    #[serde(serialize_with = "json::as_text")]
    pub state: PayoutState,
}

impl HistoryBody {
    /// Takes the records of a payout, the oldest first.
    pub fn new(records: &[(u32, Timestamp, Evidence, PayoutState)]) -> Self {
        let item = |(version, at, evidence, state): &(u32, Timestamp, Evidence, PayoutState)| {
            HistoryItem {
                version: *version,
                at: *at,
                evidence: evidence.clone(),
                state: state.clone(),
            }
        };
        Self { items: records.iter().map(item).collect() }
    }

    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            body.require_items("items", HistoryItem::read).map(|items| Self { items })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&Page::new(self.items.iter().collect(), None))
    }
}

impl HistoryItem {
    pub(crate) fn read(body: &Value<'_>) -> Option<Self> {
        let version = body.require("version").and_then(|version| {
            let number = version.whole()?;
            u32::try_from(number).ok().or_else(|| version.refuse("must be below 2^32"))
        });
        let at = body.required_time("at");
        let evidence = body.required("evidence");
        let state = body.required("state");
        Some(Self { version: version?, at: at?, evidence: evidence?, state: state? })
    }
}
