//! Accounts that follow from a name, so that they are the same after every restart.
//!
//! The numbers are well-formed and their check digits fit, but they belong to nobody.

use payout_domain::{
    AccountIdentifier, Currency, CurrencyAccountMismatch, Iban, IdentifierKind, UserId,
};
use uuid::{Builder, Uuid};

/// The id of a merchant account.
pub(super) fn merchant_account_uuid(name: &str, currency: Currency) -> Uuid {
    let hash = hash(&format!("merchant account {currency} {name}"));
    Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid()
}

/// A merchant account's identifier. As in the provider's sandbox, euros too are held under a GB IBAN.
pub(super) fn of_merchant(
    name: &str,
    currency: Currency,
) -> Result<AccountIdentifier, CurrencyAccountMismatch> {
    let seed = hash(&format!("account {currency} of merchant {name}"));
    let iban = match currency {
        Currency::EUR => united_kingdom(seed),
        _ => national(seed, currency),
    };
    iban.map(AccountIdentifier::from).ok_or(unknown(currency))
}

/// The account that a user pays from when nothing else is said: one of the currency's own country.
pub(super) fn of_user(
    user_id: &UserId,
    currency: Currency,
) -> Result<AccountIdentifier, CurrencyAccountMismatch> {
    let seed = hash(&format!("account {currency} of user {user_id}"));
    let iban = match currency {
        Currency::EUR => germany(seed),
        _ => national(seed, currency),
    };
    iban.map(AccountIdentifier::from).ok_or(unknown(currency))
}

fn national(seed: u128, currency: Currency) -> Option<Iban> {
    match currency {
        Currency::GBP => united_kingdom(seed),
        Currency::PLN => poland(seed),
        Currency::NOK => norway(seed),
        Currency::SEK => sweden(seed),
        _ => None,
    }
}

/// Nothing of ours carries the currency, so not even the account of a user in the UK.
fn unknown(currency: Currency) -> CurrencyAccountMismatch {
    CurrencyAccountMismatch { currency, identifier: IdentifierKind::Iban(*b"GB") }
}

/// The sort codes of the provider's sandbox begin with 0406.
fn united_kingdom(seed: u128) -> Option<Iban> {
    iban("GB", &format!("CLRB0406{}", digits::<10>(seed)))
}

fn germany(seed: u128) -> Option<Iban> {
    iban("DE", &format!("99999999{}", digits::<10>(seed)))
}

/// The last digit of the bank code 19999993 is its own check digit.
fn poland(seed: u128) -> Option<Iban> {
    iban("PL", &format!("19999993{}", digits::<16>(seed)))
}

fn sweden(seed: u128) -> Option<Iban> {
    iban("SE", &format!("999{}", digits::<17>(seed)))
}

/// Ten digits and their check digit modulo 11. Ten is no digit, so such numbers are not given out.
fn norway(seed: u128) -> Option<Iban> {
    let numbers = [0, 1, 2].map(|n| format!("9999{}", digits::<6>(seed.wrapping_add(n))));
    let checked = numbers.iter().find_map(|number| {
        let check = modulo_11_check(number);
        (check < 10).then(|| format!("{number}{check}"))
    })?;
    iban("NO", &checked)
}

fn modulo_11_check(number: &str) -> u32 {
    let weights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let sum: u32 = number
        .chars()
        .filter_map(|c| c.to_digit(10))
        .zip(weights)
        .map(|(digit, weight)| digit.saturating_mul(weight))
        .sum();
    11_u32.saturating_sub(sum % 11) % 11
}

/// Puts the check digits of ISO 7064 (mod 97-10) before a national account number.
fn iban(country: &str, number: &str) -> Option<Iban> {
    let remainder = format!("{number}{country}00").chars().filter_map(|c| c.to_digit(36)).fold(
        0_u32,
        |remainder, value| {
            let shift = if value < 10 { 10 } else { 100 };
            remainder.saturating_mul(shift).saturating_add(value) % 97
        },
    );
    let check = 98_u32.saturating_sub(remainder);
    format!("{country}{check:02}{number}").parse().ok()
}

/// The last `N` decimal digits of a number.
fn digits<const N: usize>(mut seed: u128) -> String {
    let mut digits = String::with_capacity(N);
    for _ in 0..N {
        digits.extend(u32::try_from(seed % 10).ok().and_then(|digit| char::from_digit(digit, 10)));
        seed /= 10;
    }
    digits.chars().rev().collect()
}

/// FNV-1a with 128 bits: it must be stable and spread well; nobody attacks a sandbox.
fn hash(text: &str) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.bytes().fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CURRENCIES: [Currency; 5] =
        [Currency::GBP, Currency::EUR, Currency::PLN, Currency::NOK, Currency::SEK];

    proptest! {
        #[test]
        fn every_name_has_an_account_that_carries_its_currency(name in "[A-Za-z0-9._-]{1,64}") {
            let user_id: UserId = name.parse().expect("the pattern is the rule");

            for currency in CURRENCIES {
                let users = of_user(&user_id, currency).expect("the currency is known");
                let merchants = of_merchant(&name, currency).expect("the currency is known");

                prop_assert!(users.scheme_for(currency).is_ok());
                prop_assert!(merchants.scheme_for(currency).is_ok());
                prop_assert_ne!(users.account(), merchants.account());
            }
        }
    }

    #[test]
    fn a_currency_without_a_country_has_no_accounts() {
        let sam: UserId = "sam".parse().expect("a plain name");

        assert!(of_user(&sam, Currency::JPY).is_err());
        assert!(of_merchant("sandbox", Currency::JPY).is_err());
    }

    #[test]
    fn norwegian_check_digits_are_those_of_a_known_account() {
        assert_eq!(modulo_11_check("8601111794"), 7);
    }
}
