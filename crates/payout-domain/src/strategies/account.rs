//! Account identifiers, with check digits that fit.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;

use crate::scheme::is_in_sepa;
use crate::{AccountIdentifier, Currency, Iban, Nrb, SortCodeAccountNumber};

/// The structure of each country's account numbers, by the IBAN registry (ISO 13616, release 103):
/// after the country, how many digits (`n`), capitals (`a`) or either (`c`) follow the check digits.
const STRUCTURES: &str = "
    AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR8c15n2c BY4c4n16c
    CH5n12c CR18n CY8n16c CZ20n DE18n DJ23n DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n
    FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n GR7n16c GT24c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n
    IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n
    MC10n11c2n MD20c ME18n MK3n10c2n MN16n MR23n MT4a5n18c MU4a19n3a NI4a20n NL4a10n NO11n OM3n16c
    PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n SE20n SI15n
    SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c VA18n VG4a16n XK16n YE4a4n18c
";

/// An IBAN of any country of the registry.
pub fn iban() -> impl Strategy<Value = Iban> {
    select(STRUCTURES.split_whitespace().collect::<Vec<_>>()).prop_flat_map(with_structure)
}

/// An IBAN of a country, named by its two capitals.
///
/// # Panics
///
/// If the country has no IBANs.
pub fn iban_of(country: &str) -> impl Strategy<Value = Iban> + use<> {
    let structure = STRUCTURES.split_whitespace().find(|text| text.starts_with(country));
    with_structure(structure.expect("the country is in the registry"))
}

/// An IBAN of the United Kingdom, which holds a sort code and an account number.
pub fn gb_iban() -> impl Strategy<Value = Iban> {
    iban_of("GB")
}

/// An IBAN that euros reach.
pub fn sepa_iban() -> impl Strategy<Value = Iban> {
    let reached =
        |text: &&str| text.as_bytes().first_chunk().is_some_and(|country| is_in_sepa(*country));
    select(STRUCTURES.split_whitespace().filter(reached).collect::<Vec<_>>())
        .prop_flat_map(with_structure)
}

/// A UK sort code and account number.
pub fn sort_code_account_number() -> impl Strategy<Value = SortCodeAccountNumber> {
    "[0-9]{14}".prop_map(|digits| digits.parse().expect("14 digits are enough"))
}

/// A Polish account number whose two kinds of check digits fit.
pub fn nrb() -> impl Strategy<Value = Nrb> {
    ("[0-9]{7}", "[0-9]{16}").prop_map(|(bank, account)| {
        let sum: u32 = bank
            .chars()
            .filter_map(|c| c.to_digit(10))
            .zip([3, 9, 7, 1, 3, 9, 7])
            .map(|(digit, weight)| digit.saturating_mul(weight))
            .sum();
        // The eighth weight is 1, so the eighth digit is what is missing to a multiple of ten.
        let missing = 10_u32.saturating_sub(sum % 10) % 10;
        let bban = format!("{bank}{missing}{account}");
        let nrb = format!("{}{bban}", check_digits("PL", &bban));
        nrb.parse().expect("both check digits were computed")
    })
}

/// An account identifier of any kind.
pub fn account_identifier() -> impl Strategy<Value = AccountIdentifier> {
    prop_oneof![
        iban().prop_map(AccountIdentifier::Iban),
        gb_iban().prop_map(AccountIdentifier::Iban),
        sort_code_account_number().prop_map(AccountIdentifier::SortCodeAccountNumber),
        nrb().prop_map(AccountIdentifier::Nrb),
        nrb().prop_map(|nrb| AccountIdentifier::Iban(nrb.iban())),
    ]
}

/// All the identifiers of an account that a payout in this currency can reach; none if the provider
/// must find the account alone.
pub(super) fn identifiers_for(currency: Currency) -> BoxedStrategy<Vec<AccountIdentifier>> {
    let both = |iban: Iban| AccountIdentifier::from(iban).with_equivalents();
    match currency {
        Currency::GBP => prop_oneof![
            gb_iban().prop_map(both),
            sort_code_account_number().prop_map(|number| vec![number.into()]),
        ]
        .boxed(),
        Currency::EUR => sepa_iban().prop_map(|iban| vec![iban.into()]).boxed(),
        Currency::PLN => nrb().prop_map(move |nrb| both(nrb.iban())).boxed(),
        Currency::NOK => iban_of("NO").prop_map(|iban| vec![iban.into()]).boxed(),
        Currency::SEK => iban_of("SE").prop_map(|iban| vec![iban.into()]).boxed(),
        _ => Just(Vec::new()).boxed(),
    }
}

fn with_structure(structure: &str) -> BoxedStrategy<Iban> {
    let (country, rest) = structure.split_at_checked(2).unwrap_or_default();
    let country = country.to_owned();
    // `4a14n` is the pattern `[A-Z]{4}[0-9]{14}`.
    let pattern = rest.split_inclusive(['n', 'a', 'c']).fold(String::new(), |pattern, part| {
        let (length, kind) = part.split_at(part.len().saturating_sub(1));
        let set = match kind {
            "n" => "[0-9]",
            "a" => "[A-Z]",
            _ => "[0-9A-Z]",
        };
        pattern + set + "{" + length + "}"
    });
    string_regex(&pattern)
        .expect("each structure is a pattern")
        .prop_map(move |bban| {
            let iban = format!("{country}{}{bban}", check_digits(&country, &bban));
            iban.parse().expect("the structure is the country's and the check digits were computed")
        })
        .boxed()
}

/// The check digits of ISO 7064 mod 97-10: 98 less the remainder of the number with `00` in their
/// place.
fn check_digits(country: &str, bban: &str) -> String {
    let remainder = bban.chars().chain(country.chars()).chain(['0', '0']).fold(0_u32, |sum, c| {
        let value = c.to_digit(36).unwrap_or_default();
        let shift = if value < 10 { 10 } else { 100 };
        sum.saturating_mul(shift).saturating_add(value) % 97
    });
    format!("{:02}", 98_u32.saturating_sub(remainder))
}
