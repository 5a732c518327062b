//! What a world is like: everything that its seed decides beforehand.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use payout_domain::SendRule;
use payout_ports::SandboxDelays;
use payout_service::{Backoff, DispatchSettings, WatchSettings};

use crate::FaultKind;
use crate::chance::{Chance, millis};

/// What a world is like. Its text names every choice, so that a failure can be understood.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) payouts: u32,
    pub(crate) instances: usize,
    pub(crate) users: u64,
    /// Whether the merchant accounts hold little, so that some payouts fail.
    pub(crate) is_poor: bool,
    pub(crate) token_life: Duration,
    /// How much later the clock that dates tokens is than the one that checks them, in milliseconds.
    pub(crate) clocks_apart_ms: i64,
    /// How long our client waits for an answer.
    pub(crate) deadline: Duration,
    /// How long a worker that finds nothing waits at most.
    pub(crate) patience: Duration,
    /// How long a dead instance is away, at most.
    pub(crate) downtime_max: Duration,
    pub(crate) dispatch: DispatchSettings,
    pub(crate) watch: WatchSettings,
    pub(crate) delays: SandboxDelays,
    pub(crate) read_lag: Duration,
    pub(crate) page_size: usize,
    /// Within what time clients ask for their payouts.
    pub(crate) asking_ms: u64,
    /// How many bursts they come in; none if they come evenly.
    pub(crate) bursts: u64,
    /// From when on nothing goes wrong any more.
    pub(crate) calm_ms: u64,
    pub(crate) troubles: Vec<Trouble>,
    rates: Vec<u32>,
}

/// Something that goes wrong at a time that is known beforehand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trouble {
    pub(crate) kind: FaultKind,
    pub(crate) from_ms: u64,
    pub(crate) until_ms: u64,
}

/// How long everything has to come to its end once nothing goes wrong any more.
pub(crate) const SETTLING: Duration = Duration::from_hours(60);

/// What the provider's clocks may be apart.
const MARGIN: Duration = Duration::from_mins(15);

/// After its execution a payout may come back for so long, and is watched a little longer.
pub(crate) const RETURNS_WITHIN: Duration = Duration::from_hours(5 * 24);

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

/// Streams of chance are told apart by number; faults have theirs below this one.
pub(crate) const OTHER_STREAMS: u64 = 1_000;

impl Plan {
    /// Draws a world, without the faults that are left out.
    pub(crate) fn draw(seed: u64, payouts: u32, without: &BTreeSet<FaultKind>) -> Self {
        let mut chance = Chance::of(seed, OTHER_STREAMS);
        let rates = rates(&mut chance, without);
        let asking = chance.heavy_tailed(HOUR.saturating_mul(2), HOUR.saturating_mul(20));
        let asking_ms = millis(asking);
        let faulty_ms =
            asking_ms.saturating_add(millis(chance.span(HOUR, HOUR.saturating_mul(24))));
        let troubles = troubles(seed, &rates, faulty_ms);
        let last = troubles.iter().map(|trouble| trouble.until_ms).max().unwrap_or_default();
        let (dispatch, token_life) = dispatch(&mut chance);
        let clocks_apart_ms = clocks_apart(&mut chance, &rates);
        Self {
            payouts,
            instances: usize::try_from(chance.between(1, 3)).unwrap_or(1),
            users: chance.between(1, 6),
            is_poor: chance.of_ten_thousand(1_500),
            token_life,
            clocks_apart_ms,
            deadline: Duration::from_secs(20),
            patience: chance.heavy_tailed(MINUTE.saturating_mul(10), HOUR.saturating_mul(4)),
            downtime_max: chance.heavy_tailed(MINUTE, HOUR.saturating_mul(14)),
            dispatch,
            watch: watch(&mut chance, rate_of(&rates, FaultKind::Returned) > 0),
            delays: SandboxDelays {
                settlement: chance.heavy_tailed(SECOND, MINUTE.saturating_mul(10)),
                authorization: chance.heavy_tailed(SECOND, MINUTE.saturating_mul(20)),
                execution: chance.heavy_tailed(SECOND, HOUR.saturating_mul(6)),
            },
            read_lag: lag(&mut chance),
            page_size: usize::try_from(chance.between(2, 40)).unwrap_or(2),
            asking_ms,
            bursts: chance.between(0, 4),
            calm_ms: faulty_ms.max(last),
            troubles,
            rates,
        }
    }

