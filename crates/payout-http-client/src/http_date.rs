//! The time of a `Date` header.

use payout_domain::Timestamp;
use payout_wire::timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads the one form that servers send today (RFC 9110, section 5.6.7):
/// `Mon, 02 Mar 2026 09:14:07 GMT`.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let (weekday, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (time, zone) = (parts.next()?, parts.next()?);
    if weekday.len() != 3 || zone != "GMT" || parts.next().is_some() {
        return None;
    }
    let month = MONTHS.iter().position(|name| *name == month)?.saturating_add(1);
    timestamp::parse(&format!("{year}-{month:02}-{day}T{time}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_read_to_the_second() {
        let at = Timestamp::from_seconds(1_772_442_847);

        assert_eq!(parse("Mon, 02 Mar 2026 09:14:07 GMT"), Some(at));
        assert_eq!(
            parse("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(Timestamp::from_seconds(784_111_777))
        );
    }

    #[test]
    fn every_other_form_is_no_date() {
        for text in [
            "",
            "Monday, 02-Mar-26 09:14:07 GMT",
            "Mon Mar  2 09:14:07 2026",
            "Mon, 02 Mar 2026 09:14:07 CET",
            "Mon, 02 Mar 2026 09:14:07",
            "Mon, 02 Mar 2026 09:14:07 GMT GMT",
            "Mon, 2 Mar 2026 09:14:07 GMT",
            "Mon, 02 mar 2026 09:14:07 GMT",
            "Mon, 30 Feb 2026 09:14:07 GMT",
            "2026-03-02T09:14:07Z",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
