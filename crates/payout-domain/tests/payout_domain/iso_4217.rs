//! The currency table against the published list of ISO 4217.

use std::collections::BTreeSet;

use payout_domain::{Currency, Money};

const LIST: &str = include_str!("../data/iso_4217.txt");

/// Units of account that the list does not mark as funds, though no bank account holds them: the
/// wage index unit of Uruguay, and the dinar in which Arab states keep accounts with each other.
const UNITS_OF_ACCOUNT: [&str; 2] = ["UYW", "XAD"];

struct Entry {
    code: &'static str,
    exponent: Option<u32>,
    is_fund: bool,
}

fn list() -> impl Iterator<Item = Entry> {
    LIST.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut parts = line.split(' ');
        let code = parts.next().expect("a line begins with its code");
        let exponent = parts.next().expect("the decimals follow").parse().ok();
        Entry { code, exponent, is_fund: parts.next() == Some("fund") }
    })
}

#[test]
fn every_listed_code_is_known_with_its_decimals() {
    for Entry { code, exponent, .. } in list() {
        let known = code.parse::<Currency>().map(Currency::exponent);

        assert_eq!(known, Ok(exponent), "{code}");
    }
}

#[test]
fn what_is_listed_as_money_is_payable_and_nothing_else() {
    let listed: BTreeSet<_> = list()
        .filter(|e| e.exponent.is_some() && !e.is_fund && !UNITS_OF_ACCOUNT.contains(&e.code))
        .map(|e| e.code)
        .collect();
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|a| {
        letters().flat_map(move |b| letters().map(move |c| String::from_iter([a, b, c])))
    });

    let payable: BTreeSet<_> = codes
        .filter_map(|code| code.parse::<Currency>().ok()?.payable().ok())
        .map(Currency::code)
        .collect();

    assert_eq!(payable, listed);
}

#[test]
fn the_smallest_amount_has_as_many_decimals_as_the_currency() {
    for Entry { code, exponent, .. } in list() {
        let Some(exponent) = exponent else { continue };
        let currency = code.parse().expect("the code is known");

        let least = Money::from_minor(1, currency).expect("1 is below the limit").to_string();

        let decimals = least.find('.').map_or(0, |point| least.find(' ').unwrap_or(0) - point - 1);
        assert_eq!(u32::try_from(decimals), Ok(exponent), "{least}");
    }
}
