//! Sending is stopped and goes on, and what was not sent is called off.

use std::thread;
use std::time::Duration;

use crate::receiver::Receiver;
use crate::stage::{Server, Stage};
use crate::world::World;

#[test]
fn a_pause_outlasts_a_restart_and_what_is_called_off_in_it_is_never_sent() {
    let client = Receiver::with_statuses(&[]);
    let url = client.url();
    let mut world = World::with(&["--execution-delay-ms", "20"], &["--webhook", &url]);
    let sam = world.paid_in("sam", "25.00 GBP");

    world.ask(&["pause", "--because", "the bank is on fire"]).ended_with(0);
    let kept = world.accepted(&sam, "1.00 GBP");
    let called_off = world.accepted(&sam, "2.00 GBP");
    let cancelled = world.ask(&["cancel", &called_off, "--json"]).ended_with(0).json();
    world.service.stop();
    world.service.start_again(&world.stage);
    thread::sleep(Duration::from_secs(1));
    let shown = world.ask(&["pause", "--show"]).ended_with(0).line();

    assert!(shown.starts_with("sending is paused by operator since 2"), "{shown}");
    assert!(shown.ends_with(": the bank is on fire"), "{shown}");
    assert_eq!(world.real_state(&kept), "accepted");
    assert_eq!(cancelled["state"], "failed:cancelled", "{cancelled}");
    assert_eq!(world.ask(&["resume"]).ended_with(0).line(), "sending is on");
    world.watch(&kept).ended_with(0);
    assert_eq!(world.debits(&sam.merchant_account, &kept), 1);
    assert_eq!(world.debits(&sam.merchant_account, &called_off), 0);
    assert_eq!(world.payout(&called_off)["failure_reason"], "cancelled");
    let (_, event) = client.next_event("payout_failed");
    assert_eq!(
        (&event["payout_id"], &event["failure_reason"]),
        (&called_off.into(), &"cancelled".into())
    );

    let refused = world.ask(&["cancel", &kept]).ended_with(4);

    refused.said("The payout is executed, so it cannot be called off");
}

#[test]
fn what_was_accepted_for_another_provider_account_waits_until_it_is_back_and_released() {
    let stage = Stage::new();
    let first = Server::start(&stage, "sandbox", "first", &["--execution-delay-ms", "20"], &[]);
    let second = Server::start(&stage, "sandbox", "second", &[], &[]);
    let serve = |gateway: &Server| {
        Server::start(&stage, "serve", "service", &["--gateway", gateway.url()], &[])
    };
    let ask =
        |service: &Server, verb: &[&str]| stage.run(&[verb, &["--url", service.url()]].concat());
    let service = serve(&first);
    let deposit =
        ["deposit", "--json", "--user", "sam", "--amount", "5.00 GBP", "--url", first.url()];
    let paid_in = stage.run(&deposit).ended_with(0).json();
    let [account, source] = ["merchant_account_id", "payment_source_id"]
        .map(|name| paid_in[name].as_str().expect("it is told").to_owned());
    ask(&service, &["pause", "--because", "we move to another provider account"]).ended_with(0);
    let create = ["create", "--user", "sam", "--source", &source, "--merchant-account", &account];
    let create = [&create[..], &["--reference", "WD-1", "--amount", "1.00 GBP"]].concat();
    let id = ask(&service, &create).ended_with(0).line();
    drop(service);

    let service = serve(&second);
    ask(&service, &["resume"]).ended_with(0);
    let parked = crate::stage::eventually("it is parked", || {
        let parked = ask(&service, &["parked"]).ended_with(0).stdout;
        parked.contains(&id).then_some(parked)
    });
    drop(service);
    let service = serve(&first);
    let released = ask(&service, &["release", &id, "--json"]).ended_with(0).json();

    assert!(parked.contains("profile_changed"), "{parked}");
    assert!(parked.contains("configure its provider account again and release it"), "{parked}");
    assert_eq!(released["state"], "accepted", "{released}");
    ask(&service, &["watch", &id, "--timeout", "30"]).ended_with(0);
    ask(&service, &["release", &id]).ended_with(4).said("so it cannot be let go on");
}
