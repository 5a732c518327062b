//! Calls that are written together.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::connections::Connections;
use crate::failure::Failure;

/// What is written together.
pub(crate) trait Group: Send + 'static {
    /// What is asked.
    type Request: Send + Sync + 'static;
    /// What is answered.
    type Answer: Send + 'static;
    /// What no two requests of a group may share.
    type Key: Ord + Send;

    /// What the request concerns.
    fn key(request: &Self::Request) -> Self::Key;

    /// Writes all of them in one transaction, and answers each in its place. If it fails as a whole,
    /// nothing is written.
    fn write(
        connections: &Connections,
        requests: &[&Self::Request],
    ) -> impl Future<Output = Result<Vec<Result<Self::Answer, Failure>>, Failure>> + Send;
}

/// A task that writes what has gathered while it wrote the group before.
pub(crate) struct Lane<G: Group> {
    calls: mpsc::Sender<Call<G>>,
    task: JoinHandle<()>,
}

struct Call<G: Group> {
    request: G::Request,
    reply: oneshot::Sender<Result<G::Answer, Failure>>,
}

impl<G: Group> Lane<G> {
    /// Starts the task. It ends when nobody can ask any more.
    pub(crate) fn start(connections: Connections, group_max: usize, queue_max: usize) -> Self {
        let (calls, queue) = mpsc::channel(queue_max);
        let task = tokio::spawn(run(connections, queue, group_max));
        Self { calls, task }
    }

    /// Has something written and waits until it is committed.
    pub(crate) async fn ask(&self, request: G::Request) -> Result<G::Answer, Failure> {
        let (reply, answer) = oneshot::channel();
        self.calls.send(Call { request, reply }).await.map_err(|_| Failure::Closed)?;
        answer.await.map_err(|_| Failure::Closed)?
    }

    /// Whether the task has ended although somebody can still ask: it has panicked.
    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }
}

impl<G: Group> std::fmt::Debug for Lane<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane").field("has_ended", &self.has_ended()).finish_non_exhaustive()
    }
}

async fn run<G: Group>(
    connections: Connections,
    mut queue: mpsc::Receiver<Call<G>>,
    group_max: usize,
) {
    let mut calls = Vec::with_capacity(group_max);
    while queue.recv_many(&mut calls, group_max).await > 0 {
        // Those that concern the same thing are written one after the other, in their order.
        while !calls.is_empty() {
            let mut keys = BTreeSet::new();
            let (group, rest) =
                calls.drain(..).partition(|call: &Call<G>| keys.insert(G::key(&call.request)));
            calls = rest;
            write(&connections, group).await;
        }
    }
}

/// Writes a group. If the server refuses it, each half is tried by itself, until those that are to
/// blame stand alone.
async fn write<G: Group>(connections: &Connections, group: Vec<Call<G>>) {
    let mut parts = vec![group];
    while let Some(mut part) = parts.pop() {
        let requests: Vec<_> = part.iter().map(|call| &call.request).collect();
        match G::write(connections, &requests).await {
            Ok(answers) => {
                for (call, answer) in part.into_iter().zip(answers) {
                    // Whoever asked may have gone away meanwhile; what is written stays written.
                    let _ = call.reply.send(answer);
                }
            }
            Err(failure) if part.len() > 1 && failure.is_refusal() => {
                let second = part.split_off(part.len().div_ceil(2));
                parts.extend([second, part]);
            }
            Err(failure) => fail(part, failure),
        }
    }
}

fn fail<G: Group>(mut part: Vec<Call<G>>, failure: Failure) {
    if part.len() == 1 {
        let _ = part.pop().map(|call| call.reply.send(Err(failure)));
        return;
    }
    tracing::error!(
        error = payout_ports::chain(&failure),
        calls = part.len(),
        "a group of writes was not committed, as far as can be known"
    );
    let failure = Arc::new(failure);
    for call in part {
        let _ = call.reply.send(Err(Failure::NotCommitted(Arc::clone(&failure))));
    }
}
