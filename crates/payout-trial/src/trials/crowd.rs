//! Two thousand peers that say nothing, or one byte now and then.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use super::{Held, pay};
use crate::figures::Spans;
use crate::finding::{Findings, Kind};
use crate::stage::Stage;
use crate::store::Store;
use crate::world::{Setup, World};

/// How many peers hold a connection each, and connect again whenever they lose it.
const PEERS: u16 = 2_000;

/// From how many addresses of this machine they come.
const ADDRESSES: u16 = 8;

/// How long the crowd is there before and while it is looked at.
const FILLING: Duration = Duration::from_secs(3);

/// How long a peer thinks before its next byte, and before it connects again.
const PAUSE: Duration = Duration::from_secs(1);

/// How often somebody asks who means it.
const QUESTIONS: usize = 400;

/// How often somebody pays out, and then follows it to its end.
const PAYOUTS: [&str; 5] = ["one", "two", "three", "four", "five"];

/// Whoever waits for this has waited for a place that the crowd had: a place gets free by itself only
/// after ten seconds. Whether an answer comes in its usual time is for people to read off the figures.
const KEPT_OUT: Duration = Duration::from_secs(2);

/// A request that is whole on a connection of its own.
const READY: &[u8] = b"GET /readyz HTTP/1.1\r\nHost: payout\r\nConnection: close\r\n\r\n";

/// What a peer sends over and over: the beginning of a head that has no end.
const HEAD: &[u8] = b"GET /v3/payouts HTTP/1.1\r\nHost: payout\r\nX-Endless: ";

/// And of a body that does not come.
const BODY: &[u8] =
    b"POST /connect/token HTTP/1.1\r\nHost: payout\r\nContent-Type: application/json\r\n\
    Content-Length: 4096\r\n\r\n";

/// What a peer of the crowd does with its connection.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Silent,
    DribblesHead,
    DribblesBody,
}

/// How long whoever means it was kept waiting.
struct Waits {
    alone: Spans,
    crowded: Spans,
    peers: u64,
}

/// A crowd that is silent or dribbles keeps nobody out, and payouts are made and executed meanwhile.
pub(super) async fn run(stage: &Stage, store: &Store) -> Result<Held> {
    let mut world = World::open(stage, &Setup { store: store.clone(), ..Setup::default() }).await?;
    let address = world.service()?.address;
    pay(&world, &["before"]).await?;
    let alone = ask_ready(address, &world.findings).await?;
    let there = Arc::new(AtomicU64::new(0));
    let crowd = gather(address, &there);
    tokio::time::sleep(FILLING).await;
    let crowded = ask_ready(address, &world.findings).await?;
    pay(&world, &PAYOUTS).await?;
    let peers = there.load(Ordering::Relaxed);
    drop(crowd);
    world.auditor.audit().await?;
    let waits = Waits { alone, crowded, peers };
    Ok(Held { findings: world.findings.all(), note: Some(waits.to_string()) })
}

/// Lets the crowd come; it goes when the set is dropped.
fn gather(address: SocketAddr, there: &Arc<AtomicU64>) -> JoinSet<()> {
    let mut crowd = JoinSet::new();
    for number in 0..PEERS {
        let manner = match number.rem_euclid(3) {
            0 => Manner::Silent,
            1 => Manner::DribblesHead,
            _ => Manner::DribblesBody,
        };
        let there = Arc::clone(there);
        crowd.spawn(async move {
            loop {
                // It is thrown out again and again, and comes back: that is what it is for.
                let _it_was_thrown_out = hold(address, number, manner, &there).await;
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
    crowd
}

/// Holds one connection until the server ends it.
async fn hold(address: SocketAddr, number: u16, manner: Manner, there: &AtomicU64) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    let own = u8::try_from(number.rem_euclid(ADDRESSES))?.saturating_add(2);
    socket.bind((Ipv4Addr::new(127, 0, 0, own), 0).into())?;
    let mut stream = socket.connect(address).await?;
    there.fetch_add(1, Ordering::Relaxed);
    let beginning = match manner {
        Manner::Silent => &[],
        Manner::DribblesHead => HEAD,
        Manner::DribblesBody => BODY,
    };
    let held = dribble(&mut stream, beginning, manner).await;
    there.fetch_sub(1, Ordering::Relaxed);
    held
}

async fn dribble(stream: &mut TcpStream, beginning: &[u8], manner: Manner) -> Result<()> {
    stream.write_all(beginning).await?;
    let mut buffer = [0; 512];
    loop {
        match tokio::time::timeout(PAUSE, stream.read(&mut buffer)).await {
            Ok(read) => {
                if read? == 0 {
                    return Ok(());
                }
            }
            Err(_) => match manner {
                Manner::Silent => {}
                Manner::DribblesHead | Manner::DribblesBody => stream.write_all(b"x").await?,
            },
        }
    }
}

/// How long each of many new connections is kept waiting for its answer, one after the other. They come
/// from an address that nobody of the crowd has.
async fn ask_ready(address: SocketAddr, findings: &Findings) -> Result<Spans> {
    let mut spans = Spans::default();
    for number in 0..QUESTIONS {
        let begun = Instant::now();
        let answer = tokio::time::timeout(KEPT_OUT, ask_once(address)).await;
        match answer {
            Ok(answer) => {
                let answer = answer.with_context(|| format!("question {number}"))?;
                if !answer.starts_with("HTTP/1.1 200 ") {
                    let first = answer.lines().next().unwrap_or("nothing").to_owned();
                    findings.add(Kind::Refused, format!("a question was answered {first}"));
                }
            }
            Err(_) => findings.add(Kind::Refused, "a question had no answer in two seconds"),
        }
        spans.add(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(spans)
}

async fn ask_once(address: SocketAddr) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(READY).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GET /readyz on a new connection: ")?;
        for (name, spans) in [("alone", &self.alone), ("crowded", &self.crowded)] {
            let rank = |rank| spans.percentile(rank).map_or(0, |span| span.as_micros());
            write!(f, "{name} {} us, p99 {} us, longest {} us; ", rank(50), rank(99), rank(100))?;
        }
        write!(f, "{} of {PEERS} peers were connected", self.peers)
    }
}
