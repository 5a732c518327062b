//! How a scheme finds a bank account.

mod account_identity;
mod iban;
mod nrb;
mod sort_code_account_number;

use std::fmt;
use std::str::FromStr;

pub use account_identity::AccountIdentity;
pub use iban::{Iban, IbanError};
pub use nrb::{Nrb, NrbError};
pub use sort_code_account_number::{SortCodeAccountNumber, SortCodeAccountNumberError};

use crate::{Currency, Scheme};

/// How a scheme finds a bank account: an IBAN, a UK sort code with an account number, or a Polish
/// account number.
///
/// One account can have several identifiers; [`account`](Self::account) tells whether two of them
/// mean the same one. `Debug` and `Display` mask the number; [`electronic`](Self::electronic) gives
/// it in full, so that nobody prints one by accident.
///
/// ```
/// use payout_domain::{AccountIdentifier, Currency, Scheme};
///
/// let iban: AccountIdentifier = "GB72 CLRB 0406 6800 0044 17".parse()?;
/// let domestic: AccountIdentifier = "04-06-68 00004417".parse()?;
/// assert_eq!(iban.account(), domestic.account());
/// assert_eq!(format!("{iban}"), "GB******************17");
///
/// assert_eq!(domestic.scheme_for(Currency::GBP), Ok(Scheme::FasterPaymentsService));
/// assert!(domestic.scheme_for(Currency::EUR).is_err(), "a sort code takes no euros");
/// # Ok::<(), payout_domain::AccountIdentifierError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountIdentifier {
    /// An International Bank Account Number (ISO 13616).
    Iban(Iban),
    /// A UK sort code and account number.
    SortCodeAccountNumber(SortCodeAccountNumber),
    /// A Polish domestic account number (Numer Rachunku Bankowego).
    Nrb(Nrb),
}

/// The text is no account identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountIdentifierError {
    /// It begins like an IBAN and is none.
    #[error(transparent)]
    Iban(#[from] IbanError),
    /// It has the 14 digits of a sort code and account number, and is none.
    #[error(transparent)]
    SortCodeAccountNumber(#[from] SortCodeAccountNumberError),
    /// It has the 26 digits of a Polish account number, and is none.
    #[error(transparent)]
    Nrb(#[from] NrbError),
    /// It looks like none of them.
    #[error(
        "write an IBAN (GB72CLRB04066800004417), a UK sort code and account number \
         (04-06-68 00004417) or the 26 digits of a Polish account number"
    )]
    Unrecognised,
}

/// No scheme carries this currency to this account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{identifier} cannot receive {currency}")]
pub struct CurrencyAccountMismatch {
    /// The currency that was to be paid.
    pub currency: Currency,
    /// What kind of identifier the account has, such as `an IBAN of PL`.
    pub identifier: IdentifierKind,
}

/// What kind of identifier an account has, without its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierKind {
    /// An IBAN of a country, by its two letters.
    Iban([u8; 2]),
    /// A UK sort code and account number.
    SortCodeAccountNumber,
    /// A Polish account number.
    Nrb,
}

impl AccountIdentifier {
    /// Finds the scheme that carries `currency` to this account.
    ///
    /// This is the mismatch rule, as a total function: a mismatch of currency and account is exactly
    /// the absence of a scheme. It says what the identifier *can* carry; which currency the account
    /// *holds* is known only to its payment source, because a GB IBAN may hold euros.
    pub fn scheme_for(&self, currency: Currency) -> Result<Scheme, CurrencyAccountMismatch> {
        let scheme = match self {
            Self::SortCodeAccountNumber(_) => Scheme::domestic(*b"GB", currency),
            Self::Nrb(_) => Scheme::domestic(*b"PL", currency),
            Self::Iban(iban) => Scheme::to_iban(iban, currency),
        };
        scheme.ok_or(CurrencyAccountMismatch { currency, identifier: self.kind() })
    }

    /// The account that is meant, whichever identifier names it.
    ///
    /// A GB IBAN holds a sort code and an account number, and a PL IBAN holds an NRB: each pair is
    /// one account, and the closed loop must see it as one.
    pub fn account(&self) -> AccountIdentity {
        AccountIdentity(match self {
            Self::SortCodeAccountNumber(number) => format!("GB{}", number.electronic()),
            Self::Nrb(nrb) => format!("PL{}", nrb.electronic()),
            Self::Iban(iban) => iban
                .sort_code_account_number()
                .map(|number| format!("GB{}", number.electronic()))
                .or_else(|| iban.nrb().map(|nrb| format!("PL{}", nrb.electronic())))
                .unwrap_or_else(|| iban.electronic().to_owned()),
        })
    }

    /// The number in full, without spaces or hyphens: what a bank's computer takes, and what
    /// [`FromStr`] reads back.
    pub fn electronic(&self) -> String {
        match self {
            Self::Iban(iban) => iban.electronic().to_owned(),
            Self::SortCodeAccountNumber(number) => number.electronic(),
            Self::Nrb(nrb) => nrb.electronic().to_owned(),
        }
    }

    /// The kind of identifier.
    pub fn kind(&self) -> IdentifierKind {
        match self {
            Self::Iban(iban) => IdentifierKind::Iban(iban.country()),
            Self::SortCodeAccountNumber(_) => IdentifierKind::SortCodeAccountNumber,
            Self::Nrb(_) => IdentifierKind::Nrb,
        }
    }

