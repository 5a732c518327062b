//! The UK's domestic account identifier.

use std::fmt;
use std::str::FromStr;

use super::masked;

/// A UK sort code (6 digits: bank and branch) and account number (8 digits). Leading zeros count.
///
/// Whether the two fit together (the modulus check of Pay.UK) is not checked: its table changes
/// several times a year and is not ours to ship.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortCodeAccountNumber {
    sort_code: [u8; 6],
    account_number: [u8; 8],
}

/// The text is no sort code and account number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SortCodeAccountNumberError {
    /// The sort code has not exactly six digits.
    #[error("a sort code is 6 digits, such as 040668")]
    SortCode,
    /// The account number has not exactly eight digits.
    #[error("an account number is 8 digits, such as 00004417; put zeros in front of a shorter one")]
    AccountNumber,
}

impl SortCodeAccountNumber {
    /// Takes the two apart numbers, six and eight digits without hyphens.
    pub fn new(sort_code: &str, account_number: &str) -> Result<Self, SortCodeAccountNumberError> {
        Ok(Self {
            sort_code: digits(sort_code).ok_or(SortCodeAccountNumberError::SortCode)?,
            account_number: digits(account_number)
                .ok_or(SortCodeAccountNumberError::AccountNumber)?,
        })
    }

    /// The six digits of the sort code.
    pub fn sort_code(&self) -> String {
        self.sort_code.map(char::from).iter().collect()
    }

    /// The eight digits of the account number.
    pub fn account_number(&self) -> String {
        self.account_number.map(char::from).iter().collect()
    }

    /// Sort code and account number as 14 digits.
    pub fn electronic(&self) -> String {
        self.sort_code() + &self.account_number()
    }
}

impl FromStr for SortCodeAccountNumber {
    type Err = SortCodeAccountNumberError;

    /// Reads 14 digits, sort code first.
    fn from_str(text: &str) -> Result<Self, SortCodeAccountNumberError> {
        let (sort_code, account_number) =
            text.split_at_checked(6).ok_or(SortCodeAccountNumberError::SortCode)?;
        Self::new(sort_code, account_number)
    }
}

fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: [u8; N] = text.as_bytes().try_into().ok()?;
    digits.iter().all(u8::is_ascii_digit).then_some(digits)
}

impl fmt::Display for SortCodeAccountNumber {
    /// Shows the last two digits only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.electronic(), 0, 2))
    }
}

impl fmt::Debug for SortCodeAccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SortCodeAccountNumber({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zeros_count() {
        let number =
            SortCodeAccountNumber::new("040668", "00004417").expect("both have their digits");

        assert_eq!(number.electronic(), "04066800004417");
        assert_eq!(number.electronic().parse(), Ok(number));
    }

    #[test]
    fn each_half_says_what_is_wrong_with_it() {
        use SortCodeAccountNumberError as E;
        for (sort_code, account_number, error) in [
            ("40668", "00004417", E::SortCode),
            ("04-06-68", "00004417", E::SortCode),
            ("04066x", "00004417", E::SortCode),
            ("040668", "4417", E::AccountNumber),
            ("040668", "000044170", E::AccountNumber),
            ("040668", "0000441 ", E::AccountNumber),
        ] {
            assert_eq!(SortCodeAccountNumber::new(sort_code, account_number), Err(error));
        }
    }
}
