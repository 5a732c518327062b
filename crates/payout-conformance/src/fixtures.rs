//! The payouts, payments and names that tests share. Nothing here is left to chance.
//!
//! Time begins at [`T0`]. Ids are scattered: the order of ids is never the order in which things were
//! made, so that a store which confuses the two is found out.

mod clients;
mod lives;
mod paid_in;

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{
    ClientId, EventId, Evidence, GatewayPayoutId, IdempotencyKey, OperatorName, Payout, PayoutId,
    SendRule, Timestamp, TokenLife,
};
use payout_ports::{
    Acceptance, Epoch, Fingerprint, GatewayProfile, Instruction, NewNotification, NotificationKind,
    PayoutChange, PayoutEvent, Schedule, SendOrder, WatchOrder,
};
use uuid::Uuid;

pub use clients::{client_secret, fully_registered, registered};
pub use lives::{Life, Step, lives, played};
pub use paid_in::{
    merchant_account, merchant_account_id, payment, payment_id, payment_source_id, request, user,
};

/// When tests begin.
pub const T0: Timestamp = Timestamp::from_seconds(1_772_442_847);

/// How long a claim of [`send_order`] or [`watch_order`] lasts.
pub const LEASE: Duration = Duration::from_mins(1);

/// The time this many seconds after [`T0`].
pub fn seconds(after: u64) -> Timestamp {
    T0.plus(Duration::from_secs(after))
}

/// The time one microsecond earlier: the finest that there is.
pub fn just_before(time: Timestamp) -> Timestamp {
    time.minus(Duration::from_micros(1))
}

/// The client that owns everything, unless a test says otherwise.
pub fn acme() -> ClientId {
    client("acme")
}

/// Another client.
pub fn globex() -> ClientId {
    client("globex")
}

/// A client by name.
pub fn client(name: &str) -> ClientId {
    name.parse().expect("the name is plain")
}

/// A key by its text.
pub fn key(text: &str) -> IdempotencyKey {
    text.parse().expect("the key is visible ASCII")
}

/// The profile that everything is sent through, unless a test says otherwise.
pub fn profile() -> GatewayProfile {
    GatewayProfile::new("provider/acme/live")
}

/// Another profile.
pub fn other_profile() -> GatewayProfile {
    GatewayProfile::new("provider/acme/sandbox")
}

/// The payout with this number.
pub fn payout_id(number: u64) -> PayoutId {
    PayoutId::from_uuid(scattered(1, number))
}

/// The provider's name for a payout.
pub fn gateway_payout_id(number: u64) -> GatewayPayoutId {
    GatewayPayoutId::from_uuid(scattered(2, number))
}

/// The event with this number.
pub fn event_id(number: u64) -> EventId {
    EventId::from_uuid(scattered(3, number))
}

/// A digest that is different for each number.
pub fn digest(number: u64) -> [u8; 32] {
    let mut digest = [0xd1; 32];
    for (byte, value) in digest.iter_mut().zip(number.to_be_bytes()) {
        *byte = value;
    }
    digest
}

/// Names one thing of a kind, in no visible order.
pub(crate) fn scattered(kind: u64, number: u64) -> Uuid {
    let low = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Uuid::from_u64_pair(low ^ kind.rotate_right(8), low.rotate_left(17) ^ kind)
}

/// How a payout comes to be accepted. Every part has a default that follows from its number: client
/// [`acme`], key `key-<number>`, accepted at [`T0`] plus that many seconds, through [`profile`]. A
/// store makes it due to be sent from the time that it was accepted at.
#[derive(Clone, Debug)]
pub struct Accepting {
    number: u64,
    client: ClientId,
    key: IdempotencyKey,
    at: Timestamp,
    profile: GatewayProfile,
    fingerprint: u64,
    forget_before: Option<Timestamp>,
}

impl Accepting {
    /// The payout with this number. What it asks for is [`request`] of the same number.
    pub fn number(number: u64) -> Self {
        Self {
            number,
            client: acme(),
            key: key(&format!("key-{number}")),
            at: seconds(number),
            profile: profile(),
            fingerprint: number,
            forget_before: None,
        }
    }

    /// Asked for by this client.
    #[must_use]
    pub fn by(self, client: ClientId) -> Self {
        Self { client, ..self }
    }

    /// Asked for under this key.
    #[must_use]
    pub fn under(self, text: &str) -> Self {
        Self { key: key(text), ..self }
    }

    /// Asked for at this time.
    #[must_use]
    pub fn at(self, at: Timestamp) -> Self {
        Self { at, ..self }
    }

    /// To be sent through this profile.
    #[must_use]
    pub fn through(self, profile: GatewayProfile) -> Self {
        Self { profile, ..self }
    }

