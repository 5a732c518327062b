//! Many connections at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use payout_http_server::{Api, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;

use crate::sockets::{LONG, Running, SHORT, WhenLet, connect, read_to_end, read_until, start};

const ALIVE: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

/// A request that is never whole.
const HALF: &[u8] =
    b"POST /connect/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";

/// What holds requests open.
struct Held {
    running: Running,
    asked: Arc<Notify>,
    let_go: Arc<Notify>,
}

impl Held {
    async fn start(limits: Limits) -> Self {
        let (asked, let_go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let ready = WhenLet { asked: Arc::clone(&asked), let_go: Arc::clone(&let_go) };
        let running = start(limits, |api: &mut Api| api.ready = Arc::new(ready)).await;
        Self { running, asked, let_go }
    }

    /// A connection at work.
    async fn at_work(&self) -> TcpStream {
        let mut stream = connect(&self.running).await;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is open");
        self.asked.notified().await;
        stream
    }
}

/// A connection from another address of this machine.
async fn connect_from(running: &Running, address: [u8; 4]) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("the machine has sockets");
    socket.bind((address, 0).into()).expect("all of 127.0.0.0/8 is this machine");
    socket.connect(running.address).await.expect("the server listens")
}

async fn is_answered(stream: &mut TcpStream) {
    stream.write_all(ALIVE).await.expect("it is open");
    read_until(stream, r#"{"status":"alive"}"#).await;
}

async fn is_ended(stream: &mut TcpStream) -> bool {
    let mut buffer = [0; 4096];
    loop {
        match tokio::time::timeout(LONG, stream.read(&mut buffer)).await {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) => return true,
            Err(_) => return false,
        }
    }
}

async fn is_open(stream: &mut TcpStream) -> bool {
    let mut byte = [0; 1];
    tokio::time::timeout(SHORT, stream.read(&mut byte)).await.is_err()
}

#[tokio::test]
async fn who_waits_longest_makes_room_for_one_more() {
    // None of them ends by itself while the test runs.
    let hour = std::time::Duration::from_hours(1);
    let patient = Limits { head_time_max: hour, idle_time_max: hour, ..Limits::default() };
    let running = start(Limits { connections_max: 3, ..patient }, |_| {}).await;
    let mut first = connect(&running).await;
    is_answered(&mut first).await;
    let mut silent = connect(&running).await;
    let mut half = connect(&running).await;
    half.write_all(HALF).await.expect("it is open");
    is_answered(&mut first).await;

    let mut fourth = connect(&running).await;
    is_answered(&mut fourth).await;
    let mut fifth = connect(&running).await;
    is_answered(&mut fifth).await;

    assert!(is_ended(&mut silent).await && is_ended(&mut half).await);
    assert!(is_open(&mut first).await);
}

#[tokio::test]
async fn connections_at_work_make_room_for_nobody() {
    let held = Held::start(Limits { connections_max: 2, ..Limits::default() }).await;
    let (mut first, mut second) = (held.at_work().await, held.at_work().await);
    let mut third = connect(&held.running).await;
    third.write_all(ALIVE).await.expect("the machine holds it");

    let waits = is_open(&mut third).await;
    held.let_go.notify_one();
    read_until(&mut third, r#"{"status":"alive"}"#).await;
    held.let_go.notify_one();

    assert!(waits, "it was answered while there was no place");
    let answers = [read_one(&mut first).await, read_one(&mut second).await];
    assert!(answers.iter().all(|answer| answer.contains("ready")), "{answers:?}");
}

/// Whatever comes before the connection ends or is quiet.
async fn read_one(stream: &mut TcpStream) -> String {
    let mut buffer = [0; 4096];
    let read = tokio::time::timeout(LONG, stream.read(&mut buffer)).await;
    let read = read.expect("it is answered").expect("the connection holds");
    String::from_utf8_lossy(buffer.get(..read).unwrap_or_default()).into_owned()
}

#[tokio::test]
async fn a_peer_makes_room_for_itself_and_takes_nothing_from_others() {
    let limits = Limits { connections_per_peer_max: 2, ..Limits::default() };
    let running = start(limits, |_| {}).await;
    let mut other = connect_from(&running, [127, 0, 0, 2]).await;
    is_answered(&mut other).await;

    let (mut first, mut second) = (connect(&running).await, connect(&running).await);
    is_answered(&mut first).await;
    is_answered(&mut second).await;
    let mut third = connect(&running).await;
    is_answered(&mut third).await;

    assert!(is_ended(&mut first).await);
    assert!(is_open(&mut second).await && is_open(&mut other).await);
}

#[tokio::test]
async fn a_peer_whose_connections_are_all_at_work_gets_no_more() {
    let held = Held::start(Limits { connections_per_peer_max: 2, ..Limits::default() }).await;
    let (_first, _second) = (held.at_work().await, held.at_work().await);

    let third = read_to_end(&mut connect(&held.running).await).await;
    let mut other = connect_from(&held.running, [127, 0, 0, 2]).await;
    is_answered(&mut other).await;

    assert_eq!(third, "");
}

#[tokio::test]
async fn a_trusted_proxy_has_as_many_connections_as_there_are() {
    let limits = Limits {
        connections_per_peer_max: 1,
        proxies: "127.0.0.2".parse().expect("it is an address"),
        ..Limits::default()
    };
    let running = start(limits, |_| {}).await;
    let mut first = connect_from(&running, [127, 0, 0, 2]).await;
    is_answered(&mut first).await;

    let mut second = connect_from(&running, [127, 0, 0, 2]).await;
    is_answered(&mut second).await;

    assert!(is_open(&mut first).await);
}

/// 300 peers that say nothing, half a head, or half a body, and 64 places.
#[tokio::test]
async fn a_crowd_that_is_silent_or_dribbles_keeps_nobody_out() {
    let running = start(Limits { connections_max: 64, ..Limits::default() }, |_| {}).await;
    let (mut crowd, mut slowest) = (Vec::new(), Duration::ZERO);

    for number in 0..300_usize {
        let mut stream = connect(&running).await;
        match number % 3 {
            0 => {}
            1 => stream.write_all(b"GET /healthz HT").await.expect("it is open"),
            _ => stream.write_all(HALF).await.expect("it is open"),
        }
        crowd.push(stream);
        if number % 10 == 0 {
            let started = Instant::now();
            is_answered(&mut connect(&running).await).await;
            slowest = slowest.max(started.elapsed());
        }
    }

    // Without room for others it would be until the first of the crowd is late: ten seconds.
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}
