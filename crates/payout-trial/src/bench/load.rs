//! Load: as many requests at a time as there are connections, each as soon as the last was answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::line::Line;
use super::usage::Usage;

/// The bytes of requests, which several lots of them may share.
type Bytes = Arc<Vec<Vec<u8>>>;

/// Requests that were made before the clock starts.
#[derive(Debug)]
pub(crate) struct Requests {
    bytes: Bytes,
    /// How many of them there are for this.
    count: usize,
    /// Whether each may be sent once only.
    once: bool,
    next: AtomicUsize,
}

/// How they are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    /// The process that answers.
    pub(crate) pid: u32,
    pub(crate) connections: usize,
    /// For how long; less if the requests are used up.
    pub(crate) span: Duration,
    /// The status that every answer must have.
    pub(crate) status: u16,
    /// Whether the bodies of the answers are wanted.
    pub(crate) keep: bool,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) count: u64,
    pub(crate) elapsed: Duration,
    /// What the server's process took of the processors.
    pub(crate) cpu: Duration,
    /// How long each request took.
    pub(crate) spans: Vec<Duration>,
    pub(crate) bodies: Vec<Vec<u8>>,
}

impl Requests {
    /// Requests of which each is sent once.
    pub(crate) fn once(bytes: Vec<Vec<u8>>) -> Arc<Self> {
        Self::new(Arc::new(bytes), true)
    }

    /// Requests that are sent again and again.
    pub(crate) fn again(bytes: Vec<Vec<u8>>) -> Arc<Self> {
        Self::new(Arc::new(bytes), false)
    }

    /// Those that were sent, again and again.
    pub(crate) fn replayed(&self, sent: usize) -> Arc<Self> {
        let count = sent.min(self.bytes.len());
        let bytes = Arc::clone(&self.bytes);
        Arc::new(Self { bytes, count, once: false, next: AtomicUsize::new(0) })
    }

    /// One of them, to be looked at alone.
    pub(crate) fn first(&self) -> Option<&[u8]> {
        self.bytes.first().map(Vec::as_slice)
    }

    fn new(bytes: Bytes, once: bool) -> Arc<Self> {
        Arc::new(Self { count: bytes.len(), bytes, once, next: AtomicUsize::new(0) })
    }

    /// The next one, and how many came before it.
    pub(crate) fn next(&self) -> Option<(usize, &[u8])> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let place = if self.once { number } else { number.checked_rem(self.count)? };
        Some((number, self.bytes.get(place)?))
    }
}

impl Measured {
    /// What several servers came to that were asked at the same time.
    pub(super) fn together(parts: Vec<Self>) -> Self {
        let mut all = Self {
            count: 0,
            elapsed: Duration::ZERO,
            cpu: Duration::ZERO,
            spans: Vec::new(),
            bodies: Vec::new(),
        };
        for part in parts {
            all.count = all.count.saturating_add(part.count);
            all.elapsed = all.elapsed.max(part.elapsed);
            all.cpu = all.cpu.saturating_add(part.cpu);
            all.spans.extend(part.spans);
            all.bodies.extend(part.bodies);
        }
        all.spans.sort_unstable();
        all
    }

    /// Something that was done as a whole.
    pub(super) fn whole(count: u64, elapsed: Duration, cpu: Duration) -> Self {
        Self { count, elapsed, cpu, spans: vec![elapsed], bodies: Vec::new() }
    }
}

impl Load {
    /// As much as one second takes.
    pub(crate) fn new(address: SocketAddr, pid: u32, connections: usize, status: u16) -> Self {
        let span = Duration::from_secs(1);
        Self { address, pid, connections, span, status, keep: false }
    }

    /// The same, with the bodies of the answers.
    pub(crate) fn keeping(self) -> Self {
        Self { keep: true, ..self }
    }

    /// Sends them. An answer with another status ends it with an error: a server that refuses is fast,
    /// and its figures are worth nothing.
    pub(crate) async fn run(&self, requests: &Arc<Requests>) -> Result<Measured> {
        let barrier = Arc::new(Barrier::new(self.connections.saturating_add(1)));
        let mut lanes = JoinSet::new();
        for _ in 0..self.connections {
            let mut line = Line::open(self.address).await?;
            let (load, requests, barrier) = (*self, Arc::clone(requests), Arc::clone(&barrier));
            lanes.spawn(async move {
                barrier.wait().await;
                load.drive(&mut line, &requests).await
            });
        }
        let before = Usage::of(self.pid)?;
        barrier.wait().await;
        let begun = Instant::now();
        let mut spans = Vec::new();
        let mut bodies = Vec::new();
        while let Some(lane) = lanes.join_next().await {
            let (lane_spans, lane_bodies) = lane.context("a lane of the load panicked")??;
            spans.extend(lane_spans);
            bodies.extend(lane_bodies);
        }
        let elapsed = begun.elapsed();
        let cpu = Usage::of(self.pid)?.cpu.saturating_sub(before.cpu);
        spans.sort_unstable();
        let count = u64::try_from(spans.len())?;
        ensure!(count > 0, "not one request was answered");
        Ok(Measured { count, elapsed, cpu, spans, bodies })
    }

    async fn drive(
        &self,
        line: &mut Line,
        requests: &Requests,
    ) -> Result<(Vec<Duration>, Vec<Vec<u8>>)> {
        let (mut spans, mut bodies) = (Vec::new(), Vec::new());
        let begun = Instant::now();
        while begun.elapsed() < self.span {
            let Some((_, request)) = requests.next() else { break };
            let asked = Instant::now();
            let answer = line.ask(request).await?;
            spans.push(asked.elapsed());
            ensure!(answer.status == self.status, "{}", answer.instead_of(self.status));
            if self.keep {
                bodies.push(answer.body);
            }
        }
        Ok((spans, bodies))
    }
}
