//! What is asked of a store, and what it answers.

use std::time::Duration;

use payout_domain::{
    ClientId, EventId, GatewayPayoutId, IdempotencyKey, MerchantAccount, MerchantAccountId,
    Payment, PaymentId, PaymentSource, PaymentSourceId, Payout, PayoutId, Timestamp, TokenLife,
    UserId,
};
use payout_ports::{
    AcceptOutcome, AfterFailure, AttemptEnd, DeadLetter, GatewayProfile, IdempotencyRecord,
    InboxEntry, Instruction, NewNotification, Notification, PageOrder, Pause, PayoutChange,
    PayoutEvent, RecordedPayment, Remembered, SaveError, SendOrder, Standing, WatchOrder,
};

use super::operation::Whose;
use crate::fixtures::Accepting;

/// What is asked of both stores.
#[derive(Clone, Debug)]
pub(super) enum Command {
    ClaimSendable(SendOrder),
    /// With a schedule that counts under this claim, if it has one.
    Save(Box<PayoutChange>, Whose),
    Payouts(Box<PayoutCommand>),
    Payments(Box<PaymentCommand>),
    Events(EventCommand),
    Reopen,
}

/// What is asked of payouts.
#[derive(Clone, Debug)]
pub(super) enum PayoutCommand {
    Accept(Accepting),
    FindKey(ClientId, IdempotencyKey),
    ClaimWatched(WatchOrder),
    Look(ClientId, PayoutId),
    FindByGatewayId(GatewayProfile, GatewayPayoutId),
    List(ClientId, PageOrder),
    ListStanding(Standing, PageOrder),
    Pause(Pause),
    Resume,
}

/// What is asked of payments.
#[derive(Clone, Debug)]
pub(super) enum PaymentCommand {
    Pay(ClientId, Payment, Option<NewNotification>),
    ListSource(ClientId, PaymentSource),
    Look {
        client: ClientId,
        payment: PaymentId,
        source: PaymentSourceId,
        user: UserId,
        account: MerchantAccountId,
    },
    RememberAccounts(Vec<MerchantAccount>),
}

/// What is asked of events and notifications.
#[derive(Clone, Debug)]
pub(super) enum EventCommand {
    Remember(InboxEntry),
    ClaimEvents(Timestamp, usize, Duration),
    EventDone(GatewayProfile, EventId),
    ClaimNotifications(Timestamp, usize, Duration),
    NotificationDone(EventId),
    NotificationFailed(EventId, AfterFailure),
    Replay(EventId, Timestamp),
    DeadLetters(usize, Option<EventId>),
}

/// What a store answers, as far as the port promises it.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Accepted(AcceptOutcome),
    Key(Option<IdempotencyRecord>),
    Claims(Vec<ClaimSeen>, usize),
    Payouts(Vec<Payout>),
    Saved(Saved),
    Looked {
        payouts: Vec<Option<Payout>>,
        history: Option<Vec<PayoutEvent>>,
        attempts: Vec<AttemptSeen>,
    },
    Found(Vec<Option<Payout>>),
    Page(Vec<Payout>, bool),
    Recorded(RecordedPayment),
    PaidIn(Box<PaidIn>),
    Remembered(Remembered),
    Events(Vec<InboxEntry>),
    Notifications(Vec<Notification>),
    DeadLetters(Vec<DeadLetter>),
    Replayed(bool),
    Paused(Option<Pause>),
    Done,
    Corrupt,
    Unavailable(String),
}

/// What is known of a user's money.
#[derive(Debug, PartialEq)]
pub(super) struct PaidIn {
    pub(super) payment: Option<Payment>,
    pub(super) source: Option<PaymentSource>,
    pub(super) sources: Vec<PaymentSource>,
    pub(super) account: Option<MerchantAccount>,
}

/// A claim. Epochs are a store's own business, as long as they grow.
#[derive(Debug, PartialEq)]
pub(super) struct ClaimSeen {
    pub(super) payout: Payout,
    pub(super) instruction: Instruction,
    pub(super) epoch_has_grown: bool,
}

/// An attempt, without its epoch.
pub(super) type AttemptSeen = (u32, Timestamp, TokenLife, Option<AttemptEnd>);

/// What became of a change.
#[derive(Debug, PartialEq)]
pub(super) enum Saved {
    Written,
    Stale,
    GatewayIdTaken,
    Unavailable(String),
}

impl From<Result<(), SaveError>> for Saved {
    fn from(outcome: Result<(), SaveError>) -> Self {
        match outcome {
            Ok(()) => Self::Written,
            Err(SaveError::Stale) => Self::Stale,
            Err(SaveError::GatewayIdTaken) => Self::GatewayIdTaken,
            Err(SaveError::Unavailable(cause)) => Self::Unavailable(cause.to_string()),
        }
    }
}
