//! A transmission of a payout, as operators see it.

use payout_domain::{Timestamp, TokenLife};
use serde::Serialize;

use super::standing::count;
use crate::json::Value;
use crate::timestamp;

/// A transmission: what was written down before the first byte left, and after the last one came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttemptItem {
    /// Which transmission, counted from 1.
    pub attempt: u32,
    /// When it began, by our clock.
    #[serde(serialize_with = "timestamp::micros")]
    pub begun_at: Timestamp,
    /// When its token was issued, by the provider's clock.
    #[serde(serialize_with = "timestamp::micros")]
    pub token_issued_at: Timestamp,
    /// From when on its token is not valid any more, by the provider's clock: nothing of it can arrive
    /// after that.
    #[serde(serialize_with = "timestamp::micros")]
    pub token_expires_at: Timestamp,
    /// When its sender knew how it ended; absent if it has not said so.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    pub ended_at: Option<Timestamp>,
    /// What its sender saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

impl AttemptItem {
    /// A transmission, and when and how it ended if its sender has said so.
    pub fn new(
        attempt: u32,
        begun_at: Timestamp,
        token: TokenLife,
        ended: Option<(Timestamp, &str)>,
    ) -> Self {
        Self {
            attempt,
            begun_at,
            token_issued_at: token.issued_at,
            token_expires_at: token.expires_at,
            ended_at: ended.map(|(at, _)| at),
            outcome: ended.map(|(_, outcome)| outcome.to_owned()),
        }
    }

    pub(super) fn read(body: &Value<'_>) -> Option<Self> {
        let attempt = count(body, "attempt");
        let begun_at = body.required_time("begun_at");
        let token_issued_at = body.required_time("token_issued_at");
        let token_expires_at = body.required_time("token_expires_at");
        let ended_at = body.optional_time("ended_at");
        let outcome = body.if_any("outcome", |outcome| outcome.text().map(str::to_owned));
        Some(Self {
            attempt: attempt?,
            begun_at: begun_at?,
            token_issued_at: token_issued_at?,
            token_expires_at: token_expires_at?,
            ended_at: ended_at?,
            outcome: outcome?,
        })
    }
}
