//! What only a socket shows: time, and the end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use payout_http_server::{Api, Ended, Limits, NotReady, Readiness, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::house::House;

/// Long enough for a busy machine, short enough to wait for.
pub(crate) const SHORT: Duration = Duration::from_millis(300);

/// Longer than everything that is limited to [`SHORT`] may take.
pub(crate) const LONG: Duration = Duration::from_secs(20);

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Ended>,
}

/// Answers when it is let.
pub(crate) struct WhenLet {
    pub(crate) asked: Arc<Notify>,
    pub(crate) let_go: Arc<Notify>,
}

#[async_trait]
impl Readiness for WhenLet {
    async fn check(&self) -> Result<(), NotReady> {
        self.asked.notify_one();
        self.let_go.notified().await;
        Ok(())
    }
}

pub(crate) async fn start(limits: Limits, change: impl FnOnce(&mut Api)) -> Running {
    let house = House::with(|api: &mut Api| {
        api.limits = limits.clone();
        change(api);
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("the machine has a port");
    let address = listener.local_addr().expect("it is bound");
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve(listener, house.router, limits, async {
        let _dropped_or_sent = stopped.await;
    }));
    Running { address, stop, server }
}

pub(crate) async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address).await.expect("the server listens")
}

/// Reads until the server ends the connection.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(LONG, stream.read_to_end(&mut bytes)).await;
    // A connection that is reset has ended too.
    let _ended = read.expect("the server ends it in time");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads one answer with a body of known end.
pub(crate) async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    while !text.contains(end) {
        let mut buffer = [0; 4096];
        let read = tokio::time::timeout(LONG, stream.read(&mut buffer)).await;
        let read = read.expect("the server answers in time").expect("the connection holds");
        assert!(read > 0, "the server has ended the connection after {text:?}");
        text.push_str(&String::from_utf8_lossy(buffer.get(..read).unwrap_or_default()));
    }
    text
}

