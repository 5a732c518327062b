//! A user pays in as a client of the provider has it done, and is refunded, through a crash.

use crate::http::{self, write};
use crate::receiver::Receiver;
use crate::stage::{Server, Stage, eventually};
use serde_json::{Value as Json, json};

fn read(server: &Server, path: &str) -> Json {
    let bearer = format!("Bearer {}", http::token(server, "payments"));
    http::send(server.url(), "GET", path, &[("Authorization", &bearer)], &[]).json()
}

pub(crate) fn settled(server: &Server, id: &str) -> Json {
    let path = format!("/v3/payments/{id}");
    eventually("the payment settles", || {
        let payment = read(server, &path);
        (payment["status"] == "settled").then_some(payment)
    })
}

fn account(server: &Server) -> String {
    let listed = read(server, "/v3/merchant-accounts");
    listed["items"][0]["id"].as_str().expect("the first one holds pounds").to_owned()
}

fn order(server: &Server) -> Json {
    json!({
        "amount_in_minor": 2000,
        "currency": "GBP",
        "payment_method": {
            "type": "bank_transfer",
            "provider_selection": { "type": "preselected", "provider_id": "mock-payments-gb-redirect",
                "scheme_id": "faster_payments_service" },
            "beneficiary": { "type": "merchant_account", "merchant_account_id": account(server) },
        },
        "user": { "id": "sam", "name": "Sam Example", "email": "sam@example.test" },
    })
}

/// A payment that its user has authorised.
pub(crate) fn authorised(server: &Server, order: &Json) -> String {
    let made = write(server, "/v3/payments", "pay-1", order);
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.json()["id"].as_str().expect("it was made").to_owned();
    let flow = format!("/v3/payments/{id}/authorization-flow");
    let back = json!({ "redirect": { "return_uri": "https://shop.example/back" } });
    let begun = write(server, &flow, "flow-1", &back).json();
    let next = &begun["authorization_flow"]["actions"]["next"];
    let page = next["uri"].as_str().expect("the user is sent to the bank");
    let path = page.strip_prefix(server.url()).expect("the page is the sandbox's own");
    assert_eq!(http::send(server.url(), "GET", path, &[], &[]).status, 200);
    let body = json!({ "payment_id": id, "login": "test_executed" }).to_string();
    let json = [("Content-Type", "application/json")];
    let answer = http::send(server.url(), "POST", "/sandbox/logins", &json, body.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    id
}

#[test]
fn a_payment_and_its_refund_outlive_kills_and_are_told_under_one_name() {
    let (stage, receiver) = (Stage::new(), Receiver::with_statuses(&[]));
    let quick = ["--settlement-delay-ms", "20", "--execution-delay-ms", "20"];
    let url = receiver.url();
    let arguments = [&quick[..], &["--webhook", &url]].concat();
    let mut sandbox = Server::start(&stage, "sandbox", "sandbox", &arguments, &[]);
    let order = order(&sandbox);
    let id = authorised(&sandbox, &order);
    let (_, executed) = receiver.next_event("payment_executed");
    let before = settled(&sandbox, &id);

    sandbox.kill();
    sandbox.start_again(&stage);
    let after = settled(&sandbox, &id);
    let again = write(&sandbox, "/v3/payments", "pay-1", &order);
    let refunds = format!("/v3/payments/{id}/refunds");
    let refund = write(
        &sandbox,
        &refunds,
        "refund-1",
        &json!({ "amount_in_minor": 500, "reference": "back" }),
    )
    .json();
    let (_, told) = receiver.next_event("refund_executed");
    sandbox.kill();
    sandbox.start_again(&stage);

    assert_eq!(executed["payment_id"], Json::from(id.clone()));
    assert_eq!(after, before, "nothing of it is lost");
    assert_eq!(again.json()["id"], Json::from(id.clone()), "the key is remembered");
    assert_eq!(told["refund_id"], refund["id"]);
    let path = format!("{refunds}/{}", refund["id"].as_str().expect("it was accepted"));
    assert_eq!(read(&sandbox, &path)["status"], "executed");
    let balance = &read(&sandbox, "/v3/merchant-accounts")["items"][0];
    assert_eq!(balance["current_balance_in_minor"], 100_001_500);
    let more = json!({ "amount_in_minor": 300, "reference": "more" });
    let more = write(&sandbox, &refunds, "refund-2", &more).json();
    let mut next = receiver.next_event("refund_executed").1;
    while next["refund_id"] == told["refund_id"] {
        // The kill came before it was written down that this was heard.
        assert_eq!(next["event_id"], told["event_id"], "it keeps its name");
        next = receiver.next_event("refund_executed").1;
    }
    assert_eq!(next["refund_id"], more["id"]);
}

#[test]
fn a_service_learns_of_a_payment_that_was_made_at_its_provider() {
    let world = crate::world::World::new();
    world.tell_the_service();
    let order = order(&world.sandbox);
    let id = authorised(&world.sandbox, &order);

    let at_service = settled(&world.service, &id);
    let refused = write(&world.service, "/v3/payments", "pay-1", &order);

    assert_eq!(at_service["user"]["id"], "sam");
    assert_eq!(refused.status, 405, "{refused:?}");
    let detail = refused.json()["detail"].as_str().map(str::to_owned).unwrap_or_default();
    assert!(detail.contains("to the provider itself"), "{detail}");
}
