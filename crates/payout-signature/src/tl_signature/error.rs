use crate::request::RequestError;

/// Why a signature was refused.
///
/// Every variant can be told to the sender: none holds more than the sender has written himself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header value is longer than any honest one.
    #[error("the signature is too long")]
    TooLong,
    /// The header value is not what the rules for request signing describe.
    #[error("malformed signature: {0}")]
    Malformed(&'static str),
    /// The signature was made with another algorithm than ES512, or with none.
    #[error("the signature's algorithm is not ES512")]
    UnsupportedAlgorithm,
    /// The signature is of another version than 2, or names none.
    #[error("the signature's `tl_version` is not \"2\"")]
    UnsupportedVersion,
    /// The signature demands an extension of JWS, and we know none.
    #[error("the signature's header member `{0}` is not supported")]
    UnsupportedExtension(&'static str),
    /// The key at hand is not the one that the signature names.
    #[error("the signature names the key `{expected}`")]
    WrongKey {
        /// The `kid` that the signature names.
        expected: String,
    },
    /// The request does not have what the signature covers.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The signature is not one of this request by this key.
    #[error("the signature does not match the request")]
    Mismatch,
}
