//! What the log says of a request, and what it keeps to itself.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use payout_http_server::Api;
use payout_ports::{MockPayoutRepository, RepositoryError};
use tracing_subscriber::fmt::MakeWriter;

use crate::call::Call;
use crate::house::House;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().expect("no test panics here");
        String::from_utf8(bytes.clone()).expect("the log is UTF-8")
    }

    /// Listens to this thread until the guard is dropped.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(self.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics here").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_request_is_one_line_with_its_route_its_client_and_its_name() {
    let house = House::new();
    let token = house.token("acme").await;
    let (log, path) = (Log::default(), "/v3/payouts/5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4");
    let listening = log.listen();

    let shown = Call::get(&format!("{path}?user_id=sam")).bearer(&token).send(&house).await;
    let unknown = Call::get("/nowhere/00004417").send(&house).await;
    drop(listening);

    let text = log.text();
    let line = |part: &str| text.lines().find(|line| line.contains(part)).unwrap_or_default();
    let (shown_line, unknown_line) = (line(r#"route="/v3/payouts/{id}""#), line(r#"route="-""#));
    for part in ["status=404", "client_id=\"acme\"", "duration_us="] {
        assert!(shown_line.contains(part), "{part}: {text}");
    }
    assert!(shown_line.contains(&shown.problem().trace_id), "{text}");
    assert!(unknown_line.contains(&unknown.problem().trace_id), "{text}");
    assert!(unknown_line.contains("client_id=\"-\""), "{text}");
    assert_eq!(text.matches("answered").count(), 2, "{text}");
}

#[tokio::test]
async fn the_log_knows_no_secret_no_token_and_no_account() {
    let house = House::new();
    let (log, body) = (Log::default(), house.paid_in().await.order());
    let listening = log.listen();

    let call = Call::payout(&house, "key-1", &body).await;
    let headers = call.headers.clone();
    let token = house.token("acme").await;
    call.send(&house).await;
    let deposit = r#"{"user_id":"sam","amount_in_minor":1,"currency":"GBP","account_holder_name":"SAM CANARY","account_identifier":{"type":"sort_code_account_number","sort_code":"040668","account_number":"00004417"}}"#;
    Call::post("/sandbox/deposits", deposit).send(&house).await;
    Call::post("/v3/payouts", deposit).bearer(&token).send(&house).await;
    Call::get("/v3/merchant-accounts/x/payment-sources?user_id=canary-user").send(&house).await;
    drop(listening);

    let text = log.text();
    assert!(text.contains("answered"), "{text}");
    for secret in ["secret of acme", "SAM CANARY", "00004417", "canary-user", "WD-20417", &token] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    for (name, value) in headers.iter().filter(|(name, _)| name != "Content-Type") {
        assert!(!text.contains(value), "{name}: {text}");
    }
}

#[tokio::test]
async fn a_cause_is_told_to_the_log_once_with_all_that_led_to_it() {
    let house = House::with(|api: &mut Api| {
        let mut payouts = MockPayoutRepository::new();
        payouts
            .expect_list()
            .returning(|_, _| Err(RepositoryError::Unavailable("disk 7 is full".into())));
        api.list_payouts.payouts = Arc::new(payouts);
    });
    let token = house.token("acme").await;
    let log = Log::default();
    let listening = log.listen();

    let answer = Call::get("/v3/payouts").bearer(&token).send(&house).await;
    drop(listening);

    let text = log.text();
    let line = text.lines().find(|line| line.contains("disk 7")).unwrap_or_default();
    assert!(line.contains("the store is not available: disk 7 is full"), "{text}");
    assert!(line.contains(&answer.problem().trace_id), "{text}");
    assert_eq!(text.matches("disk 7").count(), 1, "{text}");
}
