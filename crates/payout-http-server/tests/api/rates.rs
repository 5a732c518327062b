//! Who asks too often hears so, before anything is done for him.

use std::num::NonZeroU32;

use http::StatusCode;
use payout_http_server::{Api, Rate, Rates};

use crate::call::{Answer, Call};
use crate::house::{House, PROVIDER_JKU, PROVIDER_KEY};

/// So many, and no more while a test lasts.
#[expect(clippy::unnecessary_wraps, reason = "it is always written where a limit may be absent")]
fn only(number: u32) -> Option<Rate> {
    let burst = NonZeroU32::new(number).expect("the tests count from one");
    Some(Rate { per_second: NonZeroU32::MIN, burst })
}

fn house(rates: Rates) -> House {
    House::with(|api: &mut Api| api.limits.rates = rates)
}

fn assert_too_often(answer: &Answer) {
    let problem = answer.problem();
    assert_eq!((problem.status, problem.title.as_str()), (429, "Rate Limit Exceeded"));
    assert!(problem.type_uri.ends_with("#rate-limit-exceeded"), "{problem:?}");
    assert_eq!(answer.header("tl-should-retry"), Some("true"));
    let wait: u64 = answer.header("retry-after").and_then(|wait| wait.parse().ok()).unwrap_or(0);
    assert!((1..=2).contains(&wait), "{answer:?}");
}

fn token_request(client: &str, secret: &str) -> Call {
    let body = format!(
        r#"{{"grant_type":"client_credentials","client_id":"{client}","client_secret":"{secret}"}}"#
    );
    Call::post("/connect/token", &body)
}