    /// Every identifier of the same account that can be told from this one: a GB IBAN yields its sort
    /// code and account number, a PL IBAN and its NRB yield each other. The domestic one comes first, as providers list them.
    pub fn with_equivalents(self) -> Vec<Self> {
        let domestic = match &self {
            Self::Iban(iban) => iban
                .sort_code_account_number()
                .map(Self::SortCodeAccountNumber)
                .or_else(|| iban.nrb().map(Self::Nrb)),
            Self::Nrb(nrb) => {
                let iban = Self::Iban(nrb.iban());
                return vec![self, iban];
            }
            Self::SortCodeAccountNumber(_) => None,
        };
        domestic.into_iter().chain([self]).collect()
    }
}

impl From<Iban> for AccountIdentifier {
    fn from(iban: Iban) -> Self {
        Self::Iban(iban)
    }
}

impl From<SortCodeAccountNumber> for AccountIdentifier {
    fn from(number: SortCodeAccountNumber) -> Self {
        Self::SortCodeAccountNumber(number)
    }
}

impl From<Nrb> for AccountIdentifier {
    fn from(nrb: Nrb) -> Self {
        Self::Nrb(nrb)
    }
}

impl FromStr for AccountIdentifier {
    type Err = AccountIdentifierError;

    /// Recognises the kind by its form: letters first are an IBAN, 14 digits a sort code and account
    /// number, 26 digits an NRB. Spaces and hyphens are for the eye only.
    fn from_str(text: &str) -> Result<Self, AccountIdentifierError> {
        if text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Ok(Self::Iban(text.parse()?));
        }
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AccountIdentifierError::Unrecognised);
        }
        match digits.len() {
            14 => Ok(Self::SortCodeAccountNumber(digits.parse()?)),
            26 => Ok(Self::Nrb(digits.parse()?)),
            _ => Err(AccountIdentifierError::Unrecognised),
        }
    }
}

impl fmt::Display for AccountIdentifier {
    /// Masks all but the last digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Iban(iban) => fmt::Display::fmt(iban, f),
            Self::SortCodeAccountNumber(number) => fmt::Display::fmt(number, f),
            Self::Nrb(nrb) => fmt::Display::fmt(nrb, f),
        }
    }
}

impl fmt::Debug for AccountIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountIdentifier({self})")
    }
}

impl fmt::Display for IdentifierKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Iban(country) => write!(f, "an IBAN of {}", String::from_utf8_lossy(country)),
            Self::SortCodeAccountNumber => f.write_str("a UK sort code and account number"),
            Self::Nrb => f.write_str("a Polish account number"),
        }
    }
}

/// Shows the first `head` and the last `tail` characters of an ASCII text.
fn masked(text: &str, head: usize, tail: usize) -> String {
    let hidden = head..text.len().saturating_sub(tail);
    text.char_indices().map(|(at, c)| if hidden.contains(&at) { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(text: &str) -> AccountIdentifier {
        text.parse().expect("the identifier is valid")
    }

    #[test]
    fn the_form_tells_the_kind() {
        assert_eq!(identifier("GB72CLRB04066800004417").kind(), IdentifierKind::Iban(*b"GB"));
        assert_eq!(identifier("04066800004417").kind(), IdentifierKind::SortCodeAccountNumber);
        assert_eq!(identifier("61109010140000071219812874").kind(), IdentifierKind::Nrb);
        for bad in ["", " ", "123", "0406680000441X", "٠٤٠٦٦٨٠٠٠٠٤٤١٧", "🦀"] {
            assert_eq!(
                bad.parse::<AccountIdentifier>(),
                Err(AccountIdentifierError::Unrecognised),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn an_iban_and_its_domestic_number_are_one_account() {
        for (iban, domestic) in [
            ("GB72CLRB04066800004417", "04066800004417"),
            ("PL61109010140000071219812874", "61109010140000071219812874"),
        ] {
            assert_eq!(identifier(iban).account(), identifier(domestic).account());
        }
        assert_ne!(identifier("04066800004417").account(), identifier("04066800004418").account());
    }

    #[test]
    fn no_number_is_printed_by_accident() {
        for text in ["GB72CLRB04066800004417", "04066800004417", "61109010140000071219812874"] {
            let identifier = identifier(text);
            for printed in [
                format!("{identifier}"),
                format!("{identifier:?}"),
                format!("{:?}", identifier.account()),
            ] {
                assert!(printed.matches('*').count() >= 10, "{printed}");
            }
            assert_eq!(identifier.electronic(), text);
        }
    }

    #[test]
    fn an_account_without_a_scheme_for_the_currency_is_a_mismatch() {
        use Scheme as S;
        for (text, currency, scheme) in [
            ("04066800004417", Currency::GBP, Some(S::FasterPaymentsService)),
            ("04066800004417", Currency::EUR, None),
            ("GB72CLRB04066800004417", Currency::GBP, Some(S::FasterPaymentsService)),
            ("GB72CLRB04066800004417", Currency::EUR, Some(S::SepaCreditTransferInstant)),
            ("DE89370400440532013000", Currency::EUR, Some(S::SepaCreditTransferInstant)),
            ("DE89370400440532013000", Currency::GBP, None),
            ("DE89370400440532013000", Currency::PLN, None),
            ("PL61109010140000071219812874", Currency::PLN, Some(S::PolishDomesticExpress)),
            ("PL61109010140000071219812874", Currency::EUR, Some(S::SepaCreditTransferInstant)),
            ("61109010140000071219812874", Currency::PLN, Some(S::PolishDomesticExpress)),
            ("61109010140000071219812874", Currency::EUR, None),
            ("NO9386011117947", Currency::NOK, Some(S::NorwegianDomesticCreditTransfer)),
            ("SE4550000000058398257466", Currency::SEK, Some(S::SwedishDomesticCreditTransfer)),
            ("BR1800360305000010009795493C1", Currency::EUR, None),
            ("GB72CLRB04066800004417", Currency::JPY, None),
        ] {
            assert_eq!(identifier(text).scheme_for(currency).ok(), scheme, "{text} {currency}");
        }
    }
}
