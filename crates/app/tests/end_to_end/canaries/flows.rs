//! What goes well, with a canary in each of its fields.

use serde_json::{Value as Json, json};

use super::Aviary;
use crate::http::{self, send, write};
use crate::payments::{authorised, settled};
use crate::receiver::{Act, Receiver};
use crate::stage::{Server, eventually};
use crate::world::{PaidIn, World, member};

/// Somebody who never takes an event, and who says so in words of his own.
pub(super) fn rude_receiver(aviary: &mut Aviary) -> Receiver {
    let said = aviary.canary("what a receiver of webhooks answers");
    Receiver::answering(move |_| Act::Say(500, format!("{{\"oops\":\"{said}\"}}")))
}

/// A sandbox and a service that log all they can, and tell that receiver.
pub(super) fn talkative_world(aviary: &mut Aviary, receiver: &Receiver, service: &[&str]) -> World {
    let (path, token) = (aviary.canary("path of a webhook"), aviary.canary("query of a webhook"));
    let hook = format!("{}/{path}?token={token}", receiver.url());
    let quick = ["--settlement-delay-ms", "10", "--execution-delay-ms", "20", "--webhook", &hook];
    let service = [service, &["--webhook", &hook]].concat();
    World::with_environment(&quick, &service, &[("PAYOUT_LOG", "trace")])
}

/// Pays in by deposit and by payment, pays out in all ways, and reads everything. Gives what the API
/// shows to those whose it is.
pub(super) fn everything_goes_well(aviary: &mut Aviary, world: &World) -> Vec<Json> {
    world.tell_the_service();
    let user = deposited(aviary, world);
    let mut shown = paid_out(aviary, world, &user);
    shown.push(paid(aviary, &world.sandbox));
    shown.push(paid_to_an_account(aviary, &world.sandbox, &user.merchant_account));
    for server in [&world.service, &world.sandbox] {
        for path in read_paths(&user) {
            shown.push(read(server, &path));
        }
    }
    shown
}

fn deposited(aviary: &mut Aviary, world: &World) -> PaidIn {
    let user = aviary.canary("id of a user");
    let number = aviary.watch("account number of a user", "73910264");
    let body = json!({
        "user_id": user, "amount_in_minor": 50_000, "currency": "GBP",
        "account_identifier": { "type": "sort_code_account_number", "sort_code": "040668",
            "account_number": number },
        "account_holder_name": aviary.canary("name of an account's holder"),
    });
    let json = [("Content-Type", "application/json")];
    let url = world.sandbox.url();
    let made = send(url, "POST", "/sandbox/deposits", &json, body.to_string().as_bytes());
    assert!((200..300).contains(&made.status), "{made:?}");
    let made = made.json();
    let paid_in = PaidIn {
        user,
        source: member(&made, "payment_source_id"),
        merchant_account: member(&made, "merchant_account_id"),
    };
    let [_, sources, ..] = read_paths(&paid_in);
    eventually("the deposit is settled", || {
        let sources = read(&world.service, &sources);
        sources["items"].as_array().filter(|items| !items.is_empty()).map(drop)
    });
    paid_in
}

/// A payout that is executed and one that fails, through the service.
fn paid_out(aviary: &mut Aviary, world: &World, user: &PaidIn) -> Vec<Json> {
    let mut body = user.body(1000, "GBP");
    body["beneficiary"]["reference"] = aviary.canary("reference of a payout").into();
    body["metadata"] = json!({ "order": aviary.canary("value of a payout's metadata") });
    let name = aviary.canary("name in a payout's metadata");
    body["metadata"][name] = "1".into();
    body["sub_merchants"] = json!({ "ultimate_counterparty": { "type": "business_client",
        "trading_name": aviary.canary("name of a sub-merchant"),
        "commercial_name": aviary.canary("commercial name of a sub-merchant"),
        "url": aviary.canary("address of a sub-merchant's site"),
        "registration_number": aviary.canary("number of a sub-merchant") } });
    body["comment"] = aviary.canary("member that nobody knows").into();
    let key = aviary.canary("idempotency key of a payout");
    let made = write(&world.service, "/v3/payouts", &key, &body);
    assert_eq!(made.status, 202, "{made:?}");
    let executed = made.json()["id"].as_str().expect("it was made").to_owned();
    let first = world.until(&executed, "executed");
    world.ask_sandbox(&["steer", "fail-next", "--reason", "blocked"]).ended_with(0);
    body["metadata"] = json!({});
    let key = aviary.canary("idempotency key of a payout that fails");
    let made = write(&world.service, "/v3/payouts", &key, &body).json();
    let failed = made["id"].as_str().expect("it was made").to_owned();
    vec![first, world.until(&failed, "failed")]
}

