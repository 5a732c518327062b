//! Telling a card number from other numbers.
//!
//! Where no card number enters, the PCI Data Security Standard has nothing to say: it is about whoever
//! stores, processes or transmits one (version 4.0, section 4). What makes a number one is its length
//! and check digit (ISO/IEC 7812-1, section 4 and annex B), and that its beginning belongs to somebody
//! who issues cards: the ranges that the card schemes publish for those who accept them.

/// The shortest card number, in digits; a `UnionPay`, Maestro or Visa card may have up to
/// [`LONGEST`].
const SHORTEST: usize = 13;
/// The longest card number (ISO/IEC 7812-1, section 4.1).
const LONGEST: usize = 19;

/// Whether a card number stands somewhere in a text, in one piece or in groups as on the card.
///
/// Not taken for one: digits after a `+`, which is how a telephone number begins, and digits between
/// two letters, of which an identifier in hexadecimal has many.
pub(crate) fn is_in(text: &str) -> bool {
    let groups = groups(text);
    (0..groups.len()).any(|first| starts_one(groups.get(first..).unwrap_or_default()))
}

/// Digits that stand together, and what is around them.
struct Group<'a> {
    digits: &'a str,
    before: Option<char>,
    after: Option<char>,
    /// How many characters stand between the group before and this one.
    gap: usize,
}

/// The groups of digits of a text, in their order.
fn groups(text: &str) -> Vec<Group<'_>> {
    let mut groups = Vec::new();
    let (mut before, mut gap) = (None, 0_usize);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, behind) = rest.split_at(end);
            groups.push(Group { digits, before, after: behind.chars().next(), gap });
            (before, gap) = (digits.chars().last(), 0);
            rest = behind;
        } else {
            (before, gap) = (Some(first), gap.saturating_add(1));
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    groups
}

/// Whether the first of these groups begins a card number.
fn starts_one(groups: &[Group<'_>]) -> bool {
    let Some(first) = groups.first() else { return false };
    if first.before == Some('+') {
        return false;
    }
    let mut digits = String::new();
    for (at, group) in groups.iter().enumerate() {
        // On a card the first group has four digits, and none has fewer than three or more than six.
        let is_printed = first.digits.len() == 4 && (3..=6).contains(&group.digits.len());
        if at > 0 && !is_printed {
            return false;
        }
        digits.push_str(group.digits);
        if is_one(&digits) && !is_between_letters(first.before, group.after) {
            return true;
        }
        if digits.len() >= LONGEST || !matches!(group.after, Some(' ' | '-')) {
            return false;
        }
        if groups.get(at.saturating_add(1)).is_none_or(|next| next.gap != 1) {
            return false;
        }
    }
    false
}

fn is_between_letters(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic)
}

fn is_one(digits: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&digits.len()) && is_issued(digits) && has_check_digit(digits)
}

/// Whether cards of this length begin like this.
fn is_issued(digits: &str) -> bool {
    let Some(start) = digits.get(..6).and_then(|start| start.parse::<u32>().ok()) else {
        return false;
    };
    match start {
        // Visa; the short ones are of the last century, and some are still in books of examples.
        400_000..=499_999 => matches!(digits.len(), 13 | 16 | 19),
        // Mastercard.
        510_000..=559_999 | 222_100..=272_099 => digits.len() == 16,
        // American Express.
        340_000..=349_999 | 370_000..=379_999 => digits.len() == 15,
        // Diners Club.
        300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999 => {
            (14..=19).contains(&digits.len())
        }
        // JCB; Discover; `UnionPay`, part of which is Discover's too; Mir.
        352_800..=358_999
        | 601_100..=601_199
        | 644_000..=659_999
        | 620_000..=629_999
        | 810_000..=817_199
        | 220_000..=220_499 => (16..=19).contains(&digits.len()),
        // Maestro.
        501_800..=501_899
        | 502_000..=502_099
        | 503_800..=503_899
        | 589_300..=589_399
        | 630_400..=630_499
        | 675_900..=675_999
        | 676_100..=676_399
        | 676_770..=676_774 => true,
        _ => false,
    }
}

