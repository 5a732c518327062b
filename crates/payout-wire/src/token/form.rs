//! Bodies of media type `application/x-www-form-urlencoded`.

use super::OAuthError;

/// Reads the pairs in their order, decoded. What a browser would repair is refused: a `%` that begins
/// no escape, a pair without `=`, bytes that are no UTF-8.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<(String, String)>, OAuthError> {
    let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let pairs: Option<Vec<_>> = pairs.map(pair).collect();
    pairs.ok_or_else(|| OAuthError::invalid_request("the form is not well encoded".to_owned()))
}

fn pair(pair: &[u8]) -> Option<(String, String)> {
    let at = pair.iter().position(|byte| *byte == b'=')?;
    let (name, value) = pair.split_at_checked(at)?;
    Some((decode(name)?, decode(value.get(1..)?)?))
}

fn decode(encoded: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.iter().copied();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => escaped(bytes.next()?, bytes.next()?)?,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let value = digit(high)?.checked_mul(16)?.checked_add(digit(low)?)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(form: &str) -> Option<Vec<(String, String)>> {
        parse(form.as_bytes()).ok()
    }

    #[test]
    fn escapes_and_plus_signs_are_decoded_once() {
        let expected = [("a b", "c=d"), ("%41", "ż"), ("e", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));

        assert_eq!(pairs("a+b=c%3Dd&&%2541=%C5%bc&e=&"), Some(expected.to_vec()));
        assert_eq!(pairs(""), Some(vec![]));
    }

    #[test]
    fn what_is_not_well_encoded_is_refused() {
        for form in ["a", "a=%", "a=%4", "a=%4g", "a=%+1", "a=%FF", "a=\u{0}%80"] {
            assert_eq!(pairs(form), None, "{form:?}");
        }
        assert!(parse(b"a=\xFF").is_err());
    }
}
