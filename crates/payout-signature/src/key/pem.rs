//! Reading and writing PEM (RFC 7468).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer};

use super::KeyError;

/// The width of a line of base64 (RFC 7468, section 2).
const LINE_LEN: usize = 64;

pub(super) fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, KeyError> {
    only(PrivateKeyDer::pem_slice_iter(pem))
}

pub(super) fn public_key(pem: &[u8]) -> Result<SubjectPublicKeyInfoDer<'static>, KeyError> {
    only(SubjectPublicKeyInfoDer::pem_slice_iter(pem))
}

pub(super) fn render(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut lines = vec![format!("-----BEGIN {label}-----")];
    let mut rest = body.as_str();
    while let Some((line, after)) = rest.split_at_checked(LINE_LEN) {
        lines.push(line.to_owned());
        rest = after;
    }
    if !rest.is_empty() {
        lines.push(rest.to_owned());
    }
    lines.push(format!("-----END {label}-----\n"));
    lines.join("\n")
}

fn only<T, E>(mut sections: impl Iterator<Item = Result<T, E>>) -> Result<T, KeyError> {
    let section = sections.next().ok_or(KeyError::NoKey)?.map_err(|_| KeyError::InvalidPem)?;
    match sections.next() {
        None => Ok(section),
        Some(_) => Err(KeyError::SeveralKeys),
    }
}
