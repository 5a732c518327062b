//! What the machine itself can do, in the same minutes as the server.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    ParsedPublicKey,
};

use super::figure::{per_second, rank};

/// As long as what is signed of a request for a payout, in bytes.
const MESSAGE_LEN: usize = 900;

/// A page of a disk, in bytes.
const PAGE_LEN: usize = 4096;

/// ES512 with the library, on all processors at once.
pub(crate) struct Cryptography {
    pair: EcdsaKeyPair,
    public: ParsedPublicKey,
    signature: Vec<u8>,
    message: Vec<u8>,
}

impl Cryptography {
    /// A key of its own.
    pub(crate) fn new() -> Result<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P521_SHA512_FIXED_SIGNING)
            .ok()
            .context("the library makes no key")?;
        let message = vec![7; MESSAGE_LEN];
        let signature =
            pair.sign(&SystemRandom::new(), &message).ok().context("it signs nothing")?;
        let signature = signature.as_ref().to_vec();
        let public = ParsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, pair.public_key().as_ref())
            .ok()
            .context("the library reads no key")?;
        Ok(Self { pair, public, signature, message })
    }

    /// What one verification takes of one processor: the median of many.
    pub(crate) fn one_verification(&self, span: Duration) -> Result<Duration> {
        let mut spans = Vec::new();
        let begun = Instant::now();
        while begun.elapsed() < span {
            let one = Instant::now();
            ensure!(self.public.verify_sig(&self.message, &self.signature).is_ok(), "it verifies");
            spans.push(one.elapsed());
        }
        spans.sort_unstable();
        rank(&spans, 500).context("there was time for none")
    }

    /// Verifications a second, by all processors together.
    pub(crate) fn verifications(&self, span: Duration) -> Result<u64> {
        on_all_processors(span, || self.public.verify_sig(&self.message, &self.signature).is_ok())
    }

    /// Signatures a second, by all processors together.
    pub(crate) fn signatures(&self, span: Duration) -> Result<u64> {
        let random = SystemRandom::new();
        on_all_processors(span, || self.pair.sign(&random, &self.message).is_ok())
    }
}

/// How long each write of a page takes until the disk has it, over bytes that are there already: the
/// cheapest promise that a disk makes. Sorted.
pub(crate) fn fsyncs(directory: &Path, span: Duration) -> Result<Vec<Duration>> {
    let path = directory.join("fsync-probe");
    let options = OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&path);
    let file = options.context("a file in the directory of the databases")?;
    file.write_all_at(&[0; PAGE_LEN], 0)?;
    file.sync_all()?;
    let mut spans = Vec::new();
    let begun = Instant::now();
    for fill in (0..=u8::MAX).cycle() {
        if begun.elapsed() >= span {
            break;
        }
        let written = Instant::now();
        file.write_all_at(&[fill; PAGE_LEN], 0)?;
        file.sync_data()?;
        spans.push(written.elapsed());
    }
    std::fs::remove_file(&path)?;
    spans.sort_unstable();
    Ok(spans)
}

fn on_all_processors(span: Duration, act: impl Fn() -> bool + Sync) -> Result<u64> {
    let processors = thread::available_parallelism()?.get();
    let begun = Instant::now();
    let count = thread::scope(|scope| {
        let lanes: Vec<_> = (0..processors).map(|_| scope.spawn(|| repeat(span, &act))).collect();
        lanes.into_iter().map(|lane| lane.join().ok().flatten()).sum::<Option<u64>>()
    });
    let count = count.context("the library failed")?;
    Ok(per_second(count, begun.elapsed()))
}

/// How often it was done; `None` if it failed once.
fn repeat(span: Duration, act: impl Fn() -> bool) -> Option<u64> {
    let begun = Instant::now();
    let mut count = 0_u64;
    while begun.elapsed() < span {
        if !act() {
            return None;
        }
        count = count.saturating_add(1);
    }
    Some(count)
}
