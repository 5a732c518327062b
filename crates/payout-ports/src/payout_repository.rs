//! Payouts, and everything that happened to them.

use async_trait::async_trait;
use std::time::Duration;

use payout_domain::{
    ClientId, Evidence, GatewayPayoutId, IdempotencyKey, Payout, PayoutId, PayoutState, SendRule,
    Timestamp, TokenLife,
};

use crate::{
    Attempt, AttemptEnd, Cause, Coming, GatewayProfile, Instruction, NewNotification,
    RepositoryError,
};

/// Remembers payouts, every piece of evidence about them, and who works on them.
///
/// # Laws
///
/// 1. *Remembered means remembered*: when a call that writes has returned `Ok`, what it wrote
///    survives a crash.
/// 2. *One payout per client and key*: of any number of acceptances under one key, exactly one is
///    [`AcceptOutcome::Accepted`]; those with its fingerprint are `Replayed` with its id, all others
///    `KeyReused`. A key that was used before the acceptance's `forget_before` is as if never used;
///    this concerns that key and this acceptance only, and the payout of its earlier use stays.
/// 3. *Intent before the first byte*: every payout that [`claim_sendable`](Self::claim_sendable)
///    returns is stored as sending, with its transmission begun, and its instruction is the one that
///    was accepted. A payout is due from the time that it was accepted at.
/// 4. *One worker at a time*: a claimed payout is not claimed again before its lease has ended, and
///    each claim to send has a higher epoch. To ask after a payout changes neither it nor its epoch.
///    A store that no other process can have open may end the leases of senders that a restart has
///    ended.
/// 5. *What may not be sent is parked*: a payout that the send rule or its profile forbids is parked
///    with its reason in the same step, and counted, but not returned. The profile counts before the
///    rule. Its due time stays.
/// 6. *No lost update*: [`save`](Self::save) writes only onto the version that it expects; anything
///    else, also a payout that does not exist, is [`SaveError::Stale`].
/// 7. *All or nothing*: payout, events and notifications of a save are written together.
/// 8. *Evidence is never fenced*: a save with an outdated epoch writes all but its schedule.
/// 9. *History is complete*: there is one event for each version, in order, and one attempt for each
///    transmission that has begun, for ever. The first end of an attempt stands.
/// 10. *Each client sees its own*: another client's payout looks like one that does not exist.
///     Nothing comes after a payout that does not exist.
/// 11. *One provider id, one payout*: two payouts of a profile never have the same gateway id; the
///     save that would make it so is [`SaveError::GatewayIdTaken`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PayoutRepository: Send + Sync {
    /// Stores an accepted payout, its first event, its instruction and its key, if the key is free.
    /// A second payout of the same id under another key is [`RepositoryError::Corrupt`].
    async fn accept(&self, acceptance: Acceptance) -> Result<AcceptOutcome, RepositoryError>;

    /// Hears that something is probably coming to be accepted. It changes nothing but when a store
    /// commits that commits in groups.
    fn coming(&self) -> Coming {
        Coming::default()
    }

    /// Finds what a key was last used for, however long ago.
    async fn find_key(
        &self,
        client_id: &ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>, RepositoryError>;

    /// Claims payouts that are due to be sent, oldest due time first, and begins their transmissions.
    async fn claim_sendable(&self, order: &SendOrder) -> Result<Claimed, RepositoryError>;

    /// Claims payouts of the profile that are due and do not wait to be sent: submitted ones,
    /// executed ones that may come back, parked ones that may be found, returned ones whose money is
    /// looked for; oldest due time first. Each is due again when the lease ends.
    async fn claim_watched(&self, order: &WatchOrder) -> Result<Vec<Payout>, RepositoryError>;

    /// Stores a changed payout.
    async fn save(&self, change: PayoutChange) -> Result<(), SaveError>;

    /// Finds a payout of a client.
    async fn find(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Payout>, RepositoryError>;

    /// Finds a payout of any client, for our own work.
    async fn find_unscoped(&self, id: PayoutId) -> Result<Option<Payout>, RepositoryError>;

    /// Finds a payout by the provider's id.
    async fn find_by_gateway_id(
        &self,
        profile: &GatewayProfile,
        id: GatewayPayoutId,
    ) -> Result<Option<Payout>, RepositoryError>;

    /// Lists payouts of a client, newest first; of those accepted at one time, highest id first.
    async fn list(
        &self,
        client_id: &ClientId,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError>;

    /// Lists payouts of all clients that stand so, oldest first; of those accepted at one time,
    /// lowest id first. A page goes on after a payout also if that one stands elsewhere by now.
    async fn list_standing(
        &self,
        standing: Standing,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError>;

    /// The transmissions of a payout of any client, in order; none if there is no such payout.
    async fn attempts(&self, id: PayoutId) -> Result<Vec<Attempt>, RepositoryError>;

    /// Everything that happened to a payout of a client, oldest first; `None` if there is none.
    async fn history(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Vec<PayoutEvent>>, RepositoryError>;
}

/// A digest of a whole request: client, key, method, path and body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

/// A payout that is accepted, with all that is frozen with it.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The payout; its key and client are the idempotency record's.
    pub payout: Payout,
    /// What will be sent.
    pub instruction: Instruction,
    /// The digest of the request that asked for it.
    pub fingerprint: Fingerprint,
    /// Keys that were used before this time are forgotten; `None` if none ever is.
    pub forget_before: Option<Timestamp>,
}

/// What became of an acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptOutcome {
    /// The payout is stored.
    Accepted,
    /// The same request was accepted before, as this payout.
    Replayed(PayoutId),
    /// Another request was accepted under this key.
    KeyReused,
}

/// What an idempotency key was used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The payout that was accepted under it.
    pub payout_id: PayoutId,
    /// The digest of the request.
    pub fingerprint: Fingerprint,
    /// When it was first used.
    pub created_at: Timestamp,
}

/// Counts how often a payout was claimed. A worker whose epoch is not the latest has lost its claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epoch(pub u64);

/// Which payouts a sender wants.
#[derive(Clone, Debug)]
pub struct SendOrder {
    /// The time now.
    pub now: Timestamp,
    /// The most payouts that are claimed or set aside.
    pub limit: usize,
    /// How long nobody else shall claim them: each is due again when it ends.
    pub lease: Duration,
    /// Which profile they will be sent through.
    pub profile: GatewayProfile,
    /// When a payout may be sent.
    pub rule: SendRule,
    /// The token that every one of them will carry.
    pub token: TokenLife,
}

/// What became of the payouts that were due to be sent. If there were none at all, no more are due.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    /// Those that are about to be sent, the oldest due time first.
    pub to_send: Vec<Claim>,
    /// How many are not: they are parked, or put off because they cannot be read or written.
    pub set_aside: usize,
}

