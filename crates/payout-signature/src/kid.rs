//! What is taken as the id of a key.

/// The longest `kid`, in bytes. The provider's are UUIDs of 36.
const KID_LEN_MAX: usize = 128;

/// RFC 7515, section 4.1.4, allows any string. Visible ASCII is enough for every issuer that we
/// know, and is safe to print in a log line.
pub(crate) fn is_valid(kid: &str) -> bool {
    (1..=KID_LEN_MAX).contains(&kid.len()) && kid.bytes().all(|byte| byte.is_ascii_graphic())
}
