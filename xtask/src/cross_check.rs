//! `cargo xtask cross-check`: our signatures against the provider's own packages, both ways.
//!
//! Our binary and two scripts around the packages take the same arguments, so everything after
//! the set-up is one loop: each party signs every request, and every other party judges it.

mod party;
mod requests;
mod packages;

use crate::process;
use crate::verdict::Verdict;
use anyhow::{Context, Result};
use party::{Judgement, KeyPair, Party};
use requests::{Case, Forgery};
use std::path::{Path, PathBuf};

/// Signs and verifies every case with every pair of parties.
pub(crate) fn run(peers_only: bool) -> Result<Verdict> {
    let folder = process::target_folder()?.join("cross-check");
    let mut parties = packages::install(&folder)?;
    if !peers_only {
        parties.push(our_binary()?);
    }
    let mut bench = Bench::new(&folder, &parties)?;
    for case in requests::cases() {
        bench.try_case(&case)?;
    }
    println!("cross-check: {} passed, {} failed", bench.passed, bench.failed);
    Ok(Verdict::passed_if(bench.passed > 0 && bench.failed == 0))
}

fn our_binary() -> Result<Party> {
    Ok(Party::new("payout", &[process::our_binary()?.as_os_str()]))
}

/// The parties, the keys they sign with, and the score.
struct Bench<'a> {
    folder: PathBuf,
    parties: &'a [Party],
    keys: Vec<KeyPair>,
    stranger: KeyPair,
    passed: u64,
    failed: u64,
}

impl<'a> Bench<'a> {
    fn new(folder: &Path, parties: &'a [Party]) -> Result<Self> {
        let folder = folder.join("requests");
        std::fs::create_dir_all(&folder)?;
        // Keys come in more than one PEM dialect, so each party that can make one does.
        let makers = parties.iter().filter(|party| party.makes_keys());
        let keys: Vec<_> = makers.map(|party| party.new_key(&folder)).collect::<Result<_>>()?;
        let stranger = packages::key_maker(parties)
            .context("one of the packages makes keys")?
            .new_key_named(&folder, "stranger")?;
        Ok(Self { folder, parties, keys, stranger, passed: 0, failed: 0 })
    }

    fn try_case(&mut self, case: &Case) -> Result<()> {
        let failed_before = self.failed;
        for key in &self.keys.clone() {
            for signer in self.parties {
                let signature = signer.sign(key, &case.signed, &self.folder)?;
                self.judge(case, key, signer, &case.forgery.apply(&signature))?;
            }
        }
        let outcome = Verdict::passed_if(self.failed == failed_before);
        println!("{:<44} {}", case.name, outcome.word());
        Ok(())
    }

    fn judge(&mut self, case: &Case, key: &KeyPair, signer: &Party, signature: &str) -> Result<()> {
        let key_seen = if case.forgery == Forgery::Key { &self.stranger } else { key };
        for judge in self.parties.iter().filter(|judge| judge.name != signer.name) {
            let judgement = judge.verify(key_seen, &case.seen, signature, &self.folder)?;
            if judgement == case.expected() {
                self.passed = self.passed.saturating_add(1);
            } else {
                self.failed = self.failed.saturating_add(1);
                complain(case, key, [signer, judge], &judgement);
            }
        }
        Ok(())
    }
}

fn complain(case: &Case, key: &KeyPair, [signer, judge]: [&Party; 2], judgement: &Judgement) {
    println!(
        "FAILED: {}: signed by {} with the key of {}; {} should have {}, but it {judgement}",
        case.name,
        signer.name,
        key.maker,
        judge.name,
        case.expected()
    );
}
