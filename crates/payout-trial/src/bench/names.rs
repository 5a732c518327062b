//! The names of all that is measured.

use clap::ValueEnum;

use super::figure::Ratio;

/// Something that a server does, again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scenario {
    CreateSqlite,
    CreateSqliteTables,
    CreatePostgres,
    CreatePostgresTables,
    CreateAlone,
    CreateHalfRate,
    CreateUnverified,
    Replay,
    Forgery,
    GetById,
    ListPage,
    Dispatch,
    DispatchSlow,
    Reconcile,
    EventIn,
    EventFollowed,
    EventAgain,
    EventOut,
    CreateOneOfThree,
    CreateThree,
    DispatchThree,
}

/// A part of a round, for whoever looks into one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Payouts accepted on SQLite, and asked for again
    Create,
    /// Payouts accepted on PostgreSQL
    CreatePostgres,
    /// Payouts whose signatures are verified by tables of the client's key
    CreateByTables,
    /// Payouts accepted one after the other, and at half of the maximum rate
    CreateSlowly,
    /// Forgeries refused
    Forgery,
    /// Payouts accepted without a look at their signatures
    CreateUnverified,
    /// Payouts shown and listed
    Read,
    /// Payouts sent
    Dispatch,
    /// Events of the provider taken in, followed, and told again
    WebhookIn,
    /// Clients told
    WebhookOut,
    /// Open payouts asked after
    Reconcile,
    /// Open payouts after a crash
    Recover,
    /// Three instances on one database beside one
    Instances,
}

impl Part {
    /// Whether a round of it takes much longer than what it measures.
    pub(super) fn is_slow(self) -> bool {
        match self {
            Self::Create
            | Self::CreatePostgres
            | Self::CreateByTables
            | Self::CreateSlowly
            | Self::Forgery
            | Self::CreateUnverified
            | Self::Read
            | Self::Dispatch => false,
            Self::WebhookIn
            | Self::WebhookOut
            | Self::Reconcile
            | Self::Recover
            | Self::Instances => true,
        }
    }
}

/// Something that the machine can do without us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Limit {
    Verifications,
    Signatures,
    Fsyncs,
    FsyncP50,
    FsyncP99,
    BareHttp,
    BareWriter,
}

/// Something of ours in relation to what the machine can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Goal {
    CreateSqlite,
    CreateSqliteTables,
    CreatePostgres,
    CreatePostgresTables,
    CreateUnverified,
    Dispatch,
    Forgery,
    CreateAlone,
    GetById,
    HalfRateP99,
    Instances,
    RecoverReady,
    RecoverSent,
}

/// What a goal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    AtLeast(Ratio),
    AtMost(Ratio),
}

impl Scenario {
    /// Its key in JSON.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::CreateSqlite => "create_sqlite",
            Self::CreateSqliteTables => "create_sqlite_tables",
            Self::CreatePostgres => "create_postgres",
            Self::CreatePostgresTables => "create_postgres_tables",
            Self::CreateAlone => "create_one_connection",
            Self::CreateHalfRate => "create_half_rate",
            Self::CreateUnverified => "create_unverified",
            Self::Replay => "replay",
            Self::Forgery => "forgery",
            Self::GetById => "get_by_id",
            Self::ListPage => "list_page",
            Self::Dispatch => "dispatch",
            Self::DispatchSlow => "dispatch_200ms",
            Self::Reconcile => "reconcile",
            Self::EventIn => "webhook_in",
            Self::EventFollowed => "webhook_in_followed",
            Self::EventAgain => "webhook_in_again",
            Self::EventOut => "webhook_out",
            Self::CreateOneOfThree => "create_postgres_one_of_three",
            Self::CreateThree => "create_postgres_three",
            Self::DispatchThree => "dispatch_postgres_three",
        }
    }

    /// What it is.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::CreateSqlite => "signed durable create, SQLite, 64 connections",
            Self::CreateSqliteTables => "signed durable create by tables, SQLite, 64 connections",
            Self::CreatePostgres => "signed durable create, PostgreSQL, 64 connections",
            Self::CreatePostgresTables => {
                "signed durable create by tables, PostgreSQL, 64 connections"
            }
            Self::CreateAlone => "signed durable create, SQLite, 1 connection",
            Self::CreateHalfRate => "signed durable create, SQLite, half of the maximum rate",
            Self::CreateUnverified => "create without verification, SQLite, 64 connections",
            Self::Replay => "replay of a used key, SQLite",
            Self::Forgery => "refused forgery",
            Self::GetById => "get by id, SQLite",
            Self::ListPage => "list a page of 25, SQLite",
            Self::Dispatch => "dispatch, a provider that answers at once, SQLite",
            Self::DispatchSlow => "dispatch, a provider that takes 200 ms, SQLite",
            Self::Reconcile => "open payouts asked after and executed, SQLite",
            Self::EventIn => "webhook taken in, SQLite, 64 connections",
            Self::EventFollowed => "webhook taken in and followed, SQLite",
            Self::EventAgain => "the same webhook again, SQLite, 64 connections",
            Self::EventOut => "webhook to a client that confirms at once, SQLite",
            Self::CreateOneOfThree => "signed durable create, PostgreSQL, one of 3 instances",
            Self::CreateThree => "signed durable create, PostgreSQL, 3 instances",
            Self::DispatchThree => "dispatch at once, PostgreSQL, 3 instances",
        }
    }
}