/// A payment of a user at the sandbox, and its refund.
fn paid(aviary: &mut Aviary, sandbox: &Server) -> Json {
    let account = read(sandbox, "/v3/merchant-accounts");
    let order = json!({
        "amount_in_minor": 2000, "currency": "GBP",
        "payment_method": { "type": "bank_transfer",
            "provider_selection": { "type": "preselected", "provider_id": "mock-payments-gb-redirect",
                "scheme_id": "faster_payments_service",
                "remitter": { "account_holder_name": aviary.canary("name of a remitter"),
                    "account_identifier": { "type": "sort_code_account_number",
                        "sort_code": "040668",
                        "account_number": aviary.watch("account number of a remitter", "48120957") } } },
            "beneficiary": { "type": "merchant_account",
                "merchant_account_id": account["items"][0]["id"],
                "reference": aviary.canary("reference of a payment") } },
        "user": {
            "id": aviary.canary("id of a paying user"),
            "name": aviary.canary("name of a paying user"),
            "email": format!("{}@example.test", aviary.canary("email of a user")),
            "phone": aviary.watch("phone of a user", "+447700900813"),
            "date_of_birth": aviary.watch("date of birth of a user", "1971-09-23"),
            "address": {
                "address_line1": aviary.canary("street of a user"),
                "address_line2": aviary.canary("second line of a user's address"),
                "city": aviary.canary("city of a user"), "state": aviary.canary("county of a user"),
                "zip": aviary.canary("postcode of a user"), "country_code": "GB" },
        },
        "metadata": { "basket": aviary.canary("value of a payment's metadata") },
    });
    let id = authorised(sandbox, &order);
    let settled = settled(sandbox, &id);
    let refund = json!({
        "amount_in_minor": 100, "reference": aviary.canary("reference of a refund"),
        "metadata": { "why": aviary.canary("value of a refund's metadata") },
    });
    let key = aviary.canary("idempotency key of a refund");
    let made = write(sandbox, &format!("/v3/payments/{id}/refunds"), &key, &refund);
    assert_eq!(made.status, 202, "{made:?}");
    settled
}

/// A payout of the sandbox to an account that nobody has paid in from.
fn paid_to_an_account(aviary: &mut Aviary, sandbox: &Server, account: &str) -> Json {
    let body = json!({
        "merchant_account_id": account, "amount_in_minor": 100, "currency": "GBP",
        "beneficiary": {
            "type": "external_account",
            "account_holder_name": aviary.canary("name of an outside account's holder"),
            "account_identifier": { "type": "iban",
                "iban": aviary.watch("IBAN of an outside account", "GB33BUKB20201555555555") },
            "reference": aviary.canary("reference of an outside payout"),
            "date_of_birth": aviary.watch("date of birth of a beneficiary", "1968-04-17"),
            "address": { "address_line1": aviary.canary("street of a beneficiary"),
                "city": aviary.canary("city of a beneficiary"),
                "zip": aviary.canary("postcode of a beneficiary"), "country_code": "GB" } },
    });
    let key = aviary.canary("idempotency key of an outside payout");
    let made = write(sandbox, "/v3/payouts", &key, &body);
    assert_eq!(made.status, 202, "{made:?}");
    let path = format!("/v3/payouts/{}", made.json()["id"].as_str().expect("it was made"));
    eventually("it is executed", || {
        let payout = read(sandbox, &path);
        (payout["status"] == "executed").then_some(payout)
    })
}

fn read_paths(user: &PaidIn) -> [String; 4] {
    let account = format!("/v3/merchant-accounts/{}", user.merchant_account);
    let span = "from=2020-01-01T00:00:00Z&to=2999-01-01T00:00:00Z";
    [
        "/v3/merchant-accounts".to_owned(),
        format!("{account}/payment-sources?user_id={}", user.user),
        format!("{account}/transactions?{span}"),
        "/v3/payouts".to_owned(),
    ]
}

pub(super) fn read(server: &Server, path: &str) -> Json {
    let bearer = format!("Bearer {}", http::token(server, "payments"));
    send(server.url(), "GET", path, &[("Authorization", &bearer)], &[]).json()
}
