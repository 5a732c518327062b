//! A provider that misbehaves, and what the service makes of it: each payout is executed once in the
//! provider's own book, and its status is true.

mod answers;
mod by_command;
mod matrix;
mod proxies;
mod reads;
mod webhooks;
mod windows;

use serde_json::{Value as Json, json};

use crate::http;
use crate::world::{PaidIn, World};

impl World {
    /// Sets the rules by which the sandbox misbehaves.
    #[track_caller]
    fn misbehave(&self, rules: &Json) {
        let body = json!({ "seed": 7, "rules": rules }).to_string();
        let headers = [("Content-Type", "application/json")];
        let url = self.sandbox.url();
        let answer = http::send(url, "PUT", "/sandbox/faults", &headers, body.as_bytes());
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Lets the sandbox behave.
    #[track_caller]
    fn behave(&self) {
        let answer = http::send(self.sandbox.url(), "DELETE", "/sandbox/faults", &[], b"");
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// What came of the rules.
    #[track_caller]
    fn report(&self) -> Json {
        http::send(self.sandbox.url(), "GET", "/sandbox/faults", &[], b"").json()
    }

    /// How many calls of a name the sandbox has had since the rules were set.
    #[track_caller]
    fn calls(&self, name: &str) -> u64 {
        self.report()["calls"][name].as_u64().unwrap_or_default()
    }

    /// Fails the test unless each fault has happened at least this often.
    #[track_caller]
    fn has_injected(&self, times: u64) {
        for rule in self.report()["rules"].as_array().into_iter().flatten() {
            assert!(rule["injected"].as_u64() >= Some(times), "{rule}");
        }
    }

    /// How many transmissions of a payout the service has on record.
    #[track_caller]
    fn transmissions(&self, id: &str) -> u64 {
        self.learned(id, "transmission_begun")
    }

    /// How often something of this kind was learned of a payout.
    #[track_caller]
    fn learned(&self, id: &str, evidence: &str) -> u64 {
        let history = self.ask(&["history", id, "--json"]).ended_with(0).json();
        let items = history["items"].as_array().into_iter().flatten();
        let of_kind =
            |item: &&Json| item["evidence"].as_str().is_some_and(|e| e.starts_with(evidence));
        u64::try_from(items.filter(of_kind).count()).expect("it is small")
    }

    /// In which state the service's history of a payout ends.
    #[track_caller]
    fn state(&self, id: &str) -> String {
        let history = self.ask(&["history", id, "--json"]).ended_with(0).json();
        let last = history["items"].as_array().and_then(|items| items.last());
        last.and_then(|item| item["state"].as_str()).unwrap_or_default().to_owned()
    }

    /// Asks for so many payouts, one minor unit each.
    #[track_caller]
    fn several(&self, to: &PaidIn, count: usize) -> Vec<String> {
        (0..count).map(|_| self.accepted(to, "0.01 GBP")).collect()
    }

    /// Fails the test unless the payout ends executed, once, and never was called failed.
    #[track_caller]
    fn paid_once(&self, to: &PaidIn, id: &str) {
        self.watch(id).ended_with(0);
        assert_eq!(self.debits(&to.merchant_account, id), 1, "{id}");
        let history = self.ask(&["history", id]).ended_with(0).stdout;
        assert!(!history.contains("failed"), "{history}");
    }
}
