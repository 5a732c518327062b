//! Verifying by tables of one key's multiples, which are made once.

mod digits;
mod multiples;

use std::fmt;
use std::sync::LazyLock;

use p521::elliptic_curve::ff::PrimeField;
use p521::elliptic_curve::point::AffineCoordinates;
use p521::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};

use self::digits::Width;
use self::multiples::Multiples;
use crate::digest::SHA512_LEN;
use crate::key::{COORDINATE_LEN, VerifyingKey};

/// How wide the digits of a key's multiples are: 53 additions from 4 MiB. One bit less are 58 from
/// 2.2 MiB, one more 48 from 7 MiB.
const KEY_WIDTH: Width = Width::new(10);

/// How wide the digits of the generator's multiples are, which all keys share: 41 additions from 24 MiB.
const GENERATOR_WIDTH: Width = Width::new(13);

static GENERATOR: LazyLock<Multiples> =
    LazyLock::new(|| Multiples::of(AffinePoint::GENERATOR, GENERATOR_WIDTH));

/// Multiples of a public key, by which its signatures are verified without doubling a point.
///
/// The work of ECDSA is `u1·G + u2·Q` (FIPS 186-5, section 6.4.2). With `i·2^(w·j)·Q` at hand for
/// every digit `i` and every place `j`, that is one addition for each digit. Nothing here is secret,
/// so it takes what time it takes.
///
/// All arithmetic is that of the crate `p521`, whose additions hold for any two points: equal,
/// opposite, or none.
pub struct KeyTables {
    key: VerifyingKey,
    multiples: Multiples,
}

/// What tables say of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is one of the digest, by the key.
    Signed,
    /// It is not.
    NotSigned,
    /// Something was met that no honest signature leads to: the library is to be asked.
    Unsure,
}

/// What the tables and the library say of the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What the tables say.
    pub tables: Verdict,
    /// Whether the library takes the signature.
    pub library: bool,
}

impl KeyTables {
    /// How many bytes the tables of one key are.
    pub const SIZE: usize = Multiples::size(KEY_WIDTH);

    /// Computes the tables, which takes some 60 ms; the first of a process some 400 ms more, for what
    /// all keys share. `None` if the two libraries do not agree that this is a key.
    pub fn build(key: &VerifyingKey) -> Option<Self> {
        let (x, y) = key.point().coordinates();
        let (x, y) = (FieldBytes::from(*x), FieldBytes::from(*y));
        let point = AffinePoint::from_coordinates(&x, &y).into_option()?;
        let _all_share = LazyLock::force(&GENERATOR);
        Some(Self { key: key.clone(), multiples: Multiples::of(point, KEY_WIDTH) })
    }

    /// Says what tables and library make of a digest and the bytes of a signature, `r || s`, for who
    /// wants to compare them.
    pub fn compare(&self, digest: &[u8; SHA512_LEN], signature: &[u8]) -> Comparison {
        let library = self.key.has_signed_digest(digest, signature);
        Comparison { tables: self.verdict(digest, signature), library }
    }

    /// Verifies by the tables alone (FIPS 186-5, section 6.4.2).
    pub(crate) fn verdict(&self, digest: &[u8; SHA512_LEN], signature: &[u8]) -> Verdict {
        let Some((r, s)) = integers(signature) else { return Verdict::NotSigned };
        let Some(s_inverse) = s.invert_vartime().into_option() else { return Verdict::Unsure };
        let (u1, u2) = (integer_of(digest).multiply(&s_inverse), r.multiply(&s_inverse));
        let sum = self.sum(&u1, &u2).to_affine();
        if bool::from(sum.is_identity()) {
            return Verdict::Unsure;
        }
        let x = sum.x();
        if x == r.to_repr() {
            return Verdict::Signed;
        }
        // An x from n on counts as x − n, and is met once in 2^261: let the library reduce it.
        if Scalar::from_repr(x).is_none().into() { Verdict::Unsure } else { Verdict::NotSigned }
    }

    /// `u1·G + u2·Q`.
    fn sum(&self, u1: &Scalar, u2: &Scalar) -> ProjectivePoint {
        // All are looked up before the first is added, so that none is waited for.
        let mut picked = Vec::with_capacity(ADDITIONS);
        GENERATOR.pick(u1, &mut picked);
        self.multiples.pick(u2, &mut picked);
        let Some((first, rest)) = picked.split_first() else { return ProjectivePoint::IDENTITY };
        rest.iter().fold(ProjectivePoint::from(*first), add)
    }
}

/// How many points are added at most.
const ADDITIONS: usize = KEY_WIDTH.places().saturating_add(GENERATOR_WIDTH.places());

impl fmt::Debug for KeyTables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyTables").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Reads `r || s`, both from 1 to n − 1 and of full width, as the library demands it.
fn integers(signature: &[u8]) -> Option<(Scalar, Scalar)> {
    let (r, s) = signature.split_at_checked(COORDINATE_LEN)?;
    Some((integer(r)?, integer(s)?))
}

fn integer(bytes: &[u8]) -> Option<Scalar> {
    let bytes = FieldBytes::try_from(bytes).ok()?;
    let integer = Scalar::from_repr(bytes).into_option()?;
    (!bool::from(integer.is_zero())).then_some(integer)
}

/// A digest as an integer: it has 512 bits, which is less than n has.
fn integer_of(digest: &[u8; SHA512_LEN]) -> Scalar {
    let mut bytes = FieldBytes::default();
    for (byte, of_digest) in bytes.iter_mut().rev().zip(digest.iter().rev()) {
        *byte = *of_digest;
    }
    Scalar::from_repr(bytes).into_option().expect("2^512 is less than n")
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "points of a group are added: nothing overflows"
)]
fn add(sum: ProjectivePoint, point: &AffinePoint) -> ProjectivePoint {
    sum + point
}

#[cfg(test)]
mod tests;