/// Sends a head that has no end, byte by byte.
async fn assert_is_ended_while_it_dribbles(stream: &mut TcpStream) {
    let started = Instant::now();
    while stream.write_all(b"G").await.is_ok() {
        assert!(started.elapsed() < LONG, "the server listens for ever");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let running = start(Limits::default(), |_| {}).await;
    let mut stream = connect(&running).await;

    for _ in 0..3 {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is open");
        let answer = read_until(&mut stream, r#"{"status":"alive"}"#).await;

        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
}

/// The PHP client sends two bytes with every read. They must be off the wire before the next request.
#[tokio::test]
async fn a_connection_is_used_again_after_a_read_with_a_body() {
    let running = start(Limits::default(), |_| {}).await;
    let mut stream = connect(&running).await;

    for path in ["/healthz", "/v3/payouts", "/v3/payments/x/refunds", "/healthz"] {
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
        let request = format!("{head}Content-Length: 2\r\n\r\n[]");
        stream.write_all(request.as_bytes()).await.expect("it is open");
        let answer = read_until(&mut stream, "}").await;

        let status = if path == "/healthz" { "200 OK" } else { "401 Unauthorized" };
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{path}: {answer}");
    }
}

#[tokio::test]
async fn the_sandbox_knows_its_own_machine_by_the_socket() {
    let running = start(Limits::default(), |_| {}).await;
    let mut stream = connect(&running).await;

    stream.write_all(b"GET /sandbox/clock HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is open");

    read_until(&mut stream, r#"{"now":"2026-03-02T09:14:07.412093Z"}"#).await;
}

#[tokio::test]
async fn a_silent_connection_is_ended() {
    let running = start(Limits { head_time_max: SHORT, ..Limits::default() }, |_| {}).await;
    let mut stream = connect(&running).await;

    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn who_sends_a_head_byte_by_byte_is_as_late_as_who_sends_none() {
    let limits = Limits { head_time_max: SHORT, request_time_max: SHORT, ..Limits::default() };
    let running = start(limits, |_| {}).await;
    let mut stream = connect(&running).await;

    assert_is_ended_while_it_dribbles(&mut stream).await;
}

#[tokio::test]
async fn a_head_has_its_own_time_however_long_a_request_may_take() {
    let running = start(Limits { head_time_max: SHORT, ..Limits::default() }, |_| {}).await;
    let mut stream = connect(&running).await;

    assert_is_ended_while_it_dribbles(&mut stream).await;
}

#[tokio::test]
async fn a_request_may_take_longer_than_its_head() {
    let (asked, let_go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let ready = WhenLet { asked, let_go: Arc::clone(&let_go) };
    let limits = Limits { head_time_max: SHORT, ..Limits::default() };
    let running = start(limits, |api| api.ready = Arc::new(ready)).await;
    let mut stream = connect(&running).await;

    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is open");
    tokio::time::sleep(SHORT.saturating_mul(2)).await;
    let_go.notify_one();

    read_until(&mut stream, r#"{"status":"ready"}"#).await;
}

#[tokio::test]
async fn a_body_that_is_asked_for_may_take_longer_than_a_head() {
    let limits = Limits { head_time_max: SHORT, ..Limits::default() };
    let running = start(limits, |_| {}).await;
    let mut stream = connect(&running).await;
    let head = "POST /connect/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";

    stream.write_all(head.as_bytes()).await.expect("it is open");
    read_until(&mut stream, "100 Continue").await;
    stream.write_all(b"{").await.expect("it is open");
    tokio::time::sleep(SHORT.saturating_mul(2)).await;
    stream.write_all(b"}").await.expect("it is open");

    let answer = read_until(&mut stream, "invalid_request").await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
}

#[tokio::test]
async fn a_connection_that_asks_nothing_more_is_ended_after_its_idle_time() {
    let running = start(Limits { idle_time_max: SHORT, ..Limits::default() }, |_| {}).await;
    let mut stream = connect(&running).await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is open");
    read_until(&mut stream, r#"{"status":"alive"}"#).await;

    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn a_head_that_goes_on_and_on_is_not_kept() {
    let running = start(Limits::default(), |_| {}).await;
    let mut stream = connect(&running).await;
    let line = format!("X-Long: {}\r\n", "x".repeat(1000));

    stream.write_all(b"GET /healthz HTTP/1.1\r\n").await.expect("it is open");
    let mut written = 0_usize;
    while stream.write_all(line.as_bytes()).await.is_ok() {
        written = written.saturating_add(line.len());
        assert!(written < 16 * 1024 * 1024, "it reads without end");
    }

    // What was still on its way makes the system forget the 431 sometimes.
    let answer = read_to_end(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn the_second_request_of_a_connection_has_no_more_time_than_the_first() {
    let limits = Limits { head_time_max: SHORT, request_time_max: SHORT, ..Limits::default() };
    let running = start(limits, |_| {}).await;
    let mut stream = connect(&running).await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is open");
    read_until(&mut stream, r#"{"status":"alive"}"#).await;

    assert_is_ended_while_it_dribbles(&mut stream).await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_a_request_timeout() {
    let running = start(Limits { body_time_max: SHORT, ..Limits::default() }, |_| {}).await;
    let mut stream = connect(&running).await;

    stream
        .write_all(b"POST /connect/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
        .await
        .expect("it is open");

    let answer = read_until(&mut stream, "trace_id").await;
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert!(answer.contains("content-type: application/problem+json\r\n"), "{answer}");
}

#[tokio::test]
async fn an_announced_body_that_is_too_large_is_not_waited_for() {
    let running = start(Limits::default(), |_| {}).await;
    let mut stream = connect(&running).await;

    stream
        .write_all(b"POST /v3/payouts HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n")
        .await
        .expect("it is open");

    let answer = read_until(&mut stream, "trace_id").await;
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{answer}");
}

#[tokio::test]
async fn an_endless_body_in_chunks_is_cut_off() {
    let running = start(Limits::default(), |_| {}).await;
    let mut stream = connect(&running).await;
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));

    stream
        .write_all(b"POST /v3/payouts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await
        .expect("it is open");
    for _ in 0..5 {
        stream.write_all(chunk.as_bytes()).await.expect("it is open");
    }

    let answer = read_until(&mut stream, "trace_id").await;
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{answer}");
}

#[tokio::test]
async fn a_request_with_two_lengths_reaches_nobody() {
    for head in [
        "Content-Length: 2\r\nTransfer-Encoding: xchunked\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length : 2\r\n",
        "Content-Length: +2\r\n",
    ] {
        let running = start(Limits::default(), |_| {}).await;
        let mut stream = connect(&running).await;
        let request = format!("POST /connect/token HTTP/1.1\r\nHost: x\r\n{head}\r\n{{}}");

        stream.write_all(request.as_bytes()).await.expect("it is open");

        let answer = read_to_end(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{head:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_server_that_stops_answers_what_is_open_and_takes_no_more() {
    let (asked, let_go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let ready = WhenLet { asked: Arc::clone(&asked), let_go: Arc::clone(&let_go) };
    let running = start(Limits::default(), |api| api.ready = Arc::new(ready)).await;
    let idle = connect(&running).await;
    let mut open = connect(&running).await;
    open.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is open");
    asked.notified().await;

    running.stop.send(()).expect("the server runs");
    tokio::time::sleep(SHORT).await;
    let refused = TcpStream::connect(running.address).await;
    let_go.notify_one();
    let answer = read_to_end(&mut open).await;
    drop(idle);
    let ended = tokio::time::timeout(LONG, running.server).await;

    assert!(refused.is_err(), "a new connection was taken");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let ended = ended.expect("the server ends in time").expect("it does not panic");
    assert_eq!(ended, Ended::Drained);
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_ever() {
    let (asked, let_go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let ready = WhenLet { asked: Arc::clone(&asked), let_go };
    let limits = Limits { drain_time_max: SHORT, ..Limits::default() };
    let running = start(limits, |api| api.ready = Arc::new(ready)).await;
    let mut open = connect(&running).await;
    open.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is open");
    asked.notified().await;

    running.stop.send(()).expect("the server runs");
    let ended = tokio::time::timeout(LONG, running.server).await;

    let ended = ended.expect("the server ends in time").expect("it does not panic");
    assert_eq!(ended, Ended::CutOff);
}
