use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::JwksError;
use crate::base64url;
use crate::key::{COORDINATE_LEN, Point, VerifyingKey};

/// The longest text of a coordinate that is decoded. Four characters are three bytes.
const COORDINATE_TEXT_LEN_MAX: usize = COORDINATE_LEN / 3 * 4;

/// A key as others publish it.
#[derive(Deserialize)]
pub(super) struct ReceivedJwk {
    kty: String,
    crv: Option<String>,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    key_ops: Option<Vec<String>>,
    x: Option<String>,
    y: Option<String>,
    /// The private number. Its value is not even looked at.
    d: Option<IgnoredAny>,
}

impl ReceivedJwk {
    pub(super) fn is_for_es512(&self) -> bool {
        self.kty == "EC"
            && self.crv.as_deref() == Some("P-521")
            && self.kid.is_some()
            && self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.alg.as_deref().is_none_or(|alg| alg == "ES512")
            && self.key_ops.as_deref().is_none_or(|ops| ops.iter().any(|op| op == "verify"))
    }

    pub(super) fn into_key(self) -> Result<VerifyingKey, JwksError> {
        let kid = self.kid.filter(|kid| crate::kid::is_valid(kid)).ok_or(JwksError::InvalidKid)?;
        if self.d.is_some() {
            return Err(JwksError::PrivateKey(kid));
        }
        let point = coordinate(self.x)
            .zip(coordinate(self.y))
            .and_then(|(x, y)| Point::from_coordinates(&x, &y));
        point
            .and_then(|point| VerifyingKey::from_point(&kid, point).ok())
            .ok_or(JwksError::InvalidKey(kid))
    }
}

fn coordinate(text: Option<String>) -> Option<Vec<u8>> {
    let text = text.filter(|text| text.len() <= COORDINATE_TEXT_LEN_MAX)?;
    base64url::decode(&text)
}

/// A key as we publish it.
#[derive(Serialize)]
pub(super) struct PublishedJwk<'a> {
    kty: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: &'a str,
    crv: &'static str,
    x: String,
    y: String,
}

impl<'a> PublishedJwk<'a> {
    pub(super) fn of(key: &'a VerifyingKey) -> Self {
        let (x, y) = key.point().encoded();
        Self { kty: "EC", usage: "sig", alg: "ES512", kid: key.kid(), crv: "P-521", x, y }
    }
}
