//! Says what sealing costs for one payout: `cargo run --package payout-signature --example sealing_cost`.

use std::error::Error;
use std::io::{Write as _, stdout};
use std::time::{Duration, Instant};

use payout_signature::sealing::{Place, SealingKeys};

/// The cells of one payout, by the lengths that they usually have.
const CELLS: [(&[u8], usize); 5] = [
    (b"reference", 18),
    (b"metadata", 60),
    (b"account_holder_name", 18),
    (b"account_identifiers", 37),
    (b"gateway_body", 600),
];

const PAYOUTS: u32 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let keys = SealingKeys::parse(&format!("2026-11 {}", "7f".repeat(32)))?;
    let (mut sealing, mut opening) = (Duration::ZERO, Duration::ZERO);
    let (mut plain_bytes, mut sealed_bytes) = (0_usize, 0_usize);
    for number in 0..PAYOUTS {
        let row: [&[u8]; 3] = [b"payout", b"acme", &number.to_be_bytes()];
        for (column, length) in CELLS {
            let (place, plain) = (Place { row: &row, column }, vec![b'x'; length]);
            let begun = Instant::now();
            let sealed = keys.seal(&place, &plain);
            sealing = sealing.saturating_add(begun.elapsed());
            let begun = Instant::now();
            let opened = keys.open(&place, &sealed)?;
            opening = opening.saturating_add(begun.elapsed());
            assert_eq!(opened, plain);
            plain_bytes = plain_bytes.saturating_add(length);
            sealed_bytes = sealed_bytes.saturating_add(sealed.len()).saturating_add(1);
        }
    }
    let each = |bytes: usize| bytes.checked_div(usize::try_from(PAYOUTS).ok()?);
    let each = |bytes| each(bytes).unwrap_or_default();
    let (sealing, opening) = (sealing.checked_div(PAYOUTS), opening.checked_div(PAYOUTS));
    writeln!(
        stdout(),
        "of one payout: sealing {:?}, opening {:?}, {} bytes become {}",
        sealing.unwrap_or_default(),
        opening.unwrap_or_default(),
        each(plain_bytes),
        each(sealed_bytes),
    )?;
    Ok(())
}
