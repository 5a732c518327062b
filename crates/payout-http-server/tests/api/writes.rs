//! Every write is its client's own, or nothing happens.

use std::num::{NonZeroU32, NonZeroUsize};

use http::StatusCode;
use payout_signature::{KnownKeys, TableLimits, Verifier};

use crate::call::{Answer, Call};
use crate::house::{ACME_KEY, BETS_KEY, FORGED_KEY, House, STRANGE_KEY};

/// Every path of every write.
const WRITES: [&str; 4] = ["/v3/payouts", "/payouts", "/v3/payouts/", "/payouts/"];

/// A house, and a write that it would accept at this path.
async fn write(path: &str) -> (House, Call) {
    let house = House::new();
    let body = house.paid_in().await.order();
    let call = Call::payout(&house, "key-1", &body).await.path(path).signed(&ACME_KEY);
    (house, call)
}

async fn payouts(house: &House) -> String {
    let token = house.token("acme").await;
    Call::get("/v3/payouts").bearer(&token).send(house).await.body
}

fn assert_unsigned(answer: &Answer, header: &str) {
    let problem = answer.problem();
    assert_eq!(problem.status, 401, "{answer:?}");
    assert_eq!(problem.title, "Unauthenticated");
    assert_eq!(problem.detail, "Invalid request signature.");
    assert_eq!(answer.sentences(header).len(), 1, "{answer:?}");
}

