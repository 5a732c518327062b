//! One change of something valid; now and then, none.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Signed;
use crate::chance::Chance;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";

/// Changes the signature's text, its bytes, its head or what is signed, or takes a part of another.
pub(super) fn signed(chance: &mut Chance, one: &Signed, other: &Signed) -> Signed {
    let mut forged = one.clone();
    match chance.below(16) {
        0 | 1 => forged.value = text(chance, &one.value, &other.value),
        2..=5 => {
            let (head, signature) = dots(&one.value);
            let signature = reencoded(signature, |bytes| flipped(chance, bytes));
            forged.value = format!("{head}..{signature}");
        }
        6 | 7 => {
            let (head, signature) = dots(&one.value);
            let head = reencoded(head, |bytes| bytes_of(chance, bytes));
            forged.value = format!("{head}..{signature}");
        }
        8 => forged.value.clone_from(&other.value),
        9 => forged.value = parts_of_two(&one.value, &other.value),
        10 => forged.method = text(chance, &one.method, &other.method),
        11 => forged.path = text(chance, &one.path, &other.path),
        12 => forged.idempotency_key = text(chance, &one.idempotency_key, &other.idempotency_key),
        13 => forged.body = bytes_of(chance, &one.body),
        14 => forged.body.clone_from(&other.body),
        _ => forged.key = chance.below(3),
    }
    forged
}

/// Changes the token's text, its claims or its tag, or takes a part of another.
pub(super) fn token(chance: &mut Chance, one: &str, other: &str) -> String {
    let parts: Vec<&str> = one.split('.').collect();
    let others: Vec<&str> = other.split('.').collect();
    let [head, claims, tag] = parts[..] else { unreachable!("a token has three parts") };
    match chance.below(8) {
        0 | 1 => text(chance, one, other),
        2 => format!("{}.{claims}.{tag}", reencoded(head, |head| bytes_of(chance, head))),
        3 | 4 => format!("{head}.{}.{tag}", reencoded(claims, |claims| bytes_of(chance, claims))),
        5 => format!("{head}.{claims}.{}", reencoded(tag, |tag| bytes_of(chance, tag))),
        6 => format!("{head}.{}.{tag}", others[1]),
        _ => format!("{head}.{claims}.{}", others[2]),
    }
}

/// Changes a text of ASCII.
fn text(chance: &mut Chance, one: &str, other: &str) -> String {
    let mut text = one.as_bytes().to_vec();
    let (at, to) = (chance.below(text.len()), chance.below(text.len()));
    match chance.below(9) {
        0 => text[at] ^= 1 << chance.below(7),
        1 | 2 => text[at] = LETTERS[chance.below(LETTERS.len())],
        3 => text.insert(at, LETTERS[chance.below(LETTERS.len())]),
        4 => drop(text.remove(at)),
        5 => text.truncate(at),
        6 => text.swap(at, to),
        7 => text.extend_from_slice(&one.as_bytes()[at..]),
        _ => {
            let from = at.min(other.len());
            text.truncate(at);
            text.extend_from_slice(&other.as_bytes()[from..]);
        }
    }
    String::from_utf8(text).expect("ASCII stays ASCII")
}

/// Changes bytes in one place, or in up to four.
fn bytes_of(chance: &mut Chance, one: &[u8]) -> Vec<u8> {
    let mut bytes = one.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(6) {
            0..=2 => bytes[at] ^= 1 << chance.below(8),
            3 => bytes[at] = chance.byte(),
            4 => bytes.insert(at, chance.byte()),
            _ if bytes.len() > 1 => drop(bytes.remove(at)),
            _ => {}
        }
    }
    bytes
}

/// Changes bits, and never the length.
fn flipped(chance: &mut Chance, one: &[u8]) -> Vec<u8> {
    let mut bytes = one.to_vec();
    for _ in 0..=chance.below(3) {
        let at = chance.below(bytes.len());
        bytes[at] ^= 1 << chance.below(8);
    }
    bytes
}

/// One signature's head with another's numbers.
fn parts_of_two(one: &str, other: &str) -> String {
    let (head, _) = dots(one);
    let (_, signature) = dots(other);
    format!("{head}..{signature}")
}

fn dots(value: &str) -> (&str, &str) {
    value.split_once("..").expect("it is a detached JWS")
}

/// Changes what an encoding stands for, and encodes it again.
fn reencoded(part: &str, change: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("it is base64url");
    URL_SAFE_NO_PAD.encode(change(&bytes))
}
