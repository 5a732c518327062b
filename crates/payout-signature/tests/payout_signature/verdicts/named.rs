//! Signatures at the edges, each with a name.

use std::sync::LazyLock;

use p521::elliptic_curve::ff::PrimeField;
use p521::elliptic_curve::point::DecompressPoint;
use p521::elliptic_curve::subtle::Choice;
use p521::{AffinePoint, FieldBytes, Scalar};

use super::Case;
use super::by_chance::{with_u1, with_u2};
use super::crafted::{
    self, bytes, inverse, key, key_for, key_leading_to, leading_to, point, power_of_two, scalar,
    sign,
};
use crate::chance::Chance;
use crate::malleability::{ORDER, minus, one, plus};

/// Parts of the names of those cases that the tables leave to the library.
pub(super) const LEFT_TO_THE_LIBRARY: [&str; 2] = ["R is no point", "x(R) from n on"];

/// Integers that are not allowed, and those next to them.
pub(super) static ORDER_AND_NEAR: LazyLock<Vec<(&str, [u8; 66])>> = LazyLock::new(|| {
    let (n, one) = (ORDER.to_vec(), one());
    let two_to_521 = [vec![2], vec![0; 65]].concat();
    let p = minus(&two_to_521, &one);
    let integers = [
        ("0", vec![0; 66]),
        ("1", one.clone()),
        ("2", plus(&one, &one)),
        ("p - n", minus(&p, &n)),
        ("half of n", (-(Scalar::ONE + Scalar::ONE).invert().unwrap()).to_repr().to_vec()),
        ("n - 2", minus(&n, &plus(&one, &one))),
        ("n - 1", minus(&n, &one)),
        ("n", n.clone()),
        ("n + 1", plus(&n, &one)),
        ("p - 1", minus(&p, &one)),
        ("p", p),
        ("2^521", two_to_521),
        ("2n", plus(&n, &n)),
        ("2^528 - 1", vec![0xff; 66]),
    ];
    integers.map(|(name, integer)| (name, integer.try_into().expect("it has 66 bytes"))).to_vec()
});

