use p521::elliptic_curve::ops::Double as _;

use super::*;
use crate::SigningKey;

/// Any integer, from a number: it has all its bits.
#[expect(clippy::arithmetic_side_effects, reason = "integers modulo n do not overflow")]
fn integer_from(number: u64) -> Scalar {
    let mut integer = Scalar::from(number) + Scalar::from(3_u64);
    for _ in 0..12 {
        integer = integer.square() + Scalar::from(number);
    }
    integer
}

/// Integers of one digit, of digits that carry, next to powers of two, and any.
#[expect(clippy::arithmetic_side_effects, reason = "integers modulo n do not overflow")]
fn integers() -> Vec<Scalar> {
    let mut integers = vec![Scalar::ZERO, Scalar::ONE, -Scalar::ONE];
    let mut power = Scalar::ONE;
    for number in 0..521 {
        power = if number == 0 { power } else { power.double() };
        let times = Scalar::from(number);
        integers.extend([power, -power, power - Scalar::ONE, power * times, integer_from(number)]);
    }
    integers
}

fn tables_of(d: Scalar) -> (KeyTables, ProjectivePoint) {
    let (key, _pem) = SigningKey::generate("key").expect("there is entropy");
    let point = ProjectivePoint::GENERATOR.mul(&d);
    let multiples = Multiples::of(point.to_affine(), KEY_WIDTH);
    (KeyTables { key: key.verifying_key().clone(), multiples }, point)
}

#[test]
fn the_sum_is_that_of_the_multiplications_of_the_crate() {
    let (tables, point) = tables_of(integer_from(7));
    let integers = integers();

    for (u1, u2) in integers.iter().zip(integers.iter().rev()).step_by(2) {
        let expected = ProjectivePoint::GENERATOR.mul(u1).add(&point.mul(u2));

        assert_eq!(tables.sum(u1, u2), expected, "{u1:?} {u2:?}");
    }
}

#[test]
fn equal_and_opposite_points_are_added_as_the_crate_does() {
    for d in [Scalar::ONE, -Scalar::ONE, Scalar::from(512_u64), integer_from(9)] {
        let (tables, point) = tables_of(d);
        for u2 in integers().iter().step_by(97) {
            assert_eq!(tables.sum(&(*u2 * d), u2), point.mul(u2).double());
            assert_eq!(tables.sum(&-(*u2 * d), u2), ProjectivePoint::IDENTITY);
        }
    }
}

#[test]
fn a_table_of_a_key_is_as_large_as_it_says() {
    let (tables, _) = tables_of(Scalar::ONE);

    assert_eq!(tables.multiples.counted_size(), KeyTables::SIZE);
    const { assert!(KeyTables::SIZE < 4 << 20, "the manual says 4 MiB") };
}
