//! Poland's domestic account identifier.

use std::fmt;
use std::str::FromStr;

use super::{Iban, masked};

/// A Numer Rachunku Bankowego: 26 digits, namely two check digits, the eight of the bank's sort code
/// and the sixteen of the account. With `PL` in front it is an IBAN.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nrb(Iban);

/// The text is no Polish account number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NrbError {
    /// It has not exactly 26 digits.
    #[error("a Polish account number is 26 digits")]
    Malformed,
    /// The check digits of the account or of the bank's sort code do not fit.
    #[error("the check digits of the Polish account number do not fit; look for a typing error")]
    CheckDigits,
}

impl Nrb {
    /// The 26 digits.
    pub fn electronic(&self) -> &str {
        self.0.electronic().strip_prefix("PL").unwrap_or_default()
    }

    /// The same account as an IBAN.
    pub fn iban(&self) -> Iban {
        self.0.clone()
    }
}

impl FromStr for Nrb {
    type Err = NrbError;

    fn from_str(text: &str) -> Result<Self, NrbError> {
        if text.len() != 26 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NrbError::Malformed);
        }
        if !sort_code_fits(text) {
            return Err(NrbError::CheckDigits);
        }
        format!("PL{text}").parse().map(Self).map_err(|_| NrbError::CheckDigits)
    }
}

/// The bank's sort code carries its own check digit: with the weights 3 9 7 1 repeated, the sum of
/// its eight digits is a multiple of ten (rule of the National Bank of Poland).
fn sort_code_fits(digits: &str) -> bool {
    let weights = [3, 9, 7, 1].into_iter().cycle();
    let sum: u32 = digits
        .bytes()
        .skip(2)
        .take(8)
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit.saturating_sub(b'0')).saturating_mul(weight))
        .sum();
    sum.is_multiple_of(10)
}

impl fmt::Display for Nrb {
    /// Shows the last two digits only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(self.electronic(), 0, 2))
    }
}

impl fmt::Debug for Nrb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nrb({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "61109010140000071219812874";

    #[test]
    fn an_nrb_is_an_iban_without_its_country() {
        let nrb: Nrb = EXAMPLE.parse().expect("the example is valid");

        assert_eq!(nrb.electronic(), EXAMPLE);
        assert_eq!(nrb.iban().electronic(), format!("PL{EXAMPLE}"));
        assert_eq!(nrb.iban().nrb(), Some(nrb));
    }

    #[test]
    fn both_check_digits_must_fit() {
        for (text, error) in [
            ("6110901014000007121981287", NrbError::Malformed),
            ("PL109010140000071219812874", NrbError::Malformed),
            ("61109010140000071219812875", NrbError::CheckDigits),
            // Right by mod 97, wrong by the sort code's own digit.
            ("67109010150000071219812874", NrbError::CheckDigits),
        ] {
            assert_eq!(text.parse::<Nrb>(), Err(error), "{text}");
        }
    }
}
