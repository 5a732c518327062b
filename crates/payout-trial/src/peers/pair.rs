//! Create and get, as one: what whoever tests against a simulator does all day.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value as Json;
use tokio::task::JoinSet;

use super::tree::Tree;
use crate::bench::line::{Answer, Line};
use crate::bench::load::{Measured, Requests};

/// As many at a time as keep a server busy.
pub(super) const CONNECTIONS: usize = 64;

/// How something is created at a simulator, and asked for again.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    pub(super) address: SocketAddr,
    /// The process that was started; whoever answers may be a child of it.
    pub(super) pid: u32,
    /// The status of the answer to a create.
    pub(super) created: u16,
    /// Where what was created is found, before its id.
    pub(super) path: &'static str,
    /// What stands in the head of a get, each with the end of its line.
    pub(super) headers: String,
    /// Whether a get shows what was created; otherwise anything may be shown.
    pub(super) remembers: bool,
}

impl Manner {
    /// Creates and gets for so long, or until the creates are used up. Each span is that of a pair.
    pub(super) async fn run(&self, creates: &Arc<Requests>, span: Duration) -> Result<Measured> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(Line::open(self.address).await?);
        }
        let server = Tree::of(self.pid)?;
        let before = server.cpu()?;
        let begun = Instant::now();
        let mut lanes = JoinSet::new();
        for line in connections {
            let (manner, creates) = (self.clone(), Arc::clone(creates));
            lanes.spawn(async move { manner.drive(line, &creates, begun, span).await });
        }
        let mut spans = Vec::new();
        while let Some(lane) = lanes.join_next().await {
            spans.extend(lane.context("a lane of the load panicked")??);
        }
        let elapsed = begun.elapsed();
        let cpu = server.cpu()?.saturating_sub(before);
        spans.sort_unstable();
        let count = u64::try_from(spans.len())?;
        ensure!(count > 0, "not one request was answered");
        Ok(Measured { count, elapsed, cpu, spans, bodies: Vec::new() })
    }

    async fn drive(
        &self,
        mut line: Line,
        creates: &Requests,
        begun: Instant,
        span: Duration,
    ) -> Result<Vec<Duration>> {
        let mut spans = Vec::new();
        while begun.elapsed() < span {
            let Some((_, create)) = creates.next() else { break };
            let asked = Instant::now();
            self.pair(&mut line, create).await?;
            spans.push(asked.elapsed());
        }
        Ok(spans)
    }

    async fn pair(&self, line: &mut Line, create: &[u8]) -> Result<()> {
        let id = id_in(&expect(line.ask(create).await?, self.created)?)?;
        let Self { address, path, headers, .. } = self;
        let get = format!("GET {path}{id} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n");
        let shown = expect(line.ask(get.as_bytes()).await?, 200)?;
        ensure!(!self.remembers || id_in(&shown)? == id, "another one is shown than {id}");
        Ok(())
    }
}

/// The body of an answer with this status.
fn expect(answer: Answer, status: u16) -> Result<Vec<u8>> {
    let Answer { status: was, body } = answer;
    let text = String::from_utf8_lossy(&body);
    ensure!(was == status, "the answer is {was} instead of {status}: {text}");
    Ok(body)
}

fn id_in(body: &[u8]) -> Result<String> {
    let body: Json = serde_json::from_slice(body).context("the answer is no JSON")?;
    let id = body.get("id").and_then(Json::as_str).context("the answer has no id")?;
    Ok(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_an_id_is_an_error() {
        assert_eq!(id_in(br#"{"id":"a-1","n":2}"#).ok().as_deref(), Some("a-1"));
        assert!(id_in(br#"{"ids":[]}"#).is_err());
        assert!(id_in(b"<html>").is_err());
    }

    #[test]
    fn another_status_is_an_error_that_shows_the_answer() {
        let refused = Answer { status: 422, body: b"no".to_vec() };

        let error = expect(refused, 202).expect_err("it was refused");

        assert_eq!(error.to_string(), "the answer is 422 instead of 202: no");
    }
}
