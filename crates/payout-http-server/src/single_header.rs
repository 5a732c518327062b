//! Headers that may occur once.

use http::HeaderMap;

/// The value of a header that occurs exactly once.
///
/// Of two values, one part of a server would take the first and another the last.
pub(crate) fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, NotSingle> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(NotSingle::Missing)?;
    if values.next().is_some() {
        return Err(NotSingle::Repeated);
    }
    value.to_str().map_err(|_| NotSingle::Unreadable)
}

/// Why a header has no one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotSingle {
    #[error("is required; add it")]
    Missing,
    #[error("occurs more than once; send it once")]
    Repeated,
    #[error("must be visible ASCII")]
    Unreadable,
}