impl Limit {
    /// Its key in JSON.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Verifications => "es512_verifications_per_second",
            Self::Signatures => "es512_signatures_per_second",
            Self::Fsyncs => "fsyncs_per_second",
            Self::FsyncP50 => "fsync_p50_us",
            Self::FsyncP99 => "fsync_p99_us",
            Self::BareHttp => "bare_http_per_second",
            Self::BareWriter => "bare_writer_per_second",
        }
    }

    /// What it is.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Verifications => "ES512 verifications a second, aws-lc-rs, all cores",
            Self::Signatures => "ES512 signatures a second, aws-lc-rs, all cores",
            Self::Fsyncs => "overwrites of 4 KiB with fdatasync a second, one after the other",
            Self::FsyncP50 => "one of them, median, us",
            Self::FsyncP99 => "one of them, p99, us",
            Self::BareHttp => "requests a second of a server that only answers, 64 connections",
            Self::BareWriter => "rows a second of a bare group-commit writer, 64 at a time",
        }
    }
}

impl Goal {
    /// Its key in JSON.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::CreateSqlite => "create_sqlite_to_verifications",
            Self::CreateSqliteTables => "create_sqlite_tables_to_verifications",
            Self::CreatePostgres => "create_postgres_to_verifications",
            Self::CreatePostgresTables => "create_postgres_tables_to_verifications",
            Self::CreateUnverified => "create_unverified_to_bare_writer",
            Self::Dispatch => "dispatch_to_signatures",
            Self::Forgery => "forgery_cpu_to_verification_cpu",
            Self::CreateAlone => "create_one_connection_p50_to_verification_and_fsync",
            Self::GetById => "get_by_id_to_bare_http",
            Self::HalfRateP99 => "create_half_rate_p99_to_fsync_p99",
            Self::Instances => "three_instances_to_one",
            Self::RecoverReady => "recover_ready_seconds",
            Self::RecoverSent => "recover_sent_seconds",
        }
    }

    /// What is related to what.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::CreateSqlite => "signed durable create, SQLite / verifications on all cores",
            Self::CreateSqliteTables => "create by tables, SQLite / verifications on all cores",
            Self::CreatePostgres => {
                "signed durable create, PostgreSQL / verifications on all cores"
            }
            Self::CreatePostgresTables => {
                "create by tables, PostgreSQL / verifications on all cores"
            }
            Self::CreateUnverified => "create without verification / bare group-commit writer",
            Self::Dispatch => "dispatch at once / signatures on all cores",
            Self::Forgery => "CPU to refuse a forgery / CPU of one verification",
            Self::CreateAlone => "p50 of create on one connection / one verification + one fsync",
            Self::GetById => "get by id / HTTP library alone",
            Self::HalfRateP99 => "p99 of create at half of the maximum rate / fsync p99",
            Self::Instances => "signed durable create, PostgreSQL, 3 instances / one",
            Self::RecoverReady => "from a start after SIGKILL to ready, s",
            Self::RecoverSent => "from that start until all open payouts are sent, s",
        }
    }

    /// What it is to reach.
    pub(super) fn wanted(self) -> Wanted {
        match self {
            Self::CreateSqlite => Wanted::AtLeast(Ratio(750)),
            Self::CreateSqliteTables => Wanted::AtLeast(Ratio(1400)),
            Self::CreatePostgres => Wanted::AtLeast(Ratio(600)),
            Self::CreatePostgresTables | Self::Instances => Wanted::AtLeast(Ratio(1000)),
            Self::CreateUnverified => Wanted::AtLeast(Ratio(800)),
            Self::Dispatch => Wanted::AtLeast(Ratio(550)),
            Self::Forgery => Wanted::AtMost(Ratio(1150)),
            Self::CreateAlone => Wanted::AtMost(Ratio(1500)),
            Self::GetById => Wanted::AtLeast(Ratio(500)),
            Self::HalfRateP99 => Wanted::AtMost(Ratio(10_000)),
            Self::RecoverReady => Wanted::AtMost(Ratio(300)),
            Self::RecoverSent => Wanted::AtMost(Ratio(5000)),
        }
    }
}

impl Wanted {
    /// Whether a ratio reaches it.
    pub(crate) fn is_met_by(self, ratio: Ratio) -> bool {
        match self {
            Self::AtLeast(least) => ratio >= least,
            Self::AtMost(most) => ratio <= most,
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(ratio) => write!(f, ">= {ratio}"),
            Self::AtMost(ratio) => write!(f, "<= {ratio}"),
        }
    }
}
