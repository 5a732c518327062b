//! The International Bank Account Number of ISO 13616.

use std::fmt;
use std::str::FromStr;

use iban_validation_rs::{ValidationError, validate_iban_str};

use super::{Nrb, SortCodeAccountNumber, masked};

/// An IBAN (ISO 13616): country, check digits that satisfy ISO 7064 mod 97-10, and an account number
/// of the length and structure that the registry gives for the country.
///
/// It is read with or without the spaces of its printed form and in either case; it is kept in its
/// electronic form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iban(Box<str>);

/// The text is no IBAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    /// It holds something else than letters, digits and spaces, or is far too long.
    #[error("an IBAN is 15 to 34 letters and digits, such as GB72CLRB04066800004417")]
    Malformed,
    /// The first two letters are no country of the IBAN registry.
    #[error("the first two letters of the IBAN name no country that has IBANs")]
    Country,
    /// The country's IBANs have another length.
    #[error("the IBAN has the wrong length for its country")]
    Length,
    /// A letter stands where the country has a digit, or the reverse.
    #[error("the IBAN does not have the structure of its country's account numbers")]
    Structure,
    /// The check digits do not fit: most likely a typing error.
    #[error("the check digits of the IBAN do not fit; look for a typing error")]
    CheckDigits,
}

impl Iban {
    /// The electronic form: capitals and digits, no spaces.
    pub fn electronic(&self) -> &str {
        &self.0
    }

    /// The printed form of ISO 13616: groups of four.
    pub fn printed(&self) -> String {
        let mut printed = String::with_capacity(self.0.len().saturating_mul(2));
        for (at, c) in self.0.char_indices() {
            if at > 0 && at.is_multiple_of(4) {
                printed.push(' ');
            }
            printed.push(c);
        }
        printed
    }

    /// The two letters of the country.
    pub fn country(&self) -> [u8; 2] {
        let mut letters = self.0.bytes();
        [letters.next().unwrap_or_default(), letters.next().unwrap_or_default()]
    }

    /// The sort code and account number inside a GB IBAN.
    pub fn sort_code_account_number(&self) -> Option<SortCodeAccountNumber> {
        let number = self.0.strip_prefix("GB")?.get(6..)?;
        number.parse().ok()
    }

    /// The Polish account number inside a PL IBAN.
    pub fn nrb(&self) -> Option<Nrb> {
        self.0.strip_prefix("PL")?.parse().ok()
    }
}

impl FromStr for Iban {
    type Err = IbanError;

    fn from_str(text: &str) -> Result<Self, IbanError> {
        // The longest printed IBAN: 34 characters and 8 spaces.
        if text.len() > 42 || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ') {
            return Err(IbanError::Malformed);
        }
        let electronic: String =
            text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
        if electronic.len() < 15 {
            return Err(IbanError::Malformed);
        }
        match validate_iban_str(&electronic) {
            Ok(_) => Ok(Self(electronic.into())),
            Err(error) => Err(reason(&error)),
        }
    }
}

fn reason(error: &ValidationError) -> IbanError {
    match error {
        ValidationError::TooShort(_) => IbanError::Malformed,
        ValidationError::MissingCountry | ValidationError::InvalidCountry => IbanError::Country,
        ValidationError::StructureIncorrectForCountry => IbanError::Structure,
        ValidationError::InvalidSizeForCountry => IbanError::Length,
        ValidationError::ModuloIncorrect | ValidationError::InvalidChecksum => {
            IbanError::CheckDigits
        }
    }
}

impl fmt::Display for Iban {
    /// Shows the country and the last two characters only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0, 2, 2))
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_and_electronic_forms_are_the_same_iban() {
        let iban: Iban = "gb72 clrb 0406 6800 0044 17".parse().expect("the example is valid");

        assert_eq!(iban.electronic(), "GB72CLRB04066800004417");
        assert_eq!(iban.printed(), "GB72 CLRB 0406 6800 0044 17");
        assert_eq!(format!("{iban:?}"), "Iban(GB******************17)");
    }

    #[test]
    fn what_is_no_iban_is_refused_with_its_reason() {
        for (text, error) in [
            ("", IbanError::Malformed),
            ("GB", IbanError::Malformed),
            ("GB72-CLRB-0406-6800-0044-17", IbanError::Malformed),
            ("XX72CLRB04066800004417", IbanError::Country),
            ("GB72CLRB0406680000441", IbanError::Length),
            ("GB72123404066800004417", IbanError::Structure),
            ("GB73CLRB04066800004417", IbanError::CheckDigits),
            ("GB72CLRB04066800004418", IbanError::CheckDigits),
        ] {
            assert_eq!(text.parse::<Iban>(), Err(error), "{text:?}");
        }
    }
}
