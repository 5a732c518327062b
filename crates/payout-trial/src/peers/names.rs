//! The names of all that is measured side by side, and what is to be known of it.

use crate::bench::Wanted;
use crate::bench::figure::Ratio;

/// Something that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scenario {
    Serve,
    Sandbox,
    SandboxUnverified,
    SandboxInMemory,
    Prism,
    Mockoon,
    Localstripe,
    Queue,
    Graphile,
    GraphileBatches,
    PgBoss,
    Pgbench,
}

/// Something of ours in relation to the same of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Goal {
    /// Start of the service to that of Prism.
    StartServe,
    StartSandbox,
    /// Idle memory of the service to that of Prism.
    IdleServe,
    IdleSandbox,
    /// Create and get, signatures looked at, to this peer's.
    Verified(Scenario),
    /// The same without a look at signatures.
    Unverified(Scenario),
    /// The same with nothing on disk either.
    InMemory(Scenario),
    /// Accepting and sending to this peer's putting in and working off.
    Queue(Scenario),
}

impl Scenario {
    /// The simulators of others.
    pub(super) const SIMULATORS: [Self; 3] = [Self::Prism, Self::Mockoon, Self::Localstripe];

    /// Its key in JSON.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Sandbox => "sandbox",
            Self::SandboxUnverified => "sandbox_unverified",
            Self::SandboxInMemory => "sandbox_unverified_in_memory",
            Self::Prism => "prism",
            Self::Mockoon => "mockoon",
            Self::Localstripe => "localstripe",
            Self::Queue => "accept_and_dispatch_postgres",
            Self::Graphile => "graphile_worker",
            Self::GraphileBatches => "graphile_worker_batches",
            Self::PgBoss => "pg_boss",
            Self::Pgbench => "pgbench_tpcb",
        }
    }

    /// Its name without what it does.
    fn name(self) -> &'static str {
        self.title().split(':').next().unwrap_or_default()
    }

    /// What it is.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Serve => "payout serve, SQLite: start and memory",
            Self::Sandbox => "payout sandbox: create + get",
            Self::SandboxUnverified => "payout sandbox, no verification: create + get",
            Self::SandboxInMemory => "the same with --in-memory: create + get",
            Self::Prism => "Prism 5.14.2: create + get",
            Self::Mockoon => "Mockoon 9.9.0: create + get",
            Self::Localstripe => "localstripe 1.15.10: create + get",
            Self::Queue => "payout serve, PostgreSQL: accept + dispatch",
            Self::Graphile => "graphile-worker 0.16.6: enqueue + process",
            Self::GraphileBatches => "graphile-worker 0.16.6, 100 enqueued at once",
            Self::PgBoss => "pg-boss 10.4.2: send + fetch + complete",
            Self::Pgbench => "pgbench TPC-B, scale 20, 8 clients",
        }
    }

    /// What must be known before its figures are held against others.
    pub(super) fn remark(self) -> &'static str {
        match self {
            Self::Serve => "checks token and signature, and keeps everything on disk.",
            Self::Sandbox => {
                "verifies ES512 signatures, remembers every payout in SQLite with a sync for each \
                 group, moves balances, and executes each payout while others are asked for."
            }
            Self::SandboxUnverified => "the same, but nobody looks at signatures.",
            Self::SandboxInMemory => {
                "the same, but nothing is on disk either: still with tokens, rules, balances and life."
            }
            Self::Prism => {
                "no state, no signature, no token, nothing on disk: a get shows the example of the \
                 document, whatever was created. It does hold requests against their schema. Its log \
                 is off; one thread."
            }
            Self::Mockoon => {
                "no state, no signature, no token, nothing on disk: it makes up an answer each time. \
                 It holds requests against nothing. One thread."
            }
            Self::Localstripe => {
                "another provider's API: customers instead of payouts, because those have the least \
                 rules. It remembers, and writes its whole state to disk, without a sync, at each write. \
                 No signature. One thread."
            }
            Self::Queue => {
                "verifies each request's signature, keeps key, payout, history and body, then claims, \
                 signs, sends by HTTP and notes the answer."
            }
            Self::Graphile => {
                "a job does nothing: no HTTP, no signature, no idempotency key, no history, and a job \
                 that is done is deleted. Each is put in by one statement, 64 at a time, over 20 \
                 connections; one thread."
            }
            Self::GraphileBatches => {
                "the same, but `add_jobs` puts in 100 at once, where ours is asked for one at a time. This \
                 version takes them out one by one."
            }
            Self::PgBoss => {
                "a job does nothing: no HTTP, no signature, no idempotency key, no history. Each is put \
                 in, taken and completed by one statement each, 64 at a time, over 64 connections; one \
                 thread."
            }
            Self::Pgbench => {
                "PostgreSQL's own bench, a transaction of three updates, a select and an insert, for \
                 orientation: what the database does without anybody else's code."
            }
        }
    }
}

impl Goal {
    /// Its key in JSON.
    pub(super) fn key(self) -> String {
        match self {
            Self::StartServe => "start_serve_to_prism".to_owned(),
            Self::StartSandbox => "start_sandbox_to_prism".to_owned(),
            Self::IdleServe => "idle_serve_to_prism".to_owned(),
            Self::IdleSandbox => "idle_sandbox_to_prism".to_owned(),
            Self::Verified(peer) => format!("sandbox_to_{}", peer.key()),
            Self::Unverified(peer) => format!("sandbox_unverified_to_{}", peer.key()),
            Self::InMemory(peer) => format!("sandbox_unverified_in_memory_to_{}", peer.key()),
            Self::Queue(peer) => format!("accept_and_dispatch_to_{}", peer.key()),
        }
    }

    /// What is related to what.
    pub(super) fn title(self) -> String {
        match self {
            Self::StartServe => "start of payout serve / of Prism".to_owned(),
            Self::StartSandbox => "start of payout sandbox / of Prism".to_owned(),
            Self::IdleServe => "idle memory of payout serve / of Prism".to_owned(),
            Self::IdleSandbox => "idle memory of payout sandbox / of Prism".to_owned(),
            Self::Verified(peer) => format!("create + get: payout sandbox / {}", peer.name()),
            Self::Unverified(peer) => {
                format!("create + get: sandbox, no verification / {}", peer.name())
            }
            Self::InMemory(peer) => {
                format!("create + get: sandbox, no verification, in memory / {}", peer.name())
            }
            Self::Queue(peer) => format!("accept + dispatch, PostgreSQL / {}", peer.name()),
        }
    }

    /// What it is to reach; `None` where it is only told.
    pub(super) fn wanted(self) -> Option<Wanted> {
        match self {
            Self::StartServe | Self::StartSandbox => Some(Wanted::AtMost(Ratio(50))),
            Self::IdleServe => Some(Wanted::AtMost(Ratio(200))),
            Self::Verified(_) => Some(Wanted::AtLeast(Ratio(1500))),
            Self::Unverified(_) => Some(Wanted::AtLeast(Ratio(10_000))),
            Self::Queue(Scenario::Graphile) => Some(Wanted::AtLeast(Ratio(3000))),
            Self::IdleSandbox | Self::InMemory(_) | Self::Queue(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_orients_has_no_goal() {
        assert_eq!(Goal::Queue(Scenario::PgBoss).wanted(), None);
        assert!(Goal::Queue(Scenario::Graphile).wanted().is_some());
    }

    #[test]
    fn a_ratio_is_named_by_the_peer_that_it_is_held_against() {
        assert_eq!(Goal::Unverified(Scenario::Prism).key(), "sandbox_unverified_to_prism");
    }
}
