//! The moment of a kill.

use std::time::Duration;

use crate::random::Random;

/// The moment at which a life ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// So long after the process was started, whether it is ready or not.
    StartingUp(Duration),
    /// So long after the first acknowledgement of this life.
    Acknowledged(Duration),
    /// So long after it was ready.
    Busy(Duration),
    /// Later than the first transmission, which is what is measured here.
    Spared(Duration),
}

/// The first milliseconds after an acknowledgement: commit, claim, transmission and its answer.
const FRESH: Duration = Duration::from_millis(8);

/// Long enough for every worker to have had a turn.
const WORKING: Duration = Duration::from_millis(150);

/// A start may take longer than usual.
const SLACK: Duration = Duration::from_millis(15);

/// How long a spared life lasts at least.
const SPARED: Duration = Duration::from_millis(400);

impl Moment {
    /// Draws a moment; `start` is how long a start usually takes.
    pub(crate) fn draw(random: &mut Random, start: Duration) -> Self {
        match random.below(100) {
            0..30 => Self::StartingUp(random.span(start.saturating_add(SLACK))),
            30..75 => Self::Acknowledged(random.span(FRESH)),
            75..95 => Self::Busy(random.span(WORKING)),
            _ => Self::Spared(SPARED.saturating_add(random.span(WORKING))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_moment_is_drawn() {
        let mut random = Random::new(3);

        let drawn: Vec<_> =
            (0..500).map(|_| Moment::draw(&mut random, Duration::from_millis(60))).collect();

        assert!(drawn.iter().any(|moment| matches!(moment, Moment::StartingUp(_))));
        assert!(drawn.iter().any(|moment| matches!(moment, Moment::Acknowledged(_))));
        assert!(drawn.iter().any(|moment| matches!(moment, Moment::Busy(_))));
        assert!(drawn.iter().any(|moment| matches!(moment, Moment::Spared(_))));
    }
}