#[tokio::test]
async fn by_default_nobody_is_counted() {
    let house = House::new();
    let token = house.token("acme").await;

    for _ in 0..200 {
        let answer = Call::get("/v3/payouts").bearer(&token).send(&house).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn reads_and_writes_of_each_client_are_counted_apart() {
    let house = house(Rates { reads: only(2), writes: only(1), ..Rates::default() });
    let (acme, bets) = (house.token("acme").await, house.token("bets").await);
    let read = |token: &str| Call::get("/v3/payouts").bearer(token);
    let order = house.paid_in().await.order();

    for _ in 0..2 {
        assert_eq!(read(&acme).send(&house).await.status, StatusCode::OK);
    }
    let third = read(&acme).send(&house).await;
    let write = Call::payout(&house, "key-1", &order).await.send(&house).await;
    let second = Call::payout(&house, "key-1", &order).await.send(&house).await;

    assert_too_often(&third);
    assert_eq!(write.status, StatusCode::ACCEPTED, "{write:?}");
    assert_too_often(&second);
    assert_eq!(read(&bets).send(&house).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_write_is_counted_before_its_signature_is_looked_at() {
    let house = house(Rates { writes: only(1), ..Rates::default() });
    let order = house.paid_in().await.order();
    let unsigned = Call::payout(&house, "key-1", &order).await.without("Tl-Signature");

    let first = unsigned.clone().send(&house).await;
    let second = unsigned.clone().send(&house).await;

    assert_eq!(first.problem().status, 401);
    assert_too_often(&second);
}

#[tokio::test]
async fn who_has_no_valid_token_uses_up_nothing_of_a_client() {
    let house = house(Rates { reads: only(1), ..Rates::default() });
    let token = house.token("acme").await;
    let forged = format!("{}A", token.trim_end_matches(|c: char| c.is_alphanumeric()));

    for _ in 0..5 {
        let refused = Call::get("/v3/payouts").bearer(&forged).send(&house).await;
        assert_eq!(refused.problem().status, 401);
    }

    let answer = Call::get("/v3/payouts").bearer(&token).send(&house).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn tokens_are_counted_by_client_and_address_before_the_secret_is_looked_at() {
    let house = house(Rates { tokens: only(2), ..Rates::default() });
    let stranger = Some(([192, 0, 2, 7], 40_000).into());
    let wrong = || token_request("acme", "a guess").sent_by(stranger);

    let guesses = [wrong().send(&house).await, wrong().send(&house).await];
    let third = wrong().send(&house).await;
    let right = token_request("acme", "secret of acme").sent_by(stranger).send(&house).await;
    let at_home = token_request("acme", "secret of acme").send(&house).await;

    assert!(guesses.iter().all(|answer| answer.status == 400), "{guesses:?}");
    assert_too_often(&third);
    assert_too_often(&right);
    assert_eq!(at_home.status, StatusCode::OK, "{at_home:?}");
}

#[tokio::test]
async fn whoever_names_nobody_is_counted_by_address_whatever_name_it_is() {
    let house = house(Rates { tokens: only(2), ..Rates::default() });
    let ask = |name: &str, last: u8| {
        token_request(name, "a guess").sent_by(Some(([192, 0, 2, last], 40_000).into()))
    };

    let first = [ask("nobody", 7).send(&house).await, ask("operator:eve", 7).send(&house).await];
    let third = ask("no name at all", 7).send(&house).await;
    let elsewhere = ask("nobody", 8).send(&house).await;

    assert!(first.iter().all(|answer| answer.status == 400), "{first:?}");
    assert_too_often(&third);
    assert_eq!(elsewhere.status, 400);
    assert_eq!(token_request("acme", "secret of acme").send(&house).await.status, 200);
}

#[tokio::test]
async fn a_proxy_that_is_trusted_says_where_a_request_comes_from_and_nobody_else_does() {
    let house = House::with(|api: &mut Api| {
        api.limits.rates.tokens = only(1);
        api.limits.proxies = "10.0.0.0/8".parse().expect("it is a network");
    });
    let ask = |peer: [u8; 4], said: &str| {
        let call = token_request("nobody", "a guess").header("X-Forwarded-For", said);
        call.sent_by(Some((peer, 40_000).into()))
    };

    let one = ask([10, 0, 0, 7], "198.51.100.1").send(&house).await;
    let other = ask([10, 0, 0, 7], "198.51.100.2").send(&house).await;
    let again = ask([10, 0, 0, 8], "203.0.113.9, 198.51.100.1").send(&house).await;
    let stranger = ask([192, 0, 2, 7], "203.0.113.1").send(&house).await;
    let same_stranger = ask([192, 0, 2, 7], "203.0.113.2").send(&house).await;

    assert_eq!((one.status.as_u16(), other.status.as_u16()), (400, 400));
    assert_too_often(&again);
    assert_eq!(stranger.status.as_u16(), 400);
    assert_too_often(&same_stranger);
}

#[tokio::test]
async fn no_address_in_a_header_steers_a_sandbox() {
    let house = House::with(|api: &mut Api| {
        api.limits.proxies = "127.0.0.0/8,192.0.2.0/24".parse().expect("they are networks");
    });
    let clock = |peer: [u8; 4]| Call::get("/sandbox/clock").sent_by(Some((peer, 40_000).into()));

    let pretends = clock([192, 0, 2, 7]).header("X-Forwarded-For", "127.0.0.1").send(&house).await;
    let through = clock([127, 0, 0, 1]).header("X-Forwarded-For", "127.0.0.1").send(&house).await;
    let direct = clock([127, 0, 0, 1]).send(&house).await;

    assert_eq!((pretends.problem().status, through.problem().status), (403, 403));
    assert_eq!(direct.status, StatusCode::OK);
}

#[tokio::test]
async fn operators_are_counted_by_name() {
    let house = house(Rates { reads: only(1), writes: only(1), ..Rates::default() });
    let mut tokens = Vec::new();
    for name in ["alice", "bob"] {
        let call = token_request(&format!("operator:{name}"), &format!("secret of {name}"));
        tokens.push(call.send(&house).await.member("access_token").expect("it is an operator"));
    }
    let read = |token: &str| Call::get("/operator/pause").bearer(token);

    let (first, second) =
        (read(&tokens[0]).send(&house).await, read(&tokens[0]).send(&house).await);
    let other = read(&tokens[1]).send(&house).await;

    assert_eq!((first.status.as_u16(), other.status.as_u16()), (200, 200), "{first:?}");
    assert_too_often(&second);
}

#[tokio::test]
async fn events_are_counted_by_address_before_their_signature_is_looked_at() {
    let house = house(Rates { webhooks: only(1), ..Rates::default() });
    let event = |peer: [u8; 4]| {
        Call::post("/webhooks", "{}")
            .header("X-TL-Webhook-Timestamp", "2026-03-02T09:14:07Z")
            .signed_over(&PROVIDER_KEY, &["X-TL-Webhook-Timestamp"], Some(PROVIDER_JKU))
            .sent_by(Some((peer, 40_000).into()))
    };

    let first = event([192, 0, 2, 7]).send(&house).await;
    let second = event([192, 0, 2, 7]).send(&house).await;
    let elsewhere = event([192, 0, 2, 8]).send(&house).await;

    assert_eq!((first.status.as_u16(), elsewhere.status.as_u16()), (400, 400), "{first:?}");
    assert_too_often(&second);
    assert_eq!(house.keys.asked.lock().expect("no test panics here").len(), 2);
}
