//! When a payout may be sent, and when never again.

use std::time::Duration;

use super::{Applied, Evidence, ParkReason, Payout, PayoutState};
use crate::Timestamp;

/// What a gateway promises about keys, and what we add for safety.
///
/// A provider that has seen a key answers a repetition with the first answer, but only until it
/// forgets the key. After that the same bytes under the same key are a *second* payout. No clock or
/// lease of ours can exclude that a transmission is delayed past that moment. The provider's own
/// check of the bearer token can: a token that expires before the key is forgotten cannot carry a
/// transmission that comes too late.
///
/// The argument rests on three promises of the provider: it refuses expired tokens, it counts the
/// window from when it first saw the key, and its clocks agree within `margin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendRule {
    /// For how long the provider surely remembers a key after it first saw it.
    pub key_window: Duration,
    /// What the provider's clocks may be apart.
    pub margin: Duration,
    /// How old an accepted payout may be when it is sent for the first time.
    pub first_send_age_max: Duration,
}

/// The life of the bearer token that a transmission is to carry, by the provider's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLife {
    /// When the provider issued it.
    pub issued_at: Timestamp,
    /// From when on the provider refuses it.
    pub expires_at: Timestamp,
}

/// The payout must not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotSend {
    /// It is not waiting for a transmission.
    #[error("the payout does not wait for a transmission")]
    NotWaiting,
    /// It must be parked.
    #[error("the payout must wait for an operator: {}", .0.as_str())]
    Park(ParkReason),
}

impl SendRule {
    /// Whether nothing that carries this token can arrive after the provider has forgotten the key.
    ///
    /// The first transmission, which has no `first_sent_at` yet, is held to the same rule: a
    /// repetition may overtake it. With a token that lives longer than the window nothing can be sent
    /// safely, so a service should try `allows(None, token)` when it starts.
    pub fn allows(&self, first_sent_at: Option<Timestamp>, token: TokenLife) -> bool {
        let first = first_sent_at.unwrap_or(token.issued_at);
        token.expires_at <= first.plus(self.key_window).minus(self.margin)
    }
}

impl Payout {
    /// Begins a transmission that will carry this token, or says why there must be none. The result
    /// must be on disk before the first byte leaves.
    pub fn begin_transmission(
        &mut self,
        rule: &SendRule,
        token: TokenLife,
        now: Timestamp,
    ) -> Result<Evidence, CannotSend> {
        if !self.state().is_sendable() {
            return Err(CannotSend::NotWaiting);
        }
        let never_sent = *self.state() == PayoutState::Accepted;
        if never_sent && now.since(self.created_at) > rule.first_send_age_max {
            return Err(CannotSend::Park(ParkReason::TooOld));
        }
        // While no transmission is unresolved, the provider has not seen the key.
        let first = if never_sent { Some(token.issued_at) } else { self.progress.first_sent_at };
        // A repetition of which nobody knows when it was first sent must not be.
        let Some(first) = first.filter(|first| rule.allows(Some(*first), token)) else {
            return Err(CannotSend::Park(ParkReason::WindowClosed));
        };
        let evidence =
            Evidence::TransmissionBegun { attempt: self.progress.attempts.saturating_add(1) };
        match self.apply(&evidence, now) {
            Applied::Changed => {
                self.progress.first_sent_at = Some(first);
                Ok(evidence)
            }
            Applied::Unchanged | Applied::Contradicted => Err(CannotSend::NotWaiting),
        }
    }
}
