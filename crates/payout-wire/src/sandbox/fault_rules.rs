//! Rules by which a sandbox misbehaves, and what came of them.

mod read;
mod vocabulary;

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::InvalidBody;
use crate::json;

#[cfg(feature = "openapi")]
pub(crate) use read::MILLISECONDS_MAX;
#[cfg(feature = "openapi")]
pub(crate) use vocabulary::Member as FaultMember;
pub use vocabulary::{FaultCall, FaultKind};

/// The rules by which a sandbox misbehaves, in the order in which they are asked: of all that could
/// apply to a call, the first one does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FaultRules {
    /// What chance begins from: the same seed and the same calls give the same faults.
    pub seed: u64,
    /// The rules.
    pub rules: Vec<FaultRule>,
}

/// A rule: on which call, how often, what goes wrong.
///
/// [`parse`](FaultRules::parse) lets a rule have only the members that its kind knows, and wants all
/// that it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultRule {
    /// On which call.
    #[serde(serialize_with = "json::as_text")]
    pub on: FaultCall,
    /// What goes wrong.
    #[serde(rename = "do", serialize_with = "json::as_text")]
    pub kind: FaultKind,
    /// Instead of processing the call, or after it; instead of it if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<FaultTime>,
    /// The status that is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What `Retry-After` says.
    #[serde(rename = "retry_after_seconds", skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// How many bytes of the answer leave, its head included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_bytes: Option<u64>,
    /// How long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// Where to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// How many calls are left alone first.
    #[serde(skip_serializing_if = "is_zero")]
    pub skip: u64,
    /// How often it happens.
    #[serde(flatten, serialize_with = "often")]
    pub often: FaultOften,
}

/// Before a call is processed or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultTime {
    /// Before it; only a delayed call is processed then.
    Before,
    /// After it: what was asked has been done, whatever is answered.
    After,
}

/// How often a fault happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultOften {
    /// To every call, until the rules are cleared.
    Every,
    /// To the next so many calls.
    Next(u64),
    /// To so many of a hundred calls, by chance.
    Percent(u8),
}

/// What came of the rules so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultReport {
    /// What chance began from.
    pub seed: u64,
    /// How many calls there were since the rules were set, by the name of the call.
    pub calls: BTreeMap<String, u64>,
    /// The rules with what came of them.
    pub rules: Vec<FaultTally>,
}

/// A rule with what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultTally {
    /// The rule.
    #[serde(flatten)]
    pub rule: FaultRule,
    /// How often the fault has happened.
    pub injected: u64,
}

impl FaultRules {
    /// The most rules that there are at once.
    pub const RULES_MAX: usize = 64;

    /// Reads them. A member that is not known, or not to this kind of rule, is refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, read::rules)
    }

    /// Writes them.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl FaultReport {
    /// Reads it.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, read::report)
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn often<S: Serializer>(often: &FaultOften, serializer: S) -> Result<S::Ok, S::Error> {
    let said: BTreeMap<&str, u64> = match often {
        FaultOften::Every => BTreeMap::new(),
        FaultOften::Next(calls) => BTreeMap::from([("next", *calls)]),
        FaultOften::Percent(percent) => BTreeMap::from([("percent", u64::from(*percent))]),
    };
    said.serialize(serializer)
}
