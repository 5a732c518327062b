//! How many verifications a second the library and the tables do, taken in turns in one run.
//!
//! `cargo run --release --package payout-signature --example verifications [ROUNDS] [PER ROUND]`
//!
//! What is counted is the time that the processor worked for this thread, which neighbours on the
//! machine disturb less than the clock on the wall; where the system does not tell it, that clock.

use std::error::Error;
use std::hint::black_box;
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Instant;

use payout_signature::{
    KnownKeys, Request, SigningKey, TableLimits, TlSignature, Verifier, VerifyingKey, sign,
};

/// How many keys have tables: so many that their tables do not all stay in the nearest cache.
const KEYS: usize = 8;

const REQUEST: Request<'_> = Request {
    method: "POST",
    path: "/v3/payouts",
    headers: &[("Idempotency-Key", b"7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c")],
    body: include_bytes!("../tests/vectors/missing-zero-padding-test-payload.json"),
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rounds: usize = arguments.next().map_or(Ok(15), |text| text.parse())?;
    let per_round: usize = arguments.next().map_or(Ok(400), |text| text.parse())?;
    let signed = signed()?;
    let start = Instant::now();
    let verifiers = [
        ("library", Verifier::LIBRARY),
        ("tables", tables(&signed, None)?),
        ("tables, 1 in 64 checked", tables(&signed, NonZeroU32::new(64))?),
    ];
    let made_ms = start.elapsed().as_millis();
    let mut times = verifiers.each_ref().map(|_| Vec::new());
    for _ in 0..rounds {
        for ((_, verifier), times) in verifiers.iter().zip(&mut times) {
            times.push(nanoseconds(verifier, &signed, per_round)?);
        }
    }
    let [of_library, ..] = &times;
    for ((name, _), times) in verifiers.iter().zip(&times) {
        report(name, times, of_library);
    }
    let all = verifiers.len().saturating_sub(1).saturating_mul(KEYS);
    say(&format!(
        "{rounds} rounds of {per_round} in turns, {KEYS} keys; {all} tables in {made_ms} ms"
    ));
    Ok(())
}

/// Keys, each with a signature of its own.
fn signed() -> Result<Vec<(VerifyingKey, TlSignature)>, Box<dyn Error>> {
    let one = |number: usize| {
        let (key, _pem) = SigningKey::generate(&format!("key-{number}"))?;
        let signature = TlSignature::parse(&sign(&key, &REQUEST, &["Idempotency-Key"], None)?)?;
        Ok((key.verifying_key().clone(), signature))
    };
    (0..KEYS).map(one).collect()
}

/// A verifier that has the tables of all keys.
fn tables(
    signed: &[(VerifyingKey, TlSignature)],
    checked_one_in: Option<NonZeroU32>,
) -> Result<Verifier, Box<dyn Error>> {
    let keys_max = NonZeroUsize::new(KEYS).ok_or("there are no keys")?;
    let limits = TableLimits { keys_max, checked_one_in };
    let known = KnownKeys::new(limits, |difference| say(&difference.to_string()));
    for (key, _) in signed {
        known.build(key);
    }
    Ok(Verifier::tables(known))
}

/// Nanoseconds for one verification.
fn nanoseconds(
    verifier: &Verifier,
    signed: &[(VerifyingKey, TlSignature)],
    count: usize,
) -> Result<u64, Box<dyn Error>> {
    let start = worked_ns();
    for (key, signature) in signed.iter().cycle().take(count) {
        verifier.verify_exact(signature, key, black_box(&REQUEST))?;
    }
    let worked = worked_ns().saturating_sub(start);
    Ok(worked.checked_div(u64::try_from(count)?).ok_or("nothing was verified")?)
}

/// For how long the processor has worked for this thread.
fn worked_ns() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|text| text.split(' ').next()?.parse().ok());
    told.unwrap_or_else(|| {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        let elapsed = START.get_or_init(Instant::now).elapsed();
        u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
    })
}

/// The median, the least and the greatest; and, round by round, how much faster than the library.
fn report(name: &str, times: &[u64], of_library: &[u64]) {
    let (low, middle, high) = spread(times);
    let per_second = 1_000_000_000_u64.checked_div(middle).unwrap_or_default();
    let hundredths =
        |(library, other): (&u64, &u64)| library.saturating_mul(100).checked_div(*other);
    let ratios: Vec<_> = of_library.iter().zip(times).filter_map(hundredths).collect();
    let (slow, ratio, fast) = spread(&ratios);
    say(&format!(
        "{name}: {middle} ns [{low}-{high}], {per_second} a second, {ratio} % of the library's speed \
         [{slow}-{fast}]"
    ));
}

/// The least, the median and the greatest.
fn spread(values: &[u64]) -> (u64, u64, u64) {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let (low, high) = (sorted.first().copied(), sorted.last().copied());
    (low.unwrap_or_default(), middle, high.unwrap_or_default())
}

#[expect(clippy::print_stdout, reason = "its output is what it is for")]
fn say(line: &str) {
    println!("{line}");
}