/// A payout that is about to be sent: its intent is on disk.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The payout, sending.
    pub payout: Payout,
    /// What to send.
    pub instruction: Instruction,
    /// The claim's epoch.
    pub epoch: Epoch,
}

/// Which payouts are to be asked after.
#[derive(Clone, Debug)]
pub struct WatchOrder {
    /// The time now.
    pub now: Timestamp,
    /// The most payouts.
    pub limit: usize,
    /// How long nobody else shall ask after them.
    pub lease: Duration,
    /// Which profile is asked.
    pub profile: GatewayProfile,
}

/// A change to a payout, all or nothing.
#[derive(Clone, Debug)]
pub struct PayoutChange {
    /// The payout as it shall be.
    pub payout: Payout,
    /// The version that it had before.
    pub expected_version: u32,
    /// What happened, one for each new version, in order; none if only the schedule changes.
    pub events: Vec<PayoutEvent>,
    /// What its client is to be told.
    pub notifications: Vec<NewNotification>,
    /// When somebody shall look at it again; `None` leaves that as it is.
    pub schedule: Option<Schedule>,
    /// How a transmission ended, if this is what happened.
    pub attempt_end: Option<AttemptEnd>,
}

/// When somebody shall look at a payout again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// From then on, that time included; `None` if never.
    pub due_at: Option<Timestamp>,
    /// Only if this is still the latest claim; `None` in any case.
    pub epoch: Option<Epoch>,
}

/// Something that happened to a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutEvent {
    /// The version that it led to.
    pub version: u32,
    /// When it was recorded, by our clock.
    pub at: Timestamp,
    /// What was learned.
    pub evidence: Evidence,
    /// Where the payout stood then.
    pub state: PayoutState,
}

/// What a caller of [`PayoutRepository::save`] does next.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Read the payout again and apply the evidence anew: somebody else was faster.
    #[error("the payout has changed since it was read")]
    Stale,
    /// Call somebody: the provider gave the same id to two payouts.
    #[error("another payout has this gateway id")]
    GatewayIdTaken,
    /// Try again later; whether it was written is not known.
    #[error("the store is not available")]
    Unavailable(#[source] Cause),
}

/// Where payouts stand that operators ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nobody knows whether the provider has it, and it is asked again: sending again, or unknown.
    Unknown,
    /// They wait for an operator.
    Parked,
    /// They are to be sent, or could be let go to be sent: accepted, sending, unknown, or parked
    /// because they were too old or their profile had changed.
    Unsettled,
}

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageOrder {
    /// The most payouts, at least 1.
    pub limit: usize,
    /// Only payouts that come after this one in the list.
    pub after: Option<PayoutId>,
}

/// Some payouts of a list.
#[derive(Clone, Debug)]
pub struct Payouts {
    /// The payouts.
    pub items: Vec<Payout>,
    /// Whether there are more after the last of them.
    pub more: bool,
}
