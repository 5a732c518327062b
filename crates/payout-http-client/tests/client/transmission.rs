//! One submission is one transmission, and what is not certain is unknown.

use std::time::{Duration, Instant};

use payout_http_client::{Environment, HttpGateway};
use payout_ports::{PayoutGateway, SubmitOutcome};
use payout_signature::{Request, TlSignature};

use crate::scripted_server::{Act, ScriptedServer, json, nobody, problem, response};
use crate::world::{Hand, KEY, TOKEN, connection, connection_to, gateway, instruction, leave};

const PATH: &str = "/v3/payouts";
const CREATED: &str = r#"{"id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"}"#;

async fn submit(gateway: &HttpGateway) -> SubmitOutcome {
    gateway.submit(&instruction(gateway), &leave()).await
}

/// What a submission to this server comes to; it must have been sent exactly once.
async fn once(server: &ScriptedServer) -> SubmitOutcome {
    let outcome = submit(&gateway(&server.url())).await;

    // Whoever repeats does so soon.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(server.seen().len(), 1, "{outcome:?}");
    assert_eq!(server.count(PATH), 1);
    outcome
}

fn is_unknown(outcome: &SubmitOutcome) -> bool {
    matches!(outcome, SubmitOutcome::Unknown { .. })
}

fn is_not_processed(outcome: &SubmitOutcome) -> bool {
    matches!(outcome, SubmitOutcome::NotProcessed { .. })
}

#[tokio::test]
async fn what_is_sent_are_the_frozen_bytes_signed_with_exactly_the_given_token() {
    let server = ScriptedServer::always(json(202, CREATED)).await;
    let gateway = gateway(&server.url());
    let instruction = instruction(&gateway);

    let outcome = gateway.submit(&instruction, &leave()).await;

    let id = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".parse().expect("it is a UUID");
    assert_eq!(outcome, SubmitOutcome::Accepted(id));
    let seen = &server.seen()[0];
    assert_eq!((&*seen.method, &*seen.target), ("POST", PATH));
    assert_eq!(seen.header("Authorization"), Some(&*format!("Bearer {TOKEN}")));
    assert_eq!(seen.header("Content-Type"), Some("application/json"));
    assert_eq!(seen.header("Accept-Encoding"), None);
    assert!(seen.header("TL-Agent").is_some_and(|agent| agent.starts_with("payout/")));
    assert_eq!(seen.header("User-Agent"), seen.header("TL-Agent"));
    assert_eq!(seen.body, &*instruction.body);
    let key = seen.header("Idempotency-Key").expect("it is sent");
    assert_eq!(key, instruction.key.as_str());
    let signature = seen.header("Tl-Signature").expect("it is sent");
    let signature = TlSignature::parse(signature).expect("it is one");
    let headers = [("Idempotency-Key", key.as_bytes())];
    let request = Request { method: "POST", path: PATH, headers: &headers, body: &seen.body };
    assert!(signature.covers("Idempotency-Key"));
    assert_eq!(signature.verify_exact(KEY.verifying_key(), &request), Ok(()));
}

#[tokio::test]
async fn without_a_connection_nothing_was_processed() {
    let refused = nobody().await;
    let speaks_no_tls = ScriptedServer::cutting_after(1).await;
    let says_no_tls = ScriptedServer::always(json(202, CREATED)).await;
    let never_greets = ScriptedServer::cutting_after(100_000).await;
    let tls = |server: &ScriptedServer| server.url().replace("http:", "https:");
    for url in [
        refused,
        tls(&speaks_no_tls),
        tls(&says_no_tls),
        tls(&never_greets),
        "https://payout.invalid".to_owned(),
    ] {
        let outcome = submit(&gateway(&url)).await;

        assert!(is_not_processed(&outcome), "{url}: {outcome:?}");
    }
}

