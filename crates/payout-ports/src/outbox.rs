//! What our clients are to be told.

use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{ClientId, EventId, Payment, PaymentId, Payout, PayoutId, Timestamp};

use crate::RepositoryError;

/// Remembers what our clients are still to be told.
///
/// Notifications come into it together with the fact that they tell, by
/// [`PayoutRepository::save`](crate::PayoutRepository::save) and
/// [`PaymentRepository::record_payment`](crate::PaymentRepository::record_payment).
///
/// # Laws
///
/// 1. *Kept until done*: a notification is claimed until it is done or given up, however often that
///    fails. What is given up is kept, and is claimed again once it is replayed.
/// 2. *In order*: of the notifications about one payout, only the first written that is neither done
///    nor given up is claimed, also while it is leased or put off.
/// 3. *The same words*: a notification tells the same fact each time that it is claimed.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims notifications that are due, oldest due time first. Each is due from the time that its
    /// fact was recorded at, and again when the lease ends.
    async fn claim_notifications(
        &self,
        now: Timestamp,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<Notification>, RepositoryError>;

    /// Marks a notification as told. It may be marked again, or be unknown.
    async fn notification_done(&self, id: EventId) -> Result<(), RepositoryError>;

    /// Puts a notification off after a failed delivery, or gives it up, unless it is done.
    async fn notification_failed(
        &self,
        id: EventId,
        then: AfterFailure,
    ) -> Result<(), RepositoryError>;

    /// Lists what was given up, oldest first, after the given one.
    async fn dead_letters(
        &self,
        limit: usize,
        after: Option<EventId>,
    ) -> Result<Vec<DeadLetter>, RepositoryError>;

    /// Lets a notification that was given up be told again from this time on, its failures forgotten;
    /// `false` if there is none of this name that was given up.
    async fn replay(&self, id: EventId, at: Timestamp) -> Result<bool, RepositoryError>;
}

/// Tells clients what happened.
///
/// # Laws
///
/// 1. *Told means heard*: [`Delivery::Delivered`] only if the client has confirmed.
/// 2. *One try*: a call tries once; whoever calls decides about the next.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Tells the client of the notification.
    async fn deliver(&self, notification: &Notification) -> Result<Delivery, NotDelivered>;
}

/// A notification that is to be written together with a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotification {
    /// Its name: the same at every delivery.
    pub event_id: EventId,
    /// What it tells.
    pub kind: NotificationKind,
    /// Its number among the notifications about its subject: 1, 2, and so on without a gap.
    pub sequence: u32,
    /// When the fact was recorded.
    pub created_at: Timestamp,
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotificationKind {
    /// A payout was executed.
    PayoutExecuted,
    /// A payout failed, or came back.
    PayoutFailed,
    /// A payment has settled.
    PaymentSettled,
}

impl NotificationKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::PayoutExecuted, Self::PayoutFailed, Self::PaymentSettled];

    /// The name of its event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PayoutExecuted => "payout_executed",
            Self::PayoutFailed => "payout_failed",
            Self::PaymentSettled => "payment_settled",
        }
    }
}

/// A notification on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its name.
    pub event_id: EventId,
    /// Who is to be told.
    pub client_id: ClientId,
    /// What is told.
    pub kind: NotificationKind,
    /// Of whom. It may know more by now than when the notification was written; the notifier tells
    /// only what its kind says.
    pub subject: NotificationSubject,
    /// Its number among the notifications about its subject: 1, 2, and so on without a gap.
    pub sequence: u32,
    /// When the fact was recorded.
    pub created_at: Timestamp,
    /// Since when it is tried: since it was written, or replayed.
    pub tried_since: Timestamp,
    /// How many deliveries have failed since then.
    pub failures: u32,
}

/// What happens to a notification after a failed delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// It is tried again, from this time on.
    Again(Timestamp),
    /// It is given up, at this time.
    GiveUp(Timestamp),
}

/// A notification that was given up, until an operator replays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its name.
    pub event_id: EventId,
    /// Who was to be told.
    pub client_id: ClientId,
    /// What was to be told.
    pub kind: NotificationKind,
    /// Of whom.
    pub about: DeadLetterSubject,
    /// When the fact was recorded.
    pub created_at: Timestamp,
    /// When it was given up.
    pub given_up_at: Timestamp,
    /// How many deliveries have failed.
    pub failures: u32,
}

/// What a notification that was given up is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadLetterSubject {
    /// A payout.
    Payout(PayoutId),
    /// A payment.
    Payment(PaymentId),
}

/// What a notification is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotificationSubject {
    /// A payout.
    Payout(Box<Payout>),
    /// A payment.
    Payment(Box<Payment>),
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The client has heard it.
    Delivered,
    /// The client does not want to be told anything.
    NobodyListens,
}

/// The client has not heard it: try again later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client did not confirm: {reason}")]
pub struct NotDelivered {
    /// What went wrong, without anything that the receiver said.
    pub reason: String,
}
