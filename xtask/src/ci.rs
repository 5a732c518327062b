//! `cargo xtask ci`: what has to hold before a change is merged.

use crate::test::Selection;
use crate::verdict::Verdict;
use crate::{lint, test, tidy};
use anyhow::Result;

type Step = (&'static str, fn() -> Result<Verdict>);

/// Runs lint, tidy and test, all three even when one fails.
pub(crate) fn run() -> Verdict {
    let steps: [Step; 3] =
        [("lint", lint::run), ("tidy", tidy::run), ("test", || test::run(&Selection::default()))];
    let results: Vec<_> = steps.iter().map(|(name, step)| (*name, judge(name, *step))).collect();
    println!("\n{}", summary(&results));
    Verdict::passed_if(results.iter().all(|(_, verdict)| *verdict == Verdict::Passed))
}

/// A step that cannot even start must not keep the next one from running.
fn judge(name: &str, step: fn() -> Result<Verdict>) -> Verdict {
    step().unwrap_or_else(|error| {
        println!("{name}: {error:#}");
        Verdict::Failed
    })
}

fn summary(results: &[(&str, Verdict)]) -> String {
    let lines: Vec<_> =
        results.iter().map(|(name, verdict)| format!("ci: {name} {}", verdict.word())).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_cannot_start_has_failed() {
        assert_eq!(judge("lint", || anyhow::bail!("no cargo")), Verdict::Failed);
    }

    #[test]
    fn the_summary_has_a_line_for_every_step() {
        let results = [("lint", Verdict::Passed), ("tidy", Verdict::Failed)];

        assert_eq!(summary(&results), "ci: lint passed\nci: tidy FAILED");
    }
}