    /// In how many cases of ten thousand a fault strikes.
    pub(crate) fn rate(&self, kind: FaultKind) -> u32 {
        rate_of(&self.rates, kind)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.clone();
        shown.rates = Vec::new();
        writeln!(f, "{shown:#?}")?;
        for kind in FaultKind::ALL.iter().filter(|kind| self.rate(**kind) > 0) {
            writeln!(f, "    {kind}: {} of {}", self.rate(*kind), kind.most())?;
        }
        Ok(())
    }
}

fn rate_of(rates: &[u32], kind: FaultKind) -> u32 {
    rates.get(kind.number()).copied().unwrap_or_default()
}

/// About half of all kinds of faults, each at a rate of its own: a world with all of them at once
/// hides what two of them do together.
fn rates(chance: &mut Chance, without: &BTreeSet<FaultKind>) -> Vec<u32> {
    let share = u32::try_from(chance.between(3_000, 8_000)).unwrap_or_default();
    let rate = |kind: &FaultKind| {
        let is_on = chance.of_ten_thousand(share);
        let rate = u32::try_from(chance.between(1, u64::from(kind.most()))).unwrap_or_default();
        if is_on && !without.contains(kind) { rate } else { 0 }
    };
    FaultKind::ALL.iter().map(rate).collect()
}

fn dispatch(chance: &mut Chance) -> (DispatchSettings, Duration) {
    let key_window = chance.span(HOUR.saturating_mul(2), HOUR.saturating_mul(6));
    // Mostly what providers have; a token may live as long as the rule can bear.
    let longest = key_window.saturating_sub(MARGIN);
    let token_life = chance.span(MINUTE.saturating_mul(10), HOUR.saturating_mul(2)).min(longest);
    let settings = DispatchSettings {
        in_flight_max: usize::try_from(chance.between(1, 24)).unwrap_or(1),
        lease: chance.heavy_tailed(SECOND.saturating_mul(25), MINUTE.saturating_mul(5)),
        rule: SendRule { key_window, margin: MARGIN, first_send_age_max: HOUR.saturating_mul(24) },
        backoff: Backoff {
            first: chance.heavy_tailed(SECOND, MINUTE),
            longest: chance.heavy_tailed(MINUTE.saturating_mul(5), HOUR),
        },
        first_look: chance.heavy_tailed(SECOND, MINUTE),
    };
    (settings, token_life)
}

/// Where nothing comes back, nobody needs to look for days.
fn watch(chance: &mut Chance, comes_back: bool) -> WatchSettings {
    WatchSettings {
        shortest: chance.heavy_tailed(SECOND, MINUTE),
        longest: chance.heavy_tailed(MINUTE.saturating_mul(15), HOUR.saturating_mul(2)),
        executed: chance.span(HOUR.saturating_mul(6), HOUR.saturating_mul(24)),
        alarm_after: Duration::from_mins(30),
        return_span: if comes_back {
            RETURNS_WITHIN.saturating_add(HOUR.saturating_mul(72))
        } else {
            HOUR
        },
        lease: chance.heavy_tailed(SECOND.saturating_mul(5), MINUTE.saturating_mul(2)),
        at_once_max: usize::try_from(chance.between(1, 32)).unwrap_or(1),
    }
}

