//! By what a server verifies signatures.

use std::num::{NonZeroU32, NonZeroUsize};
use std::str::FromStr;

use payout_signature::{Difference, KnownKeys, TableLimits, Verifier};

use super::required;
use crate::failure::Failure;
use crate::settings::Settings;

/// By what signatures are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Library,
    Tables,
}

impl FromStr for Choice {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "library" => Ok(Self::Library),
            "tables" => Ok(Self::Tables),
            _ => Err("is neither `library` nor `tables`"),
        }
    }
}

/// The verifier that the settings ask for. All of them are read, so that a mistake is found before it
/// matters.
pub(crate) fn verifier(settings: &Settings) -> Result<Verifier, Failure> {
    let choice: Choice = required(settings, "serve.signature_verifier", None)?;
    let keys_max: NonZeroUsize = required(settings, "serve.signature_tables_max", None)?;
    let one_in: u32 = required(settings, "serve.signature_checked_one_in", None)?;
    let limits = TableLimits { keys_max, checked_one_in: NonZeroU32::new(one_in) };
    Ok(match choice {
        Choice::Library => Verifier::LIBRARY,
        Choice::Tables => Verifier::tables(KnownKeys::new(limits, tell)),
    })
}

/// Somebody has to look: either a forgery can be made, or the library is wrong.
fn tell(difference: &Difference) {
    tracing::error!(
        %difference,
        "tables and library differ about a signature: the library alone verifies until the next start"
    );
}
