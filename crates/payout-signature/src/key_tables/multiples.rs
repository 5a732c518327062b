//! The multiples of a point, by place and digit.

use p521::elliptic_curve::BatchNormalize as _;
use p521::elliptic_curve::ops::Double as _;
use p521::{AffinePoint, ProjectivePoint, Scalar};

use super::add;
use super::digits::{Digit, Width, digits};

/// `i·2^(w·j)·P` for each digit `i` from 1 on and each place `j`.
pub(super) struct Multiples {
    width: Width,
    /// One row for each place.
    rows: Box<[Box<[AffinePoint]>]>,
}

impl Multiples {
    /// Computes them.
    pub(super) fn of(point: AffinePoint, width: Width) -> Self {
        let mut first = ProjectivePoint::from(point);
        let rows = std::iter::repeat_with(|| {
            let row = row(&first, width.magnitude_max());
            // The greatest digit is half of what the next place is worth.
            first = row.last().unwrap_or(&first).double();
            ProjectivePoint::batch_normalize(row.as_slice()).into_boxed_slice()
        });
        Self { width, rows: rows.take(width.places()).collect() }
    }

    /// How many bytes they are.
    pub(super) const fn size(width: Width) -> usize {
        let mut size = 0_usize;
        let mut digit = 0;
        while digit < width.magnitude_max() {
            size = size.saturating_add(size_of::<AffinePoint>().saturating_mul(width.places()));
            digit = digit.saturating_add(1);
        }
        size
    }

    /// Looks up the points whose sum is this many times the point.
    pub(super) fn pick(&self, times: &Scalar, picked: &mut Vec<AffinePoint>) {
        let digits = digits(times, self.width);
        picked.extend(self.rows.iter().zip(digits).filter_map(|(row, digit)| entry(row, digit)));
    }
}

/// The multiples of a point from once to this many times.
fn row(first: &ProjectivePoint, count: u32) -> Vec<ProjectivePoint> {
    let step = first.to_affine();
    let mut row = vec![*first];
    for _ in 1..count {
        let last = row.last().unwrap_or(first);
        row.push(add(*last, &step));
    }
    row
}

/// `None` for the digit 0, which adds nothing.
#[expect(clippy::arithmetic_side_effects, reason = "a point is negated: nothing overflows")]
fn entry(row: &[AffinePoint], digit: Digit) -> Option<AffinePoint> {
    let index = usize::try_from(digit.magnitude.checked_sub(1)?).ok()?;
    let point = *row.get(index).expect("a row has every digit");
    Some(if digit.is_negative { -point } else { point })
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Multiples {
        pub(crate) fn counted_size(&self) -> usize {
            self.rows.iter().map(|row| size_of_val(&**row)).sum()
        }
    }

    #[test]
    fn every_entry_is_its_multiple() {
        for bits in [2, 5, 10] {
            let width = Width::new(bits);
            let point = ProjectivePoint::GENERATOR * Scalar::from(0x1234_5678_9abc_def1_u64);
            let multiples = Multiples::of(point.to_affine(), width);
            let mut worth = Scalar::ONE;

            for row in &multiples.rows {
                let first = point * worth;
                let mut expected = first;
                for entry in row {
                    assert_eq!(ProjectivePoint::from(entry), expected);
                    expected += first;
                }
                assert_eq!(expected, point * worth * Scalar::from(width.magnitude_max() + 1));
                worth *= Scalar::from(1_u64 << bits);
            }
            assert_eq!(multiples.rows.len(), width.places());
            assert_eq!(multiples.counted_size(), Multiples::size(width));
        }
    }
}
