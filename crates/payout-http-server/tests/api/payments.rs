//! Payments as a client has them made in a sandbox, from the first request to the closed loop.

use std::time::Duration;

use http::StatusCode;
use payout_ports::{MovableClock as _, NoticeSubject, SandboxBank as _, SandboxProvider as _};
use payout_service::SandboxDelays;

use crate::call::{Answer, Call};
use crate::house::{ACME_KEY, BETS_KEY, House};

/// What both ways to the bank and the choice of a bank are called for.
const EVERY_WAY: &str =
    r#"{"provider_selection":{},"redirect":{"return_uri":"https://shop.example/back"}}"#;

/// Somebody's merchant account in pounds.
pub(crate) async fn merchant_account(house: &House) -> String {
    let token = house.token("acme").await;
    let answer = Call::get("/v3/merchant-accounts").bearer(&token).send(house).await;
    answer.member("id").expect("the first one holds pounds")
}

pub(crate) async fn order(house: &House) -> String {
    let account = merchant_account(house).await;
    format!(
        r#"{{"amount_in_minor":2000,"currency":"GBP","payment_method":{{"type":"bank_transfer","provider_selection":{{"type":"user_selected","filter":{{"provider_ids":["mock-payments-gb-redirect"]}}}},"beneficiary":{{"type":"merchant_account","merchant_account_id":"{account}"}}}},"user":{{"id":"sam","name":"Sam Example","email":"sam@example.test"}},"metadata":{{"order":"991"}}}}"#
    )
}

/// A write of `acme`.
pub(crate) async fn write(house: &House, path: &str, key: &str, body: &str) -> Answer {
    let token = house.token("acme").await;
    let call = Call::post(path, body).bearer(&token).header("Idempotency-Key", key);
    call.signed(&ACME_KEY).send(house).await
}

pub(crate) async fn read(house: &House, path: &str) -> Answer {
    let token = house.token("acme").await;
    Call::get(path).bearer(&token).send(house).await
}

/// A payment that its user is yet to authorise.
pub(crate) async fn created(house: &House) -> String {
    let order = order(house).await;
    let answer = write(house, "/v3/payments", "pay-1", &order).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.member("id").expect("it was made")
}

/// A payment whose user stands before the bank.
pub(crate) async fn at_the_bank(house: &House) -> String {
    let id = created(house).await;
    let flow = format!("/v3/payments/{id}/authorization-flow");
    let begun = write(house, &flow, "flow-1", EVERY_WAY).await;
    assert_eq!(begun.status, StatusCode::OK, "{begun:?}");
    let chosen = r#"{"provider_id":"mock-payments-gb-redirect"}"#;
    let path = format!("{flow}/actions/provider-selection");
    let chosen = write(house, &path, "provider-1", chosen).await;
    assert_eq!(chosen.status, StatusCode::OK, "{chosen:?}");
    id
}

