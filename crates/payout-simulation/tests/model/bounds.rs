//! How large the world is. Time goes in ticks; everything counts from the acceptance of the payout.

use std::time::Duration;

use payout_domain::{SendRule, Timestamp, TokenLife};

/// A point in time, by a true clock.
pub(crate) type Tick = u8;

/// When the exploration ends: long after the window, with time for operators.
pub(crate) const LAST_TICK: Tick = 7;

/// How long the provider remembers a key after it first saw it: surely so long, and no longer.
pub(crate) const WINDOW: Tick = 3;

/// How far the clock that judges tokens may be behind the clock that issued them.
pub(crate) const MARGIN: Tick = 1;

/// How long a token lives.
pub(crate) const TOKEN_LIFE: Tick = 1;

/// How old a payout may be when it is sent for the first time.
pub(crate) const FIRST_SEND_AGE_MAX: Tick = 4;

/// How long a claim lasts.
pub(crate) const LEASE: u8 = 1;

/// How many transmissions there are at most.
pub(crate) const TRANSMISSIONS: usize = 3;

/// How many workers there are.
pub(crate) const WORKERS: usize = 2;

/// How far our own clock goes back when it does: further than the window is long.
pub(crate) const CLOCK_JUMP: Tick = 4;

/// The send rule that production code is given.
pub(crate) fn rule() -> SendRule {
    SendRule {
        key_window: span(WINDOW),
        margin: span(MARGIN),
        first_send_age_max: span(FIRST_SEND_AGE_MAX),
    }
}

/// The life of a token that is issued now, by the clock that says so.
pub(crate) fn token(issued_at: Timestamp) -> TokenLife {
    TokenLife { issued_at, expires_at: issued_at.plus(span(TOKEN_LIFE)) }
}

/// The time that a true clock shows.
pub(crate) fn time(tick: Tick) -> Timestamp {
    Timestamp::from_seconds(i64::from(tick))
}

fn span(ticks: Tick) -> Duration {
    Duration::from_secs(u64::from(ticks))
}
