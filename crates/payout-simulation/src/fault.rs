//! What can go wrong, and how often it did.

use std::fmt;
use std::str::FromStr;

macro_rules! fault_kinds {
    ($($(#[$doc:meta])* $number:literal $kind:ident $name:literal $most:literal;)*) => {
        /// A kind of fault. Each world has some of them, each at its own rate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultKind {
            $($(#[$doc])* $kind,)*
        }

        impl FaultKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Its name, as it is written on the command line and in reports.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            pub(crate) fn number(self) -> usize {
                match self { $(Self::$kind => $number,)* }
            }

            /// The most cases of ten thousand in which it strikes; of kinds that strike at planned
            /// times, the most times in a world.
            pub(crate) fn most(self) -> u32 {
                match self { $(Self::$kind => $most,)* }
            }
        }
    };
}

fault_kinds! {
    /// A transmission never reaches the provider.
    0 RequestLost "request_lost" 800;
    /// The provider's answer to a transmission is lost.
    1 AnswerLost "answer_lost" 1_500;
    /// A transmission arrives up to twelve hours late.
    2 Delayed "delayed" 1_500;
    /// A transmission is delivered twice.
    3 Duplicated "duplicated" 800;
    /// A server error before anything was done.
    4 ErrorBefore "error_before" 1_000;
    /// A server error after the payout was made.
    5 ErrorAfter "error_after" 1_200;
    /// A server error after the payout was made, which the key remembers.
    6 ErrorCached "error_cached" 100;
    /// A token is refused, although it is good.
    7 Unauthorized "unauthorized" 500;
    /// The provider says that it is still busy with the key.
    8 InProgress "in_progress" 600;
    /// The provider says that the key belongs to other bytes, although it does not.
    9 KeyDisputed "key_disputed" 40;
    /// The provider asks for patience.
    10 TooMany "too_many" 600;
    /// The provider refuses a payout for good.
    11 Rejected "rejected" 300;
    /// The provider refuses the repetition of what it has, or may have.
    12 RejectedAgain "rejected_again" 2_000;
    /// A payout is not found that is there.
    13 NotFound "not_found" 2_000;
    /// A look-up fails.
    14 ReadFailed "read_failed" 1_000;
    /// An answer cannot be read, or speaks of something else.
    15 OddAnswer "odd_answer" 500;
    /// A listing ends early, or is in disorder.
    16 ListingOdd "listing_odd" 2_000;
    /// Our credentials are not accepted for a while.
    17 KeyRotated "key_rotated" 2;
    /// The provider's clocks are apart.
    18 ClocksApart "clocks_apart" 1;
    /// A payout fails at the bank.
    19 FailedAtBank "failed_at_bank" 1_000;
    /// An executed payout comes back, up to five days later.
    20 Returned "returned" 1_500;
    /// A webhook is lost for good.
    21 WebhookDropped "webhook_dropped" 4_000;
    /// A webhook comes twice.
    22 WebhookDuplicated "webhook_duplicated" 1_500;
    /// A webhook comes late, up to two days, and therefore out of order.
    23 WebhookLate "webhook_late" 2_000;
    /// A webhook is about somebody else's payout.
    24 WebhookForeign "webhook_foreign" 500;
    /// A webhook comes again with another body under its name.
    25 WebhookAltered "webhook_altered" 500;
    /// Nobody reaches the provider, and no look-up works, up to fourteen hours.
    26 ProviderDown "provider_down" 2;
    /// The provider works, but nobody hears its answers, up to fourteen hours.
    27 AnswersDown "answers_down" 2;
    /// None of our instances runs, up to fourteen hours.
    28 InstancesDown "instances_down" 2;
    /// An instance dies in the midst of its work.
    29 Crash "crash" 120;
    /// A task of an instance stands still, up to eight hours.
    30 Stall "stall" 150;
    /// A whole instance stands still.
    31 Freeze "freeze" 3;
    /// The clock of an instance is wrong, up to eight hours.
    32 ClockSkew "clock_skew" 8_000;
    /// The clock of an instance jumps.
    33 ClockJump "clock_jump" 4;
    /// The store refuses a commit, and nothing is written.
    34 CommitFailed "commit_failed" 400;
    /// The store has committed, and says that it does not know.
    35 CommitUnknown "commit_unknown" 400;
    /// The store is away for a while.
    36 StoreDown "store_down" 2;
    /// The store goes back to an old copy of itself.
    37 Restored "restored" 1;
    /// A client does not take a notification.
    38 ReceiverFailed "receiver_failed" 2_000;
    /// A client has taken a notification, and we do not hear it.
    39 ConfirmationLost "confirmation_lost" 1_000;
    /// A client asks again for what was accepted.
    40 RequestRepeated "request_repeated" 2_000;
    /// A client asks for something else under a used key.
    41 RequestAltered "request_altered" 800;
    /// A client wants to pay where nothing was paid in, or in another currency.
    42 RequestForbidden "request_forbidden" 1_000;
    /// The service is configured for another account at the provider, and back.
    43 ProfileChanged "profile_changed" 1;
    /// Operators stop all sending for a while.
    44 SendingPaused "sending_paused" 2;
    /// A payout is called off.
    45 CalledOff "called_off" 800;
}

/// The name is of no kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such kind of fault")]
pub struct UnknownFaultKind;

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for FaultKind {
    type Err = UnknownFaultKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(UnknownFaultKind)
    }
}

/// How often each kind of fault has struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultTally(Vec<u64>);

impl Default for FaultTally {
    fn default() -> Self {
        Self(vec![0; FaultKind::ALL.len()])
    }
}

impl FaultTally {
    /// Counts a fault.
    pub(crate) fn count(&mut self, kind: FaultKind) {
        if let Some(count) = self.0.get_mut(kind.number()) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds the counts of another world.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(&other.0) {
            *count = count.saturating_add(*more);
        }
    }

    /// How often a kind has struck.
    pub fn of(&self, kind: FaultKind) -> u64 {
        self.0.get(kind.number()).copied().unwrap_or_default()
    }

    /// How many faults there were.
    pub fn total(&self) -> u64 {
        self.0.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_counts_for_itself_and_is_read_back_from_its_name() {
        for (place, kind) in FaultKind::ALL.iter().copied().enumerate() {
            let mut tally = FaultTally::default();
            tally.count(kind);

            assert_eq!(kind.number(), place);
            assert_eq!((tally.of(kind), tally.total()), (1, 1));
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }
}
