//! Sums and conversions are exact, or are refused.

use payout_domain::strategies as any;
use payout_domain::*;
use proptest::prelude::*;

fn two_of_one_currency() -> impl Strategy<Value = (Money, Money)> {
    any::payable_currency().prop_flat_map(|c| (any::money_in(c), any::money_in(c)))
}

proptest! {
    #[test]
    fn sums_are_those_of_arithmetic_or_are_refused((a, b) in two_of_one_currency()) {
        let exact = i128::from(a.minor()) + i128::from(b.minor());

        match a.checked_add(b) {
            Ok(sum) => {
                prop_assert_eq!(i128::from(sum.minor()), exact);
                prop_assert_eq!(sum.currency(), a.currency());
            }
            Err(error) => {
                prop_assert!(exact > i128::from(Money::MAX_MINOR));
                prop_assert_eq!(error, MoneyError::TooLarge);
            }
        }
    }

    #[test]
    fn differences_are_those_of_arithmetic_or_are_refused((a, b) in two_of_one_currency()) {
        let exact = i128::from(a.minor()) - i128::from(b.minor());

        prop_assert_eq!(a.covers(b), Ok(exact >= 0));
        match a.checked_sub(b) {
            Ok(rest) => prop_assert_eq!(i128::from(rest.minor()), exact),
            Err(error) => {
                prop_assert!(exact < 0);
                prop_assert_eq!(error, MoneyError::Negative);
            }
        }
    }

    #[test]
    fn to_take_away_what_was_added_changes_nothing((a, b) in two_of_one_currency()) {
        prop_assume!(a.checked_add(b).is_ok());

        let back = a.checked_add(b).and_then(|sum| sum.checked_sub(b));

        prop_assert_eq!(back, Ok(a));
    }

    #[test]
    fn two_currencies_never_meet(a in any::money(), b in any::money()) {
        prop_assume!(a.currency() != b.currency());
        let mismatch = MoneyError::CurrencyMismatch { left: a.currency(), right: b.currency() };

        prop_assert_eq!(a.checked_add(b), Err(mismatch.clone()));
        prop_assert_eq!(a.checked_sub(b), Err(mismatch.clone()));
        prop_assert_eq!(a.covers(b), Err(mismatch));
        prop_assert_ne!(a, b);
    }

    #[test]
    fn major_units_and_back_are_the_same_money(money in any::money()) {
        let exponent = money.currency().exponent().expect("a payable currency has decimals");

        prop_assert_eq!(Money::from_major(money.major(), money.currency()), Ok(money));
        prop_assert_eq!(money.major().scale(), exponent);
        prop_assert_eq!(money.major().mantissa(), i128::from(money.minor()));
    }

    #[test]
    fn only_what_is_within_the_limit_is_money(minor in any::<u64>(), currency in any::currency()) {
        let money = Money::from_minor(minor, currency);

        prop_assert_eq!(money.is_ok(), minor <= 9_007_199_254_740_991);
    }

    #[test]
    fn one_decimal_more_is_refused(money in any::money()) {
        let exponent = money.currency().exponent().expect("a payable currency has decimals");
        let text = money.to_string();
        let (amount, code) = text.split_once(' ').expect("amount and code are apart");
        let point = if exponent == 0 { "." } else { "" };

        let longer = format!("{amount}{point}0 {code}").parse::<Money>();

        let currency = money.currency();
        let too_precise = MoneyError::TooPrecise { currency, exponent };
        prop_assert_eq!(longer, Err(too_precise.clone()));
        let mut major = money.major();
        major.rescale(exponent + 1);
        prop_assert_eq!(Money::from_major(major, currency), Err(too_precise));
    }
}

#[test]
fn the_limits_are_exact_in_every_currency() {
    let most = Money::MAX_MINOR;
    for currency in [Currency::GBP, Currency::JPY, "KWD".parse().expect("it is a code")] {
        let max = Money::from_minor(most, currency).expect("it is the limit itself");
        let one = Money::from_minor(1, currency).expect("1 is below the limit");

        assert_eq!(Money::from_minor(most + 1, currency), Err(MoneyError::TooLarge));
        assert_eq!(max.checked_add(one), Err(MoneyError::TooLarge));
        assert_eq!(max.checked_add(Money::zero(currency)), Ok(max));
        assert_eq!(max.checked_add(max), Err(MoneyError::TooLarge));
        assert_eq!(Money::zero(currency).checked_sub(one), Err(MoneyError::Negative));
    }
}

#[test]
fn too_many_decimals_are_not_mistaken_for_too_much_money() {
    let tiny = format!("0.{}1 GBP", "0".repeat(40));

    let error = tiny.parse::<Money>();

    assert_eq!(error, Err(MoneyError::TooPrecise { currency: Currency::GBP, exponent: 2 }));
}

#[test]
fn no_amount_is_negative() {
    let minus_a_penny = -"0.01 GBP".parse::<Money>().expect("it is a penny").major();

    assert_eq!(Money::from_major(minus_a_penny, Currency::GBP), Err(MoneyError::Negative));
}

#[test]
fn a_sum_of_nothing_is_nothing() {
    assert!(Money::zero(Currency::GBP).is_zero());
    assert!(!"0.01 GBP".parse::<Money>().expect("it is a penny").is_zero());
}
