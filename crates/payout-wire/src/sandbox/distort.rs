//! Answers and events as no provider should give them, for tests of whoever believes them.
//!
//! Each function takes a body of ours and gives one that is not true. What is no such body comes back
//! as it was.

use payout_domain::Timestamp;
use serde_json::Value as Json;

use crate::timestamp;

/// The first half of a body.
pub fn truncated(body: &[u8]) -> Vec<u8> {
    let half = body.len().checked_div(2).unwrap_or_default();
    body.get(..half).unwrap_or_default().to_vec()
}

/// A payout with one minor unit more.
pub fn wrong_amount(body: &[u8]) -> Vec<u8> {
    changed(body, |document| {
        if let Some(amount) = document.get_mut("amount_in_minor") {
            *amount = Json::from(amount.as_u64().unwrap_or_default().saturating_add(1));
        }
    })
}

/// A payout in another currency.
pub fn wrong_currency(body: &[u8]) -> Vec<u8> {
    changed(body, |document| {
        if let Some(currency) = document.get_mut("currency") {
            *currency = Json::from(if *currency == "GBP" { "EUR" } else { "GBP" });
        }
    })
}

/// The id in the answer to a request for a payout.
pub fn id(body: &[u8]) -> Option<String> {
    let document: Json = serde_json::from_slice(body).ok()?;
    document.get("id")?.as_str().map(str::to_owned)
}

/// The same answer, or the same event, about the payout of this id.
pub fn with_id(body: &[u8], id: &str) -> Vec<u8> {
    with_members(body, &["id", "payout_id"], id)
}

/// The same event under another name.
pub fn with_event_id(body: &[u8], event_id: &str) -> Vec<u8> {
    with_members(body, &["event_id"], event_id)
}

/// The same event with the other fate of its payout: what was executed has failed.
pub fn contradicted(body: &[u8]) -> Vec<u8> {
    changed(body, |document| {
        let Some(members) = document.as_object_mut() else { return };
        let has_failed = members.remove("failure_reason").is_some();
        let (kind, from, to) = if has_failed {
            ("payout_executed", "failed_at", "executed_at")
        } else {
            members.insert("failure_reason".to_owned(), Json::from("blocked"));
            ("payout_failed", "executed_at", "failed_at")
        };
        members.insert("type".to_owned(), Json::from(kind));
        if let Some(at) = members.remove(from) {
            members.insert(to.to_owned(), at);
        }
    })
}

/// A list without what has a time after this one.
pub fn lagging(body: &[u8], horizon: Timestamp) -> Vec<u8> {
    let is_older = |item: &Json| {
        let times = ["created_at", "executed_at", "settled_at"];
        times
            .iter()
            .filter_map(|name| item.get(name)?.as_str())
            .filter_map(|text| timestamp::parse(text).ok())
            .all(|at| at <= horizon)
    };
    with_items(body, |items| items.retain(is_older))
}

/// A list in another order, which follows from this number.
pub fn shuffled(body: &[u8], number: u64) -> Vec<u8> {
    with_items(body, |items| {
        let places = u64::try_from(items.len()).ok().and_then(|len| number.checked_rem(len));
        let places = places.and_then(|places| usize::try_from(places).ok()).unwrap_or_default();
        items.reverse();
        items.rotate_left(places);
    })
}

fn with_members(body: &[u8], names: &[&str], text: &str) -> Vec<u8> {
    changed(body, |document| {
        for name in names {
            if let Some(member) = document.get_mut(name) {
                *member = Json::from(text);
            }
        }
    })
}

fn with_items(body: &[u8], change: impl FnOnce(&mut Vec<Json>)) -> Vec<u8> {
    changed(body, |document| {
        if let Some(Json::Array(items)) = document.get_mut("items") {
            change(items);
        }
    })
}

fn changed(body: &[u8], change: impl FnOnce(&mut Json)) -> Vec<u8> {
    let Ok(mut document) = serde_json::from_slice::<Json>(body) else { return body.to_vec() };
    change(&mut document);
    document.to_string().into_bytes()
}
