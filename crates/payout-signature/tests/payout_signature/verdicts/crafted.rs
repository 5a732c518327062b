//! Signatures that nobody would make honestly, by keys whose private half is known.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p521::elliptic_curve::ff::PrimeField;
use p521::elliptic_curve::ops::Reduce;
use p521::elliptic_curve::point::AffineCoordinates;
use p521::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use payout_signature::{Jwks, VerifyingKey};

use crate::chance::Chance;

/// `d·G`.
pub(super) fn point(d: Scalar) -> AffinePoint {
    (ProjectivePoint::GENERATOR * d).to_affine()
}

/// The key with this point.
pub(super) fn key(point: &AffinePoint) -> VerifyingKey {
    let [x, y] = [point.x(), point.y()].map(|member| URL_SAFE_NO_PAD.encode(member));
    let set =
        format!(r#"{{"keys":[{{"kty":"EC","crv":"P-521","kid":"key","x":"{x}","y":"{y}"}}]}}"#);
    let set = Jwks::parse(set.as_bytes()).expect("it is on the curve");
    set.key("key").expect("it was just put in").clone()
}

/// `x mod n`.
pub(super) fn x(point: &AffinePoint) -> Scalar {
    Scalar::reduce(&point.x())
}

pub(super) fn inverse(scalar: Scalar) -> Scalar {
    scalar.invert().into_option().expect("it is not 0")
}

/// A digest as an integer.
pub(super) fn integer(digest: &[u8; 64]) -> Scalar {
    let mut bytes = FieldBytes::default();
    bytes[2..].copy_from_slice(digest);
    Scalar::from_repr(bytes).into_option().expect("it is less than n")
}

/// What is honestly signed with the private key `d` and the number `k`.
pub(super) fn sign(d: Scalar, k: Scalar, digest: &[u8; 64]) -> (Scalar, Scalar) {
    signed_with(d, k, &point(k), digest)
}

/// What is honestly signed with the private key `d` and the number `k`, whose point is known.
pub(super) fn signed_with(
    d: Scalar,
    k: Scalar,
    point: &AffinePoint,
    digest: &[u8; 64],
) -> (Scalar, Scalar) {
    let r = x(point);
    (r, inverse(k) * (integer(digest) + r * d))
}

/// Numbers to sign with, and their points. Each follows from the one before by the addition of one of a few
/// points, for a multiplication each time would take longer than both verdicts.
pub(super) struct Numbers {
    steps: Vec<(Scalar, AffinePoint)>,
    k: Scalar,
    point: ProjectivePoint,
}

impl Numbers {
    pub(super) fn new(chance: &mut Chance) -> Self {
        let any = |chance: &mut Chance| {
            let k = scalar(chance);
            (k, point(k))
        };
        let (k, point) = any(chance);
        let steps = (0..32).map(|_| any(chance)).collect();
        Self { steps, k, point: point.into() }
    }

    pub(super) fn next(&mut self, chance: &mut Chance) -> (Scalar, AffinePoint) {
        let (scalar, point) = &self.steps[chance.below(self.steps.len())];
        self.k += scalar;
        self.point += point;
        (self.k, self.point.to_affine())
    }
}

/// What leads a verifier to `u1·G + u2·Q` for a digest that is not 0: it is no signature, but by a
/// miracle.
pub(super) fn leading_to(u1: Scalar, u2: Scalar, digest: &[u8; 64]) -> (Scalar, Scalar) {
    let s = integer(digest) * inverse(u1);
    (u2 * s, s)
}

/// A key and a signature that holds although whoever made it up chose `R`, `s` and the digest: nobody
/// knows the private half of that key, unless he knows that of `R`.
pub(super) fn key_for(point: &AffinePoint, s: Scalar, digest: &[u8; 64]) -> AffinePoint {
    key_leading_to(point, (x(point), s), digest)
}

/// The key by which a verifier of these integers comes to `R`, whatever its x is.
pub(super) fn key_leading_to(
    point: &AffinePoint,
    (r, s): (Scalar, Scalar),
    digest: &[u8; 64],
) -> AffinePoint {
    let (u1, u2) = (integer(digest) * inverse(s), r * inverse(s));
    let rest = ProjectivePoint::from(*point) - ProjectivePoint::GENERATOR * u1;
    (rest * inverse(u2)).to_affine()
}

pub(super) fn bytes(r: Scalar, s: Scalar) -> Vec<u8> {
    [r.to_repr(), s.to_repr()].concat()
}

/// Any digest.
pub(super) fn digest(chance: &mut Chance) -> [u8; 64] {
    std::array::from_fn(|_| chance.byte())
}

/// Any integer from 1 to n − 1.
pub(super) fn scalar(chance: &mut Chance) -> Scalar {
    loop {
        let mut bytes = FieldBytes::default();
        bytes.iter_mut().for_each(|byte| *byte = chance.byte());
        bytes[0] &= 1;
        let scalar = Scalar::from_repr(bytes).into_option();
        if let Some(scalar) = scalar.filter(|scalar| !bool::from(scalar.is_zero())) {
            return scalar;
        }
    }
}

/// An integer of few bits, of runs of bits, or next to a power of two, now and then its negative: where
/// digits are 0, greatest, or carry.
pub(super) fn sparse(chance: &mut Chance) -> Scalar {
    let mut scalar = Scalar::ZERO;
    for _ in 0..=chance.below(4) {
        let power = power_of_two(chance.below(521));
        scalar = match chance.below(3) {
            0 => scalar + power,
            1 => scalar - power,
            _ => scalar + power * Scalar::from(u64::from(chance.byte())),
        };
    }
    if bool::from(scalar.is_zero()) { Scalar::ONE } else { scalar }
}

pub(super) fn power_of_two(exponent: usize) -> Scalar {
    (0..exponent).fold(Scalar::ONE, |power, _| power.double())
}
