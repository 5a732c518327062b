//! Tables and library give the same verdict of every signature, whoever made it up.
//!
//! What is made up by chance follows from a seed. `cargo xtask attack --verdicts N` compares as many as
//! one likes; a test run compares a few thousand.

mod crafted;
mod by_chance;
mod named;

use std::collections::BTreeMap;
use std::thread;

use payout_signature::{Comparison, KeyTables, Verdict, VerifyingKey};

use crate::chance::Chance;
use crate::mutated::variable;
use by_chance::{Forger, Kind};

/// How many are compared unless the variable `PAYOUT_ATTACK_VERDICTS` says otherwise.
const VERDICTS: u64 = 3_000;

/// What they follow from unless the variable `PAYOUT_ATTACK_SEED` says otherwise.
const SEED: u64 = 20_261_130;

/// How many threads compare.
const THREADS: u64 = 2;

/// A digest and a signature by a key, or not by it.
#[derive(Clone)]
struct Case {
    name: String,
    key: VerifyingKey,
    digest: [u8; 64],
    signature: Vec<u8>,
    /// Whether it is one, if whoever made it up knows.
    is_signed: Option<bool>,
}

impl Case {
    /// Compares, and says what both say.
    fn compare(&self, tables: &KeyTables) -> Comparison {
        let compared = tables.compare(&self.digest, &self.signature);
        let agree = match compared.tables {
            Verdict::Signed => compared.library,
            Verdict::NotSigned => !compared.library,
            Verdict::Unsure => true,
        };
        assert!(agree, "they differ: {}", self.shown(compared));
        let expected = self.is_signed.unwrap_or(compared.library);
        assert_eq!(compared.library, expected, "made up wrongly: {}", self.shown(compared));
        compared
    }

    /// All that is needed to try it again.
    fn shown(&self, compared: Comparison) -> String {
        let (name, key) = (&self.name, self.key.jwk_json());
        let (digest, signature) = (hex(&self.digest), hex(&self.signature));
        format!("{name}: {compared:?} of {signature}, digest {digest}, key {key}")
    }
}

#[test]
fn tables_and_library_never_differ() {
    let count = variable("PAYOUT_ATTACK_VERDICTS").unwrap_or(VERDICTS);
    let seed = variable("PAYOUT_ATTACK_SEED").unwrap_or(SEED);
    let keys = Forger::keys(&mut Chance(seed));

    let counted = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|number| {
                let share = count / THREADS + u64::from(number < count % THREADS);
                let forger = Forger::new(&keys, seed ^ (number << 32));
                scope.spawn(move || compare(forger, share))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no case differs")).fold(
            BTreeMap::new(),
            |mut all: BTreeMap<_, u64>, counted| {
                for (what, count) in counted {
                    *all.entry(what).or_default() += count;
                }
                all
            },
        )
    });

    let of = |verdict| -> u64 {
        let counts = counted.iter().filter(|((_, counted), _)| *counted == verdict);
        counts.map(|(_, count)| count).sum()
    };
    let (signed, not, unsure) = (of("signed"), of("not signed"), of("unsure"));
    println!(
        "verdicts: {count} compared from seed {seed}, {signed} signed, {not} not, {unsure} left to the \
         library, 0 differences; by kind {counted:?}"
    );
    assert_eq!(signed + not + unsure, count);
    assert!(signed >= count / 4, "who compares forgeries alone proves little");
    assert!(unsure <= count / 8, "who leaves all to the library proves nothing");
}

fn compare(mut forger: Forger<'_>, count: u64) -> BTreeMap<(Kind, &'static str), u64> {
    let mut counted = BTreeMap::new();
    for _ in 0..count {
        let (kind, tables, case) = forger.case();
        let verdict = match case.compare(tables).tables {
            Verdict::Signed => "signed",
            Verdict::NotSigned => "not signed",
            Verdict::Unsure => "unsure",
        };
        *counted.entry((kind, verdict)).or_default() += 1;
    }
    counted
}

#[test]
fn tables_and_library_agree_about_every_named_case() {
    let mut tables = BTreeMap::new();
    let mut names = std::collections::BTreeSet::new();
    let cases = named::cases();

    for case in &cases {
        let of_key = tables
            .entry(case.key.thumbprint())
            .or_insert_with(|| KeyTables::build(&case.key).expect("it is on the curve"));
        let compared = case.compare(of_key);

        assert!(names.insert(&case.name), "{} is there twice", case.name);
        let is_unsure = compared.tables == Verdict::Unsure;
        let may_be = named::LEFT_TO_THE_LIBRARY.iter().any(|name| case.name.contains(name));
        assert_eq!(is_unsure, may_be, "{}", case.name);
    }

    assert!(cases.len() > 200, "{}", cases.len());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
