//! Money: whole minor units of one currency.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::{Currency, CurrencyError};

/// A quantity of one currency, in its minor unit: pence, cents, yen.
///
/// There is no `+`: adding pounds to euros has no answer, so every sum is a [`Result`]. There is no
/// `<` either, for the same reason. It is never negative and never above [`Money::MAX_MINOR`].
///
/// ```
/// use payout_domain::{Currency, Money};
///
/// let winnings: Money = "12.34 GBP".parse()?;
/// assert_eq!(winnings.minor(), 1234);
/// assert_eq!(winnings.checked_add(Money::from_minor(66, Currency::GBP)?)?.to_string(), "13.00 GBP");
/// assert!(winnings.checked_add("1.00 EUR".parse()?).is_err());
/// assert!("12.345 GBP".parse::<Money>().is_err());
/// # Ok::<(), payout_domain::MoneyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    // Invariant: at most `MAX_MINOR`.
    minor: u64,
    currency: Currency,
}

/// The quantity cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Below zero.
    #[error("an amount is never negative")]
    Negative,
    /// Above [`Money::MAX_MINOR`].
    #[error("an amount is at most {} minor units", Money::MAX_MINOR)]
    TooLarge,
    /// More decimals than the currency has.
    #[error("{currency} has {exponent} decimals, so write at most that many")]
    TooPrecise {
        /// The currency of the amount.
        currency: Currency,
        /// How many decimals it has.
        exponent: u32,
    },
    /// Not an amount and a currency.
    #[error("write an amount and a currency, such as `12.34 GBP`, with a point and no separators")]
    Malformed,
    /// The currency is unknown, or has no minor unit.
    #[error(transparent)]
    Currency(#[from] CurrencyError),
    /// Two currencies in one sum.
    #[error("{left} and {right} do not add up")]
    CurrencyMismatch {
        /// The currency of the first amount.
        left: Currency,
        /// The currency of the second amount.
        right: Currency,
    },
}

impl Money {
    /// The most minor units a `Money` holds: the largest integer that every JSON reader keeps exact
    /// (2⁵³ − 1), which also fits the signed 64-bit column of every database.
    pub const MAX_MINOR: u64 = (1 << 53) - 1;

    /// Counts in minor units: 1234 of GBP are 12.34 pounds.
    pub const fn from_minor(minor: u64, currency: Currency) -> Result<Self, MoneyError> {
        if minor > Self::MAX_MINOR {
            Err(MoneyError::TooLarge)
        } else {
            Ok(Self { minor, currency })
        }
    }

    /// Nothing of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Counts in major units: 12.34 of GBP are 1234 pence. It never rounds: more decimals than the
    /// currency has are an error, even zeros.
    pub fn from_major(major: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let exponent = exponent(currency)?;
        if major.is_sign_negative() && !major.is_zero() {
            return Err(MoneyError::Negative);
        }
        if major.scale() > exponent {
            return Err(MoneyError::TooPrecise { currency, exponent });
        }
        let mut minor = major;
        // At the currency's own scale the mantissa is the count of minor units. A value too large to
        // be rescaled exactly keeps a smaller scale, and is then too large for us as well.
        minor.rescale(exponent);
        if minor.scale() != exponent || minor != major {
            return Err(MoneyError::TooLarge);
        }
        let minor = u64::try_from(minor.mantissa()).map_err(|_| MoneyError::TooLarge)?;
        Self::from_minor(minor, currency)
    }

    /// The count of minor units.
    pub const fn minor(self) -> u64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The same quantity in major units, with as many decimals as the currency has.
    pub fn major(self) -> Decimal {
        Decimal::from_i128_with_scale(i128::from(self.minor), self.currency.exponent().unwrap_or(0))
    }

