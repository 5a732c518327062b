//! `POST /operator/payouts/{id}/resolve`: what an operator found out.

use std::fmt;

use payout_domain::{Resolution, Timestamp};
use serde::Serialize;

use super::text;
use crate::json::{self, Value};
use crate::{InvalidBody, timestamp};

/// What an operator found out about a payout, and from what.
#[derive(Clone, PartialEq, Eq)]
pub struct ResolveOrder {
    /// How it stands.
    pub outcome: Resolution,
    /// From what the operator knows: 1 to 500 characters without control characters.
    pub evidence: Box<str>,
}

#[derive(Serialize)]
struct Twin<'a> {
    r#as: &'static str,
    evidence: &'a str,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "timestamp::optional_micros"
    )]
    executed_at: Option<Timestamp>,
}

impl ResolveOrder {
    /// Reads it. The time belongs to an execution, and to nothing else.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        json::read(bytes, |body| {
            let evidence = text::required(body, "evidence");
            let executed_at = body.optional_time("executed_at");
            let outcome = outcome(body, executed_at?);
            Some(Self { outcome: outcome?, evidence: evidence? })
        })
    }

    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (name, executed_at) = match self.outcome {
            Resolution::Executed { at } => ("executed", Some(at)),
            Resolution::Failed => ("failed", None),
            Resolution::NeverSubmitted => ("never_submitted", None),
        };
        json::to_bytes(&Twin { r#as: name, evidence: &self.evidence, executed_at })
    }
}

fn outcome(body: &Value<'_>, executed_at: Option<Timestamp>) -> Option<Resolution> {
    let member = body.require("as")?;
    let other = match member.text()? {
        "executed" => {
            let at = executed_at.or_else(|| {
                body.refuse_member("executed_at", "is required for an execution; add when it was")
            });
            return at.map(|at| Resolution::Executed { at });
        }
        "failed" => Resolution::Failed,
        "never_submitted" => Resolution::NeverSubmitted,
        _ => return member.refuse("must be executed, failed or never_submitted"),
    };
    if executed_at.is_some() {
        return body.refuse_member("executed_at", "belongs to an execution; leave it out");
    }
    Some(other)
}

impl fmt::Debug for ResolveOrder {
    /// Leaves out the evidence, which is a person's own words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResolveOrder").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
