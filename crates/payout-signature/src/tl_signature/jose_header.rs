use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::error::SignatureError;
use crate::kid;
use crate::request::is_header_name;
use crate::sign::SIGNED_HEADERS_MAX;

/// The members of a JOSE header that we use.
#[derive(Clone, Debug)]
pub(super) struct JoseHeader {
    pub(super) kid: String,
    pub(super) jku: Option<String>,
    pub(super) signed_headers: Vec<String>,
}

impl JoseHeader {
    pub(super) fn parse(json: &[u8]) -> Result<Self, SignatureError> {
        let mut members = Members::parse(json)?;
        for extension in ["crit", "b64"] {
            if members.0.contains_key(extension) {
                return Err(SignatureError::UnsupportedExtension(extension));
            }
        }
        if members.take("alg", "`alg` is not a string")?.ok_or(MISSING_ALG)? != "ES512" {
            return Err(SignatureError::UnsupportedAlgorithm);
        }
        if members.take("tl_version", "`tl_version` is not a string")?.as_deref() != Some("2") {
            return Err(SignatureError::UnsupportedVersion);
        }
        let kid = members.take("kid", "`kid` is not a string")?.ok_or(MISSING_KID)?;
        if !kid::is_valid(&kid) {
            return Err(SignatureError::Malformed("`kid` is empty, too long or not visible ASCII"));
        }
        let signed_headers = members
            .take("tl_headers", "`tl_headers` is not a string")?
            .ok_or(MISSING_TL_HEADERS)?;
        Ok(Self {
            kid,
            jku: members.take("jku", "`jku` is not a string")?,
            signed_headers: parse_signed_headers(&signed_headers)?,
        })
    }
}

const MISSING_ALG: SignatureError = SignatureError::Malformed("`alg` is missing");
const MISSING_KID: SignatureError = SignatureError::Malformed("`kid` is missing");
const MISSING_TL_HEADERS: SignatureError = SignatureError::Malformed("`tl_headers` is missing");

/// Splits `tl_headers`. The empty text is the empty list; an empty name in a list is refused.
fn parse_signed_headers(list: &str) -> Result<Vec<String>, SignatureError> {
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let mut names: Vec<String> = Vec::new();
    for name in list.split(',') {
        if names.len() == SIGNED_HEADERS_MAX {
            return Err(SignatureError::Malformed("`tl_headers` has too many names"));
        }
        if !is_header_name(name) {
            return Err(SignatureError::Malformed("`tl_headers` is not a list of header names"));
        }
        if names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return Err(SignatureError::Malformed("`tl_headers` has a name twice"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

/// The members of a JSON object, none of which occurs twice (RFC 7515, section 4).
struct Members(BTreeMap<String, Value>);

impl Members {
    fn parse(json: &[u8]) -> Result<Self, SignatureError> {
        serde_json::from_slice(json).map_err(|_| {
            SignatureError::Malformed("the header is not a JSON object of distinct members")
        })
    }

    fn take(
        &mut self,
        name: &str,
        not_a_string: &'static str,
    ) -> Result<Option<String>, SignatureError> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_),
            ) => Err(SignatureError::Malformed(not_a_string)),
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor).map(Self)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = BTreeMap<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of distinct members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member occurs twice"));
            }
        }
        Ok(members)
    }
}
