//! How many verifications a second the library and the tables do, taken in turns in one run.
//!
//! `cargo run --release --package payout-signature --example verifications [ROUNDS] [PER ROUND]`
//!
//! What is counted is the time that the processor worked for this thread, which neighbours on the
//! machine disturb less than the clock on the wall; where the system does not tell it, that clock.

use std::error::Error;
use std::hint::black_box;
use std::num::NonZeroUsize;
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
    let (tables, build_ms) = tables(&signed)?;
    let sampled = tables.1;
    let (tables, library) = (tables.0, Verifier::LIBRARY);
    let (mut of_library, mut of_tables, mut of_sampled) = (vec![], vec![], vec![]);
    for _ in 0..rounds {
        of_library.push(microseconds(&library, &signed, per_round)?);
        of_tables.push(microseconds(&tables, &signed, per_round)?);
        of_sampled.push(microseconds(&sampled, &signed, per_round)?);
    }
    let ratios = |of: &[f64]| {
        let pairs = of_library.iter().zip(of);
        #[expect(clippy::float_arithmetic, reason = "a ratio of two times")]
        pairs.map(|(library, other)| library / other).collect::<Vec<_>>()
    };
    let (ratio, ratio_sampled) = (ratios(&of_tables), ratios(&of_sampled));
    report("library", &of_library, None);
    report("tables", &of_tables, Some(&ratio));
    report("tables, 1 in 64 checked", &of_sampled, Some(&ratio_sampled));
    say(&format!(
        "{rounds} rounds of {per_round} in turns, {KEYS} keys; tables made in {build_ms} ms"
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

/// Two verifiers by tables, the second of which is checked now and then; and how long they took to make.
fn tables(
    signed: &[(VerifyingKey, TlSignature)],
) -> Result<((Verifier, Verifier), u128), Box<dyn Error>> {
    let keys_max = NonZeroUsize::new(KEYS).ok_or("there are no keys")?;
    let never = TableLimits { keys_max, checked_one_in: None };
    let seldom = TableLimits { keys_max, checked_one_in: 64.try_into().ok() };
    let start = Instant::now();
    let both = [never, seldom].map(|limits| {
        let known = KnownKeys::new(limits, |difference| say(&difference.to_string()));
        for (key, _) in signed {
            known.build(key);
        }
        Verifier::tables(known)
    });
    let [never, seldom] = both;
    Ok(((never, seldom), start.elapsed().as_millis()))
}

/// Microseconds for one verification.
fn microseconds(
    verifier: &Verifier,
    signed: &[(VerifyingKey, TlSignature)],
    count: usize,
) -> Result<f64, Box<dyn Error>> {
    let start = worked_ns();
    for (key, signature) in signed.iter().cycle().take(count) {
        verifier.verify_exact(signature, key, black_box(&REQUEST))?;
    }
    let worked = u32::try_from(worked_ns().saturating_sub(start))?;
    #[expect(clippy::float_arithmetic, reason = "an average of times")]
    Ok(f64::from(worked) / 1000.0 / f64::from(u32::try_from(count)?))
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

fn report(name: &str, times: &[f64], ratios: Option<&[f64]>) {
    let (low, middle, high) = spread(times);
    #[expect(clippy::float_arithmetic, reason = "a rate from a time")]
    let per_second = 1e6 / middle;
    let times = format!("{middle:.1} us [{low:.1}-{high:.1}], {per_second:.0} a second");
    let ratio = ratios.map(spread).map_or(String::new(), |(low, middle, high)| {
        format!(", {middle:.2} times the library's speed [{low:.2}-{high:.2}]")
    });
    say(&format!("{name}: {times}{ratio}"));
}

/// The least, the median and the greatest.
fn spread(values: &[f64]) -> (f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    (at(0), at(sorted.len() / 2), at(sorted.len().saturating_sub(1)))
}

#[expect(clippy::print_stdout, reason = "its output is what it is for")]
fn say(line: &str) {
    println!("{line}");
}
