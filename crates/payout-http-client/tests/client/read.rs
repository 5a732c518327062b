//! Questions: what is asked, and what the answers come to.

use std::sync::atomic::{AtomicUsize, Ordering};

use payout_conformance::fixtures::{
    gateway_payout_id, merchant_account_id, payment, payment_id, payment_source_id, seconds, user,
};
use payout_domain::{Currency, PayoutId, ProviderStatus};
use payout_ports::{PayoutGateway, ReadError, TransactionQuery, TransactionType};
use payout_wire::payment::PaymentBody;

use crate::scripted_server::{Act, ScriptedServer, json, problem, provider, response};
use crate::world::gateway;

fn payout(extra: &str) -> String {
    let (id, account) = (gateway_payout_id(1), merchant_account_id(1));
    format!(
        r#"{{"id":"{id}","merchant_account_id":"{account}","amount_in_minor":1250,"currency":"GBP",
        "created_at":"2026-03-02T09:14:07.412093Z"{extra}}}"#
    )
}

fn to_source(extra: &str) -> String {
    let source = payment_source_id(1);
    payout(&format!(
        r#","beneficiary":{{"type":"payment_source","payment_source_id":"{source}","user_id":"sam",
        "reference":"WD-1"}}{extra}"#
    ))
}

fn accounts() -> String {
    format!(
        r#"{{"items":[{{"id":"{}","currency":"EUR","account_identifiers":[],
        "available_balance_in_minor":5,"current_balance_in_minor":7,"account_holder_name":"ACME"}}]}}"#,
        merchant_account_id(1),
    )
}

fn is_unreadable<T>(answer: &Result<T, ReadError>) -> bool {
    matches!(answer, Err(ReadError::Unreadable(_)))
}

#[tokio::test]
async fn a_payout_is_told_with_our_own_name_for_it() {
    let ours = payout_conformance::fixtures::payout_id(1);
    let body = to_source(&format!(
        r#","status":"executed","executed_at":"2026-03-02T09:14:09Z","metadata":{{"payout_id":"{ours}"}}"#
    ));
    let server = provider(move |_| json(200, &body)).await;

    let found = gateway(&server.url()).find_payout(gateway_payout_id(1)).await;

    let found = found.expect("it is there").expect("it is found");
    assert_eq!(found.id, gateway_payout_id(1));
    assert_eq!(found.payout_id, Some(ours));
    assert_eq!(found.amount.to_string(), "12.50 GBP");
    assert!(matches!(found.status, ProviderStatus::Executed { .. }), "{found:?}");
    let seen = &server.seen()[1];
    assert_eq!(seen.method, "GET");
    assert_eq!(seen.target, format!("/v3/payouts/{}", gateway_payout_id(1)));
    assert_eq!(seen.header("Tl-Signature"), None);
}

