//! What a trial can find.

use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    /// What was seen, for whoever looks into it; the payout's history where there is one.
    pub(crate) story: String,
}

/// What kind of thing must never be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A payout was acknowledged, and the service does not know it.
    Lost,
    /// A payout is in the provider's book twice.
    Twice,
    /// The service says what the provider's book does not.
    FalseStatus,
    /// The provider has a payout that nobody asked the service for.
    Stranger,
    /// A payout has no end within the time that it may take.
    Unfinished,
    /// The history of a payout has gaps.
    Gap,
    /// A webhook is wrong, or missing.
    Webhook,
    /// A good request was refused.
    Refused,
    /// The service did not do what it must when something breaks.
    Conduct,
}

/// What has been found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings(Mutex<Vec<Finding>>);

impl Findings {
    /// Adds something that must never be.
    pub(crate) fn add(&self, kind: Kind, story: impl Into<String>) {
        let story = story.into();
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !found.iter().any(|known| known.kind == kind && known.story == story) {
            found.push(Finding { kind, story });
        }
    }

    /// All of them, the oldest first.
    pub(crate) fn all(&self) -> Vec<Finding> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lost => "lost",
            Self::Twice => "twice",
            Self::FalseStatus => "false status",
            Self::Stranger => "stranger",
            Self::Unfinished => "unfinished",
            Self::Gap => "gap in history",
            Self::Webhook => "webhook",
            Self::Refused => "refused",
            Self::Conduct => "conduct",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.story)
    }
}
