//! What a quick provider was asked for.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use payout_domain::GatewayPayoutId;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// What it was asked for, in the order in which it came.
#[derive(Debug, Default)]
pub(super) struct Book {
    payouts: BTreeMap<Uuid, Entry>,
    /// The names that it gave, by the keys that they were asked for under.
    keys: BTreeMap<String, Uuid>,
}

#[derive(Debug)]
struct Entry {
    /// As it came: it is read when it is shown.
    body: Vec<u8>,
    shown: bool,
}

/// When everything happened that it tells of.
const ONCE: &str = "2026-03-02T09:14:07.412093Z";

impl Book {
    /// The name that it gives to a payout, and whether the key is new.
    pub(super) fn take(&mut self, key: &str, body: &[u8]) -> Result<(Uuid, bool)> {
        if let Some(id) = self.keys.get(key) {
            return Ok((*id, false));
        }
        let id = Uuid::from_u128(u128::try_from(self.keys.len())?.saturating_add(1));
        self.payouts.insert(id, Entry { body: body.to_owned(), shown: false });
        self.keys.insert(key.to_owned(), id);
        Ok((id, true))
    }

    /// Puts a payout in that it was never asked for, under a name of another's; one that it has stays
    /// as it is.
    pub(super) fn put(&mut self, id: GatewayPayoutId, body: &[u8]) {
        self.payouts
            .entry(id.as_uuid())
            .or_insert_with(|| Entry { body: body.to_owned(), shown: false });
    }

    /// A payout as it is shown, executed, and whether it is shown for the first time; null if there is
    /// none of that name.
    pub(super) fn show(&mut self, id: &str) -> Result<(Json, bool)> {
        let entry = id.parse().ok().and_then(|id: Uuid| self.payouts.get_mut(&id));
        let Some(entry) = entry else { return Ok((json!(null), false)) };
        let is_new = !std::mem::replace(&mut entry.shown, true);
        let mut payout: Json = serde_json::from_slice(&entry.body)?;
        if let Some(members) = payout.as_object_mut() {
            let more = [("status", "executed"), ("created_at", ONCE), ("executed_at", ONCE)];
            let more =
                more.into_iter().chain([("id", id), ("scheme_id", "faster_payments_service")]);
            members.extend(more.map(|(name, value)| (name.to_owned(), json!(value))));
        }
        Ok((payout, is_new))
    }

    /// The names that it gave.
    pub(super) fn ids(&self) -> Vec<GatewayPayoutId> {
        let ids: BTreeSet<_> = self.keys.values().collect();
        ids.into_iter().map(|id| GatewayPayoutId::from_uuid(*id)).collect()
    }

    /// How many different payouts of ours it was asked for, by the names that we attach to them.
    pub(super) fn named(&self) -> u64 {
        let taken = self.keys.values().filter_map(|id| self.payouts.get(id));
        let bodies = taken.filter_map(|entry| serde_json::from_slice(&entry.body).ok());
        let names = bodies.filter_map(|body: Json| {
            body.pointer("/metadata/payout_id").and_then(Json::as_str).map(str::to_owned)
        });
        let names: BTreeSet<_> = names.collect();
        u64::try_from(names.len()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(payout: &str) -> Vec<u8> {
        json!({ "metadata": { "payout_id": payout } }).to_string().into_bytes()
    }

    #[test]
    fn a_key_that_comes_again_is_the_same_payout() {
        let mut book = Book::default();
        let (first, is_new) = book.take("a", &order("1")).expect("it is taken");

        let (again, is_new_again) = book.take("a", &order("1")).expect("it is taken");

        assert_eq!((again, is_new, is_new_again), (first, true, false));
        assert_eq!(book.named(), 1);
    }

    #[test]
    fn a_payout_that_comes_under_two_keys_is_seen() {
        let mut book = Book::default();
        for key in ["a", "b"] {
            book.take(key, &order("1")).expect("it is taken");
        }

        assert_eq!((book.ids().len(), book.named()), (2, 1));
    }

    #[test]
    fn a_payout_that_was_put_in_is_shown_and_was_not_taken() {
        let mut book = Book::default();
        let id = GatewayPayoutId::from_uuid(Uuid::from_u128(7));

        book.put(id, &order("1"));

        assert_eq!(book.show(&id.to_string()).expect("it is JSON").0["status"], "executed");
        assert_eq!((book.ids().len(), book.named()), (0, 0));
    }

    #[test]
    fn a_payout_is_shown_executed_and_for_the_first_time_once() {
        let mut book = Book::default();
        let (id, _) = book.take("a", &order("1")).expect("it is taken");

        let (payout, is_new) = book.show(&id.to_string()).expect("it is JSON");
        let (_, is_new_again) = book.show(&id.to_string()).expect("it is JSON");

        assert_eq!(payout["status"], "executed");
        assert_eq!((is_new, is_new_again), (true, false));
        assert_eq!(book.show("nobody").expect("nobody is no error"), (json!(null), false));
    }
}
