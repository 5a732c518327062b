//! Who did what stays written.

use std::fs;

use serde_json::Value as Json;

use crate::world::{World, member};

impl World {
    fn audit_lines(&self) -> Vec<Json> {
        let segment = self.stage.path("service/audit/000001.jsonl");
        let text = fs::read_to_string(segment).expect("it was written");
        text.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect()
    }
}

#[test]
fn the_record_survives_a_kill_and_shows_whatever_is_changed_in_it() {
    let mut world = World::new();
    let sam = world.paid_in("sam", "20.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    world.service.kill();
    world.service.start_again(&world.stage);
    world.ask(&["pause", "--because", "a drill"]).ended_with(0);
    let verify = ["audit", "verify", "--data", "service"];

    let verified = world.stage.run(&[&verify[..], &["--json"]].concat()).ended_with(0).json();
    let head = member(&verified, "head");

    let lines = world.audit_lines();
    assert_eq!(verified["lines"].as_u64(), u64::try_from(lines.len()).ok());
    let payout = lines.iter().find(|line| line["what"] == "POST /v3/payouts");
    let payout = payout.expect("it was recorded before it was answered");
    assert_eq!((&payout["who"], &payout["status"]), (&"client:service-client".into(), &202.into()));
    assert!(payout["key"].is_string() && payout["request"].is_string(), "{payout}");
    let paused = lines.last().expect("it was the last");
    assert_eq!(paused["what"], "PUT /operator/pause");
    assert!(paused["who"].as_str().is_some_and(|who| who.starts_with("operator:")), "{paused}");
    assert!(lines.iter().all(|line| !line.to_string().contains(&id)), "it holds no answers");

    let segment = world.stage.path("service/audit/000001.jsonl");
    let text = fs::read_to_string(&segment).expect("it is there");
    fs::write(&segment, text.replacen("client:service-client", "client:somebody-else", 1))
        .expect("it is ours");
    world.stage.run(&verify).ended_with(4).said("the chain breaks");
    let shorter: Vec<_> = text.lines().take(lines.len().saturating_sub(1)).collect();
    fs::write(&segment, shorter.join("\n") + "\n").expect("it is ours");
    world.stage.run(&verify).ended_with(0);
    world.stage.run(&[&verify[..], &["--head", &head]].concat()).ended_with(4).said("was cut off");
}
