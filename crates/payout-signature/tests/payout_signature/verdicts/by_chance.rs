//! Signatures made up by chance.

use p521::{AffinePoint, Scalar};
use payout_signature::{KeyTables, VerifyingKey};

use super::Case;
use super::crafted::{
    self, Numbers, bytes, digest, inverse, leading_to, point, scalar, sign, signed_with, sparse,
};
use super::named::{ORDER_AND_NEAR, keys};
use crate::chance::Chance;

/// How many keys there are beside those at the edge.
const KEYS: usize = 4;

/// How a signature was made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Honest,
    Twin,
    Sparse,
    ChangedSignature,
    ChangedDigest,
    OtherKey,
    EdgeInteger,
    Doubling,
    Identity,
    Leading,
    OtherLength,
    Noise,
}

const KINDS: [Kind; 16] = [
    Kind::Honest,
    Kind::Honest,
    Kind::Honest,
    Kind::Honest,
    Kind::Twin,
    Kind::Sparse,
    Kind::Sparse,
    Kind::ChangedSignature,
    Kind::ChangedDigest,
    Kind::OtherKey,
    Kind::EdgeInteger,
    Kind::Doubling,
    Kind::Identity,
    Kind::Leading,
    Kind::OtherLength,
    Kind::Noise,
];

/// A key, its private half, and its tables.
pub(super) struct Known {
    d: Scalar,
    key: VerifyingKey,
    tables: KeyTables,
}

/// Makes up signatures.
pub(super) struct Forger<'a> {
    keys: &'a [Known],
    numbers: Numbers,
    chance: Chance,
}

impl<'a> Forger<'a> {
    pub(super) fn keys(chance: &mut Chance) -> Vec<Known> {
        let edges = keys().into_iter().map(|(_, d)| d);
        let any = (0..KEYS).map(|_| scalar(chance)).collect::<Vec<_>>();
        let known = |d| {
            let key = crafted::key(&point(d));
            let tables = KeyTables::build(&key).expect("it is on the curve");
            Known { d, key, tables }
        };
        edges.chain(any).map(known).collect()
    }

    pub(super) fn new(keys: &'a [Known], seed: u64) -> Self {
        let mut chance = Chance(seed);
        Self { keys, numbers: Numbers::new(&mut chance), chance }
    }

    pub(super) fn case(&mut self) -> (Kind, &'a KeyTables, Case) {
        let Self { keys, numbers, chance } = self;
        let kind = KINDS[chance.below(KINDS.len())];
        let (known, other) = (&keys[chance.below(keys.len())], &keys[chance.below(keys.len())]);
        let mut digest = digest(chance);
        let (k, point) = numbers.next(chance);
        let (r, s) = signed_with(known.d, k, &point, &digest);
        let mut signature = bytes(r, s);
        let mut is_signed = Some(false);
        match kind {
            Kind::Honest => is_signed = Some(true),
            Kind::Twin => {
                let twin = [(r, -s), (-r, s), (-r, -s), (s, r)];
                let at = chance.below(twin.len());
                (signature, is_signed) = (bytes(twin[at].0, twin[at].1), Some(at == 0));
            }
            Kind::Sparse => {
                let (r, s) = sign(known.d, sparse(chance), &digest);
                (signature, is_signed) = (bytes(r, s), Some(true));
            }
            Kind::ChangedSignature => flip(chance, &mut signature),
            Kind::ChangedDigest => flip(chance, &mut digest),
            Kind::OtherKey => {
                let (r, s) = signed_with(other.d, k, &point, &digest);
                (signature, is_signed) = (bytes(r, s), Some(known.d == other.d));
            }
            Kind::EdgeInteger => {
                let edge = &ORDER_AND_NEAR[chance.below(ORDER_AND_NEAR.len())].1;
                let half = 66 * chance.below(2);
                signature[half..half + 66].copy_from_slice(edge);
            }
            Kind::Doubling => signature = leading(chance, &digest, |u2| u2 * known.d),
            Kind::Identity => signature = leading(chance, &digest, |u2| -(u2 * known.d)),
            Kind::Leading => {
                let u1 = sparse(chance);
                signature = leading(chance, &digest, |_| u1);
            }
            Kind::OtherLength => {
                signature =
                    [vec![0; chance.below(2)], signature, vec![0; chance.below(3)]].concat();
                signature.truncate(chance.below(140));
                is_signed = (signature.len() != 132).then_some(false);
            }
            Kind::Noise => signature.iter_mut().for_each(|byte| *byte = chance.byte()),
        }
        let key = known.key.clone();
        (kind, &known.tables, Case { name: format!("{kind:?}"), key, digest, signature, is_signed })
    }
}

/// What leads to a `u1` that depends on `u2`, which is any or a sparse one.
fn leading(chance: &mut Chance, digest: &[u8; 64], u1: impl Fn(Scalar) -> Scalar) -> Vec<u8> {
    let u2 = if chance.below(2) == 0 { scalar(chance) } else { sparse(chance) };
    let (r, s) = leading_to(u1(u2), u2, digest);
    bytes(r, s)
}

/// Flips up to three bits, each another one.
fn flip(chance: &mut Chance, bytes: &mut [u8]) {
    let original = bytes.to_vec();
    while bytes == original {
        for _ in 0..=chance.below(3) {
            bytes[chance.below(bytes.len())] ^= 1 << chance.below(8);
        }
    }
}

/// A signature that holds, with this `u2` and this number, and the key that it is by.
pub(super) fn with_u2(u2: Scalar, k: Scalar, digest: &[u8; 64]) -> (AffinePoint, Vec<u8>) {
    let point = point(k);
    let r = crafted::x(&point);
    let s = r * inverse(u2);
    (crafted::key_for(&point, s, digest), bytes(r, s))
}

/// A signature that holds, with this `u1` and this number, and the key that it is by.
pub(super) fn with_u1(u1: Scalar, k: Scalar, digest: &[u8; 64]) -> (AffinePoint, Vec<u8>) {
    let point = point(k);
    let s = crafted::integer(digest) * inverse(u1);
    (crafted::key_for(&point, s, digest), bytes(crafted::x(&point), s))
}
