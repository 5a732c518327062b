//! The only place that draws chance, for names and secrets.

use base16ct::lower;
use payout_ports::IdGenerator;
use payout_signature::digest;
use uuid::Uuid;

/// Names that sort by the time they were made (UUID version 7), so that stores find neighbours near
/// each other. They are no secret.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct UuidGenerator;

impl IdGenerator for UuidGenerator {
    fn next(&self) -> Uuid {
        #[expect(clippy::disallowed_methods, reason = "this is where names come in")]
        Uuid::now_v7()
    }
}

/// A secret of 244 random bits, in 64 hexadecimal digits.
pub(crate) fn secret() -> String {
    random().simple().to_string() + &random().simple().to_string()
}

/// A name that tells nothing, not even when it was made.
pub(crate) fn random() -> Uuid {
    #[expect(clippy::disallowed_methods, reason = "this is where chance comes in")]
    Uuid::new_v4()
}

/// A secret of 256 bits, in 64 hexadecimal digits: a digest of 366 random ones.
pub(crate) fn long_secret() -> String {
    let [a, b, c] = [random(), random(), random()];
    let digest = digest::sha256(&[a.as_bytes(), b.as_bytes(), c.as_bytes()]);
    lower::encode_string(&digest)
}