/// The check digit of ISO/IEC 7812-1, annex B: from the right, every second digit is doubled, and the
/// sum of all digits is a multiple of ten.
fn has_check_digit(digits: &str) -> bool {
    let digits = digits.chars().rev().filter_map(|digit| digit.to_digit(10));
    let weigh = |(at, digit): (usize, u32)| {
        let weighed = if at.is_multiple_of(2) { digit } else { digit.saturating_mul(2) };
        if weighed > 9 { weighed.saturating_sub(9) } else { weighed }
    };
    digits.enumerate().map(weigh).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the schemes and their processors publish for trying things out.
    const PUBLISHED: [&str; 17] = [
        "4111111111111111",
        "4012888888881881",
        "4222222222222",
        "4000000000000000006",
        "5555555555554444",
        "5105105105105100",
        "2223003122003222",
        "2720990000000007",
        "378282246310005",
        "371449635398431",
        "30569309025904",
        "36227206271667",
        "6011111111111117",
        "3530111333300000",
        "6205500000000000004",
        "6759649826438453",
        "2200000000000004",
    ];

    #[test]
    fn a_published_number_is_found_wherever_it_stands() {
        for number in PUBLISHED {
            for text in [
                number.to_owned(),
                format!("card {number} please"),
                format!("card:{number}"),
                format!("PAN{number}"),
                format!("{number}x"),
                format!("20417 {number}"),
                format!("{number}, 12/29"),
                format!("€{number}€"),
            ] {
                assert!(is_in(&text), "{text}");
            }
        }
    }

    #[test]
    fn a_number_is_found_in_the_groups_of_a_card() {
        for text in [
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "paid with 4111 1111 1111 1111, thanks",
            "WD-20417 4111 1111 1111 1111",
            "3782 822463 10005",
            "3056 930902 5904",
            "4000 0000 0000 0000 006",
        ] {
            assert!(is_in(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "",
            "20417",
            "WD-20417",
            // A digit is wrong, there is one too many or too few, or nobody issues it.
            "4111111111111112",
            "411111111111111",
            "41111111111111110",
            "1111111111111117",
            "9999999999999995",
            "0000000000000000",
            // The time in milliseconds, dates, telephone numbers.
            "1790000000003",
            "2026112400000009",
            "+4915112345678904",
            "+4 111 111 111 111 111",
            // Parts of something longer.
            "00004111111111111111",
            "41111111111111110000",
            "4111  1111  1111  1111",
            "4111/1111/1111/1111",
            "41 11 11 11 11 11 11 11",
            "deadbeef4111111111111111deadbeef",
            "8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60",
            "GB72TLYR04066800004417",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }

    /// Completes digits with the check digit.
    fn checked(digits: &str) -> String {
        let completed = (0..10).map(|check| format!("{digits}{check}"));
        completed.into_iter().find(|number| has_check_digit(number)).expect("one of ten fits")
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_no_card_number(rest in "[0-9]{14}", at in 0_usize..16, by in 1_u32..10) {
            let number = checked(&format!("4{rest}"));
            let digits = number.chars().enumerate().map(|(place, digit)| {
                let digit = digit.to_digit(10).expect("it is a digit");
                if place == at { digit.saturating_add(by) % 10 } else { digit }
            });
            let changed: String = digits.filter_map(|digit| char::from_digit(digit, 10)).collect();

            prop_assert!(is_in(&number));
            prop_assert!(!is_in(&changed));
        }

        #[test]
        fn a_text_with_fewer_digits_has_no_card_number(text in r"(\PC|[0-9 -]){0,12}") {
            prop_assert!(!is_in(&text));
        }

        #[test]
        fn no_text_makes_it_panic(text in r"(\PC|[0-9 +-]){0,200}") {
            let _ = is_in(&text);
        }
    }
}
