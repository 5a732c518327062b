//! Times as RFC 3339 writes them.
//!
//! Resources carry microseconds, webhooks milliseconds, webhook headers whole seconds: that is how
//! the provider writes them, and what every client library reads. All are in UTC and end in `Z`.

use jiff::Timestamp as Instant;
use jiff::fmt::temporal::DateTimePrinter;
use payout_domain::Timestamp;
use serde::Serializer;

/// The text is no time of RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time of RFC 3339 with its zone, such as 2026-03-02T09:14:07Z")]
pub struct TimestampError;

/// Writes microseconds, for resources: `2026-03-02T09:14:07.412093Z`.
pub fn to_micros(at: Timestamp) -> String {
    print(at, 6)
}

/// Writes milliseconds, for webhook bodies: `2026-03-02T09:14:07.412Z`. The rest is cut off.
pub fn to_millis(at: Timestamp) -> String {
    print(at, 3)
}

/// Writes whole seconds, for the webhook timestamp header: `2026-03-02T09:14:07Z`. The rest is cut
/// off.
pub fn to_seconds(at: Timestamp) -> String {
    print(at, 0)
}

/// Writes whole seconds as HTTP headers have them (RFC 9110, section 5.6.7):
/// `Mon, 02 Mar 2026 09:14:07 GMT`. The rest is cut off.
pub fn to_http_date(at: Timestamp) -> String {
    instant(at).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Reads any time of RFC 3339, which always has an offset, from the year 0000 in UTC on: what was before
/// could not be written again. Digits beyond microseconds are cut off; a leap second is the second before
/// it.
pub fn parse(text: &str) -> Result<Timestamp, TimestampError> {
    if !is_rfc3339(text) {
        return Err(TimestampError);
    }
    let instant: Instant = text.parse().map_err(|_| TimestampError)?;
    let micros = instant.as_microsecond();
    if micros < FIRST_MICROS {
        return Err(TimestampError);
    }
    Ok(Timestamp::from_micros(micros))
}

/// Writes microseconds into a body.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
pub(crate) fn micros<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_micros(*at))
}

/// The same for what may be absent; the member itself is left out by `skip_serializing_if`.
#[expect(clippy::ref_option, reason = "serde hands over references")]
pub(crate) fn optional_micros<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => micros(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// Writes milliseconds into a body.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
pub(crate) fn millis<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_millis(*at))
}

/// The start of the year 0000: RFC 3339 has no way to write what was before.
const FIRST_MICROS: i64 = -62_167_219_200_000_000;

fn print(at: Timestamp, digits: u8) -> String {
    DateTimePrinter::new().precision(Some(digits)).timestamp_to_string(&instant(at))
}

fn instant(at: Timestamp) -> Instant {
    let micros = at.as_micros().max(FIRST_MICROS);
    // The library ends where the year 9999 does in some time zone.
    Instant::from_microsecond(micros).unwrap_or(Instant::MAX)
}

/// The library also reads shorter and longer forms; two spellings of one moment are enough.
fn is_rfc3339(text: &str) -> bool {
    let Some((date_time, rest)) = text.split_at_checked(19) else { return false };
    let fits = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        10 => matches!(byte, b'T' | b't' | b' '),
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    };
    let offset = rest
        .strip_prefix('.')
        .map_or(rest, |fraction| fraction.trim_start_matches(|c: char| c.is_ascii_digit()));
    let fraction_is_not_empty =
        !rest.starts_with('.') || rest.len() > offset.len().saturating_add(1);
    date_time.bytes().enumerate().all(fits) && fraction_is_not_empty && is_offset(offset)
}

fn is_offset(text: &str) -> bool {
    match text.as_bytes() {
        b"Z" | b"z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].into_iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_with_the_digits_of_its_place() {
        let at = Timestamp::from_micros(1_772_442_847_412_093);

        assert_eq!(to_micros(at), "2026-03-02T09:14:07.412093Z");
        assert_eq!(to_millis(at), "2026-03-02T09:14:07.412Z");
        assert_eq!(to_seconds(at), "2026-03-02T09:14:07Z");
        assert_eq!(to_http_date(at), "Mon, 02 Mar 2026 09:14:07 GMT");
        assert_eq!(to_micros(Timestamp::from_seconds(0)), "1970-01-01T00:00:00.000000Z");
    }

    #[test]
    fn a_time_beyond_four_digit_years_is_the_end_of_them() {
        assert_eq!(to_micros(Timestamp::from_micros(i64::MIN)), "0000-01-01T00:00:00.000000Z");
        assert_eq!(to_seconds(Timestamp::from_micros(i64::MAX)), "9999-12-30T22:00:00Z");
    }

    #[test]
    fn every_spelling_of_rfc_3339_is_read() {
        let at = Timestamp::from_micros(1_772_442_847_000_000);

        for text in [
            "2026-03-02T09:14:07Z",
            "2026-03-02t09:14:07z",
            "2026-03-02 09:14:07Z",
            "2026-03-02T09:14:07.0Z",
            "2026-03-02T09:14:07.0000009Z",
            "2026-03-02T09:14:07.000000999Z",
            "2026-03-02T10:14:07+01:00",
            "2026-03-02T03:44:07.000-05:30",
        ] {
            assert_eq!(parse(text), Ok(at), "{text}");
        }
        assert_eq!(parse("2016-12-31T23:59:60Z"), parse("2016-12-31T23:59:59Z"));
        assert_eq!(
            parse("0000-01-01T00:00:00Z").map(to_micros).as_deref(),
            Ok("0000-01-01T00:00:00.000000Z")
        );
    }

    #[test]
    fn what_is_no_time_of_rfc_3339_is_refused() {
        for text in [
            "",
            "2026-03-02",
            "2026-03-02T09:14:07",
            "2026-03-02T09:14Z",
            "2026-03-02T09:14:07.Z",
            "2026-03-02T09:14:07+0100",
            "2026-03-02T09:14:07+01",
            "2026-03-02T09:14:07Z[UTC]",
            "2026-03-02T09:14:07,5Z",
            "20260302T091407Z",
            "+002026-03-02T09:14:07Z",
            "0000-01-01T00:00:00+05:00",
            "2026-13-02T09:14:07Z",
            "2026-02-30T09:14:07Z",
            "2026-03-02T25:14:07Z",
            "2026-03-02T09:14:07Zé",
            "１026-03-02T09:14:07Z",
            "1772442847",
        ] {
            assert_eq!(parse(text), Err(TimestampError), "{text:?}");
        }
    }
}
