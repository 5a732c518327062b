//! The rails on which money reaches an account.

use std::fmt;
use std::str::FromStr;

use crate::{Currency, Iban};

/// The rails on which money reaches an account. The names are the provider's `scheme_id`s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// The UK's instant scheme.
    FasterPaymentsService,
    /// The euro area's scheme, within a business day.
    SepaCreditTransfer,
    /// The euro area's scheme, within seconds.
    SepaCreditTransferInstant,
    /// Between two accounts that the provider itself holds.
    InternalTransfer,
    /// Poland's scheme, in three sessions a day.
    PolishDomesticStandard,
    /// Poland's instant scheme.
    PolishDomesticExpress,
    /// Norway's scheme.
    NorwegianDomesticCreditTransfer,
    /// Sweden's scheme.
    SwedishDomesticCreditTransfer,
    /// The provider used a scheme that it has no name for.
    Unknown,
}

/// The text names no scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a scheme; write one such as faster_payments_service or sepa_credit_transfer")]
pub struct ParseSchemeError;

/// Countries whose banks are reachable by SEPA Credit Transfer (European Payments Council, list of
/// SEPA scheme countries, EPC409-09). Gibraltar, the Crown Dependencies and the French territories
/// use codes of this list or are on it.
const SEPA: [&[u8; 2]; 42] = [
    b"AD", b"AL", b"AT", b"BE", b"BG", b"CH", b"CY", b"CZ", b"DE", b"DK", b"EE", b"ES", b"FI",
    b"FR", b"GB", b"GI", b"GR", b"HR", b"HU", b"IE", b"IS", b"IT", b"LI", b"LT", b"LU", b"LV",
    b"MC", b"MD", b"ME", b"MK", b"MT", b"NL", b"NO", b"PL", b"PT", b"RO", b"RS", b"SE", b"SI",
    b"SK", b"SM", b"VA",
];

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 9] = [
        Self::FasterPaymentsService,
        Self::SepaCreditTransfer,
        Self::SepaCreditTransferInstant,
        Self::InternalTransfer,
        Self::PolishDomesticStandard,
        Self::PolishDomesticExpress,
        Self::NorwegianDomesticCreditTransfer,
        Self::SwedishDomesticCreditTransfer,
        Self::Unknown,
    ];

    /// The provider's name for it.
    pub fn id(self) -> &'static str {
        match self {
            Self::FasterPaymentsService => "faster_payments_service",
            Self::SepaCreditTransfer => "sepa_credit_transfer",
            Self::SepaCreditTransferInstant => "sepa_credit_transfer_instant",
            Self::InternalTransfer => "internal_transfer",
            Self::PolishDomesticStandard => "polish_domestic_standard",
            Self::PolishDomesticExpress => "polish_domestic_express",
            Self::NorwegianDomesticCreditTransfer => "norwegian_domestic_credit_transfer",
            Self::SwedishDomesticCreditTransfer => "swedish_domestic_credit_transfer",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the money arrives within seconds.
    pub fn is_instant(self) -> bool {
        match self {
            Self::FasterPaymentsService
            | Self::SepaCreditTransferInstant
            | Self::InternalTransfer
            | Self::PolishDomesticExpress => true,
            Self::SepaCreditTransfer
            | Self::PolishDomesticStandard
            | Self::NorwegianDomesticCreditTransfer
            | Self::SwedishDomesticCreditTransfer
            | Self::Unknown => false,
        }
    }

    /// The slower scheme to the same accounts, where an instant one has a fallback.
    pub fn fallback(self) -> Option<Self> {
        match self {
            Self::SepaCreditTransferInstant => Some(Self::SepaCreditTransfer),
            Self::PolishDomesticExpress => Some(Self::PolishDomesticStandard),
            Self::FasterPaymentsService
            | Self::SepaCreditTransfer
            | Self::InternalTransfer
            | Self::PolishDomesticStandard
            | Self::NorwegianDomesticCreditTransfer
            | Self::SwedishDomesticCreditTransfer
            | Self::Unknown => None,
        }
    }

    /// The scheme for a country's own currency to its own accounts.
    pub(crate) fn domestic(country: [u8; 2], currency: Currency) -> Option<Self> {
        match (&country, currency) {
            (b"GB", Currency::GBP) => Some(Self::FasterPaymentsService),
            (b"PL", Currency::PLN) => Some(Self::PolishDomesticExpress),
            (b"NO", Currency::NOK) => Some(Self::NorwegianDomesticCreditTransfer),
            (b"SE", Currency::SEK) => Some(Self::SwedishDomesticCreditTransfer),
            _ => None,
        }
    }

    /// The scheme for a currency to an IBAN: its country's own, or SEPA for euros.
    pub(crate) fn to_iban(iban: &Iban, currency: Currency) -> Option<Self> {
        let country = iban.country();
        if currency == Currency::EUR {
            return is_in_sepa(country).then_some(Self::SepaCreditTransferInstant);
        }
        Self::domestic(country, currency)
    }
}

/// Whether the banks of a country are reachable by SEPA Credit Transfer.
pub(crate) fn is_in_sepa(country: [u8; 2]) -> bool {
    SEPA.contains(&&country)
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Scheme {
    type Err = ParseSchemeError;

    fn from_str(id: &str) -> Result<Self, ParseSchemeError> {
        Self::ALL.into_iter().find(|scheme| scheme.id() == id).ok_or(ParseSchemeError)
    }
}

/// How the provider is to choose the scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SchemeSelection {
    /// Only an instant scheme; fail if there is none.
    InstantOnly,
    /// An instant scheme, else a slower one. The provider does this when nothing is said.
    #[default]
    InstantPreferred,
    /// Exactly this scheme.
    Preselected(Scheme),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_is_read_by_the_name_it_prints() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.to_string().parse(), Ok(scheme));
        }
        assert_eq!("bacs".parse::<Scheme>(), Err(ParseSchemeError));
    }

    #[test]
    fn a_fallback_is_slower_and_reaches_the_same_accounts() {
        for scheme in Scheme::ALL {
            if let Some(slower) = scheme.fallback() {
                assert!(scheme.is_instant() && !slower.is_instant());
            }
        }
    }
}
