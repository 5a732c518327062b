//! Account identifiers: check digits, forms, and which account is meant.

use payout_domain::strategies as any;
use payout_domain::*;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;

fn account_identifier(text: &str) -> AccountIdentifier {
    text.parse().expect("the example is valid")
}

/// The text with another digit in place of one of its digits.
fn one_digit_changed(text: &str, place: Index, by: u8) -> String {
    let digits: Vec<_> = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).collect();
    let (at, digit) = digits[place.index(digits.len())];
    let digit = digit.to_digit(10).expect("only digits were kept");
    let other = (digit + u32::from(by)) % 10;
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

/// The text with two neighbours exchanged, unless they are equal or the check digits cannot tell.
fn neighbours_exchanged(text: &str, place: Index) -> Option<String> {
    let mut chars: Vec<_> = text.chars().collect();
    let at = place.index(chars.len() - 1);
    chars.swap(at, at + 1);
    let mut pair = [chars[at], chars[at + 1]];
    pair.sort_unstable();
    // B is 11, M is 22 and X is 33 in ISO 7064: `B1` and `1B` are the same digits, 111.
    let alike = pair[0] == pair[1] || [['1', 'B'], ['2', 'M'], ['3', 'X']].contains(&pair);
    (!alike).then(|| chars.into_iter().collect())
}

/// A Polish account number of 24 digits with the two check digits before it (ISO 7064, mod 97-10).
fn with_iban_check_digits(account: &str) -> String {
    // `PL00` comes last: P is 25, L is 21.
    let rest = format!("{account}252100")
        .bytes()
        .fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("{:02}{account}", 98 - rest)
}

proptest! {
    #[test]
    fn an_iban_is_read_in_both_its_forms_and_either_case(iban in any::iban()) {
        for form in [iban.electronic().to_owned(), iban.printed(), iban.printed().to_lowercase()] {
            prop_assert_eq!(form.parse::<Iban>(), Ok(iban.clone()));
            prop_assert_eq!(form.parse::<AccountIdentifier>(), Ok(iban.clone().into()));
        }
    }

    #[test]
    fn an_account_identifier_is_read_from_its_electronic_form(
        identifier in any::account_identifier(),
    ) {
        prop_assert_eq!(identifier.electronic().parse(), Ok(identifier));
    }

    #[test]
    fn a_sort_code_is_read_with_and_without_hyphens(number in any::sort_code_account_number()) {
        let sort_code = number.sort_code();
        let account_number = number.account_number();
        let [bank, area, branch] = [&sort_code[..2], &sort_code[2..4], &sort_code[4..]];
        let printed = format!("{bank}-{area}-{branch} {account_number}");
        let halves = SortCodeAccountNumber::new(&sort_code, &account_number);

        prop_assert_eq!(halves, Ok(number.clone()));
        prop_assert_eq!(printed.parse::<AccountIdentifier>(), Ok(number.into()));
    }

    #[test]
    fn a_mistyped_digit_breaks_an_iban(
        iban in any::iban(), place in any::<Index>(), by in 1..=9_u8,
    ) {
        let mistyped = one_digit_changed(iban.electronic(), place, by);

        prop_assert_eq!(mistyped.parse::<Iban>(), Err(IbanError::CheckDigits));
    }

    #[test]
    fn exchanged_neighbours_break_an_iban(iban in any::iban(), place in any::<Index>()) {
        let exchanged = neighbours_exchanged(iban.electronic(), place);
        prop_assume!(exchanged.is_some());
        let exchanged = exchanged.expect("it was assumed");

        prop_assert!(exchanged.parse::<Iban>().is_err(), "{}", exchanged);
    }

    #[test]
    fn a_mistyped_digit_breaks_an_nrb(
        nrb in any::nrb(), place in any::<Index>(), by in 1..=9_u8,
    ) {
        let mistyped = one_digit_changed(nrb.electronic(), place, by);

        prop_assert_eq!(mistyped.parse::<Nrb>(), Err(NrbError::CheckDigits));
    }

    /// The check digits of the IBAN are right here; those of the bank's sort code are not.
    #[test]
    fn a_sort_code_that_no_polish_bank_has_breaks_an_nrb(
        nrb in any::nrb(), place in 0..7_usize, by in 1..=9_u8,
    ) {
        let account = &nrb.electronic()[2..];
        let digit = account.as_bytes()[place] - b'0';
        let other = (digit + by) % 10;
        let account = format!("{}{other}{}", &account[..place], &account[place + 1..]);

        let read = with_iban_check_digits(&account).parse::<Nrb>();

        prop_assert_eq!(read, Err(NrbError::CheckDigits));
    }

    #[test]
    fn spaces_make_no_text_an_iban_that_is_longer_than_any(iban in any::iban()) {
        let longest = format!("{:<42}", iban.electronic());

        prop_assert_eq!(longest.parse::<Iban>(), Ok(iban));
        prop_assert_eq!(format!("{longest} ").parse::<Iban>(), Err(IbanError::Malformed));
    }

    #[test]
    fn exchanged_neighbours_break_an_nrb(nrb in any::nrb(), place in any::<Index>()) {
        let exchanged = neighbours_exchanged(nrb.electronic(), place);
        prop_assume!(exchanged.is_some());

        let exchanged = exchanged.expect("it was assumed").parse::<Nrb>();

        prop_assert_eq!(exchanged, Err(NrbError::CheckDigits));
    }

    #[test]
    fn equivalent_identifiers_are_one_account(identifier in any::account_identifier()) {
        let equivalents = identifier.clone().with_equivalents();

        prop_assert!(equivalents.contains(&identifier));
        for equivalent in &equivalents {
            prop_assert_eq!(equivalent.account(), identifier.account());
        }
    }

    #[test]
    fn different_accounts_are_never_one(
        one in any::account_identifier(), other in any::account_identifier(),
    ) {
        let equivalents = one.clone().with_equivalents();
        let shared = other.clone().with_equivalents().iter().any(|o| equivalents.contains(o));

        prop_assert_eq!(one.account() == other.account(), shared);
        prop_assert_eq!(one.account().as_str() == other.account().as_str(), shared);
    }

    #[test]
    fn accounts_that_differ_in_one_digit_are_two(
        number in any::sort_code_account_number(), place in any::<Index>(), by in 1..=9_u8,
    ) {
        let other = account_identifier(&one_digit_changed(&number.electronic(), place, by));

        prop_assert_ne!(AccountIdentifier::from(number).account(), other.account());
    }

    #[test]
    fn the_domestic_identifier_comes_first(nrb in any::nrb(), gb in any::gb_iban()) {
        let all = |one: AccountIdentifier| one.with_equivalents();
        let polish = vec![nrb.clone().into(), AccountIdentifier::from(nrb.iban())];
        let scan = gb.sort_code_account_number().expect("a GB IBAN holds one");

        prop_assert_eq!(all(nrb.iban().into()), polish.clone());
        prop_assert_eq!(all(nrb.into()), polish);
        prop_assert_eq!(all(gb.clone().into()), [scan.into(), gb.into()]);
    }

    #[test]
    fn a_scheme_is_of_the_accounts_country_or_sepa(
        identifier in any::account_identifier(), currency in any::payable_currency(),
    ) {
        let Ok(scheme) = identifier.scheme_for(currency) else { return Ok(()) };
        let home = match identifier.kind() {
            IdentifierKind::Iban(country) => country,
            IdentifierKind::SortCodeAccountNumber => *b"GB",
            IdentifierKind::Nrb => *b"PL",
        };

        let expected = match (&home, currency.code()) {
            (b"GB", "GBP") => Some(Scheme::FasterPaymentsService),
            (b"PL", "PLN") => Some(Scheme::PolishDomesticExpress),
            (b"NO", "NOK") => Some(Scheme::NorwegianDomesticCreditTransfer),
            (b"SE", "SEK") => Some(Scheme::SwedishDomesticCreditTransfer),
            (_, "EUR") => Some(Scheme::SepaCreditTransferInstant),
            _ => None,
        };
        prop_assert_eq!(Some(scheme), expected);
    }
}

