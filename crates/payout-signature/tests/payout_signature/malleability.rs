//! Whoever sees a signature can make another one that verifies as well.
//!
//! `(r, s)` and `(r, n − s)` are both signatures of the same message. No standard for ES512 forbids
//! either, so both are taken, and so the bytes of a signature say nothing about whether a request
//! was seen before.

use crate::fixtures::{HEADER, PAYOUT, PAYOUT_PAYLOAD, forge, put_together, take_apart, verify};

/// The order of P-521 (FIPS 186-4, appendix D.1.2.5).
pub(crate) const ORDER: [u8; 66] = [
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,
    0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38,
    0x64, 0x09,
];

#[test]
fn the_twin_of_a_signature_verifies_and_is_another_text() {
    for _ in 0..20 {
        let value = forge(HEADER.as_bytes(), PAYOUT_PAYLOAD);
        let (protected, signature) = take_apart(&value);
        let (r, s) = signature.split_at(66);

        let twin = put_together(&protected, &[r, &minus(&ORDER, s)].concat());

        assert_ne!(twin, value);
        assert_eq!(verify(&twin, &PAYOUT), Ok(()));
    }
}

#[test]
fn signing_twice_gives_two_signatures() {
    assert_ne!(forge(HEADER.as_bytes(), PAYOUT_PAYLOAD), forge(HEADER.as_bytes(), PAYOUT_PAYLOAD));
}

/// The negative of `r` is the wrong one to take.
#[test]
fn no_other_combination_verifies() {
    let (protected, signature) = take_apart(&forge(HEADER.as_bytes(), PAYOUT_PAYLOAD));
    let (r, s) = signature.split_at(66);

    for forged in [[&minus(&ORDER, r), s].concat(), [minus(&ORDER, r), minus(&ORDER, s)].concat()] {
        assert!(verify(&put_together(&protected, &forged), &PAYOUT).is_err());
    }
}

pub(crate) fn one() -> Vec<u8> {
    [vec![0; 65], vec![1]].concat()
}

/// Subtracts big-endian integers of one width.
pub(crate) fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    digit_by_digit(a, b, |a, b, borrow| {
        let difference = 256 + a - b - borrow;
        (difference % 256, u16::from(difference < 256))
    })
}

/// Adds big-endian integers of one width; the sum has to fit.
pub(crate) fn plus(a: &[u8], b: &[u8]) -> Vec<u8> {
    digit_by_digit(a, b, |a, b, carry| ((a + b + carry) % 256, (a + b + carry) / 256))
}

fn digit_by_digit(a: &[u8], b: &[u8], step: impl Fn(u16, u16, u16) -> (u16, u16)) -> Vec<u8> {
    let mut carried = 0;
    let mut digits: Vec<u8> = Vec::new();
    for (a, b) in a.iter().zip(b).rev() {
        let (digit, carry) = step(u16::from(*a), u16::from(*b), carried);
        digits.push(u8::try_from(digit).expect("it is one byte"));
        carried = carry;
    }
    assert_eq!(carried, 0, "the result has the same width");
    digits.reverse();
    digits
}
