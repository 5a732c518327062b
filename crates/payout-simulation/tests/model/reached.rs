//! What has happened on the way, to show that the model is not empty.

use payout_domain::PayoutState;

/// Things that have happened and that no state shows any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Reached {
    /// It was unknown once.
    pub(crate) unknown: bool,
    /// An operator has said how it stands.
    pub(crate) resolved: bool,
}

impl Reached {
    /// Remembers where the payout stands now.
    pub(crate) fn note(&mut self, after: &PayoutState) {
        self.unknown |= *after == PayoutState::Unknown;
    }
}
