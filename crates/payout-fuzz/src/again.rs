//! Reading again what was written of what was read.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use payout_wire::InvalidBody;

use crate::Heard;

impl Heard {
    /// Both together: taken if one of them was.
    pub(crate) fn or(self, other: Self) -> Self {
        if self == Self::Taken { self } else { other }
    }
}

/// What was read of a body is read again when it is written; what was refused was refused for a reason.
pub(crate) fn body<T: Debug + PartialEq>(
    bytes: &[u8],
    parse: impl Fn(&[u8]) -> Result<T, InvalidBody>,
    write: impl Fn(&T) -> Vec<u8>,
) -> Heard {
    let Some(read) = read(bytes, &parse) else { return Heard::Refused };
    let written = write(&read);
    assert_eq!(parse(&written).as_ref(), Ok(&read), "{}", String::from_utf8_lossy(&written));
    Heard::Taken
}

/// The same for a body that is written with what can be told beside what was read, such as the IBAN of
/// an account whose sort code and number were named: from then on it does not change.
pub(crate) fn completed<T: Debug + PartialEq>(
    bytes: &[u8],
    parse: impl Fn(&[u8]) -> Result<T, InvalidBody>,
    write: impl Fn(&T) -> Vec<u8>,
) -> Heard {
    let Some(read) = read(bytes, &parse) else { return Heard::Refused };
    let written = write(&read);
    let heard = body(&written, parse, write);
    assert_eq!(heard, Heard::Taken, "{}", String::from_utf8_lossy(&written));
    heard
}

/// A body that is only ever read.
pub(crate) fn taken<T>(bytes: &[u8], parse: impl Fn(&[u8]) -> Result<T, InvalidBody>) -> Heard {
    read(bytes, parse).map_or(Heard::Refused, |_| Heard::Taken)
}

/// What was read of a body; what was refused was refused for a reason.
pub(crate) fn read<T>(bytes: &[u8], parse: impl Fn(&[u8]) -> Result<T, InvalidBody>) -> Option<T> {
    match parse(bytes) {
        Ok(read) => Some(read),
        Err(invalid) => {
            let reasons = invalid.errors().values();
            assert!(reasons.clone().next().is_some(), "it says which members are wrong");
            assert!(reasons.flatten().all(|reason| !reason.is_empty()), "{invalid:?}");
            None
        }
    }
}

/// What was read of a text is read again when it is shown.
pub(crate) fn shown<T: Debug + Display + FromStr + PartialEq>(text: &str) -> Heard {
    spelled(text, T::to_string)
}

/// What was read of a text is read again from its spelling.
pub(crate) fn spelled<T: Debug + FromStr + PartialEq>(
    text: &str,
    spell: impl Fn(&T) -> String,
) -> Heard {
    let Ok(read) = text.parse::<T>() else { return Heard::Refused };
    let spelling = spell(&read);
    assert_eq!(spelling.parse().ok().as_ref(), Some(&read), "{spelling}");
    Heard::Taken
}

/// The bytes as text, if they are UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Hands a body to parsers that write what they have read by `to_bytes`.
macro_rules! bodies {
    ($bytes:ident: $($body:ty),+ $(,)?) => {
        [$($crate::again::body($bytes, <$body>::parse, |read| read.to_bytes())),+]
            .into_iter()
            .fold(Heard::Refused, Heard::or)
    };
}

pub(crate) use bodies;
