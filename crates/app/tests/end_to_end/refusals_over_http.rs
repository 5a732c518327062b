//! What is refused, as it goes over the wire.

use serde_json::{Value as Json, json};

use crate::http::{self, Answer, pay_out, post_payout, signature, token};
use crate::receiver::{Act, Receiver};
use crate::stage::Stage;
use crate::world::{PaidIn, World};

/// A world with a user who has paid in, and the body of an order that would be accepted.
fn ready() -> (World, PaidIn, String) {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let body = sam.body(1000, "GBP").to_string();
    (world, sam, body)
}

/// Fails the test unless this is a problem document and nothing was accepted.
#[track_caller]
fn turned_away(world: &World, answer: &Answer, status: u16, title: &str) {
    let problem = answer.json();
    assert_eq!((answer.status, &problem["status"]), (status, &json!(status)), "{problem}");
    assert_eq!(problem["title"], title, "{problem}");
    assert!(problem["trace_id"].as_str().is_some_and(|id| !id.is_empty()), "{problem}");
    let listed = world.ask(&["list", "--json"]).ended_with(0).json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(0), "{listed}");
}

fn bearer(world: &World) -> String {
    format!("Bearer {}", token(&world.service, "payments"))
}

#[test]
fn without_a_signature_nothing_is_paid() {
    let (world, _, body) = ready();
    let headers = [("Authorization", &*bearer(&world)), ("Idempotency-Key", "key-1")];

    let answer = post_payout(&world.service, &headers, body.as_bytes());

    turned_away(&world, &answer, 401, "Unauthenticated");
    assert!(answer.sentences("Tl-Signature").contains("is required"), "{answer:?}");
}

#[test]
fn a_signature_of_other_bytes_pays_nothing() {
    let (world, sam, body) = ready();
    let signed = sam.body(999, "GBP").to_string();
    let forged = signature(&world.service, "key-1", signed.as_bytes());
    let headers = [
        ("Authorization", &*bearer(&world)),
        ("Idempotency-Key", "key-1"),
        ("Tl-Signature", &forged),
    ];

    let answer = post_payout(&world.service, &headers, body.as_bytes());

    turned_away(&world, &answer, 401, "Unauthenticated");
    assert!(!answer.sentences("Tl-Signature").is_empty(), "{answer:?}");
}

#[test]
fn a_signature_under_another_idempotency_key_pays_nothing() {
    let (world, _, body) = ready();
    let signature = signature(&world.service, "key-1", body.as_bytes());
    let headers = [
        ("Authorization", &*bearer(&world)),
        ("Idempotency-Key", "key-2"),
        ("Tl-Signature", &signature),
    ];

    let answer = post_payout(&world.service, &headers, body.as_bytes());

    turned_away(&world, &answer, 401, "Unauthenticated");
}

#[test]
fn the_key_of_another_server_signs_nothing_here() {
    let (world, _, body) = ready();
    let foreign = signature(&world.sandbox, "key-1", body.as_bytes());
    let headers = [
        ("Authorization", &*bearer(&world)),
        ("Idempotency-Key", "key-1"),
        ("Tl-Signature", &foreign),
    ];

    let answer = post_payout(&world.service, &headers, body.as_bytes());

    turned_away(&world, &answer, 401, "Unauthenticated");
    let said = answer.sentences("Tl-Signature");
    assert!(said.contains("not registered for this client"), "{said}");
}

#[test]
fn without_an_idempotency_key_nothing_is_paid() {
    let (world, _, body) = ready();
    let signature = signature(&world.service, "key-1", body.as_bytes());
    let headers = [("Authorization", &*bearer(&world)), ("Tl-Signature", &signature)];

    let answer = post_payout(&world.service, &headers, body.as_bytes());

    turned_away(&world, &answer, 401, "Unauthenticated");
    assert!(answer.sentences("Idempotency-Key").contains("is required"), "{answer:?}");
}

#[test]
fn without_a_token_nothing_is_paid() {
    let (world, _, body) = ready();
    let signature = signature(&world.service, "key-1", body.as_bytes());
    let signed = [("Idempotency-Key", "key-1"), ("Tl-Signature", &*signature)];
    let other_server = format!("Bearer {}", token(&world.sandbox, "payments"));
    let foreign = [&signed[..], &[("Authorization", &*other_server)]].concat();

    let none = post_payout(&world.service, &signed, body.as_bytes());
    let foreign = post_payout(&world.service, &foreign, body.as_bytes());

    turned_away(&world, &none, 401, "Unauthenticated");
    turned_away(&world, &foreign, 401, "Unauthenticated");
}

#[test]
fn a_token_for_another_scope_has_the_wrong_audience() {
    let (world, _, body) = ready();
    let signature = signature(&world.service, "key-1", body.as_bytes());
    let bearer = format!("Bearer {}", token(&world.service, "recurring_payments:sweeping"));
    let headers =
        [("Authorization", &*bearer), ("Idempotency-Key", "key-1"), ("Tl-Signature", &signature)];

    let answer = post_payout(&world.service, &headers, body.as_bytes());

    turned_away(&world, &answer, 401, "Unauthenticated");
    let detail = &answer.json()["detail"];
    assert_eq!(detail, "The JWT was not able to be validated: InvalidAudience");
}

