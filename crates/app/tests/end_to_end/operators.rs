//! People look after payouts: they stop and resume, call off, let go, find out, and tell once more.

mod decisions;
mod letters;
mod people;
mod sending;

use serde_json::Value as Json;

use crate::stage::{Outcome, eventually};
use crate::world::{World, member};

impl World {
    /// Waits until a payout is in a list for operators, and gives it.
    #[track_caller]
    fn listed(&self, verb: &str, id: &str) -> Json {
        eventually(verb, || {
            let page = self.ask(&[verb, "--json"]).ended_with(0).json();
            page["items"].as_array()?.iter().find(|item| item["id"] == id).cloned()
        })
    }

    /// All that operators know of a payout.
    #[track_caller]
    fn file(&self, id: &str) -> Json {
        self.ask(&["history", id, "--json"]).ended_with(0).json()
    }

    /// Where a payout really stands.
    #[track_caller]
    fn real_state(&self, id: &str) -> String {
        member(&self.file(id)["payout"], "state")
    }

    /// Adds an operator of the service, whose secret the verbs of this home find.
    #[track_caller]
    fn add_operator(&self, name: &str) -> Outcome {
        self.stage.run(&["operator", "add", name, "--data", "service"]).ended_with(0)
    }
}
