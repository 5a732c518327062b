//! The text on the beneficiary's statement.

use std::fmt;
use std::str::FromStr;

use crate::Scheme;

/// The text on the beneficiary's statement.
///
/// Schemes and banks differ in what they carry. [`Reference::lenient`] takes whatever a provider
/// accepts; [`Reference::strict`] takes only what the scheme carries unharmed to every bank, which is
/// what a careful caller wants to know before the money is on its way.
///
/// ```
/// use payout_domain::{Reference, Scheme};
///
/// assert!(Reference::lenient("Withdrawal no. 20417 (May)").is_ok());
/// assert!(Reference::strict("WD-20417", Scheme::FasterPaymentsService).is_ok());
/// assert!(Reference::strict("Withdrawal_20417", Scheme::FasterPaymentsService).is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reference(Box<str>);

/// The text cannot stand on a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// No text.
    #[error("must not be empty; write what the user should see on the statement")]
    Empty,
    /// More characters than the scheme has room for.
    #[error("is longer than {limit} characters; shorten it")]
    TooLong {
        /// The most characters it may have.
        limit: usize,
    },
    /// A character that does not get through.
    #[error("must not contain {character:?}; use letters, digits, spaces, `-` and `.`")]
    Character {
        /// The first character that was refused.
        character: char,
    },
}

impl Reference {
    /// The most characters a reference has in any scheme (SEPA's remittance information).
    pub const LIMIT: usize = 140;

    /// The most characters that Faster Payments carries.
    pub const FASTER_PAYMENTS_LIMIT: usize = 18;

    /// Takes 1 to 140 characters that can be seen: no control characters, and none that turn the
    /// direction of writing.
    pub fn lenient(text: &str) -> Result<Self, ReferenceError> {
        Self::checked(text, Self::LIMIT, is_visible)
    }

    /// Takes only what `scheme` carries to every bank: for Faster Payments 1 to 18 letters, digits,
    /// spaces, `-` and `.`, for all others the 1 to 140 characters of SEPA's basic set.
    pub fn strict(text: &str, scheme: Scheme) -> Result<Self, ReferenceError> {
        match scheme {
            Scheme::FasterPaymentsService => {
                Self::checked(text, Self::FASTER_PAYMENTS_LIMIT, is_faster_payments)
            }
            Scheme::SepaCreditTransfer
            | Scheme::SepaCreditTransferInstant
            | Scheme::InternalTransfer
            | Scheme::PolishDomesticStandard
            | Scheme::PolishDomesticExpress
            | Scheme::NorwegianDomesticCreditTransfer
            | Scheme::SwedishDomesticCreditTransfer
            | Scheme::Unknown => Self::checked(text, Self::LIMIT, is_sepa),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn checked(
        text: &str,
        limit: usize,
        allowed: impl Fn(char) -> bool,
    ) -> Result<Self, ReferenceError> {
        if text.trim().is_empty() {
            return Err(ReferenceError::Empty);
        }
        if text.chars().count() > limit {
            return Err(ReferenceError::TooLong { limit });
        }
        match text.chars().find(|c| !allowed(*c)) {
            Some(character) => Err(ReferenceError::Character { character }),
            None => Ok(Self(text.into())),
        }
    }
}

fn is_faster_payments(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '.')
}

/// The basic character set of the SEPA rulebooks.
fn is_sepa(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c)
}

/// Whether a reader sees the character where it stands: no control characters (C0, C1), no line or
/// paragraph separators, no zero-width or bidirectional formatting, nothing without a meaning.
pub(crate) fn is_visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFF}'
            | '\u{E0000}'..='\u{E0FFF}')
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Reads leniently.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        Self::lenient(text)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({:?})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faster_payments_carry_eighteen_plain_characters() {
        let strict = |text| Reference::strict(text, Scheme::FasterPaymentsService);

        assert!(strict("WD 20417-A.1234567").is_ok());
        assert_eq!(strict("WD 20417-A.12345678"), Err(ReferenceError::TooLong { limit: 18 }));
        assert_eq!(strict("WD_20417"), Err(ReferenceError::Character { character: '_' }));
        assert_eq!(strict("żółw"), Err(ReferenceError::Character { character: 'ż' }));
    }

    #[test]
    fn a_lenient_reference_is_still_readable() {
        assert!(Reference::lenient("Wypłata żółwia № 7 (ł_/)").is_ok());
        assert!(Reference::lenient(&"x".repeat(140)).is_ok());
        for bad in ["", "   ", "a\nb", "a\0", "a\u{202E}b", "a\u{200B}", "\u{FEFF}a"] {
            assert!(Reference::lenient(bad).is_err(), "{bad:?}");
        }
        assert!(Reference::lenient(&"x".repeat(141)).is_err());
    }
}