    /// Whether there is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::from_minor(self.minor.saturating_add(other.minor), self.currency)
    }

    /// What is left of an amount of the same currency; it never goes below zero.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Negative)?;
        Self::from_minor(minor, self.currency)
    }

    /// Whether this is at least as much as `other`; two currencies have no answer.
    pub fn covers(self, other: Self) -> Result<bool, MoneyError> {
        self.same_currency(other)?;
        Ok(self.minor >= other.minor)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.major(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `12.34 GBP`: digits, a point and digits if there are any, one space, the code.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (amount, code) = text.split_once(' ').ok_or(MoneyError::Malformed)?;
        let digits = amount.strip_prefix('-').unwrap_or(amount);
        if !is_plain_decimal(digits) {
            return Err(MoneyError::Malformed);
        }
        let currency = code.parse()?;
        check_precision(amount, currency)?;
        let major = Decimal::from_str_exact(amount).map_err(|_| MoneyError::TooLarge)?;
        Self::from_major(major, currency)
    }
}

fn exponent(currency: Currency) -> Result<u32, MoneyError> {
    Ok(currency.exponent().ok_or(CurrencyError::NotPayable(currency))?)
}

/// Counts the decimals in the text itself: a `Decimal` cannot hold very many of them.
fn check_precision(amount: &str, currency: Currency) -> Result<(), MoneyError> {
    let exponent = exponent(currency)?;
    let decimals = amount.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if u32::try_from(decimals).is_ok_and(|decimals| decimals <= exponent) {
        return Ok(());
    }
    Err(MoneyError::TooPrecise { currency, exponent })
}

fn is_plain_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_decimals_is_the_currencys() {
        for (text, minor) in [
            ("12.34 GBP", 1234),
            ("12.3 GBP", 1230),
            ("12 GBP", 1200),
            ("0.01 EUR", 1),
            ("7 JPY", 7),
            ("1.234 KWD", 1234),
            ("0.00 GBP", 0),
            ("90071992547409.91 GBP", Money::MAX_MINOR),
        ] {
            assert_eq!(text.parse::<Money>().map(Money::minor), Ok(minor), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_with_its_reason() {
        use MoneyError as E;
        let too_precise = |currency, exponent| E::TooPrecise { currency, exponent };
        for (text, error) in [
            ("12.345 GBP", too_precise(Currency::GBP, 2)),
            ("12.340 GBP", too_precise(Currency::GBP, 2)),
            ("1.0 JPY", too_precise(Currency::JPY, 0)),
            ("-1.00 GBP", E::Negative),
            ("90071992547409.92 GBP", E::TooLarge),
            ("99999999999999999999999999999999.00 GBP", E::TooLarge),
            ("12.34", E::Malformed),
            ("GBP", E::Malformed),
            ("12,34 GBP", E::Malformed),
            ("1_000 GBP", E::Malformed),
            ("+1 GBP", E::Malformed),
            ("1e3 GBP", E::Malformed),
            (".5 GBP", E::Malformed),
            ("5. GBP", E::Malformed),
            (" 5 GBP", E::Malformed),
            ("--5 GBP", E::Malformed),
            ("5  GBP", E::Currency(CurrencyError::Unknown(" GBP".into()))),
            ("5 gbp", E::Currency(CurrencyError::Unknown("gbp".into()))),
            (
                "5 XAU",
                E::Currency(CurrencyError::NotPayable("XAU".parse().expect("gold is a code"))),
            ),
        ] {
            assert_eq!(text.parse::<Money>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn pounds_and_euros_do_not_add() {
        let pounds = Money::from_minor(1, Currency::GBP).expect("a penny is below the limit");
        let euros = Money::from_minor(1, Currency::EUR).expect("a cent is below the limit");
        let mismatch = MoneyError::CurrencyMismatch { left: Currency::GBP, right: Currency::EUR };

        assert_eq!(pounds.checked_add(euros), Err(mismatch.clone()));
        assert_eq!(pounds.checked_sub(euros), Err(mismatch.clone()));
        assert_eq!(pounds.covers(euros), Err(mismatch));
    }
}
