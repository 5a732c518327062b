//! `GET /operator/payouts/{id}`: all that is known of a payout.

use serde::Serialize;

use super::{AttemptItem, DeadLetterItem, StandingPayout};
use crate::InvalidBody;
use crate::history::HistoryItem;
use crate::json;

/// All that is known of a payout: where it stands, everything that was learned, every transmission,
/// and what its client could not be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PayoutFile {
    /// The payout.
    pub payout: StandingPayout,
    /// What was learned, by whom and from what, the oldest first.
    pub items: Vec<HistoryItem>,
    /// Its transmissions, one by one.
    pub attempts: Vec<AttemptItem>,
    /// The notifications about it that were given up.
    pub dead_letters: Vec<DeadLetterItem>,
}

impl PayoutFile {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let payout = body.require_object("payout").and_then(|it| StandingPayout::read(&it));
            let items = body.require_items("items", HistoryItem::read);
            let attempts = body.require_items("attempts", AttemptItem::read);
            let dead_letters = body.require_items("dead_letters", DeadLetterItem::read);
            Some(Self {
                payout: payout?,
                items: items?,
                attempts: attempts?,
                dead_letters: dead_letters?,
            })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}
