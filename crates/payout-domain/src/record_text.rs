//! Values that have no short text of their own, as a record keeps them in one column. Every store that
//! keeps texts uses these, so that they read the same in each.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::{AccountIdentifier, Metadata, Money, SchemeSelection, Scope};

/// Between two pairs. Metadata holds no control character but line breaks and tabs.
const PAIR: char = '\u{1E}';
/// Between a key and its value.
const VALUE: char = '\u{1F}';

/// The identifiers in full, joined by spaces, which none of them contains.
pub fn of_identifiers(identifiers: &[AccountIdentifier]) -> String {
    let texts: Vec<_> = identifiers.iter().map(AccountIdentifier::electronic).collect();
    texts.join(" ")
}

/// Reads what [`of_identifiers`] wrote; `None` if nobody did.
pub fn identifiers_from(text: &str) -> Option<Vec<AccountIdentifier>> {
    text.split_terminator(' ').map(|identifier| identifier.parse().ok()).collect()
}

/// Key and value of each pair, each pair ended by U+001E, so that no pairs are no text.
pub fn of_metadata(metadata: &Metadata) -> String {
    let mut text = String::new();
    for (key, value) in metadata.pairs() {
        // A `String` takes everything.
        let _ = write!(text, "{key}{VALUE}{value}{PAIR}");
    }
    text
}

/// Reads what [`of_metadata`] wrote; `None` if nobody did.
pub fn metadata_from(text: &str) -> Option<Metadata> {
    let pairs: Option<Vec<_>> =
        text.split_terminator(PAIR).map(|pair| pair.split_once(VALUE)).collect();
    Metadata::new(pairs?).ok()
}

/// Minor units, as a column keeps them. None is ever too large: see [`Money::MAX_MINOR`].
pub fn minor(money: Money) -> i64 {
    i64::try_from(money.minor()).unwrap_or(i64::MAX)
}

/// The scopes in their order, joined by spaces, as OAuth 2.0 (RFC 6749, section 3.3) writes them.
pub fn of_scopes(scopes: &BTreeSet<Scope>) -> String {
    let texts: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
    texts.join(" ")
}

/// Reads what [`of_scopes`] wrote; `None` if nobody did.
pub fn scopes_from(text: &str) -> Option<BTreeSet<Scope>> {
    text.split_terminator(' ').map(|scope| scope.parse().ok()).collect()
}

/// A word, and the scheme where there is one.
pub fn of_selection(selection: SchemeSelection) -> String {
    match selection {
        SchemeSelection::InstantOnly => "instant_only".to_owned(),
        SchemeSelection::InstantPreferred => "instant_preferred".to_owned(),
        SchemeSelection::Preselected(scheme) => format!("preselected:{scheme}"),
    }
}

/// Reads what [`of_selection`] wrote; `None` if nobody did.
pub fn selection_from(text: &str) -> Option<SchemeSelection> {
    match text {
        "instant_only" => Some(SchemeSelection::InstantOnly),
        "instant_preferred" => Some(SchemeSelection::InstantPreferred),
        other => other.strip_prefix("preselected:")?.parse().ok().map(SchemeSelection::Preselected),
    }
}

#[cfg(all(test, feature = "proptest"))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Scheme, strategies};

    proptest! {
        #[test]
        fn metadata_is_read_as_it_was_written(metadata in strategies::metadata()) {
            prop_assert_eq!(metadata_from(&of_metadata(&metadata)), Some(metadata));
        }

        #[test]
        fn identifiers_are_read_as_they_were_written(
            identifiers in prop::collection::vec(strategies::account_identifier(), 0..4),
        ) {
            prop_assert_eq!(identifiers_from(&of_identifiers(&identifiers)), Some(identifiers));
        }
    }

    #[test]
    fn empty_values_and_no_pairs_are_told_apart() {
        let none = Metadata::default();
        let empty = Metadata::new([("a", ""), ("b", "")]).expect("values may be empty");

        assert_eq!(of_metadata(&none), "");
        assert_eq!(metadata_from(&of_metadata(&none)), Some(none));
        assert_eq!(metadata_from(&of_metadata(&empty)), Some(empty));
    }

    #[test]
    fn every_selection_is_read_as_it_was_written() {
        let preselected = Scheme::ALL.into_iter().map(SchemeSelection::Preselected);
        let instant = [SchemeSelection::InstantOnly, SchemeSelection::InstantPreferred];

        for selection in preselected.chain(instant) {
            assert_eq!(selection_from(&of_selection(selection)), Some(selection));
        }
    }

    #[test]
    fn what_nobody_wrote_is_not_read() {
        assert_eq!(metadata_from("key without value\u{1E}"), None);
        assert_eq!(identifiers_from("GB72CLRB04066800004418"), None);
        assert_eq!(identifiers_from("04066800004417  04066800004417"), None);
        assert_eq!(selection_from("preselected:bacs"), None);
    }
}