    /// Asked for by the request with this digest.
    #[must_use]
    pub fn with_fingerprint(self, fingerprint: u64) -> Self {
        Self { fingerprint, ..self }
    }

    /// When keys from before this time are forgotten.
    #[must_use]
    pub fn forgetting(self, before: Timestamp) -> Self {
        Self { forget_before: Some(before), ..self }
    }

    /// The payout as it is accepted.
    pub fn payout(&self) -> Payout {
        let (id, request) = (payout_id(self.number), request(self.number));
        Payout::accept(id, self.client.clone(), self.key.clone(), request, self.at)
    }

    /// What is stored.
    pub fn acceptance(&self) -> Acceptance {
        let payout = self.payout();
        Acceptance {
            instruction: Instruction {
                payout_id: payout.id(),
                profile: self.profile.clone(),
                key: key(&format!("gateway-{}", payout.id())),
                body: body(self.number),
            },
            payout,
            fingerprint: Fingerprint(digest(self.fingerprint)),
            forget_before: self.forget_before,
        }
    }
}

/// The bytes to send for a payout: no text, so that a store which reads them as one is found out.
fn body(number: u64) -> Arc<[u8]> {
    [&[0xff, 0x00, 0x27, 0x80][..], &number.to_be_bytes()].concat().into()
}

/// When payouts may be sent: keys are remembered for 6 hours, clocks differ by 15 minutes at most,
/// and a payout is not sent for the first time after a day.
pub const fn rule() -> SendRule {
    SendRule {
        key_window: Duration::from_hours(6),
        margin: Duration::from_mins(15),
        first_send_age_max: Duration::from_hours(24),
    }
}

/// A token that is issued at this time and lives for an hour.
pub fn token(issued_at: Timestamp) -> TokenLife {
    TokenLife { issued_at, expires_at: issued_at.plus(Duration::from_hours(1)) }
}

/// Asks for everything that is due to be sent, by [`rule`] with a fresh [`token`].
pub fn send_order(now: Timestamp) -> SendOrder {
    let (rule, token) = (rule(), token(now));
    SendOrder { now, limit: 1000, lease: LEASE, profile: profile(), rule, token }
}

/// Asks for everything that is due to be asked after.
pub fn watch_order(now: Timestamp) -> WatchOrder {
    WatchOrder { now, limit: 1000, lease: LEASE, profile: profile() }
}

/// The change that a piece of evidence makes to a payout as it was read. It tells nobody and keeps
/// the schedule.
pub fn change(read: &Payout, evidence: &Evidence, at: Timestamp) -> PayoutChange {
    let mut payout = read.clone();
    let _also_contradictions_are_recorded = payout.apply(evidence, at);
    change_to(read, payout, evidence, at)
}

/// A change that changes nothing yet: no event, nobody to tell, the schedule as it is.
pub fn unchanged(read: &Payout) -> PayoutChange {
    PayoutChange {
        payout: read.clone(),
        expected_version: read.version(),
        events: Vec::new(),
        notifications: Vec::new(),
        schedule: None,
        attempt_end: None,
    }
}

/// The change from a payout as it was read to what it is after a piece of evidence.
pub(crate) fn change_to(
    read: &Payout,
    payout: Payout,
    evidence: &Evidence,
    at: Timestamp,
) -> PayoutChange {
    let event = PayoutEvent {
        version: payout.version(),
        at,
        evidence: evidence.clone(),
        state: payout.state().clone(),
    };
    let events = if payout.version() > read.version() { vec![event] } else { Vec::new() };
    let (expected_version, notifications) = (read.version(), Vec::new());
    let (schedule, attempt_end) = (None, None);
    PayoutChange { payout, expected_version, events, notifications, schedule, attempt_end }
}

/// A schedule that counts in any case.
pub fn due(at: Timestamp) -> Schedule {
    Schedule { due_at: Some(at), epoch: None }
}

/// A schedule that counts only if this is the latest claim.
pub fn due_if(at: Timestamp, epoch: Epoch) -> Schedule {
    Schedule { due_at: Some(at), epoch: Some(epoch) }
}

/// The schedule of what nobody shall look at again.
pub const NEVER: Schedule = Schedule { due_at: None, epoch: None };

/// A notification to be written; its number stands for its sequence, too.
pub fn notification(number: u64, kind: NotificationKind, created_at: Timestamp) -> NewNotification {
    let sequence = u32::try_from(number).expect("tests count low");
    NewNotification { event_id: event_id(number), kind, sequence, created_at }
}

/// One of two operators.
pub fn operator(name: &str) -> OperatorName {
    name.parse().expect("it is an operator's name")
}
