//! Integers as digits that may be negative, so that half as many multiples are needed.

use p521::Scalar;
use p521::elliptic_curve::ff::PrimeField;

/// Integers have this many bits, and one more for what is carried out of the highest.
const BITS: u32 = 522;

/// How many bits a digit stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Width(u32);

/// One digit: its place is where it stands in the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digit {
    /// From 0 to half of what a place is worth.
    pub(super) magnitude: u32,
    pub(super) is_negative: bool,
}

impl Width {
    /// Between 2 and 16 bits.
    pub(super) const fn new(bits: u32) -> Self {
        assert!(2 <= bits && bits <= 16, "tables would be nothing, or all of memory");
        Self(bits)
    }

    /// How many digits an integer has.
    pub(super) const fn places(self) -> usize {
        let (mut places, mut bits) = (0_usize, 0_u32);
        while bits < BITS {
            places = places.saturating_add(1);
            bits = bits.saturating_add(self.0);
        }
        places
    }

    /// The greatest magnitude of a digit.
    pub(super) const fn magnitude_max(self) -> u32 {
        1 << (self.0.saturating_sub(1))
    }
}

/// The digits of an integer, the lowest first, as many as there are places.
pub(super) fn digits(integer: &Scalar, width: Width) -> impl Iterator<Item = Digit> {
    let Width(bits) = width;
    let bytes = integer.to_repr();
    let mut next_byte = 0..bytes.len();
    let (mut held, mut held_bits, mut carried) = (0_u32, 0_u32, 0_u32);
    std::iter::repeat_with(move || {
        while held_bits < bits {
            let byte = next_byte.next_back().and_then(|index| bytes.get(index));
            held |= byte.map_or(0, |byte| u32::from(*byte)) << held_bits;
            held_bits = held_bits.saturating_add(8);
        }
        let worth = 1_u32 << bits;
        let value = (held & worth.saturating_sub(1)).saturating_add(carried);
        held >>= bits;
        held_bits = held_bits.saturating_sub(bits);
        let is_negative = value > width.magnitude_max();
        carried = u32::from(is_negative);
        let magnitude = if is_negative { worth.saturating_sub(value) } else { value };
        Digit { magnitude, is_negative }
    })
    .take(width.places())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The integer that digits stand for, by the arithmetic of the crate.
    #[expect(clippy::arithmetic_side_effects, reason = "integers modulo n do not overflow")]
    fn read(digits: &[Digit], width: Width) -> Scalar {
        let worth = Scalar::from(1_u64 << width.0);
        digits.iter().rev().fold(Scalar::ZERO, |read, digit| {
            let magnitude = Scalar::from(u64::from(digit.magnitude));
            read * worth + if digit.is_negative { -magnitude } else { magnitude }
        })
    }

    #[expect(clippy::arithmetic_side_effects, reason = "integers modulo n do not overflow")]
    fn integers() -> Vec<Scalar> {
        let mut integers =
            vec![Scalar::ZERO, Scalar::ONE, -Scalar::ONE, -Scalar::ONE - Scalar::ONE];
        let mut power = Scalar::ONE;
        for _ in 0..521 {
            integers.extend([power, power - Scalar::ONE, power + Scalar::ONE, -power]);
            power = power.double();
        }
        integers
    }

    #[test]
    fn digits_stand_for_their_integer_in_every_width() {
        for width in (2..=16).map(Width::new) {
            for integer in integers() {
                let digits: Vec<_> = digits(&integer, width).collect();

                assert_eq!(read(&digits, width), integer, "{width:?} {digits:?}");
                assert_eq!(digits.len(), width.places());
                assert!(digits.iter().all(|digit| digit.magnitude <= width.magnitude_max()));
                assert!(digits.last().is_some_and(|highest| !highest.is_negative), "{width:?}");
            }
        }
    }

    #[test]
    fn every_digit_occurs() {
        let width = Width::new(4);

        let seen: std::collections::BTreeSet<_> = integers()
            .iter()
            .flat_map(|integer| digits(integer, width))
            .map(|digit| (digit.is_negative, digit.magnitude))
            .collect();

        assert!(seen.len() >= 12, "{seen:?}");
    }
}
