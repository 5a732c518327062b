//! Failures, returns, delays, lifetimes, the clock, and where webhooks go.

use std::time::Duration;

use payout_domain::{FailureReason, Login, PaymentId, PayoutId, Timestamp};
use serde::{Serialize, Serializer};

use crate::json::{self, Value};
use crate::{InvalidBody, timestamp};

/// Lets the next payout fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailNext {
    /// Why it fails.
    #[serde(rename = "fail_next", serialize_with = "json::as_text")]
    pub reason: FailureReason,
}

/// Lets the beneficiary's bank send a payout back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReturnPayout {
    /// The payout, by the sandbox's name for it.
    #[serde(rename = "return_payout", serialize_with = "json::as_text")]
    pub payout_id: PayoutId,
}

/// Lets the user of a payment log in at the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BankLogin {
    /// The payment.
    #[serde(serialize_with = "json::as_text")]
    pub payment_id: PaymentId,
    /// How that ends: the name that is logged in with.
    #[serde(serialize_with = "json::as_text")]
    pub login: Login,
}

/// Sets how long things take; what is not said stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Delays {
    /// From the acceptance of a payout to its execution, in whole milliseconds.
    #[serde(
        rename = "execution_delay_ms",
        skip_serializing_if = "Option::is_none",
        serialize_with = "milliseconds"
    )]
    pub execution: Option<Duration>,
    /// From the making of a payment to its settlement, in whole milliseconds.
    #[serde(
        rename = "settlement_delay_ms",
        skip_serializing_if = "Option::is_none",
        serialize_with = "milliseconds"
    )]
    pub settlement: Option<Duration>,
}

/// Sets how long the sandbox lets tokens live and remembers keys; what is not said stays as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lifetimes {
    /// How long tokens that are issued from now on live, in whole seconds.
    #[serde(
        rename = "token_life_seconds",
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_seconds"
    )]
    pub token_life: Option<Duration>,
    /// After how long idempotency keys are forgotten, in whole seconds.
    #[serde(
        rename = "key_window_seconds",
        skip_serializing_if = "Option::is_none",
        serialize_with = "optional_seconds"
    )]
    pub key_window: Option<Duration>,
}

/// Moves the sandbox's clock forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClockAdvance {
    /// By how much, in whole seconds.
    #[serde(rename = "advance_seconds", serialize_with = "seconds")]
    pub by: Duration,
}

/// Tells the sandbox's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClockBody {
    /// What time it is there.
    #[serde(serialize_with = "timestamp::micros")]
    pub now: Timestamp,
}

/// Says where webhooks go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WebhookTarget {
    /// An address of http or https.
    pub url: String,
}

impl FailNext {
    /// Reads it: one of the reasons that a provider has for a payout that was never executed.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let reason = body.require("fail_next")?;
            let text = reason.text()?;
            let found = possible().find(|possible| possible.as_str() == text);
            found.map(|reason| Self { reason }).or_else(|| reason.refuse(one_of_the_possible()))
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl BankLogin {
    /// Reads what is asked for.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let payment_id = body.required("payment_id");
            let login = body.required("login");
            Some(Self { payment_id: payment_id?, login: login? })
        })
    }

    /// Writes it.
    pub fn to_bytes(self) -> Vec<u8> {
        json::to_bytes(&self)
    }
}

impl ReturnPayout {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| body.required("return_payout").map(|payout_id| Self { payout_id }))
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl Delays {
    /// Reads it; it must say something.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let delay = |name| body.if_any(name, |ms| ms.whole().map(Duration::from_millis));
            let execution = delay("execution_delay_ms");
            let settlement = delay("settlement_delay_ms");
            let delays = Self { execution: execution?, settlement: settlement? };
            if delays.execution.is_none() && delays.settlement.is_none() {
                return body.refuse("has neither execution_delay_ms nor settlement_delay_ms");
            }
            Some(delays)
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl Lifetimes {
    /// Reads them; at least one must be said, and none is 0.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let token_life = body.if_any("token_life_seconds", some_seconds);
            let key_window = body.if_any("key_window_seconds", some_seconds);
            let lifetimes = Self { token_life: token_life?, key_window: key_window? };
            if lifetimes == Self::default() {
                return body.refuse("has neither token_life_seconds nor key_window_seconds");
            }
            Some(lifetimes)
        })
    }

    /// Writes them.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl ClockAdvance {
    /// The furthest that one step moves the clock, in seconds: a year and a day.
    pub const SECONDS_MAX: u64 = 366 * 24 * 3_600;

    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let seconds = body.require("advance_seconds")?.whole()?;
            Some(Self { by: Duration::from_secs(seconds) })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl ClockBody {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| body.required_time("now").map(|now| Self { now }))
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl WebhookTarget {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| body.require("url").and_then(|url| http_url(&url)))
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

/// What the next payout can fail with: refusals and returns come about in other ways, and what
/// operators decide is not the provider's.
pub(crate) fn possible() -> impl Iterator<Item = FailureReason> {
    let elsewhere = |reason: &FailureReason| {
        matches!(
            reason,
            FailureReason::Cancelled
                | FailureReason::NeverSubmitted
                | FailureReason::Rejected
                | FailureReason::Returned
        )
    };
    FailureReason::NAMED.into_iter().filter(move |reason| !elsewhere(reason))
}

fn one_of_the_possible() -> String {
    let possible: Vec<String> = possible().map(|reason| reason.to_string()).collect();
    format!("must be one of {}", possible.join(", "))
}

/// The address in full is checked by whoever connects to it.
fn http_url(value: &Value<'_>) -> Option<WebhookTarget> {
    let url = value.text()?;
    let has_host = ["http://", "https://"]
        .iter()
        .filter_map(|scheme| url.strip_prefix(scheme))
        .any(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()));
    if has_host {
        return Some(WebhookTarget { url: url.to_owned() });
    }
    value.refuse("must be an address such as http://127.0.0.1:8080/webhooks")
}

#[expect(clippy::ref_option, reason = "serde hands over references")]
fn milliseconds<S: Serializer>(delay: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    match delay {
        Some(delay) => {
            serializer.serialize_u64(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX))
        }
        None => serializer.serialize_none(),
    }
}

fn seconds<S: Serializer>(by: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(by.as_secs())
}

fn some_seconds(value: &Value<'_>) -> Option<Duration> {
    match value.whole()? {
        0 => value.refuse("must be at least 1"),
        seconds => Some(Duration::from_secs(seconds)),
    }
}

#[expect(clippy::ref_option, reason = "serde hands over references")]
fn optional_seconds<S: Serializer>(
    span: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match span {
        Some(span) => seconds(span, serializer),
        None => serializer.serialize_none(),
    }
}
