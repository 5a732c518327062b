//! The map: which crates there are, what each may use, and who alone may name a library.
//!
//! `docs/architecture.md` draws the same map for people.

/// A crate and those of our crates that it may use.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) name: &'static str,
    pub(crate) may_use: &'static [&'static str],
}

const fn room(name: &'static str, may_use: &'static [&'static str]) -> Room {
    Room { name, may_use }
}

/// A crate that holds the laws of the ports; the product never depends on it.
pub(crate) const ONLY_FOR_TESTS: &str = "payout-conformance";

/// The arrows. A driven adapter stands on the ports, the driving adapter on the service.
pub(crate) const ROOMS: &[Room] = &[
    room("payout-domain", &[]),
    room("payout-ports", &["payout-domain"]),
    room("payout-service", &["payout-domain", "payout-ports"]),
    room("payout-wire", &["payout-domain"]),
    room("payout-signature", &[]),
    room("payout-memory", &["payout-domain", "payout-ports"]),
    room("payout-sqlite", &["payout-domain", "payout-ports"]),
    room("payout-postgres", &["payout-domain", "payout-ports"]),
    room(
        "payout-http-client",
        &["payout-domain", "payout-ports", "payout-wire", "payout-signature"],
    ),
    room(
        "payout-http-server",
        &["payout-domain", "payout-service", "payout-wire", "payout-signature"],
    ),
    room("payout-conformance", &["payout-domain", "payout-ports"]),
    room(
        "payout-simulation",
        &["payout-domain", "payout-ports", "payout-service", "payout-memory"],
    ),
    room(
        "payout-trial",
        &["payout-domain", "payout-ports", "payout-wire", "payout-signature", "payout-http-client"],
    ),
    room(
        "payout-fuzz",
        &["payout-domain", "payout-wire", "payout-signature", "payout-http-client"],
    ),
    room(
        "app",
        &[
            "payout-domain",
            "payout-ports",
            "payout-service",
            "payout-wire",
            "payout-signature",
            "payout-memory",
            "payout-sqlite",
            "payout-postgres",
            "payout-http-client",
            "payout-http-server",
        ],
    ),
    room("xtask", &[]),
];

/// A library that decides how a crate looks, and the crates that may name it.
#[derive(Debug)]
pub(crate) struct Owned {
    pub(crate) library: &'static str,
    pub(crate) owners: &'static [&'static str],
    /// Crates that may name it behind a feature of their own.
    pub(crate) optional_for: &'static [&'static str],
    pub(crate) tests: Tests,
}

/// Which crates may name an owned library in their tests.
#[derive(Debug)]
pub(crate) enum Tests {
    OfAnyCrate,
    OnlyOf(&'static [&'static str]),
}

const fn owned(library: &'static str, owners: &'static [&'static str]) -> Owned {
    Owned { library, owners, optional_for: &[], tests: Tests::OfAnyCrate }
}

/// JSON is at the edges: the wire, the JOSE formats of signatures, and the binary's `--json`.
const fn json(library: &'static str) -> Owned {
    let owners = &[
        "payout-wire",
        "payout-signature",
        "app",
        "payout-simulation",
        "payout-trial",
        "payout-fuzz",
    ];
    Owned { library, owners, optional_for: &["payout-domain"], tests: Tests::OfAnyCrate }
}

pub(crate) const LIBRARIES: &[Owned] = &[
    // The trial measures what these libraries do without us.
    owned("aws-lc-rs", &["payout-signature", "payout-trial"]),
    owned("p521", &["payout-signature"]),
    owned("rusqlite", &["payout-sqlite", "payout-trial"]),
    owned("refinery", &["payout-sqlite", "payout-postgres"]),
    owned("tokio-postgres", &["payout-postgres"]),
    owned("reqwest", &["payout-http-client"]),
    owned("axum", &["payout-http-server"]),
    owned("maud", &["payout-http-server"]),
    // The wire says what bodies look like, and the server what its routes do with them.
    Owned { optional_for: &["payout-wire"], ..owned("utoipa", &["payout-http-server"]) },
    owned("iso_currency", &["payout-domain"]),
    owned("iban_validation_rs", &["payout-domain"]),
    owned("rust_decimal", &["payout-domain"]),
    Owned {
        library: "mockall",
        owners: &["payout-ports"],
        optional_for: &[],
        // Elsewhere the in-memory adapter is the better double: it keeps the laws.
        tests: Tests::OnlyOf(&["payout-ports", "payout-service"]),
    },
    json("serde"),
    json("serde_json"),
    owned("clap", &["app", "xtask", "payout-simulation", "payout-trial"]),
    owned("tracing-subscriber", &["app"]),
    owned("jiff", &["payout-wire", "app"]),
    owned("cargo_metadata", &["xtask"]),
];