#[test]
fn two_ibans_with_one_remainder_are_one_valid_iban() {
    // 00, 01 and 99 leave the remainders of 97, 98 and 02: ISO 7064 never computes them.
    for (valid, alias) in [("02", "99"), ("97", "00"), ("98", "01")] {
        let bban = (0..1_000_u32)
            .map(|account| format!("37040044{account:010}"))
            .find(|bban| format!("DE{valid}{bban}").parse::<Iban>().is_ok())
            .expect("one in 97 accounts has these check digits");

        assert_eq!(format!("DE{alias}{bban}").parse::<Iban>(), Err(IbanError::CheckDigits));
    }
}

#[test]
fn the_check_digits_cannot_tell_x3_from_3x() {
    let iban = (2..=98)
        .find_map(|check| format!("FR{check:02}20041010050500013X30206").parse::<Iban>().ok())
        .expect("some check digits fit");

    let exchanged = iban.electronic().replace("X3", "3X");

    assert!(exchanged.parse::<Iban>().is_ok(), "this is why the property leaves such pairs out");
}

/// The countries of the SEPA schemes, and some that have IBANs and are not among them.
const IN_SEPA: &str = "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC \
                       MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA";
const NOT_IN_SEPA: &str = "AE AZ BA BR BY EG GE IL JO KW KZ PK QA RU SA TN TR UA XK";

#[test]
fn euros_reach_the_countries_of_sepa_and_no_others() {
    for (countries, reached) in [(IN_SEPA, true), (NOT_IN_SEPA, false)] {
        for country in countries.split(' ') {
            let mut runner = proptest::test_runner::TestRunner::deterministic();
            let iban = any::iban_of(country).new_tree(&mut runner).expect("one is drawn").current();
            let scheme = AccountIdentifier::from(iban).scheme_for(Currency::EUR);

            assert_eq!(scheme.is_ok(), reached, "{country}");
        }
    }
}
