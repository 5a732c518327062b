//! The parts of an HTTP request that a signature covers, and how they become one text.

use std::fmt;

use crate::base64url;

/// The longest method that is taken, in bytes.
const METHOD_LEN_MAX: usize = 16;

/// A view of an HTTP request, for signing and verifying.
///
/// Nothing is normalised: what is verified is what was received. `Debug` shows neither the values
/// of headers nor the body, since they may be secrets.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The absolute path as sent, percent-encoded, without query and fragment.
    pub path: &'a str,
    /// Names and values of the headers, at least of all those that are signed.
    ///
    /// When verifying, pass every header line that was received: only then can a repeated one be
    /// seen and refused.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body, exactly as sent.
    pub body: &'a [u8],
}

/// Why a request has no signing input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The method is not a word of upper-case letters.
    #[error("the method is not in upper-case letters")]
    InvalidMethod,
    /// The path is not absolute, is not percent-encoded, or has a query or a fragment.
    #[error("the path is not an absolute, percent-encoded path without query and fragment")]
    InvalidPath,
    /// The request lacks a header that is to be covered.
    #[error("the signed header `{0}` is missing")]
    MissingSignedHeader(String),
    /// The request has a covered header more than once, so that it has no one value.
    #[error("the signed header `{0}` occurs more than once")]
    DuplicateHeader(String),
    /// The value of a covered header has control characters, such as a line break.
    #[error("the signed header `{0}` has a control character in its value")]
    InvalidHeaderValue(String),
}

/// A request whose signed parts are present and free of ambiguity.
#[derive(Clone, Copy)]
pub(crate) struct CheckedRequest<'a> {
    request: Request<'a>,
}

impl<'a> Request<'a> {
    /// Checks everything but the headers.
    ///
    /// Together with the checks in [`CheckedRequest::header_lines`] this makes the signing input
    /// unambiguous: the method has no space, the path no line break, no value a line break, and the
    /// number of header lines is fixed by `tl_headers`, so a body cannot pose as a header.
    pub(crate) fn check(self) -> Result<CheckedRequest<'a>, RequestError> {
        if !is_method(self.method) {
            return Err(RequestError::InvalidMethod);
        }
        if !is_path(self.path) {
            return Err(RequestError::InvalidPath);
        }
        Ok(CheckedRequest { request: self })
    }

    fn header(&self, name: &str) -> Result<&'a [u8], RequestError> {
        let mut values = self
            .headers
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value);
        let value =
            values.next().ok_or_else(|| RequestError::MissingSignedHeader(name.to_owned()))?;
        if values.next().is_some() {
            return Err(RequestError::DuplicateHeader(name.to_owned()));
        }
        if value.iter().any(|byte| is_control(*byte)) {
            return Err(RequestError::InvalidHeaderValue(name.to_owned()));
        }
        Ok(value)
    }
}

impl<'a> CheckedRequest<'a> {
    pub(crate) fn path(&self) -> &'a str {
        self.request.path
    }

    /// Writes one line for each name, in the given order and spelling.
    pub(crate) fn header_lines<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<Vec<u8>, RequestError> {
        let mut lines = Vec::new();
        for name in names {
            let value = self.request.header(name)?;
            lines.extend_from_slice(name.as_bytes());
            lines.extend_from_slice(b": ");
            lines.extend_from_slice(value);
            lines.push(b'\n');
        }
        Ok(lines)
    }

    /// Composes the text that is signed: the encoded JOSE header, a dot, and the encoded payload.
    ///
    /// The path is a parameter because the rule for trailing slashes tries a second one.
    pub(crate) fn signing_input(&self, protected: &str, path: &str, header_lines: &[u8]) -> String {
        let payload = [
            self.request.method.as_bytes(),
            b" ",
            path.as_bytes(),
            b"\n",
            header_lines,
            self.request.body,
        ]
        .concat();
        format!("{protected}.{}", base64url::encode(&payload))
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header_names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("header_names", &header_names)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Tells whether `name` is a token (RFC 9110, section 5.6.2).
pub(crate) fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn is_method(method: &str) -> bool {
    (1..=METHOD_LEN_MAX).contains(&method.len())
        && method.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'?' && byte != b'#')
}

/// A tab is the only control character that a header value may hold (RFC 9110, section 5.5).
fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

#[cfg(test)]
mod tests;