#[tokio::test]
async fn whoever_accepts_a_connection_and_never_answers_leaves_it_unknown() {
    let server = ScriptedServer::always(Act::Hang).await;
    let begun = Instant::now();

    let outcome = once(&server).await;

    assert!(is_unknown(&outcome), "{outcome:?}");
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_cut_at_any_byte_of_the_answer_leaves_it_unknown() {
    let answer = response(202, &[("Content-Type", "application/json")], CREATED);
    for at in 0..answer.len() {
        let said = answer.get(..at).expect("it is within").to_vec();
        let server = ScriptedServer::always(Act::SayAndCut(said)).await;

        let outcome = once(&server).await;

        assert!(is_unknown(&outcome), "cut at {at}: {outcome:?}");
    }
    let server = ScriptedServer::always(Act::SayAndCut(answer)).await;
    assert!(matches!(once(&server).await, SubmitOutcome::Accepted(_)));
}

#[tokio::test]
async fn a_cut_within_the_request_leaves_it_unknown() {
    for bytes in [1, 20, 200, 400, 600] {
        let server = ScriptedServer::cutting_after(bytes).await;

        let outcome = submit(&gateway(&server.url())).await;

        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(is_unknown(&outcome), "cut at {bytes}: {outcome:?}");
        assert_eq!(server.connections(), 1, "cut at {bytes}");
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_when_it_is_used_again_is_not_used_a_third_time() {
    let first = std::sync::atomic::AtomicBool::new(true);
    let server = ScriptedServer::new(move |_| {
        let is_first = first.swap(false, std::sync::atomic::Ordering::SeqCst);
        if is_first { json(202, CREATED) } else { Act::SayAndCut(Vec::new()) }
    })
    .await;
    let gateway = gateway(&server.url());
    assert!(matches!(submit(&gateway).await, SubmitOutcome::Accepted(_)));

    let outcome = submit(&gateway).await;

    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(is_unknown(&outcome), "{outcome:?}");
    assert_eq!(server.count(PATH), 2);
}

#[tokio::test]
async fn no_redirect_is_followed() {
    for status in [300, 301, 302, 303, 307, 308] {
        let elsewhere = ScriptedServer::always(json(202, CREATED)).await;
        let location = format!("{}{PATH}", elsewhere.url());
        let redirect = Act::Say(response(status, &[("Location", &location)], ""));
        let server = ScriptedServer::always(redirect).await;

        let outcome = once(&server).await;

        assert!(is_unknown(&outcome), "{status}: {outcome:?}");
        assert_eq!(elsewhere.connections(), 0, "{status}");
    }
}

#[tokio::test]
async fn no_error_of_a_server_is_repeated() {
    for status in [408, 421, 425, 500, 501, 502, 503, 504, 599] {
        let answer = response(status, &[("Retry-After", "0"), ("Tl-Should-Retry", "true")], "");
        let server = ScriptedServer::always(Act::Say(answer)).await;

        let outcome = once(&server).await;

        assert!(is_unknown(&outcome), "{status}: {outcome:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_too_slow_or_no_answer_leaves_it_unknown() {
    let json_type = [("Content-Type", "application/json")];
    let huge = format!("{CREATED}{}", " ".repeat(2_000_000));
    let endless = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n\
        Transfer-Encoding: chunked\r\n\r\nffffff\r\n"
        .to_vec();
    for act in [
        Act::Say(response(202, &json_type, &huge)),
        Act::SayAndCut([endless, vec![b' '; 2_000_000]].concat()),
        Act::Drip(response(202, &json_type, CREATED), Duration::from_millis(50)),
        Act::Say(response(202, &[("Content-Type", "text/html")], "<html>Accepted</html>")),
        Act::Say(response(202, &[("Content-Type", "text/html")], CREATED)),
        Act::Say(response(202, &[("Content-Encoding", "gzip")], CREATED)),
        Act::Say(response(204, &[], "")),
        Act::SayAndCut(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        Act::SayAndCut(b"HTTP/0.9 202\r\n\r\n".to_vec()),
        Act::SayAndCut(
            b"HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n".to_vec(),
        ),
        json(202, r#"{"id":"5a0e4c1d-9b72-4f86-8a3e"#),
    ] {
        let server = ScriptedServer::always(act.clone()).await;

        let outcome = once(&server).await;

        assert!(is_unknown(&outcome), "{outcome:?}");
    }
}

#[tokio::test]
async fn what_the_provider_decides_is_told_after_one_transmission() {
    let of = |fragment: &str, title: &str, status: u16| {
        let kind = format!("https://docs.truelayer.com/docs/error-types#{fragment}");
        problem(status, &format!(r#"{{"type":"{kind}","title":"{title}","status":{status}}}"#))
    };
    let invalid =
        once(&ScriptedServer::always(of("invalid-parameters", "Invalid", 400)).await).await;
    let reused = of("idempotency-key-reuse", "Idempotency-Key Reuse", 422);
    let reused = once(&ScriptedServer::always(reused).await).await;
    let busy = of("idempotency-key-concurrency-conflict", "Concurrency", 409);
    let busy = once(&ScriptedServer::always(busy).await).await;

    assert!(matches!(invalid, SubmitOutcome::Rejected { .. }), "{invalid:?}");
    assert_eq!(reused, SubmitOutcome::KeyReused);
    assert_eq!(busy, SubmitOutcome::InProgress);
}

#[tokio::test]
async fn a_refused_token_is_not_replaced_on_the_way() {
    let server = ScriptedServer::always(problem(401, "{}")).await;

    let outcome = once(&server).await;

    assert!(is_not_processed(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn whoever_asks_for_patience_is_given_at_most_an_hour() {
    for (said, wait) in [("7", Some(7)), ("999999", Some(3600)), ("soon", None), ("-1", None)] {
        let server =
            ScriptedServer::always(Act::Say(response(429, &[("Retry-After", said)], ""))).await;

        let outcome = once(&server).await;

        let SubmitOutcome::NotProcessed { retry_after, .. } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(retry_after, wait.map(Duration::from_secs), "{said}");
    }
}

#[tokio::test]
async fn nothing_is_sent_without_a_key_or_for_another_profile() {
    let server = ScriptedServer::always(json(202, CREATED)).await;
    let unsigned = {
        let connection =
            payout_http_client::Connection { signing_key: None, ..connection(&server.url()) };
        HttpGateway::new(&connection, Hand::new()).expect("it needs nothing of the system")
    };
    let signed = gateway(&server.url());
    let elsewhere = gateway("http://127.0.0.1:9");

    let without_key = submit(&unsigned).await;
    let for_another = signed.submit(&instruction(&elsewhere), &leave()).await;

    let SubmitOutcome::NotProcessed { detail, .. } = &without_key else {
        panic!("{without_key:?}")
    };
    assert!(detail.contains("signing key"), "{detail}");
    assert!(is_not_processed(&for_another), "{for_another:?}");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_profile_is_a_client_at_an_api() {
    let profile = |environment| {
        let gateway = HttpGateway::new(&connection_to(environment), Hand::new());
        gateway.expect("there are certificates").profile().as_str().to_owned()
    };

    assert_eq!(profile(Environment::truelayer()), "https://api.truelayer.com acme");
    assert_eq!(profile(Environment::truelayer_sandbox()), "https://api.truelayer-sandbox.com acme",);
}
