//! How what an event tells of has ended.

use payout_domain::{PayInState, Payout, Timestamp, Transfer};
use serde::Serialize;

use crate::{standing, timestamp};

/// An event tells of one end, and of no other that came before or after it.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Ending {
    Executed {
        #[serde(serialize_with = "timestamp::millis")]
        executed_at: Timestamp,
    },
    Failed {
        #[serde(serialize_with = "timestamp::millis")]
        failed_at: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        failure_stage: Option<&'static str>,
        failure_reason: String,
    },
}

impl Ending {
    /// That a payout was executed, if it was. One that has come back since was executed nevertheless.
    pub(super) fn execution(payout: &Payout) -> Option<Self> {
        let executed_at = payout.progress().executed_at?;
        Some(Self::Executed { executed_at })
    }

    /// That a payout has failed or come back, if it has.
    pub(super) fn failure(payout: &Payout) -> Option<Self> {
        let failed_at = payout.progress().failed_at?;
        let failure_reason = payout.state().failure_reason()?.to_string();
        Some(Self::Failed { failed_at, failure_stage: None, failure_reason })
    }

    /// The end of a transfer, if it has one yet.
    pub(super) fn of_transfer(transfer: &Transfer) -> Option<Self> {
        let executed = || Some(Self::Executed { executed_at: standing::executed_at(transfer)? });
        let failed = || {
            let (failed_at, reason) = standing::failure(transfer)?;
            let failure_reason = reason.to_string();
            Some(Self::Failed { failed_at, failure_stage: None, failure_reason })
        };
        executed().or_else(failed)
    }

    /// The end of a payment; `None` if there is none yet, or more is known by now.
    pub(super) fn of_pay_in(state: PayInState) -> Option<Self> {
        match state {
            PayInState::Executed { at } => Some(Self::Executed { executed_at: at }),
            PayInState::Failed { at, stage, reason } => Some(Self::Failed {
                failed_at: at,
                failure_stage: Some(stage.as_str()),
                failure_reason: reason.as_str().to_owned(),
            }),
            PayInState::AuthorizationRequired
            | PayInState::Authorizing
            | PayInState::Authorized
            | PayInState::Settled { .. } => None,
        }
    }

    pub(super) fn is_execution(&self) -> bool {
        match self {
            Self::Executed { .. } => true,
            Self::Failed { .. } => false,
        }
    }
}
