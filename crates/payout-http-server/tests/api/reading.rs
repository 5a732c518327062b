//! What a client sees, and what it does not.

use http::StatusCode;

use crate::call::{Answer, Call};
use crate::house::House;

async fn get(house: &House, client: &str, path: &str) -> Answer {
    let token = house.token(client).await;
    Call::get(path).bearer(&token).send(house).await
}

async fn accepted(house: &House, key: &str) -> String {
    let body = house.paid_in().await.order();
    let answer = Call::payout(house, key, &body).await.send(house).await;
    answer.member("id").expect("it was accepted")
}

#[tokio::test]
async fn a_payout_of_another_client_looks_exactly_like_none() {
    let house = House::new();
    let id = accepted(&house, "key-1").await;
    let none = "00000000-0000-4000-8000-000000000001";

    for path in ["/v3/payouts/{id}", "/payouts/{id}/history"] {
        let of_another = get(&house, "bets", &path.replace("{id}", &id)).await;
        let unknown = get(&house, "bets", &path.replace("{id}", none)).await;
        let no_id = get(&house, "bets", &path.replace("{id}", "no-id")).await;
        let own = get(&house, "acme", &path.replace("{id}", &id)).await;

        assert_eq!(of_another.problem().detail, "Payout could not be found.");
        assert_eq!(of_another.without_trace(), unknown.without_trace());
        assert_eq!(no_id.without_trace(), unknown.without_trace());
        assert_eq!(own.status, StatusCode::OK);
    }
    assert_eq!(get(&house, "bets", "/v3/payouts").await.body, r#"{"items":[]}"#);
    let cursor = get(&house, "bets", &format!("/v3/payouts?cursor={id}")).await;
    assert_eq!(cursor.body, r#"{"items":[]}"#);
}

#[tokio::test]
async fn an_id_in_another_spelling_names_nothing() {
    let house = House::new();
    let id = accepted(&house, "key-1").await;

    for path in [
        format!("/v3/payouts/{}", id.replacen('5', "%35", 1)),
        format!("/v3/payouts/{}", id.to_uppercase()),
        format!("/v3/payouts/{id}%20"),
        format!("/v3/payouts/{id};v=1"),
        format!("/v3/payouts//{id}"),
    ] {
        assert_eq!(get(&house, "acme", &path).await.problem().status, 404, "{path}");
    }
    assert_eq!(get(&house, "acme", &format!("/v3/payouts/{id}/")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_is_read_without_a_token() {
    let house = House::new();
    let id = accepted(&house, "key-1").await;

    for path in [
        "/payouts",
        "/payouts/{id}",
        "/payouts/{id}/history",
        "/merchant-accounts",
        "/merchant-accounts/{id}",
        "/merchant-accounts/{id}/transactions",
        "/merchant-accounts/{id}/payment-sources",
        "/payments/{id}",
    ] {
        for prefix in ["", "/v3"] {
            let path = format!("{prefix}{path}").replace("{id}", &id);
            let answer = Call::get(&path).send(&house).await;

            assert_eq!(answer.problem().status, 401, "{path}");
        }
    }
}

#[tokio::test]
async fn payouts_are_listed_page_by_page_the_newest_first() {
    let house = House::new();
    let mut ids = Vec::new();
    for key in ["key-1", "key-2", "key-3"] {
        ids.push(accepted(&house, key).await);
    }
    ids.reverse();

    let mut seen = Vec::new();
    let mut path = "/v3/payouts?limit=1".to_owned();
    for _ in 0..3 {
        let page = get(&house, "acme", &path).await;
        assert_eq!(page.body.matches(r#""status":"#).count(), 1, "{page:?}");
        seen.push(page.member("id").expect("there is one"));
        let Some(cursor) = page.member("next_cursor") else { break };
        path = format!("/v3/payouts?limit=1&cursor={cursor}");
    }

    assert_eq!(seen, ids);
    let whole = get(&house, "acme", "/v3/payouts").await;
    assert!(whole.member("next_cursor").is_none(), "{whole:?}");
}

#[tokio::test]
async fn a_parameter_that_means_nothing_is_refused() {
    let house = House::new();
    let account = house.paid_in().await.merchant_account;
    let transactions = format!("/v3/merchant-accounts/{account}/transactions");
    let sources = format!("/v3/merchant-accounts/{account}/payment-sources");

    for (path, parameter) in [
        ("/v3/payouts?limit=0".to_owned(), "limit"),
        ("/v3/payouts?limit=201".to_owned(), "limit"),
        ("/v3/payouts?limit=many".to_owned(), "limit"),
        ("/v3/payouts?limit=1&limit=2".to_owned(), "limit"),
        ("/v3/payouts?cursor=here".to_owned(), "cursor"),
        (transactions.clone(), "from"),
        (format!("{transactions}?from=2026-03-01T00:00:00Z"), "to"),
        (format!("{transactions}?from=yesterday&to=2026-03-01T00:00:00Z"), "from"),
        (format!("{transactions}?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z"), "to"),
        (
            format!("{transactions}?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&type=refund"),
            "type",
        ),
        (
            format!("{transactions}?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&cursor=here"),
            "cursor",
        ),
        (sources.clone(), "user_id"),
        (format!("{sources}?user_id="), "user_id"),
        (format!("{sources}?user_id=no%20name"), "user_id"),
    ] {
        let answer = get(&house, "acme", &path).await;

        assert_eq!(answer.problem().status, 400, "{path}");
        assert_eq!(answer.sentences(parameter).len(), 1, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn both_ends_of_a_range_count_to_the_second() {
    let house = House::new();
    // It settles at 09:14:07.412093.
    let account = house.paid_in().await.merchant_account;

    for (from, to, listed) in [
        ("09:14:07.999Z", "09:14:08Z", 1),
        ("09:14:06Z", "09:14:07Z", 1),
        ("09:14:07Z", "09:14:07Z", 1),
        ("09:14:08Z", "09:14:09Z", 0),
        ("09:14:05Z", "09:14:06Z", 0),
    ] {
        let times = format!("from=2026-03-02T{from}&to=2026-03-02T{to}");
        let path = format!("/v3/merchant-accounts/{account}/transactions?{times}");
        let answer = get(&house, "acme", &path).await;

        assert_eq!(answer.body.matches("settled_at").count(), listed, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_said_to_be_missing_by_name() {
    let house = House::new();
    let none = "00000000-0000-4000-8000-000000000001";
    let times = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";

    for (path, detail) in [
        (format!("/v3/payments/{none}"), "Payment could not be found."),
        ("/v3/payments/no-id".to_owned(), "Payment could not be found."),
        (format!("/v3/merchant-accounts/{none}"), "Merchant account could not be found."),
        (
            format!("/v3/merchant-accounts/{none}/transactions?{times}"),
            "Merchant account could not be found.",
        ),
        (
            format!("/v3/merchant-accounts/{none}/payment-sources?user_id=sam"),
            "Merchant account could not be found.",
        ),
    ] {
        let problem = get(&house, "acme", &path).await.problem();

        assert_eq!((problem.status, problem.detail.as_str()), (404, detail), "{path}");
    }
}

#[tokio::test]
async fn a_user_who_never_paid_in_has_no_payment_sources() {
    let house = House::new();
    let account = house.paid_in().await.merchant_account;
    let path = format!("/v3/merchant-accounts/{account}/payment-sources?user_id=eve");

    let answer = get(&house, "acme", &path).await;

    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, r#"{"items":[]}"#));
}

#[tokio::test]
async fn every_answer_is_named_and_kept_by_nobody() {
    let house = House::new();

    for path in ["/v3/payouts", "/healthz", "/readyz", "/nowhere"] {
        let answer = get(&house, "acme", path).await;

        let trace_id = answer.header("tl-trace-id").expect("every answer has one");
        assert_eq!(trace_id.len(), 32, "{path}");
        assert_eq!(answer.header("x-tl-correlation-id"), Some(trace_id), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[tokio::test]
async fn our_keys_are_published_and_may_be_kept_for_a_while() {
    let house = House::new();

    let answer = Call::get("/.well-known/jwks").send(&house).await;

    assert!(answer.body.contains(r#""kid":"provider-key""#), "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
}
