//! What every parser of bytes from outside must hold to, whatever the bytes.
//!
//! A [`Target`] hands bytes to some parsers and panics where one of them breaks its word: where it
//! takes what another reading of the same bytes does not bear out, or writes something else than it
//! has read. That a parser panics by itself is the least of what is found.
//!
//! `cargo xtask fuzz` feeds the targets by libFuzzer, which looks for bytes that reach new code; the
//! folder `fuzz` holds its half. The tests of this crate feed them what is known: every golden file,
//! what has ever been found, and changes of both made by chance.

mod requests;
mod answers;
mod signatures;
mod verdicts;
mod texts;
mod addresses;
mod again;

/// What a target made of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// At least one parser took them, so that what it took was looked at.
    Taken,
    /// Every parser refused them.
    Refused,
}

/// Parsers, and what they must hold to.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is also the name of its program in `fuzz/fuzz_targets`.
    pub name: &'static str,
    /// Hands bytes to the parsers; panics where one breaks its word.
    pub hear: fn(&[u8]) -> Heard,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "payout_order", hear: requests::payout_order },
    Target { name: "payment_request", hear: requests::payment_request },
    Target { name: "operator_order", hear: requests::operator_order },
    Target { name: "sandbox_control", hear: requests::sandbox_control },
    Target { name: "token_request", hear: requests::token_request },
    Target { name: "provider_answer", hear: answers::provider_answer },
    Target { name: "server_answer", hear: answers::server_answer },
    Target { name: "webhook_event", hear: answers::webhook_event },
    Target { name: "tl_signature", hear: signatures::tl_signature },
    Target { name: "verdicts", hear: verdicts::verdicts },
    Target { name: "access_token", hear: signatures::access_token },
    Target { name: "key_set", hear: signatures::key_set },
    Target { name: "key_pem", hear: signatures::key_pem },
    Target { name: "account_identifier", hear: texts::account_identifier },
    Target { name: "text", hear: texts::text },
    Target { name: "timestamp", hear: texts::timestamp },
    Target { name: "webhook_target", hear: addresses::webhook_target },
    Target { name: "server_address", hear: addresses::server_address },
];

/// Hands bytes to the target of this name.
///
/// # Panics
///
/// If there is no such target, or if one of its parsers breaks its word.
pub fn hear(name: &str, bytes: &[u8]) -> Heard {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("the programs are named after the targets").hear)(bytes)
}
