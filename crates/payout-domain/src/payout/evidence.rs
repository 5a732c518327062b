//! What can be learned of a payout.

mod text;

use super::{FailureReason, OperatorName, ParkReason, Resolution};
use crate::{GatewayPayoutId, Scheme, Timestamp, TransactionId};

/// Something that was learned of a payout. Evidence may come late, twice and in any order.
///
/// What we did ourselves names its transmission by number, counted from 1, so that a late word about
/// an earlier one is never taken for a word about the current one.
///
/// It prints as a short text for the record, such as `transmission_begun 2`, and is read back from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The payout was accepted.
    Accepted,
    /// We are about to send it: written down before the first byte leaves.
    TransmissionBegun {
        /// Which transmission.
        attempt: u32,
    },
    /// The transmission did not reach the provider, or was turned away before anything happened.
    NotProcessed {
        /// Which transmission.
        attempt: u32,
    },
    /// The transmission may have reached the provider.
    OutcomeUnknown {
        /// Which transmission.
        attempt: u32,
    },
    /// The provider refused the transmission for good.
    Rejected {
        /// Which transmission.
        attempt: u32,
        /// What the provider said, for the record.
        detail: Box<str>,
    },
    /// The provider answered that it has the payout.
    Acknowledged {
        /// The provider's name for it.
        gateway_payout_id: GatewayPayoutId,
    },
    /// The provider said how it stands, in answer to our own authenticated question.
    Reported {
        /// The provider's name for it.
        gateway_payout_id: GatewayPayoutId,
        /// How it stands.
        status: ProviderStatus,
    },
    /// The provider's statement shows the movement that brought the money back.
    MoneyCameBack {
        /// The provider's name for the payout.
        gateway_payout_id: GatewayPayoutId,
        /// The movement.
        transaction_id: TransactionId,
        /// When the money arrived, by the provider's clock.
        at: Timestamp,
    },
    /// It must wait for an operator.
    Parked(ParkReason),
    /// An operator lets it go on: its provider account is configured again.
    Released {
        /// Who.
        by: OperatorName,
    },
    /// An operator called it off before anything was sent.
    Cancelled {
        /// Who.
        by: OperatorName,
    },
    /// The first of two operators says that the provider never had it.
    NeverSubmittedProposed {
        /// Who.
        by: OperatorName,
        /// What makes the operator so sure.
        because: Box<str>,
    },
    /// An operator found out how it stands; for [`Resolution::NeverSubmitted`], the second one.
    Resolved {
        /// Who.
        by: OperatorName,
        /// What was found out.
        outcome: Resolution,
        /// From what.
        because: Box<str>,
    },
}

/// How the provider says that a payout stands. Times are the provider's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderStatus {
    /// Created there.
    Pending,
    /// Sent to the scheme.
    Authorized {
        /// When, if the provider says so.
        at: Option<Timestamp>,
    },
    /// Executed: the merchant account is debited.
    Executed {
        /// When.
        at: Timestamp,
        /// By which scheme, if the provider says so.
        scheme: Option<Scheme>,
    },
    /// Failed, or come back.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: FailureReason,
    },
}

/// The text is no evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such piece of evidence")]
pub struct ParseEvidenceError;
