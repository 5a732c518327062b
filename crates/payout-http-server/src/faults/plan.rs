//! Which rule applies to which call.

use std::collections::BTreeMap;

use payout_domain::IdempotencyKey;
use payout_wire::sandbox::{
    FaultCall, FaultKind, FaultOften, FaultReport, FaultRule, FaultRules, FaultTally,
};

/// The rules and what came of them. It is a function of the rules and the order of the calls.
#[derive(Default)]
pub(super) struct Plan {
    seed: u64,
    chance: Chance,
    calls: BTreeMap<FaultCall, u64>,
    rules: Vec<Count>,
    pub(super) memory: Memory,
}

/// What is remembered of the answers to requests for payouts.
#[derive(Default)]
pub(super) struct Memory {
    /// Which rule answers for a key.
    keys: BTreeMap<IdempotencyKey, usize>,
    /// The id that was answered last.
    pub(super) last_id: Option<String>,
}

struct Count {
    rule: FaultRule,
    seen: u64,
    injected: u64,
}

/// Numbers that look like chance and follow from a seed: `SplitMix64`.
#[derive(Default)]
struct Chance(u64);

impl Plan {
    pub(super) fn new(FaultRules { seed, rules }: FaultRules) -> Self {
        let rules = rules.into_iter().map(|rule| Count { rule, seen: 0, injected: 0 }).collect();
        Self { seed, chance: Chance(seed), rules, ..Self::default() }
    }

    pub(super) fn next(&mut self, call: FaultCall) -> Option<FaultRule> {
        self.count(call);
        self.first(call).map(|(_, rule)| rule)
    }

    pub(super) fn next_payout(&mut self, key: Option<&IdempotencyKey>) -> Option<FaultRule> {
        self.count(FaultCall::CreatePayout);
        let remembered = key.and_then(|key| self.memory.keys.get(key));
        if let Some(count) = remembered.and_then(|at| self.rules.get_mut(*at)) {
            count.injected = count.injected.saturating_add(1);
            // It was processed the first time, or never will be.
            return Some(FaultRule { when: None, ..count.rule.clone() });
        }
        let (at, rule) = self.first(FaultCall::CreatePayout)?;
        if let (FaultKind::Remember, Some(key)) = (rule.kind, key) {
            self.memory.keys.insert(key.clone(), at);
        }
        Some(rule)
    }

    pub(super) fn number(&mut self) -> u64 {
        self.chance.next()
    }

    pub(super) fn report(&self) -> FaultReport {
        let calls = self.calls.iter().map(|(call, count)| (call.as_str().to_owned(), *count));
        let tally =
            |count: &Count| FaultTally { rule: count.rule.clone(), injected: count.injected };
        let rules = self.rules.iter().map(tally).collect();
        FaultReport { seed: self.seed, calls: calls.collect(), rules }
    }

    fn count(&mut self, call: FaultCall) {
        let calls = self.calls.entry(call).or_default();
        *calls = calls.saturating_add(1);
    }

    /// The first rule that applies, with its place.
    fn first(&mut self, call: FaultCall) -> Option<(usize, FaultRule)> {
        let chance = &mut self.chance;
        let of_call = self.rules.iter_mut().enumerate().filter(|(_, count)| count.rule.on == call);
        for (at, count) in of_call {
            if count.applies(chance) {
                return Some((at, count.rule.clone()));
            }
        }
        None
    }
}

impl Count {
    fn applies(&mut self, chance: &mut Chance) -> bool {
        self.seen = self.seen.saturating_add(1);
        if self.seen <= self.rule.skip {
            return false;
        }
        let applies = match self.rule.often {
            FaultOften::Every => true,
            FaultOften::Next(calls) => self.injected < calls,
            FaultOften::Percent(percent) => {
                chance.next().checked_rem(100).is_some_and(|drawn| drawn < u64::from(percent))
            }
        };
        if applies {
            self.injected = self.injected.saturating_add(1);
        }
        applies
    }
}

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(rules: &str) -> Plan {
        let body = format!(r#"{{"seed":7,"rules":[{rules}]}}"#);
        Plan::new(FaultRules::parse(body.as_bytes()).expect("it is well-formed"))
    }

    fn applied(plan: &mut Plan, calls: usize) -> Vec<bool> {
        (0..calls).map(|_| plan.next(FaultCall::Token).is_some()).collect()
    }

    #[test]
    fn a_rule_leaves_calls_alone_and_then_happens_so_often() {
        let mut plan = plan(r#"{"on":"token","do":"hold","skip":1,"next":2}"#);

        assert_eq!(applied(&mut plan, 5), [false, true, true, false, false]);
        assert_eq!(plan.next(FaultCall::Jwks), None);

        let report = plan.report();
        assert_eq!(report.calls, [("jwks".to_owned(), 1), ("token".to_owned(), 5)].into());
        assert_eq!(report.rules.first().map(|tally| tally.injected), Some(2));
    }

    #[test]
    fn the_first_rule_that_applies_is_the_one_that_counts() {
        let mut plan =
            plan(r#"{"on":"token","do":"hold","next":1},{"on":"token","do":"truncate","skip":1}"#);
        let mut next = || plan.next(FaultCall::Token).map(|rule| rule.kind);

        assert_eq!(next(), Some(FaultKind::Hold));
        assert_eq!(next(), None);
        assert_eq!(next(), Some(FaultKind::Truncate));
    }

    #[test]
    fn chance_follows_from_the_seed_and_keeps_to_its_share() {
        let rule = r#"{"on":"token","do":"hold","percent":25}"#;

        let (one, other) = (applied(&mut plan(rule), 1_000), applied(&mut plan(rule), 1_000));

        assert_eq!(one, other);
        let share = one.iter().filter(|applied| **applied).count();
        assert!((200..300).contains(&share), "{share}");
    }

    #[test]
    fn a_key_gets_the_answer_that_it_remembers_and_no_other() {
        let mut plan = plan(
            r#"{"on":"create_payout","do":"remember","status":500,"when":"after","next":1},
               {"on":"create_payout","do":"truncate"}"#,
        );
        let key = |name: &str| name.parse::<IdempotencyKey>().expect("it is a key");
        let mut next = |name: &str| plan.next_payout(Some(&key(name))).map(|rule| rule.kind);

        let kinds = [next("one"), next("other"), next("one"), next("one")];

        assert_eq!(
            kinds,
            [FaultKind::Remember, FaultKind::Truncate, FaultKind::Remember, FaultKind::Remember]
                .map(Some)
        );
        assert_eq!(plan.report().rules.first().map(|tally| tally.injected), Some(3));
    }
}