#[tokio::test]
async fn a_signed_write_is_accepted_at_every_path() {
    for path in WRITES {
        let (house, call) = write(path).await;

        let answer = call.send(&house).await;

        assert_eq!(answer.status, StatusCode::ACCEPTED, "{path}: {answer:?}");
        assert!(answer.body.starts_with(r#"{"id":""#), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn a_write_that_is_not_signed_does_nothing() {
    for path in WRITES {
        let (house, call) = write(path).await;

        let answer = call.without("Tl-Signature").send(&house).await;

        assert_unsigned(&answer, "Tl-Signature");
        assert_eq!(payouts(&house).await, r#"{"items":[]}"#, "{path}");
    }
}

#[tokio::test]
async fn a_write_without_a_token_does_nothing() {
    for path in WRITES {
        let (house, call) = write(path).await;

        let answer = call.without("Authorization").send(&house).await;

        let detail = "A Bearer token must be provided in the Authorization header.";
        assert_eq!((answer.problem().status, answer.problem().detail.as_str()), (401, detail));
        assert_eq!(payouts(&house).await, r#"{"items":[]}"#, "{path}");
    }
}

#[tokio::test]
async fn only_a_key_of_the_tokens_own_client_signs() {
    for path in WRITES {
        for key in [&*BETS_KEY, &*STRANGE_KEY] {
            let (house, call) = write(path).await;

            let answer = call.signed(key).send(&house).await;

            assert_unsigned(&answer, "Tl-Signature");
            assert_eq!(payouts(&house).await, r#"{"items":[]}"#, "{path}");
        }
    }
}

#[tokio::test]
async fn a_token_of_another_client_does_not_fit_the_signature() {
    let (house, call) = write("/v3/payouts").await;
    let token = house.token("bets").await;

    let answer = call.without("Authorization").bearer(&token).send(&house).await;

    assert_unsigned(&answer, "Tl-Signature");
}

#[tokio::test]
async fn a_write_without_an_idempotency_key_is_not_signed() {
    for path in WRITES {
        let (house, call) = write(path).await;
        let uncovered = call.clone().signed_over(&ACME_KEY, &["Content-Type"], None);

        let missing = call.without("Idempotency-Key").send(&house).await;
        let uncovered = uncovered.send(&house).await;

        assert_unsigned(&missing, "Idempotency-Key");
        assert_unsigned(&uncovered, "Tl-Signature");
        assert_eq!(payouts(&house).await, r#"{"items":[]}"#, "{path}");
    }
}

#[tokio::test]
async fn a_security_header_occurs_once() {
    for path in WRITES {
        for name in ["Idempotency-Key", "Tl-Signature", "Authorization"] {
            let (house, call) = write(path).await;
            let (_, value) =
                call.headers.iter().find(|(found, _)| found == name).cloned().expect("it is there");

            let same = call.clone().header(name, &value).send(&house).await;
            let other = call.header(name, "another").send(&house).await;

            for answer in [same, other] {
                assert_eq!(answer.problem().status, 401, "{path} {name}");
                assert_eq!(
                    answer.sentences(name),
                    ["occurs more than once; send it once"],
                    "{path} {name}"
                );
            }
            assert_eq!(payouts(&house).await, r#"{"items":[]}"#, "{path} {name}");
        }
    }
}

#[tokio::test]
async fn a_path_that_has_another_spelling_is_no_path() {
    let (house, call) = write("/v3/payouts").await;

    for path in [
        "//v3/payouts",
        "/v3//payouts",
        "/v3/payouts//",
        "/v3/%70ayouts",
        "/v3/payouts%2e",
        "/v3/./payouts",
        "/v3/payouts;x=1",
        "/V3/payouts",
    ] {
        let answer = call.clone().path(path).signed(&ACME_KEY).send(&house).await;

        assert_eq!(answer.problem().status, 404, "{path}");
    }
    assert_eq!(payouts(&house).await, r#"{"items":[]}"#);
}

#[tokio::test]
async fn a_signature_is_of_one_path_up_to_one_slash_at_its_end() {
    let (house, call) = write("/v3/payouts").await;

    let slash = call.clone().path("/v3/payouts/").send(&house).await;
    let other = call.path("/payouts").send(&house).await;

    assert_eq!(slash.status, StatusCode::ACCEPTED, "{slash:?}");
    assert_unsigned(&other, "Tl-Signature");
}

#[tokio::test]
async fn a_write_has_no_query() {
    for path in WRITES {
        for query in ["?", "?x", "?idempotency=off"] {
            let (house, call) = write(path).await;

            let answer = call.path(&format!("{path}{query}")).send(&house).await;

            assert_eq!(answer.problem().status, 400, "{path}{query}");
            assert_eq!(answer.sentences("query").len(), 1, "{path}{query}");
            assert_eq!(payouts(&house).await, r#"{"items":[]}"#, "{path}{query}");
        }
    }
}

#[tokio::test]
async fn no_byte_of_a_signed_body_can_change() {
    let (house, call) = write("/v3/payouts").await;
    let body = String::from_utf8(call.body.clone()).expect("the order is UTF-8");

    for changed in
        [body.replace("1250", "1251"), body.replace(':', ": "), format!("{body}\n"), String::new()]
    {
        let answer = call.clone().body(&changed).send(&house).await;

        assert_unsigned(&answer, "Tl-Signature");
    }
    assert_eq!(payouts(&house).await, r#"{"items":[]}"#);
}

#[tokio::test]
async fn a_signature_is_of_one_key_and_one_method() {
    let (house, call) = write("/v3/payouts").await;

    let other_key = call.without("Idempotency-Key").header("Idempotency-Key", "key-2");
    let answer = other_key.send(&house).await;

    assert_unsigned(&answer, "Tl-Signature");
}

#[tokio::test]
async fn what_is_no_signature_is_refused_with_a_reason() {
    let (house, call) = write("/v3/payouts").await;

    for value in ["", "..", "e30..AAAA", "eyJhbGciOiJub25lIn0..AAAA", "a.b.c", "not a signature"] {
        let call = call.clone().without("Tl-Signature").header("Tl-Signature", value);

        assert_unsigned(&call.send(&house).await, "Tl-Signature");
    }
}

#[tokio::test]
async fn an_idempotency_key_is_visible_and_not_endless() {
    let (house, call) = write("/v3/payouts").await;

    for key in ["two\twords", &"k".repeat(256)] {
        let call = call.clone().without("Idempotency-Key").header("Idempotency-Key", key);
        let answer = call.signed(&ACME_KEY).send(&house).await;

        assert_eq!(answer.problem().status, 400, "{key}");
        assert_eq!(answer.sentences("Idempotency-Key").len(), 1, "{key}");
    }
}

#[tokio::test]
async fn who_signs_the_other_spelling_always_gets_in_until_a_forger_has_tried_too_often() {
    let (house, call) = write("/v3/payouts").await;

    other_spellings_are_tried(&house, &call).await;
}

/// Every verdict is repeated by the library, and a difference would be a panic.
#[tokio::test]
async fn other_spellings_are_tried_by_tables_as_well() {
    let limits = TableLimits { keys_max: NonZeroUsize::MIN, checked_one_in: Some(NonZeroU32::MIN) };
    let known = KnownKeys::new(limits, |difference| panic!("{difference}"));
    known.build(ACME_KEY.verifying_key());
    let house = House::with(|api| api.verifier = Verifier::tables(known.clone()));
    let body = house.paid_in().await.order();
    let call = Call::payout(&house, "key-1", &body).await.path("/v3/payouts").signed(&ACME_KEY);

    other_spellings_are_tried(&house, &call).await;

    assert!(known.has_tables(ACME_KEY.verifying_key()) && !known.is_stopped());
}

async fn other_spellings_are_tried(house: &House, call: &Call) {
    let signed_elsewhere = |number: u32, key| {
        let keyed = call.clone().without("Idempotency-Key");
        let keyed = keyed.header("Idempotency-Key", &format!("other-{number}"));
        keyed.path("/v3/payouts/").signed(key).path("/v3/payouts")
    };

    for number in 0..20 {
        let answer = signed_elsewhere(number, &ACME_KEY).send(house).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{number}: {answer:?}");
    }
    for number in 20..40 {
        let forged = signed_elsewhere(number, &FORGED_KEY).send(house).await;
        assert_unsigned(&forged, "Tl-Signature");
    }

    assert_unsigned(&signed_elsewhere(40, &ACME_KEY).send(house).await, "Tl-Signature");
    let exact = call.clone().without("Idempotency-Key").header("Idempotency-Key", "exact");
    let exact = exact.signed(&ACME_KEY).send(house).await;
    assert_eq!(exact.status, StatusCode::ACCEPTED, "{exact:?}");
}