#[test]
fn a_wrong_audience_sends_whoever_typed_to_the_scope_payments() {
    let stage = Stage::new();
    let provider = Receiver::answering(|seen| {
        if seen.path == "/connect/token" {
            let token =
                json!({ "access_token": "abc", "expires_in": 3600, "token_type": "Bearer" });
            return Act::Say(200, token.to_string());
        }
        let sentence = "The JWT was not able to be validated: InvalidAudience";
        let problem = json!({
            "type": "https://docs.truelayer.com/docs/error-types#unauthenticated",
            "title": "Unauthenticated",
            "status": 401,
            "detail": sentence,
            "trace_id": "c0ffee",
        });
        Act::Say(401, problem.to_string())
    });
    let url = provider.url();

    let mut accounts = stage.command(&["accounts", "--url", &url]);
    accounts.env("PAYOUT_CLIENT_ID", "acme").env("PAYOUT_CLIENT_SECRET", "a long random secret");
    let outcome = crate::stage::Outcome::of(&mut accounts);

    outcome
        .ended_with(7)
        .said("The JWT was not able to be validated: InvalidAudience")
        .said("request the scope `payments`");
}

#[test]
fn a_key_that_was_used_for_another_order_is_refused() {
    let (world, sam, _) = ready();
    let first = pay_out(&world.service, "key-1", &sam.body(1000, "GBP"));

    let other = pay_out(&world.service, "key-1", &sam.body(1001, "GBP"));
    let again = pay_out(&world.service, "key-1", &sam.body(1000, "GBP"));

    assert_eq!((first.status, again.status), (202, 202), "{first:?} {again:?}");
    assert_eq!(again.json(), first.json());
    assert_eq!(other.status, 422, "{other:?}");
    assert_eq!(other.json()["title"], "Idempotency-Key Reuse");
}

#[test]
fn every_wrong_member_is_named_by_its_path() {
    let (world, sam, _) = ready();
    let with = |path: &str, value: Json| {
        let mut body = sam.body(1000, "GBP");
        *body.pointer_mut(path).expect("the order has that member") = value;
        body
    };

    for (number, (body, place)) in [
        (with("/amount_in_minor", json!(0)), "amount_in_minor"),
        (with("/amount_in_minor", json!(-1)), "amount_in_minor"),
        (with("/amount_in_minor", json!(12.5)), "amount_in_minor"),
        (with("/amount_in_minor", json!("1000")), "amount_in_minor"),
        (with("/amount_in_minor", json!(9_007_199_254_740_991_u64)), "amount_in_minor"),
        (with("/currency", json!("GBX")), "currency"),
        (with("/currency", json!("EUR")), "currency"),
        (with("/merchant_account_id", json!("mine")), "merchant_account_id"),
        (with("/beneficiary/type", json!("external_account")), "beneficiary.type"),
        (with("/beneficiary/user_id", json!("kim")), "beneficiary.payment_source_id"),
        (with("/beneficiary/payment_source_id", json!("his")), "beneficiary.payment_source_id"),
        (with("/beneficiary/reference", json!("")), "beneficiary.reference"),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = pay_out(&world.service, &format!("key-{number}"), &body);

        turned_away(&world, &answer, 400, "Invalid Parameters");
        assert!(!answer.sentences(place).is_empty(), "{place}: {answer:?}");
    }
}

#[test]
fn a_deposit_from_a_wrong_iban_is_refused_by_its_path() {
    let world = World::new();
    let json = [("Content-Type", "application/json")];
    let body = json!({
        "user_id": "sam",
        "amount_in_minor": 2500,
        "currency": "GBP",
        "account_identifier": { "type": "iban", "iban": "GB72CLRB04066800004418" },
    });

    let body = body.to_string();
    let answer =
        http::send(world.sandbox.url(), "POST", "/sandbox/deposits", &json, body.as_bytes());

    turned_away(&world, &answer, 400, "Invalid Parameters");
    assert!(answer.body.contains("account_identifier"), "{answer:?}");
    assert!(!answer.body.contains("GB72CLRB"), "an account number goes nowhere: {answer:?}");
}

#[test]
fn secrets_are_not_guessed_by_the_thousand_unless_somebody_has_set_so() {
    let world = World::new();
    let guess = json!({
        "grant_type": "client_credentials",
        "client_id": "service-client",
        "client_secret": "a guess",
        "scope": "payments",
    });
    let (guess, json) = (guess.to_string(), [("Content-Type", "application/json")]);
    let url = world.service.url();

    // Five hundred at once and a hundred a second: a slow machine asks longer, and is refused all the same.
    let mut answers =
        (0..20_000).map(|_| http::send(url, "POST", "/connect/token", &json, guess.as_bytes()));
    let refused = answers.find(|answer| answer.status == 429);

    let refused = refused.expect("somebody has counted");
    assert_eq!(refused.json()["title"], "Rate Limit Exceeded", "{refused:?}");
}
