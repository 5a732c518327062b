//! Bugs that are planted to see whether they are found.

use std::fmt;
use std::str::FromStr;

/// A mistake that somebody could make, made in the simulation's own seams: the test of the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plant {
    /// Every transmission bears a key of its own.
    FreshKey,
    /// A payout is sent again however long ago it was first sent.
    NoWindowCheck,
    /// The token is renewed on the way, so that a late transmission is not turned away.
    NoTokenFence,
    /// The window is measured by the clock of the machine.
    LocalClock,
    /// No answer in time is taken for a refusal.
    TimeoutIsFailed,
    /// A payout that is not found is taken for one that failed.
    AbsentIsFailed,
    /// The refusal of a repetition is taken for the refusal of the payout.
    RejectAfterUnknown,
    /// The intent to send is on disk only once the outcome is.
    IntentAfterSend,
    /// What was known earlier overwrites what is known now.
    Regress,
    /// Nobody notices that the store went back in time.
    RestoreRedispatch,
    /// A server error is taken for a refusal.
    ServerErrorIsFailed,
    /// A repetition has other bytes.
    BodyDrift,
}

/// The name is of no planted bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such planted bug")]
pub struct UnknownPlant;

impl Plant {
    /// Every planted bug.
    pub const ALL: [Self; 12] = [
        Self::FreshKey,
        Self::NoWindowCheck,
        Self::NoTokenFence,
        Self::LocalClock,
        Self::TimeoutIsFailed,
        Self::AbsentIsFailed,
        Self::RejectAfterUnknown,
        Self::IntentAfterSend,
        Self::Regress,
        Self::RestoreRedispatch,
        Self::ServerErrorIsFailed,
        Self::BodyDrift,
    ];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FreshKey => "fresh-key",
            Self::NoWindowCheck => "no-window-check",
            Self::NoTokenFence => "no-token-fence",
            Self::LocalClock => "local-clock",
            Self::TimeoutIsFailed => "timeout-is-failed",
            Self::AbsentIsFailed => "absent-is-failed",
            Self::RejectAfterUnknown => "reject-after-unknown",
            Self::IntentAfterSend => "intent-after-send",
            Self::Regress => "regress",
            Self::RestoreRedispatch => "restore-redispatch",
            Self::ServerErrorIsFailed => "server-error-is-failed",
            Self::BodyDrift => "body-drift",
        }
    }
}

impl fmt::Display for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Plant {
    type Err = UnknownPlant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|plant| plant.as_str() == text).ok_or(UnknownPlant)
    }
}