/// The window is only worth its word if the clocks agree within the margin.
fn clocks_apart(chance: &mut Chance, rates: &[u32]) -> i64 {
    let most = millis(MARGIN);
    let apart = i64::try_from(chance.between(0, most.saturating_mul(2))).unwrap_or_default();
    let is_on = rate_of(rates, FaultKind::ClocksApart) > 0;
    let most = i64::try_from(most).unwrap_or_default();
    if is_on { apart.saturating_sub(most) } else { 0 }
}

fn lag(chance: &mut Chance) -> Duration {
    let lag = chance.heavy_tailed(SECOND, MINUTE.saturating_mul(30));
    if chance.of_ten_thousand(3_000) { lag } else { Duration::ZERO }
}

/// The faults that strike at planned times.
fn troubles(seed: u64, rates: &[u32], faulty_ms: u64) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    for kind in FaultKind::ALL.iter().copied() {
        let Some((shortest, longest)) = lasts(kind) else { continue };
        // A stream of its own: to leave out one kind changes no other.
        let number = u64::try_from(kind.number()).unwrap_or_default();
        let mut chance = Chance::of(seed, OTHER_STREAMS.saturating_mul(2).saturating_add(number));
        for _ in 0..rate_of(rates, kind) {
            let from_ms = chance.between(0, faulty_ms);
            let until_ms = from_ms.saturating_add(millis(chance.heavy_tailed(shortest, longest)));
            troubles.push(Trouble { kind, from_ms, until_ms });
        }
    }
    troubles
}

/// How long a planned fault lasts; `None` if the kind strikes by chance.
fn lasts(kind: FaultKind) -> Option<(Duration, Duration)> {
    let outage = (MINUTE.saturating_mul(26), HOUR.saturating_mul(14));
    match kind {
        FaultKind::ProviderDown | FaultKind::AnswersDown | FaultKind::InstancesDown => Some(outage),
        FaultKind::StoreDown => Some((SECOND, MINUTE.saturating_mul(30))),
        FaultKind::KeyRotated => Some((MINUTE, HOUR.saturating_mul(2))),
        FaultKind::ProfileChanged => Some((MINUTE.saturating_mul(5), HOUR.saturating_mul(3))),
        FaultKind::SendingPaused => Some((MINUTE, HOUR.saturating_mul(10))),
        FaultKind::Freeze => Some((SECOND.saturating_mul(10), HOUR.saturating_mul(8))),
        FaultKind::ClockJump => Some((SECOND, SECOND)),
        FaultKind::Restored => Some((MINUTE.saturating_mul(30), HOUR.saturating_mul(20))),
        FaultKind::RequestLost
        | FaultKind::AnswerLost
        | FaultKind::Delayed
        | FaultKind::Duplicated
        | FaultKind::ErrorBefore
        | FaultKind::ErrorAfter
        | FaultKind::ErrorCached
        | FaultKind::Unauthorized
        | FaultKind::InProgress
        | FaultKind::KeyDisputed
        | FaultKind::TooMany
        | FaultKind::Rejected
        | FaultKind::RejectedAgain
        | FaultKind::NotFound
        | FaultKind::ReadFailed
        | FaultKind::OddAnswer
        | FaultKind::ListingOdd
        | FaultKind::ClocksApart
        | FaultKind::FailedAtBank
        | FaultKind::Returned
        | FaultKind::WebhookDropped
        | FaultKind::WebhookDuplicated
        | FaultKind::WebhookLate
        | FaultKind::WebhookForeign
        | FaultKind::WebhookAltered
        | FaultKind::Crash
        | FaultKind::Stall
        | FaultKind::ClockSkew
        | FaultKind::CommitFailed
        | FaultKind::CommitUnknown
        | FaultKind::ReceiverFailed
        | FaultKind::ConfirmationLost
        | FaultKind::RequestRepeated
        | FaultKind::RequestAltered
        | FaultKind::RequestForbidden
        | FaultKind::CalledOff => None,
    }
}
