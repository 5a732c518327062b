//! Errors of a protocol that looks almost like ours.

/// An error that somebody could make. It lives in the world around the production code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Planted {
    /// Each transmission has a key of its own.
    FreshKey,
    /// A payout is sent again however long ago it was first sent.
    NoWindowCheck,
    /// The provider's clocks are believed to agree to the tick.
    NoMargin,
    /// A worker that wakes late takes a new token, so that the provider takes what it sends.
    NoTokenFence,
    /// No answer means no payout.
    TimeoutIsFailure,
    /// What the provider does not show does not exist.
    AbsenceIsFailure,
    /// A refusal is final, whatever was sent before.
    RefusalAfterDoubtIsFailure,
    /// The store hears of a transmission when it is over.
    IntentAfterSend,
    /// The window is measured by our own clock.
    OwnClock,
    /// One person may say twice that a payout was never submitted.
    OnePerson,
    /// Absence is believed while something can still arrive.
    AbsenceTooEarly,
    /// A payout is called off although it may have been sent.
    CancelAfterSend,
    /// Nobody notices that the store has gone back in time.
    NoMarker,
    /// Anybody claims at any time, and anybody's word ends the claim.
    NoFence,
}
