//! What is refused, with a canary in what is wrong with it.

use serde_json::json;

use super::Aviary;
use crate::http::{self, pay_out, post_payout, send, signature};
use crate::stage::Server;
use crate::world::{PaidIn, World};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Whatever is wrong is not repeated, neither to the caller nor in a log.
pub(super) fn everything_is_refused(aviary: &mut Aviary, world: &World) {
    for server in [&world.service, &world.sandbox] {
        bodies(aviary, server, &world.paid_in("somebody", "5.00 GBP"));
        heads(aviary, server);
        tokens(aviary, server);
    }
    controls(aviary, &world.sandbox);
    events(aviary, &world.service);
}

/// The members of an order, each of them wrong once.
const MEMBERS: [(&str, &str); 9] = [
    ("/merchant_account_id", "wrong merchant account"),
    ("/amount_in_minor", "wrong amount"),
    ("/currency", "wrong currency"),
    ("/beneficiary/type", "wrong type of beneficiary"),
    ("/beneficiary/payment_source_id", "wrong payment source"),
    ("/beneficiary/user_id", "somebody else's user"),
    ("/scheme_selection", "wrong scheme selection"),
    ("/metadata", "wrong metadata"),
    ("/sub_merchants", "wrong sub-merchants"),
];

fn bodies(aviary: &mut Aviary, server: &Server, user: &PaidIn) {
    for (member, field) in MEMBERS {
        let mut body = user.body(100, "GBP");
        body["scheme_selection"] = json!({ "type": "instant_only" });
        body["metadata"] = json!({ "a": "b" });
        body["sub_merchants"] = json!({});
        *body.pointer_mut(member).expect("it has that member") = aviary.canary(field).into();
        let answer = pay_out(server, &format!("key-of-{}", aviary.canaries.len()), &body);
        aviary.refused(field, &answer);
    }
    let mut body = user.body(100, "GBP");
    body["beneficiary"]["reference"] =
        format!("{}\u{202e}", aviary.canary("reference with a hidden character")).into();
    let answer = pay_out(server, "key-of-a-reference", &body);
    aviary.refused("a reference", &answer);
    let mut body = user.body(100, "GBP");
    body["beneficiary"]["iban"] = aviary.canary("IBAN beside a payment source").into();
    let answer = pay_out(server, "key-of-an-iban", &body);
    aviary.refused("an IBAN", &answer);
}

/// Headers, paths and queries.
fn heads(aviary: &mut Aviary, server: &Server) {
    let torn = format!("{{\"amount_in_minor\":1,\"{}", aviary.canary("torn JSON"));
    let key = format!("{}\u{7f}", aviary.canary("key with a control character"));
    let forged = signature(server, "key-1", b"{}").replace("..", &aviary.canary("torn signature"));
    let bearer = format!("Bearer {}", http::token(server, "payments"));
    let stranger = format!("Bearer {}", aviary.canary("token of a stranger"));
    let good = signature(server, "key-1", torn.as_bytes());
    let tries: [(&str, [(&str, &str); 3]); 4] = [
        (
            "a token",
            [("Authorization", &stranger), ("Idempotency-Key", "key-1"), ("Tl-Signature", &good)],
        ),
        ("a key", [("Authorization", &bearer), ("Idempotency-Key", &key), ("Tl-Signature", &good)]),
        (
            "a signature",
            [("Authorization", &bearer), ("Idempotency-Key", "key-1"), ("Tl-Signature", &forged)],
        ),
        (
            "torn JSON",
            [("Authorization", &bearer), ("Idempotency-Key", "key-1"), ("Tl-Signature", &good)],
        ),
    ];
    for (what, headers) in tries {
        aviary.refused(what, &post_payout(server, &headers, torn.as_bytes()));
    }
    let path = format!("/v3/payouts/{}", aviary.canary("id in a path"));
    let query = format!("/v3/payouts?cursor={}", aviary.canary("cursor in a query"));
    let nowhere = format!("/v3/{}", aviary.canary("path that leads nowhere"));
    let agent = aviary.canary("name of a program");
    for path in [path, query, nowhere] {
        let headers = [("Authorization", bearer.as_str()), ("User-Agent", &agent)];
        aviary.refused("a path", &send(server.url(), "GET", &path, &headers, b""));
    }
}

fn tokens(aviary: &mut Aviary, server: &Server) {
    let id = server.member("client_id").to_owned();
    let secret = std::fs::read_to_string(server.member("client_secret_file"));
    let secret = secret.expect("the server wrote it").trim_end().to_owned();
    let tries = [
        (aviary.canary("id of a stranger"), aviary.canary("secret of a stranger"), None),
        (id.clone(), aviary.canary("wrong secret"), None),
        (id, secret, Some(aviary.canary("scope that nobody knows"))),
    ];
    for (client_id, client_secret, scope) in tries {
        let body = json!({ "grant_type": "client_credentials", "client_id": client_id,
            "client_secret": client_secret, "scope": scope.unwrap_or("payments".to_owned()) });
        let answer =
            send(server.url(), "POST", "/connect/token", &[JSON], body.to_string().as_bytes());
        aviary.refused("a token's request", &answer);
    }
}

fn controls(aviary: &mut Aviary, sandbox: &Server) {
    let number = aviary.watch("account number that is too long", "9182736450912");
    let deposit = json!({
        "user_id": format!("{} ", aviary.canary("id of a user that is none")),
        "amount_in_minor": 1, "currency": "GBP",
        "account_identifier": { "type": "sort_code_account_number", "sort_code": "040668",
            "account_number": number },
        "account_holder_name": format!("{}\u{7}", aviary.canary("name with a control character")),
    });
    let hook =
        json!({ "url": format!("https://{}@10.0.0.1/", aviary.canary("user of a webhook")) });
    for (path, body) in [("/sandbox/deposits", deposit), ("/sandbox/webhook", hook)] {
        let answer = send(sandbox.url(), "POST", path, &[JSON], body.to_string().as_bytes());
        aviary.refused(path, &answer);
    }
}

/// Events that nobody has signed.
fn events(aviary: &mut Aviary, service: &Server) {
    let body = json!({ "type": aviary.canary("type of an event"), "event_version": 1,
        "event_id": aviary.canary("id of an event") });
    let forged = aviary.canary("signature of an event");
    let headers = [
        JSON,
        ("Tl-Signature", forged.as_str()),
        ("X-Tl-Webhook-Timestamp", "2026-03-02T09:14:07Z"),
    ];
    let answer = send(service.url(), "POST", "/webhooks", &headers, body.to_string().as_bytes());
    aviary.refused("an event", &answer);
}
