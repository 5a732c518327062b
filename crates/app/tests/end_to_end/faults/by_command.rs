//! Rules are set, listed and cleared by command.

use serde_json::json;

use crate::world::World;

#[test]
fn a_rule_is_set_from_flags_listed_and_cleared() {
    let world = World::new();
    let set = ["steer", "faults", "set", "--on", "create_payout", "--do", "answer"];
    let more = ["--status", "429", "--retry-after-seconds", "1", "--next", "1", "--when", "before"];

    let said = world.ask_sandbox(&[&set[..], &more].concat()).ended_with(0).line();
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = world.accepted(&sam, "1.00 GBP");
    world.watch(&id).ended_with(0);
    let listed = world.ask_sandbox(&["steer", "faults", "list", "--json"]).ended_with(0).json();
    let words = world.ask_sandbox(&["steer", "faults", "list"]).ended_with(0).stdout;
    world.ask_sandbox(&["steer", "faults", "clear"]).ended_with(0);
    let cleared = world.ask_sandbox(&["steer", "faults", "list", "--json"]).ended_with(0).json();

    assert_eq!(said, "1 rule is set");
    assert_eq!(listed["rules"][0]["injected"], 1);
    assert_eq!(listed["calls"]["create_payout"], 2);
    assert!(words.contains("create_payout") && words.contains("happened 1 times"), "{words}");
    assert_eq!(cleared["rules"], json!([]));
}

#[test]
fn rules_come_from_a_file() {
    let world = World::new();
    let rules =
        r#"{"seed":1,"rules":[{"on":"token","do":"hold","skip":99},{"on":"jwks","do":"no_keys"}]}"#;
    let file = world.stage.write("faults.json", rules);
    let file = file.to_str().expect("it is text");

    world.ask_sandbox(&["steer", "faults", "set", "--file", file]).ended_with(0);

    let listed = world.ask_sandbox(&["steer", "faults", "list", "--json"]).ended_with(0).json();
    assert_eq!(listed["rules"].as_array().map(Vec::len), Some(2));
    assert_eq!(listed["seed"], 1);
}

#[test]
fn a_rule_that_cannot_be_is_refused_with_its_places() {
    let world = World::new();
    let set = ["steer", "faults", "set", "--on", "token"];

    let unknown = world.ask_sandbox(&[&set[..], &["--do", "explode"]].concat());
    let incomplete = world.ask_sandbox(&[&set[..], &["--do", "answer"]].concat());
    let half = world.ask_sandbox(&set);
    let none = world.ask_sandbox(&["steer", "faults", "set", "--file", "none.json"]);

    unknown.ended_with(4).said("rules[0].do must be one of answer");
    incomplete.ended_with(4).said("rules[0].status is required for answer");
    half.ended_with(2);
    none.ended_with(1).said("none.json");
}