#[tokio::test]
async fn metadata_that_is_not_ours_names_no_payout_of_ours() {
    for metadata in [r#"{"payout_id":"20417"}"#, r#"{"order":"1"}"#, "{}"] {
        let body = to_source(&format!(r#","status":"pending","metadata":{metadata}"#));
        let server = provider(move |_| json(200, &body)).await;

        let found = gateway(&server.url()).find_payout(gateway_payout_id(1)).await;

        let found = found.expect("it is there").expect("it is found");
        assert_eq!(found.payout_id, None::<PayoutId>, "{metadata}");
    }
}

#[tokio::test]
async fn what_cannot_be_understood_of_a_payout_is_never_guessed() {
    let other = to_source(r#","status":"pending""#)
        .replace(&gateway_payout_id(1).to_string(), &gateway_payout_id(2).to_string());
    for body in [
        to_source(r#","status":"authorizing""#),
        to_source(r#","status":"settled""#),
        to_source(""),
        to_source(r#","status":"executed""#),
        to_source(r#","status":"pending""#).replace("1250", "12.5"),
        to_source(r#","status":"pending""#).replace("GBP", "gbp"),
        payout(r#","status":"pending","beneficiary":{"type":"external_account"}"#),
        payout(r#","status":"pending""#),
        other,
        "{}".to_owned(),
        "<html>".to_owned(),
    ] {
        let server = provider({
            let body = body.clone();
            move |_| json(200, &body)
        })
        .await;

        let found = gateway(&server.url()).find_payout(gateway_payout_id(1)).await;

        assert!(is_unreadable(&found), "{body}: {found:?}");
    }
}

#[tokio::test]
async fn what_is_not_found_is_not_there_now() {
    let server = provider(|_| problem(404, r#"{"title":"Not Found","status":404}"#)).await;
    let gateway = gateway(&server.url());

    assert!(matches!(gateway.find_payout(gateway_payout_id(1)).await, Ok(None)));
    assert!(matches!(gateway.find_payment(payment_id(1)).await, Ok(None)));
    let accounts = gateway.merchant_accounts().await;
    assert!(is_unreadable(&accounts), "a list is never not there: {accounts:?}");
}

#[tokio::test]
async fn a_token_that_a_read_is_refused_with_is_replaced_once() {
    let number = AtomicUsize::new(1);
    let refused = AtomicUsize::new(0);
    let server = ScriptedServer::new(move |seen| {
        if seen.target == "/connect/token" {
            let number = number.fetch_add(1, Ordering::SeqCst);
            let token = format!(
                r#"{{"access_token":"t{number}","expires_in":3600,"token_type":"Bearer"}}"#
            );
            return json(200, &token);
        }
        match refused.fetch_add(1, Ordering::SeqCst) {
            0 => problem(401, "{}"),
            _ => json(200, r#"{"items":[]}"#),
        }
    })
    .await;

    let accounts = gateway(&server.url()).merchant_accounts().await.expect("the second one goes");

    assert_eq!(accounts, []);
    let tokens: Vec<_> = server
        .seen()
        .iter()
        .filter_map(|seen| seen.header("Authorization").map(str::to_owned))
        .collect();
    assert_eq!(tokens, ["Bearer t1", "Bearer t2"]);
}

#[tokio::test]
async fn a_read_that_is_refused_twice_is_refused() {
    let server = provider(|_| {
        problem(401, r#"{"title":"Unauthenticated","status":401,"detail":"who are you"}"#)
    })
    .await;

    let refused = gateway(&server.url()).merchant_accounts().await;

    let Err(ReadError::Refused { detail }) = refused else { panic!("{refused:?}") };
    assert_eq!(detail, "status 401: who are you");
    assert_eq!(server.count("/v3/merchant-accounts"), 2);
}

#[tokio::test]
async fn no_other_answer_to_a_read_is_asked_for_twice() {
    let unavailable =
        |answer: &Result<_, ReadError>| matches!(answer, Err(ReadError::Unavailable(_)));
    for (act, expected) in [
        (problem(403, "{}"), "refused"),
        (problem(408, "{}"), "unavailable"),
        (problem(429, "{}"), "unavailable"),
        (problem(500, "{}"), "unavailable"),
        (problem(503, "{}"), "unavailable"),
        (Act::SayAndCut(Vec::new()), "unavailable"),
        (Act::Hang, "unavailable"),
        (Act::Say(response(307, &[("Location", "/elsewhere")], "")), "unreadable"),
        (problem(400, "{}"), "unreadable"),
        (Act::Say(response(204, &[], "")), "unreadable"),
    ] {
        let server = provider({
            let act = act.clone();
            move |_| act.clone()
        })
        .await;

        let answer = gateway(&server.url()).merchant_accounts().await;

        let is_expected = match expected {
            "refused" => matches!(answer, Err(ReadError::Refused { .. })),
            "unavailable" => unavailable(&answer),
            _ => is_unreadable(&answer),
        };
        assert!(is_expected, "{act:?} should be {expected}: {answer:?}");
        assert_eq!(server.seen().len(), 2, "{act:?}");
    }
}

#[tokio::test]
async fn an_error_names_no_user() {
    let server = provider(|_| Act::SayAndCut(Vec::new())).await;
    let gateway = gateway(&server.url());

    let error = gateway.find_payout(gateway_payout_id(1)).await.expect_err("it was cut");

    let printed = format!("{error:?}");
    assert!(!printed.contains(&gateway_payout_id(1).to_string()), "{printed}");
}

#[tokio::test]
async fn the_currency_of_a_source_is_its_merchant_accounts_and_is_asked_for_once() {
    let source = payment_source_id(1);
    let sources = format!(
        r#"{{"items":[{{"id":"{source}","account_identifiers":[]}},
        {{"id":"{}","user_id":"eve","account_identifiers":[]}}]}}"#,
        payment_source_id(2),
    );
    let server = provider(move |seen| {
        let is_list = seen.target == "/v3/merchant-accounts";
        json(200, if is_list { accounts() } else { sources.clone() }.as_str())
    })
    .await;
    let gateway = gateway(&server.url());

    let listed = gateway.payment_sources(merchant_account_id(1), &user("sam")).await;
    gateway.payment_sources(merchant_account_id(1), &user("a.b")).await.expect("it is there");
    let unknown = gateway.payment_sources(merchant_account_id(2), &user("sam")).await;

    let listed = listed.expect("it is there").expect("there is such an account");
    let names: Vec<_> = listed.iter().map(|source| (source.id(), source.currency())).collect();
    assert_eq!(names, [(source, Currency::EUR)], "the one of eve is not sam's");
    assert!(listed[0].proof(merchant_account_id(1)).is_some());
    assert!(matches!(unknown, Ok(None)));
    let account = merchant_account_id(1);
    assert_eq!(
        server.count(&format!("/v3/merchant-accounts/{account}/payment-sources?user_id=sam")),
        1
    );
    assert_eq!(
        server.count(&format!("/v3/merchant-accounts/{account}/payment-sources?user_id=a.b")),
        1
    );
    assert_eq!(server.count("/v3/merchant-accounts"), 2, "once, and once for the unknown one");
}

#[tokio::test]
async fn a_payment_counts_only_when_it_has_settled() {
    for status in ["authorized", "executed", "failed", "reversed"] {
        let body = format!(r#"{{"id":"{}","status":"{status}"}}"#, payment_id(1));
        let server = provider(move |_| json(200, &body)).await;

        let found = gateway(&server.url()).find_payment(payment_id(1)).await;

        assert!(matches!(found, Ok(None)), "{status}: {found:?}");
    }
}

#[tokio::test]
async fn a_settled_payment_is_the_one_that_was_asked_for() {
    let body = PaymentBody::from(&payment(1)).to_bytes();
    let body = String::from_utf8(body).expect("JSON is text");
    let server = provider(move |_| json(200, &body)).await;
    let gateway = gateway(&server.url());

    let asked_for = gateway.find_payment(payment_id(1)).await;
    let another = gateway.find_payment(payment_id(2)).await;

    assert_eq!(asked_for.expect("it is there"), Some(payment(1)));
    assert!(is_unreadable(&another), "{another:?}");
}

#[tokio::test]
async fn movements_are_asked_for_with_everything_encoded() {
    let server = provider(|_| json(200, r#"{"items":[],"pagination":{"next_cursor":"b"}}"#)).await;
    let query = TransactionQuery {
        from: seconds(0),
        to: seconds(3600),
        only: Some(TransactionType::Payout),
        cursor: Some("a&type=payment#+ /?%".to_owned()),
    };

    let page = gateway(&server.url()).transactions(merchant_account_id(1), &query).await;

    let page = page.expect("it is there").expect("there is such an account");
    assert_eq!((page.items.len(), page.next_cursor.as_deref()), (0, Some("b")));
    assert_eq!(
        server.seen()[1].target,
        format!(
            "/v3/merchant-accounts/{}/transactions?from=2026-03-02T09%3A14%3A07.000000Z\
             &to=2026-03-02T10%3A14%3A07.000000Z&type=payout\
             &cursor=a%26type%3Dpayment%23%2B+%2F%3F%25",
            merchant_account_id(1),
        ),
    );
}

#[tokio::test]
async fn movements_that_are_not_ours_to_tell_are_passed_over() {
    let id = payment_id(9);
    let body = format!(
        r#"{{"items":[
        {{"type":"refund","id":"{id}"}},
        {{"type":"payout","id":"{id}","payout_id":"{id}","currency":"GBP","amount_in_minor":1,
          "status":"pending","created_at":"2026-03-02T09:14:07Z",
          "beneficiary":{{"type":"business_account","reference":"x"}}}},
        {{"type":"external_payment","id":"{id}","currency":"GBP","amount_in_minor":1250,
          "status":"settled","settled_at":"2026-03-03T07:40:00.000Z"}}]}}"#
    );
    let server = provider(move |_| json(200, &body)).await;
    let query = TransactionQuery { from: seconds(0), to: seconds(1), only: None, cursor: None };

    let page = gateway(&server.url()).transactions(merchant_account_id(1), &query).await;

    let page = page.expect("it is there").expect("there is such an account");
    assert_eq!(page.items.len(), 1, "{page:?}");
    assert_eq!(page.next_cursor, None);
}