/// Private keys whose points are at the edge: G and −G, and multiples that are themselves in tables.
pub(super) fn keys() -> Vec<(&'static str, Scalar)> {
    let of = |number: u64| Scalar::from(number);
    vec![
        ("G", Scalar::ONE),
        ("-G", -Scalar::ONE),
        ("2G", of(2)),
        ("-2G", -of(2)),
        ("3G", of(3)),
        ("512G", of(512)),
        ("-1023G", -of(1023)),
        ("4096G", of(4096)),
        ("2^260 G", power_of_two(260)),
        ("G by 2", inverse(of(2))),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut chance = Chance(0x05EC_0052);
    let any = ("any", scalar(&mut chance));
    let mut cases = Vec::new();
    for of in keys().into_iter().chain([any]) {
        cases.extend(of_key(of, &mut chance));
    }
    cases.extend(integers_at_the_edge(any.1, &mut chance));
    cases.extend(other_forms(any.1, &mut chance));
    cases.extend(digests_at_the_edge(any.1, &mut chance));
    cases.extend(chosen_multiples(&mut chance));
    cases.extend(coordinates_at_the_edge(&mut chance));
    cases.extend(almost_r(&mut chance));
    cases
}

/// What leads to points that are equal, opposite, or the key's own.
fn of_key((name, d): (&str, Scalar), chance: &mut Chance) -> Vec<Case> {
    let digest = crafted::digest(chance);
    let two = Scalar::from(2_u64);
    let numbers = [
        ("any number", scalar(chance)),
        ("R = G", Scalar::ONE),
        ("R = -G", -Scalar::ONE),
        ("R = Q", d),
        ("R = -Q", -d),
        ("R = 2Q", d * two),
        ("R = G by 2", inverse(two)),
    ];
    let of_key = key(&point(d));
    let case = |what: &str, (r, s), is_signed| Case {
        name: format!("{what}, by {name}"),
        key: of_key.clone(),
        digest,
        signature: bytes(r, s),
        is_signed: Some(is_signed),
    };
    let mut cases = Vec::new();
    for (what, k) in numbers {
        let (r, s) = sign(d, k, &digest);
        cases.push(case(what, (r, s), true));
        cases.push(case(&format!("twin, {what}"), (r, -s), true));
        cases.push(case(&format!("negative r, {what}"), (-r, s), false));
        cases.push(case(&format!("one more, {what}"), (r, s + Scalar::ONE), false));
    }
    for (what, u2) in [("1", Scalar::ONE), ("-1", -Scalar::ONE), ("any", scalar(chance))] {
        let equal = leading_to(u2 * d, u2, &digest);
        cases.push(case(&format!("u1 G = u2 Q with u2 = {what}"), equal, false));
        let opposite = leading_to(-(u2 * d), u2, &digest);
        cases.push(case(&format!("R is no point with u2 = {what}"), opposite, false));
    }
    cases
}

/// Every pair of integers that are not allowed or next to those, and each with an honest one.
fn integers_at_the_edge(d: Scalar, chance: &mut Chance) -> Vec<Case> {
    let digest = crafted::digest(chance);
    let (r, s) = sign(d, scalar(chance), &digest);
    let honest: (&str, [u8; 66]) = ("honest", r.to_repr().into());
    let honest_s: (&str, [u8; 66]) = ("honest", s.to_repr().into());
    let of_key = key(&point(d));
    let mut cases = Vec::new();
    for (r_name, r) in ORDER_AND_NEAR.iter().chain([&honest]) {
        for (s_name, s) in ORDER_AND_NEAR.iter().chain([&honest_s]) {
            cases.push(Case {
                name: format!("r = {r_name} and s = {s_name}"),
                key: of_key.clone(),
                digest,
                signature: [*r, *s].concat(),
                is_signed: Some((*r_name, *s_name) == ("honest", "honest")),
            });
        }
    }
    cases
}

/// Bytes that are not `r || s` in full width.
fn other_forms(d: Scalar, chance: &mut Chance) -> Vec<Case> {
    let digest = crafted::digest(chance);
    let (r, s) = sign(d, scalar(chance), &digest);
    let honest = bytes(r, s);
    let (r, s) = honest.split_at(66);
    let reversed = |bytes: &[u8]| bytes.iter().rev().copied().collect::<Vec<_>>();
    let der = [&[0x30, 0x81, 0x88, 0x02, 0x42], r, &[0x02, 0x42], s].concat();
    let forms = [
        ("no bytes", vec![]),
        ("one byte", vec![1]),
        ("r alone", r.to_vec()),
        ("one byte less at the end", honest[..131].to_vec()),
        ("one byte less at the beginning", honest[1..].to_vec()),
        ("one byte less in the middle", [&r[..65], s].concat()),
        ("a zero before", [&[0], honest.as_slice()].concat()),
        ("a zero behind", [honest.as_slice(), &[0]].concat()),
        ("a zero between", [r, &[0], s].concat()),
        ("twice", [honest.as_slice(), &honest].concat()),
        ("r and s the other way round", [s, r].concat()),
        ("little-endian", [reversed(r), reversed(s)].concat()),
        ("DER", der),
        ("64 bytes each", [&r[2..], &s[2..]].concat()),
        ("a bit above the 521st in r", [&[r[0] | 0x80], &r[1..], s].concat()),
        ("a bit above the 521st in s", [r, &[s[0] | 0x02], &s[1..]].concat()),
    ];
    let of_key = key(&point(d));
    let case = |(name, signature): (&str, Vec<u8>)| Case {
        name: name.to_owned(),
        key: of_key.clone(),
        digest,
        signature,
        is_signed: Some(false),
    };
    forms.map(case).to_vec()
}

/// Digests that nothing hashes to: with 0, `u1` is 0 and `R` a multiple of the key alone.
fn digests_at_the_edge(d: Scalar, chance: &mut Chance) -> Vec<Case> {
    let mut one = [0; 64];
    one[63] = 1;
    let mut highest = [0; 64];
    highest[0] = 0x80;
    let digests = [("0", [0; 64]), ("1", one), ("2^511", highest), ("2^512 - 1", [0xff; 64])];
    let mut cases = Vec::new();
    for (key_name, d) in [("any", d), ("G", Scalar::ONE), ("-G", -Scalar::ONE)] {
        for (name, digest) in digests {
            let (r, s) = sign(d, scalar(chance), &digest);
            for (what, s, is_signed) in [("signed", s, true), ("not signed", s.double(), false)] {
                cases.push(Case {
                    name: format!("digest {name}, {what}, by {key_name}"),
                    key: key(&point(d)),
                    digest,
                    signature: bytes(r, s),
                    is_signed: Some(is_signed),
                });
            }
        }
    }
    cases
}

/// Signatures that hold with multiples of G or of the key that have few digits, or great ones.
fn chosen_multiples(chance: &mut Chance) -> Vec<Case> {
    let ones = |count: usize| power_of_two(count) - Scalar::ONE;
    let multiples = [
        ("1", Scalar::ONE),
        ("-1", -Scalar::ONE),
        ("2^9", power_of_two(9)),
        ("2^9 + 1", power_of_two(9) + Scalar::ONE),
        ("2^520", power_of_two(520)),
        ("2^520 - 1", ones(520)),
        ("half of n", -inverse(Scalar::from(2_u64))),
    ];
    let mut cases = Vec::new();
    for (name, multiple) in multiples {
        let (digest, k) = (crafted::digest(chance), scalar(chance));
        let with_u1 = ("u1", with_u1(multiple, k, &digest));
        let with_u2 = ("u2", with_u2(multiple, k, &digest));
        for (which, (point, signature)) in [with_u1, with_u2] {
            cases.push(Case {
                name: format!("{which} = {name}"),
                key: key(&point),
                digest,
                signature,
                is_signed: Some(true),
            });
        }
    }
    // u1 G and u2 Q are one point, which is doubled: R is twice u1 G.
    let (digest, k) = (crafted::digest(chance), scalar(chance));
    let (point, signature) = with_u1(k * inverse(Scalar::from(2_u64)), k, &digest);
    let key = key(&point);
    let name = "u1 G = u2 Q, signed".to_owned();
    cases.push(Case { name, key, digest, signature, is_signed: Some(true) });
    cases
}

/// Points `R` whose x is from n on, so that r is x − n; and such whose x is next to nothing.
fn coordinates_at_the_edge(chance: &mut Chance) -> Vec<Case> {
    let mut cases = Vec::new();
    for (what, from) in [("x(R) from n on", ORDER.to_vec()), ("x(R) from 1 on", vec![0; 66])] {
        let (found, x) = next_point(&from);
        for (sign_name, found) in [("R", found), ("-R", -found)] {
            let (digest, s) = (crafted::digest(chance), scalar(chance));
            let of_key = key(&key_for(&found, s, &digest));
            let r = crafted::x(&found);
            let case = |what: String, signature, is_signed| Case {
                name: what,
                key: of_key.clone(),
                digest,
                signature,
                is_signed: Some(is_signed),
            };
            let name = |rest: &str| format!("{what}, {sign_name}{rest}");
            cases.push(case(name(""), bytes(r, s), true));
            let shape = if what.contains("from n on") { "not reduced r" } else { "r + n" };
            let other = if from[0] == 0 { plus(&x, &ORDER) } else { x.clone() };
            let unreduced = [other, s.to_repr().to_vec()].concat();
            cases.push(case(format!("{shape}, {sign_name}"), unreduced, false));
        }
    }
    cases
}

/// Verifiers come to a point whose x is almost r, and not r.
fn almost_r(chance: &mut Chance) -> Vec<Case> {
    let point = point(scalar(chance));
    let x = crafted::x(&point);
    let almost = [
        ("x + 1", x + Scalar::ONE),
        ("x - 1", x - Scalar::ONE),
        ("-x", -x),
        ("x + 2^520", x + power_of_two(520)),
        ("x - 2^520", x - power_of_two(520)),
        ("x + 2^512", x + power_of_two(512)),
        ("x + 2^256", x + power_of_two(256)),
        ("2x", x.double()),
    ];
    let case = |(name, r): (&str, Scalar)| {
        let (digest, s) = (crafted::digest(chance), scalar(chance));
        let key = key(&key_leading_to(&point, (r, s), &digest));
        let (name, signature) = (format!("r = {name}"), bytes(r, s));
        Case { name, key, digest, signature, is_signed: Some(false) }
    };
    almost.map(case).to_vec()
}

/// The first point whose x is greater than this, and that x.
fn next_point(from: &[u8]) -> (AffinePoint, Vec<u8>) {
    let mut x = from.to_vec();
    loop {
        x = plus(&x, &one());
        let bytes = FieldBytes::try_from(x.as_slice()).expect("it has 66 bytes");
        if let Some(found) = AffinePoint::decompress(&bytes, Choice::from(0)).into_option() {
            return (found, x);
        }
    }
}
