//! Spans of time, as people write them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A span of time that is not nothing, written as a whole number and a unit: `20s`, `90m`, `6h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span(Duration);

/// The text is no span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpanError;

/// The units, longest first, in seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Span {
    /// Names a span; less than a second of it is dropped when it is written.
    pub(crate) fn new(span: Duration) -> Self {
        Self(span)
    }

    /// How long it is.
    pub(crate) fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let (unit, seconds) =
            UNITS.into_iter().find(|(unit, _)| text.ends_with(*unit)).ok_or(SpanError)?;
        let number = text.strip_suffix(unit).ok_or(SpanError)?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SpanError);
        }
        let number: u64 = number.parse().map_err(|_| SpanError)?;
        match number.checked_mul(seconds) {
            None | Some(0) => Err(SpanError),
            Some(seconds) => Ok(Self(Duration::from_secs(seconds))),
        }
    }
}

impl fmt::Display for Span {
    /// Writes it in the longest unit that leaves nothing over.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let whole = |(_, unit): &(char, u64)| seconds.checked_rem(*unit) == Some(0);
        let (name, unit) = UNITS.into_iter().find(whole).unwrap_or(('s', 1));
        write!(f, "{}{name}", seconds.checked_div(unit).unwrap_or_default())
    }
}

impl fmt::Display for SpanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write a whole number of at least 1 and a unit, such as 30s, 90m, 6h or 30d")
    }
}

impl std::error::Error for SpanError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_as_it_was_read() {
        for (text, seconds) in
            [("1s", 1), ("30s", 30), ("90m", 5_400), ("6h", 21_600), ("30d", 2_592_000)]
        {
            let span: Span = text.parse().expect("it is a span");

            assert_eq!(span.duration(), Duration::from_secs(seconds));
            assert_eq!(span.to_string(), text);
        }
        let minute: Span = "60s".parse().expect("it is a span");
        assert_eq!(minute.to_string(), "1m");
    }

    #[test]
    fn what_is_no_span_says_how_one_is_written() {
        for text in [
            "",
            "s",
            "0s",
            "30",
            "-1s",
            "+1s",
            "1.5h",
            "6 h",
            "1w",
            "6H",
            "99999999999999999999s",
            "9999999999999999999d",
        ] {
            assert_eq!(text.parse::<Span>(), Err(SpanError), "{text}");
        }
    }
}
