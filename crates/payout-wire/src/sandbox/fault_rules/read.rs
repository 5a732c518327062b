//! Reading rules, strictly: a fault that is not understood would be one that does not happen.

use std::collections::BTreeMap;

use super::vocabulary::Member;
use super::{
    FaultCall, FaultKind, FaultOften, FaultReport, FaultRule, FaultRules, FaultTally, FaultTime,
};
use crate::json::Value;

/// The longest that anything is made to take, in milliseconds: an hour.
pub(crate) const MILLISECONDS_MAX: u64 = 3_600_000;

/// Members that every rule may have.
const OF_EVERY_RULE: [&str; 5] = ["on", "do", "skip", "next", "percent"];

pub(super) fn rules(body: &Value<'_>) -> Option<FaultRules> {
    only(body, &["seed", "rules"]);
    let seed = body.if_any("seed", Value::whole);
    let rules = body.require_items("rules", rule)?;
    if rules.len() > FaultRules::RULES_MAX {
        return body.refuse_member("rules", format!("has more than {}", FaultRules::RULES_MAX));
    }
    Some(FaultRules { seed: seed?.unwrap_or_default(), rules })
}

pub(super) fn report(body: &Value<'_>) -> Option<FaultReport> {
    let seed = body.require("seed").and_then(|seed| seed.whole());
    let calls = body.require_object("calls")?;
    let count = |(name, value): (&str, Value<'_>)| Some((name.to_owned(), value.whole()?));
    let calls: Option<BTreeMap<String, u64>> = calls.members().map(count).collect();
    let rules = body.require_items("rules", |value| {
        let injected = value.require("injected").and_then(|injected| injected.whole());
        Some(FaultTally { rule: members(value)?, injected: injected? })
    });
    Some(FaultReport { seed: seed?, calls: calls?, rules: rules? })
}

fn rule(value: &Value<'_>) -> Option<FaultRule> {
    if !value.is_object() {
        return value.refuse("must be an object, in braces");
    }
    let known: Vec<_> = OF_EVERY_RULE.into_iter().chain(Member::ALL.map(Member::as_str)).collect();
    only(value, &known);
    let rule = members(value)?;
    fits(value, &rule).then_some(rule)
}

fn members(value: &Value<'_>) -> Option<FaultRule> {
    let on = value.require("on").and_then(|on| one_of(&on, &FaultCall::ALL, FaultCall::as_str));
    let kind = value.require("do");
    let kind = kind.and_then(|kind| one_of(&kind, &FaultKind::ALL, FaultKind::as_str));
    let number = |name: Member, max| value.if_any(name.as_str(), |number| up_to(number, max));
    let retry_after = number(Member::RetryAfter, MILLISECONDS_MAX);
    let after_bytes = number(Member::AfterBytes, u64::from(u32::MAX));
    let milliseconds = number(Member::Milliseconds, MILLISECONDS_MAX);
    let when = value.if_any(Member::When.as_str(), time);
    let status = value.if_any(Member::Status.as_str(), status);
    let location = value.if_any(Member::Location.as_str(), location);
    let skip = value.if_any("skip", Value::whole);
    let often = often(value);
    Some(FaultRule {
        on: on?,
        kind: kind?,
        when: when?,
        status: status?,
        retry_after: retry_after?,
        after_bytes: after_bytes?,
        milliseconds: milliseconds?,
        location: location?,
        skip: skip?.unwrap_or_default(),
        often: often?,
    })
}

fn time(value: &Value<'_>) -> Option<FaultTime> {
    match value.text()? {
        "before" => Some(FaultTime::Before),
        "after" => Some(FaultTime::After),
        _ => value.refuse("must be before or after"),
    }
}

fn status(value: &Value<'_>) -> Option<u16> {
    let found = u16::try_from(value.whole()?).ok().filter(|found| (200..=599).contains(found));
    found.or_else(|| value.refuse("must be from 200 to 599"))
}

fn location(value: &Value<'_>) -> Option<String> {
    let text = value.text()?;
    let is_visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_visible { Some(text.to_owned()) } else { value.refuse("must be an address") }
}

fn often(value: &Value<'_>) -> Option<FaultOften> {
    let next = value.if_any("next", |next| match next.whole()? {
        0 => next.refuse("must be at least 1"),
        calls => Some(calls),
    });
    let percent = value.if_any("percent", |percent| {
        let found = u8::try_from(percent.whole()?).ok().filter(|found| (1..=100).contains(found));
        found.or_else(|| percent.refuse("must be from 1 to 100"))
    });
    match (next?, percent?) {
        (None, None) => Some(FaultOften::Every),
        (Some(calls), None) => Some(FaultOften::Next(calls)),
        (None, Some(percent)) => Some(FaultOften::Percent(percent)),
        (Some(_), Some(_)) => value.refuse_member("percent", "does not go with next; say one"),
    }
}

/// Whether the rule has what its kind needs, and nothing that its kind does not know.
fn fits(value: &Value<'_>, rule: &FaultRule) -> bool {
    let kind = rule.kind;
    let mut fits = true;
    let mut refuse = |name: &str, sentence: String| {
        fits = value.refuse_member::<()>(name, sentence).is_some();
    };
    if !kind.calls().contains(&rule.on) {
        let calls: Vec<_> = kind.calls().iter().map(|call| call.as_str()).collect();
        refuse("on", format!("must be one of {} for {kind}", calls.join(", ")));
    }
    let (needed, possible) = kind.members();
    for member in Member::ALL {
        let name = member.as_str();
        let is_there = value.member(name).is_some();
        if needed.contains(&member) && !is_there {
            refuse(name, format!("is required for {kind}; add it"));
        }
        if is_there && !needed.contains(&member) && !possible.contains(&member) {
            refuse(name, format!("says nothing to {kind}; leave it out"));
        }
    }
    fits
}

/// Refuses every member but these.
fn only(value: &Value<'_>, known: &[&str]) {
    for (name, member) in value.members() {
        if !known.contains(&name) {
            let _said =
                member.refuse::<()>(format!("is not known; known are {}", known.join(", ")));
        }
    }
}

fn one_of<T: Copy>(value: &Value<'_>, all: &[T], name: fn(T) -> &'static str) -> Option<T> {
    let text = value.text()?;
    let found = all.iter().copied().find(|known| name(*known) == text);
    found.or_else(|| {
        let names: Vec<_> = all.iter().map(|known| name(*known)).collect();
        value.refuse(format!("must be one of {}", names.join(", ")))
    })
}

fn up_to(value: &Value<'_>, max: u64) -> Option<u64> {
    let number = value.whole()?;
    if number <= max { Some(number) } else { value.refuse(format!("must be at most {max}")) }
}