pub(crate) async fn log_in(house: &House, id: &str, login: &str) -> Answer {
    let body = format!(r#"{{"payment_id":"{id}","login":"{login}"}}"#);
    Call::post("/sandbox/logins", &body).send(house).await
}

/// Time passes, and the bank is followed.
pub(crate) async fn pass(house: &House, span: Duration) {
    house.clock.advance(span);
    house.work().await;
}

/// The types of the events that a client is to be told.
pub(crate) async fn told(house: &House) -> Vec<String> {
    let notices = house.bank.notices(100).await;
    let words = notices.into_iter().map(|notice| match notice.subject {
        NoticeSubject::PayIn(pay_in) => format!("payment {}", pay_in.state().as_str()),
        NoticeSubject::Transfer(transfer) => format!("transfer {:?}", transfer.status),
    });
    words.collect()
}

#[tokio::test]
async fn a_payment_is_made_authorised_and_settled_and_may_be_paid_back_in_the_closed_loop() {
    let house = House::new();
    let id = at_the_bank(&house).await;

    let answer = log_in(&house, &id, "test_executed").await;

    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    pass(&house, Duration::ZERO).await;
    let payment = read(&house, &format!("/v3/payments/{id}")).await;
    assert_eq!(payment.member("status").as_deref(), Some("settled"), "{payment:?}");
    for member in ["executed_at", "settled_at", "account_holder_name", "scheme_id", "order"] {
        assert!(payment.body.contains(&format!("\"{member}\":\"")), "{member}: {payment:?}");
    }
    let account = merchant_account(&house).await;
    let sources = format!("/v3/merchant-accounts/{account}/payment-sources?user_id=sam");
    let source = read(&house, &sources).await.member("id").expect("the user has paid in");
    let payout = format!(
        r#"{{"merchant_account_id":"{account}","amount_in_minor":1250,"currency":"GBP","beneficiary":{{"type":"payment_source","payment_source_id":"{source}","user_id":"sam","reference":"WD-20417"}}}}"#
    );
    let accepted = write(&house, "/v3/payouts", "out-1", &payout).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{accepted:?}");
    assert_eq!(told(&house).await, ["payment executed"]);
}

#[tokio::test]
async fn each_state_of_a_payment_is_told_as_clients_read_it() {
    let house = House::new();
    let delays = SandboxDelays { settlement: Duration::from_secs(10), ..SandboxDelays::default() };
    house.bank.set_delays(delays).await.expect("memory does not fail");
    let order = order(&house).await;
    let id = write(&house, "/v3/payments", "pay-1", &order).await.member("id").expect("made");
    let path = format!("/payments/{id}");
    let flow = format!("{path}/authorization-flow");

    let mut seen = vec![read(&house, &path).await];
    write(&house, &flow, "flow-1", EVERY_WAY).await;
    seen.push(read(&house, &path).await);
    let chosen = r#"{"provider_id":"mock-payments-gb-redirect"}"#;
    write(&house, &format!("{flow}/actions/provider-selection"), "choose-1", chosen).await;
    seen.push(read(&house, &path).await);
    log_in(&house, &id, "test_executed").await;
    seen.push(read(&house, &path).await);
    pass(&house, Duration::from_secs(5)).await;
    seen.push(read(&house, &path).await);
    pass(&house, Duration::from_secs(5)).await;
    seen.push(read(&house, &path).await);

    let told: Vec<_> = seen.iter().filter_map(|answer| answer.member("status")).collect();
    let states = ["authorization_required", "authorizing", "authorizing", "authorized"];
    assert_eq!(told, [&states[..], &["executed", "settled"]].concat());
    let has = |at: usize, text: &str| seen.get(at).is_some_and(|answer| answer.body.contains(text));
    assert!(
        has(
            1,
            r#""next":{"type":"provider_selection","providers":[{"id":"mock-payments-gb-redirect""#
        ),
        "{seen:?}"
    );
    assert!(
        has(
            2,
            &format!(
                r#""next":{{"type":"redirect","uri":"http://127.0.0.1:8080/sandbox/banks/{id}""#
            )
        ),
        "{seen:?}"
    );
    assert!(!has(3, "\"next\""), "{seen:?}");
    assert!(has(4, "executed_at") && !has(4, "payment_source"), "{seen:?}");
    assert!(has(5, "payment_source") && has(5, "settled_at"), "{seen:?}");
    assert!(seen.iter().all(|answer| !answer.body.contains("null")), "{seen:?}");
}

#[tokio::test]
async fn a_bank_that_does_not_go_along_fails_the_payment_at_its_stage() {
    for (login, stage, reason) in [
        ("test_authorisation_failed", "authorizing", "authorization_failed"),
        ("test_execution_rejected", "authorized", "rejected"),
        ("test_cancelled", "authorizing", "canceled"),
    ] {
        let house = House::new();
        let id = at_the_bank(&house).await;

        log_in(&house, &id, login).await;

        pass(&house, Duration::from_secs(1)).await;
        let payment = read(&house, &format!("/v3/payments/{id}")).await;
        assert_eq!(payment.member("status").as_deref(), Some("failed"), "{payment:?}");
        assert_eq!(payment.member("failure_stage").as_deref(), Some(stage), "{payment:?}");
        assert_eq!(payment.member("failure_reason").as_deref(), Some(reason), "{payment:?}");
        assert!(payment.member("failed_at").is_some(), "{payment:?}");
        assert_eq!(told(&house).await, ["payment failed"], "{login}");
    }
}

#[tokio::test]
async fn a_caller_without_a_page_lets_its_user_log_in_by_a_form() {
    let house = House::new();
    let id = created(&house).await;
    let flow = format!("/v3/payments/{id}/authorization-flow");
    let begun = write(
        &house,
        &flow,
        "f",
        r#"{"provider_selection":{},"consent":{},"form":{"input_types":["text"]}}"#,
    )
    .await;
    assert!(begun.body.contains("provider_selection"), "{begun:?}");

    let chosen = r#"{"provider_id":"mock-payments-gb-redirect"}"#;
    let chosen = write(&house, &format!("{flow}/actions/provider-selection"), "p", chosen).await;
    let agreed = write(&house, &format!("{flow}/actions/consent"), "c", "").await;
    let form = format!("{flow}/actions/form");
    let logged_in = write(&house, &form, "l", r#"{"inputs":{"login":"test_executed"}}"#).await;

    assert!(
        chosen.body.contains(r#""next":{"type":"consent","subsequent_action_hint":"form"}"#),
        "{chosen:?}"
    );
    assert!(
        agreed.body.contains(r#""next":{"type":"form","inputs":[{"type":"text","id":"login""#),
        "{agreed:?}"
    );
    assert_eq!(logged_in.member("status").as_deref(), Some("authorized"), "{logged_in:?}");
}

#[tokio::test]
async fn a_payment_is_called_off_until_its_user_has_authorised_it() {
    let house = House::new();
    let id = created(&house).await;
    let cancel = format!("/v3/payments/{id}/actions/cancel");

    let called_off = write(&house, &cancel, "cancel-1", "").await;
    let again = write(&house, &cancel, "cancel-1", "").await;
    let anew = write(&house, &cancel, "cancel-2", "").await;

    assert_eq!(called_off.status, StatusCode::ACCEPTED, "{called_off:?}");
    assert_eq!(again.status, StatusCode::ACCEPTED, "{again:?}");
    assert_eq!(anew.problem().title, "Invalid State", "{anew:?}");
    assert!(anew.problem().detail.contains("failed"), "{anew:?}");
}

#[tokio::test]
async fn the_same_write_under_the_same_key_is_one_and_has_the_first_answer() {
    let house = House::new();
    let order = order(&house).await;
    let first = write(&house, "/v3/payments", "pay-1", &order).await;
    let id = first.member("id").expect("it was made");
    let flow = format!("/v3/payments/{id}/authorization-flow");
    let begun = write(&house, &flow, "flow-1", EVERY_WAY).await;
    let chosen = r#"{"provider_id":"mock-payments-gb-redirect"}"#;
    write(&house, &format!("{flow}/actions/provider-selection"), "provider-1", chosen).await;
    log_in(&house, &id, "test_executed").await;
    pass(&house, Duration::from_secs(1)).await;

    let again = write(&house, "/payments", "pay-1", &order).await;
    let begun_again = write(&house, &flow, "flow-1", EVERY_WAY).await;
    let other = order.replace("2000", "2001");
    let reused = write(&house, "/v3/payments", "pay-1", &other).await;
    let elsewhere =
        write(&house, &format!("/v3/payments/{id}/refunds"), "pay-1", r#"{"reference":"back"}"#)
            .await;

    assert_eq!(again.body, first.body);
    assert_eq!(begun_again.body, begun.body);
    assert_eq!(reused.problem().title, "Idempotency-Key Reuse");
    assert_eq!(elsewhere.problem().title, "Idempotency-Key Reuse");
}

#[tokio::test]
async fn a_user_whom_nobody_names_is_given_a_name_that_stays() {
    let house = House::new();
    let order = order(&house).await.replace(r#""id":"sam","#, r#""id":null,"#);

    let first = write(&house, "/v3/payments", "pay-1", &order).await;
    let again = write(&house, "/v3/payments", "pay-1", &order).await;

    let (_, user) = first.body.split_once(r#""user":{"id":""#).expect("the user is named");
    assert!(user.len() > 36 && !user.starts_with("sam"), "{first:?}");
    assert_eq!(first.body, again.body);
}

#[tokio::test]
async fn nobody_sees_or_moves_the_payments_of_somebody_else() {
    let house = House::new();
    let id = at_the_bank(&house).await;
    let bets = house.token("bets").await;

    let seen = Call::get(&format!("/v3/payments/{id}")).bearer(&bets).send(&house).await;
    let refunds = Call::get(&format!("/v3/payments/{id}/refunds")).bearer(&bets).send(&house).await;
    let cancel = Call::post(&format!("/v3/payments/{id}/actions/cancel"), "")
        .bearer(&bets)
        .header("Idempotency-Key", "k")
        .signed(&BETS_KEY)
        .send(&house)
        .await;

    for answer in [seen, refunds, cancel] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{answer:?}");
    }
    let payment = read(&house, &format!("/v3/payments/{id}")).await;
    assert_eq!(payment.member("status").as_deref(), Some("authorizing"), "{payment:?}");
}

#[tokio::test]
async fn nobody_pays_into_refunds_or_pays_out_of_what_is_another_clients() {
    let house = House::new();
    let bets = house.paid_in_to_bets().await;
    let account = merchant_account(&house).await;
    let order = order(&house).await.replace(&account, &bets.merchant_account);
    let open = format!(
        r#"{{"merchant_account_id":"{}","amount_in_minor":1,"currency":"EUR","beneficiary":{{"type":"external_account","account_holder_name":"Kim","account_identifier":{{"type":"iban","iban":"DE89370400440532013000"}},"reference":"r"}}}}"#,
        bets.merchant_account
    );
    let refunds = format!("/v3/payments/{}/refunds", bets.payment);

    let paid_in = write(&house, "/v3/payments", "k-1", &order).await;
    let refunded = write(&house, &refunds, "k-2", r#"{"reference":"back"}"#).await;
    let listed = read(&house, &refunds).await;
    let paid_out = write(&house, "/v3/payouts", "k-3", &open).await;

    for answer in [paid_in, paid_out] {
        let said = answer.sentences("merchant_account_id").concat();
        assert!(said.contains("no merchant account of yours"), "{answer:?}");
    }
    for answer in [refunded, listed] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{answer:?}");
    }
}

#[tokio::test]
async fn what_no_sandbox_takes_is_refused_and_says_why() {
    let house = House::new();
    let good = order(&house).await;

    for (from, to, path, sentence) in [
        ("2000", "5000001", "amount_in_minor", "5000000"),
        ("2000", "0", "amount_in_minor", "at least 1"),
        ("\"GBP\"", "\"EUR\"", "currency", "pay in GBP"),
        ("bank_transfer", "mandate", "payment_method.type", "bank_transfer"),
        (
            "\"merchant_account\"",
            "\"external_account\"",
            "payment_method.beneficiary.type",
            "closed loop",
        ),
        ("user_selected", "any", "payment_method.provider_selection.type", "preselected"),
    ] {
        let answer = write(&house, "/v3/payments", "k", &good.replace(from, to)).await;

        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {answer:?}");
        let said = answer.sentences(path).join(" ");
        assert!(said.contains(sentence), "{path}: {answer:?}");
    }
    assert_eq!(write(&house, "/v3/payments", "k", &good).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_unsigned_write_makes_no_payment() {
    let house = House::new();
    let order = order(&house).await;
    let token = house.token("acme").await;

    let answer = Call::post("/v3/payments", &order)
        .bearer(&token)
        .header("Idempotency-Key", "k")
        .send(&house)
        .await;

    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
}

#[tokio::test]
async fn a_service_takes_no_payments_and_says_what_to_do_instead() {
    let house = House::with(|api| api.sandbox = None);
    let id = "d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33";
    let account = merchant_account(&house).await;

    for (path, words) in [
        ("/v3/payments".to_owned(), "to the provider itself"),
        ("/payments".to_owned(), "to the provider itself"),
        (format!("/v3/payments/{id}/authorization-flow"), "to the provider itself"),
        (
            format!("/v3/payments/{id}/authorization-flow/actions/provider-selection"),
            "to the provider itself",
        ),
        (format!("/v3/payments/{id}/authorization-flow/actions/consent"), "to the provider itself"),
        (format!("/v3/payments/{id}/authorization-flow/actions/form"), "to the provider itself"),
        (format!("/v3/payments/{id}/actions/cancel"), "to the provider itself"),
        (format!("/v3/payments/{id}/refunds"), "closed-loop payout"),
        (format!("/v3/merchant-accounts/{account}/sweeping"), "at the provider itself"),
        (format!("/merchant_accounts/{account}/sweeping"), "at the provider itself"),
    ] {
        let answer = write(&house, &path, "k", "{}").await;

        let problem = answer.problem();
        assert_eq!(problem.status, 405, "{path}: {answer:?}");
        assert!(problem.detail.contains(words), "{path}: {answer:?}");
        assert_eq!(answer.header("tl-should-retry"), Some("false"));
        let unsigned = Call::post(&path, "{}").send(&house).await;
        assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED, "{path}: {unsigned:?}");
    }
    let refunds = read(&house, &format!("/v3/payments/{id}/refunds")).await;
    assert_eq!(refunds.status, StatusCode::METHOD_NOT_ALLOWED, "{refunds:?}");
}

#[tokio::test]
async fn no_merchant_account_is_swept_in_any_spelling_of_the_path() {
    let house = House::new();
    let account = merchant_account(&house).await;

    for path in [
        "/v3/merchant-accounts",
        "/merchant-accounts",
        "/v3/merchant_accounts",
        "/merchant_accounts",
    ] {
        let unset = read(&house, &format!("{path}/{account}/sweeping")).await;
        let unknown =
            read(&house, &format!("{path}/00000000-0000-4000-8000-000000000001/sweeping")).await;
        let token = house.token("acme").await;
        let removed = Call::new("DELETE", &format!("{path}/{account}/sweeping"), "")
            .bearer(&token)
            .header("Idempotency-Key", "k")
            .signed(&ACME_KEY)
            .send(&house)
            .await;

        assert_eq!(unset.status, StatusCode::NOT_FOUND, "{unset:?}");
        assert!(unset.problem().detail.contains("not set up"), "{unset:?}");
        assert!(unknown.problem().detail.contains("Merchant account"), "{unknown:?}");
        assert_eq!(removed.status, StatusCode::METHOD_NOT_ALLOWED, "{removed:?}");
    }
}
