//! `/operator/pause`: whether sending is stopped, by whom and why.

use payout_domain::{OperatorName, Timestamp};
use serde::Serialize;

use super::text;
use crate::json::{self, Value};
use crate::{InvalidBody, timestamp};

/// Asks that nothing be sent any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PauseOrder {
    /// Why: 1 to 500 characters without control characters.
    pub because: Box<str>,
}

/// Whether sending is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PauseBody {
    /// It goes on.
    Sending,
    /// It is stopped.
    Paused {
        /// By whom.
        by: OperatorName,
        /// Why.
        because: Box<str>,
        /// Since when.
        at: Timestamp,
    },
}

#[derive(Serialize)]
struct Twin<'a> {
    sending: &'static str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "json::as_optional_text")]
    by: Option<OperatorName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    at: Option<Timestamp>,
}

impl PauseOrder {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| text::required(body, "because").map(|because| Self { because }))
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl PauseBody {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let sending = body.require("sending")?;
            match sending.text()? {
                "on" => Some(Self::Sending),
                "paused" => paused(body),
                _ => sending.refuse("must be on or paused"),
            }
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(&match self {
            Self::Sending => Twin { sending: "on", by: None, because: None, at: None },
            Self::Paused { by, because, at } => {
                let by = Some(by.clone());
                Twin { sending: "paused", by, because: Some(because), at: Some(*at) }
            }
        })
    }
}

fn paused(body: &Value<'_>) -> Option<PauseBody> {
    let (by, because) = (body.required("by"), body.require("because").and_then(|it| it.text()));
    let at = body.required_time("at");
    Some(PauseBody::Paused { by: by?, because: because?.into(), at: at? })
}
