//! Currencies of ISO 4217.

use std::fmt;
use std::str::FromStr;

/// A currency of ISO 4217, named by its three letters.
///
/// It knows how many decimals its major unit has ([`exponent`](Self::exponent)) and whether a payout
/// may be made in it ([`payable`](Self::payable)): funds, precious metals, test codes and withdrawn
/// currencies are readable, because old records name them, but nothing new is paid in them.
///
/// ```
/// use payout_domain::Currency;
///
/// let dinar: Currency = "KWD".parse()?;
/// assert_eq!(dinar.exponent(), Some(3));
/// assert_eq!(Currency::JPY.exponent(), Some(0));
/// assert!("gbp".parse::<Currency>().is_err(), "codes are written in capitals");
/// # Ok::<(), payout_domain::CurrencyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// The text names no currency that can be used here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CurrencyError {
    /// No such code in ISO 4217. Of what is longer than a code with a slip, four characters are kept: it
    /// may be something else, which is nobody's business.
    #[error("`{0}` is not a currency code of ISO 4217; write three capital letters, such as GBP")]
    Unknown(String),
    /// The code is no money that an account holds: a fund, a metal, a test code, or withdrawn.
    #[error("{0} is not a currency that accounts are paid in today")]
    NotPayable(Currency),
}

impl Currency {
    /// Pound sterling.
    pub const GBP: Self = Self(iso_currency::Currency::GBP);
    /// Euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    /// Polish złoty.
    pub const PLN: Self = Self(iso_currency::Currency::PLN);
    /// Norwegian krone.
    pub const NOK: Self = Self(iso_currency::Currency::NOK);
    /// Swedish krona.
    pub const SEK: Self = Self(iso_currency::Currency::SEK);
    /// Yen, which has no minor unit.
    pub const JPY: Self = Self(iso_currency::Currency::JPY);

    /// The three letters of ISO 4217.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The number of decimals of the major unit: 2 for GBP, 0 for JPY, 3 for KWD, `None` for codes
    /// that have no minor unit at all, such as gold.
    pub fn exponent(self) -> Option<u32> {
        self.0.exponent().map(u32::from)
    }

    /// This currency, if a payout may be made in it.
    pub fn payable(self) -> Result<Self, CurrencyError> {
        let withdrawn = self.0.is_superseded().is_some()
            // The table calls VES superseded by VED, but ISO 4217 lists both as current.
            && self.0 != iso_currency::Currency::VES;
        let payable =
            self.exponent().is_some() && !self.0.is_fund() && !self.0.is_special() && !withdrawn;
        if payable { Ok(self) } else { Err(CurrencyError::NotPayable(self)) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    /// Orders by code, so that lists read well; it says nothing of value.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(code: &str) -> Result<Self, CurrencyError> {
        let unknown = || CurrencyError::Unknown(beginning(code));
        // The table itself accepts small letters; two spellings of one code help nobody.
        if !code.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(unknown());
        }
        iso_currency::Currency::from_code(code).map(Self).ok_or_else(unknown)
    }
}

/// The first four characters, and a sign if there are more.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(4) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().expect("the code is in ISO 4217")
    }

    #[test]
    fn a_yen_has_no_decimals_and_a_dinar_has_three() {
        for (code, exponent) in [
            ("JPY", Some(0)),
            ("KRW", Some(0)),
            ("GBP", Some(2)),
            ("HUF", Some(2)),
            ("MGA", Some(2)),
            ("MRU", Some(2)),
            ("KWD", Some(3)),
            ("CLF", Some(4)),
            ("XAU", None),
        ] {
            assert_eq!(currency(code).exponent(), exponent, "{code}");
        }
    }

    #[test]
    fn what_is_no_code_is_not_repeated_as_a_whole() {
        for (text, said) in
            [("GBX", "GBX"), (" GBP", " GBP"), ("pounds", "poun…"), ("ééééé", "éééé…")]
        {
            assert_eq!(text.parse::<Currency>(), Err(CurrencyError::Unknown(said.into())));
        }
    }

    #[test]
    fn nothing_new_is_paid_in_funds_metals_or_withdrawn_currencies() {
        for code in ["XAU", "XDR", "XXX", "XTS", "CHE", "CLF", "BGN", "HRK"] {
            assert!(currency(code).payable().is_err(), "{code}");
        }
        for code in ["GBP", "EUR", "PLN", "NOK", "SEK", "JPY", "KWD", "VES", "VED"] {
            assert_eq!(currency(code).payable().map(Currency::code), Ok(code));
        }
    }

    #[test]
    fn a_code_is_three_capital_letters() {
        for bad in ["", "gbp", "GB", "GBPP", "€", "G BP", "ABC"] {
            assert!(bad.parse::<Currency>().is_err(), "{bad:?}");
        }
    }
}
