//! Every setting, once.

/// One setting: its name in `payout.toml`, in the environment, and what it is if nobody says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) environment: &'static str,
    pub(crate) default: Option<&'static str>,
    /// Whether it has several values: an array in the file, commas in the environment.
    pub(crate) list: bool,
    /// Whether it is a secret, which is never read from the file.
    pub(crate) environment_only: bool,
    pub(crate) help: &'static str,
}

const fn one(
    key: &'static str,
    environment: &'static str,
    default: Option<&'static str>,
    help: &'static str,
) -> Setting {
    Setting { key, environment, default, list: false, environment_only: false, help }
}

const fn many(key: &'static str, environment: &'static str, help: &'static str) -> Setting {
    Setting { key, environment, default: None, list: true, environment_only: false, help }
}

const fn secret(key: &'static str, environment: &'static str, help: &'static str) -> Setting {
    Setting { key, environment, default: None, list: false, environment_only: true, help }
}

/// Every setting, in the order in which `payout config show` prints them.
pub(crate) const TABLE: &[Setting] = &[
    one(
        "sandbox.listen",
        "PAYOUT_SANDBOX_LISTEN",
        Some("127.0.0.1:9080"),
        "address the sandbox listens on",
    ),
    one(
        "sandbox.tls_cert",
        "PAYOUT_SANDBOX_TLS_CERT",
        None,
        "file with the certificates to show, the sandbox's own first",
    ),
    one("sandbox.tls_key", "PAYOUT_SANDBOX_TLS_KEY", None, "file with the key of the certificate"),
    one("sandbox.public_url", "PAYOUT_SANDBOX_PUBLIC_URL", None, "how clients reach the sandbox"),
    one(
        "sandbox.data",
        "PAYOUT_SANDBOX_DATA",
        None,
        "directory of the sandbox's database and keys",
    ),
    one(
        "sandbox.client_id",
        "PAYOUT_SANDBOX_CLIENT_ID",
        Some("sandbox-client"),
        "the sandbox's client",
    ),
    one(
        "sandbox.client_secret_file",
        "PAYOUT_SANDBOX_CLIENT_SECRET_FILE",
        None,
        "file with the client's secret",
    ),
    many(
        "sandbox.client_keys",
        "PAYOUT_SANDBOX_CLIENT_KEYS",
        "the client's public keys: KID=PEM file",
    ),
    many(
        "sandbox.merchant_accounts",
        "PAYOUT_SANDBOX_MERCHANT_ACCOUNTS",
        "merchant accounts by opening balance",
    ),
    one("sandbox.webhook", "PAYOUT_SANDBOX_WEBHOOK", None, "URL that the sandbox tells events to"),
    one(
        "sandbox.private_networks",
        "PAYOUT_SANDBOX_PRIVATE_NETWORKS",
        Some("127.0.0.0/8, ::1"),
        "private networks that webhooks may go to, with commas between",
    ),
    one(
        "sandbox.settlement_delay_ms",
        "PAYOUT_SANDBOX_SETTLEMENT_DELAY_MS",
        Some("0"),
        "from a deposit to its settlement",
    ),
    one(
        "sandbox.authorization_delay_ms",
        "PAYOUT_SANDBOX_AUTHORIZATION_DELAY_MS",
        Some("100"),
        "from a payout to its authorisation",
    ),
    one(
        "sandbox.execution_delay_ms",
        "PAYOUT_SANDBOX_EXECUTION_DELAY_MS",
        Some("400"),
        "from a payout's authorisation to its execution",
    ),
    one(
        "sandbox.token_life",
        "PAYOUT_SANDBOX_TOKEN_LIFE",
        Some("1h"),
        "how long the sandbox's tokens live",
    ),
    one(
        "sandbox.key_window",
        "PAYOUT_SANDBOX_KEY_WINDOW",
        Some("30d"),
        "how long the sandbox remembers idempotency keys",
    ),
    one(
        "serve.listen",
        "PAYOUT_SERVE_LISTEN",
        Some("127.0.0.1:9090"),
        "address the service listens on",
    ),
    one(
        "serve.tls_cert",
        "PAYOUT_SERVE_TLS_CERT",
        None,
        "file with the certificates to show, the service's own first",
    ),
    one("serve.tls_key", "PAYOUT_SERVE_TLS_KEY", None, "file with the key of the certificate"),
    one("serve.public_url", "PAYOUT_SERVE_PUBLIC_URL", None, "how clients reach the service"),
    one(
        "serve.behind_proxy",
        "PAYOUT_SERVE_BEHIND_PROXY",
        Some("false"),
        "let only the trusted proxies connect, one of which ends TLS",
    ),
    one(
        "serve.connections_max",
        "PAYOUT_SERVE_CONNECTIONS_MAX",
        Some("1024"),
        "the most connections; one more takes the place of the one that waits longest",
    ),
    one(
        "serve.connections_per_address_max",
        "PAYOUT_SERVE_CONNECTIONS_PER_ADDRESS_MAX",
        Some("512"),
        "the most connections of one address; 0 is no limit, and trusted proxies have none",
    ),
    one("serve.data", "PAYOUT_SERVE_DATA", None, "directory of the service's database and keys"),
    one(
        "serve.database",
        "PAYOUT_SERVE_DATABASE",
        None,
        "PostgreSQL database for several instances: postgres://USER@HOST/DATABASE",
    ),
    one(
        "serve.database_password_file",
        "PAYOUT_SERVE_DATABASE_PASSWORD_FILE",
        None,
        "file with the password of the database's user",
    ),
    secret(
        "serve.database_password",
        "PAYOUT_SERVE_DATABASE_PASSWORD",
        "the password of the database's user",
    ),
    one(
        "serve.sealing_keys_file",
        "PAYOUT_SERVE_SEALING_KEYS_FILE",
        None,
        "file with the keys that seal what is of a person in the database",
    ),
    one(
        "serve.gateway",
        "PAYOUT_SERVE_GATEWAY",
        None,
        "the provider: a URL, truelayer-sandbox or truelayer",
    ),
    one(
        "serve.client_id",
        "PAYOUT_SERVE_CLIENT_ID",
        Some("service-client"),
        "the service's client",
    ),
    one(
        "serve.client_secret_file",
        "PAYOUT_SERVE_CLIENT_SECRET_FILE",
        None,
        "file with the client's secret",
    ),
    many("serve.client_keys", "PAYOUT_SERVE_CLIENT_KEYS", "the client's public keys: KID=PEM file"),
    one("serve.webhook", "PAYOUT_SERVE_WEBHOOK", None, "URL that the service tells events to"),
    one(
        "serve.private_networks",
        "PAYOUT_SERVE_PRIVATE_NETWORKS",
        Some(""),
        "private networks that webhooks may go to and key sets be read from: 127.0.0.0/8, 10.1.0.0/16",
    ),
    many(
        "serve.limits",
        "PAYOUT_SERVE_LIMITS",
        "the most that one payout may be, by currency: 5000.00 GBP",
    ),
    one(
        "serve.strict_references",
        "PAYOUT_SERVE_STRICT_REFERENCES",
        Some("false"),
        "refuse references that a scheme may not carry",
    ),
    one(
        "serve.disk_free_mib_min",
        "PAYOUT_SERVE_DISK_FREE_MIB_MIN",
        Some("256"),
        "MiB that the file's disk must have free for new payouts; 0 takes them to the last",
    ),
    one(
        "serve.reads_per_second",
        "PAYOUT_SERVE_READS_PER_SECOND",
        Some("2000"),
        "how much one client or operator may read; 0 is no limit",
    ),
    one(
        "serve.writes_per_second",
        "PAYOUT_SERVE_WRITES_PER_SECOND",
        Some("1000"),
        "how much one client or operator may change; 0 is no limit",
    ),
    one(
        "serve.tokens_per_second",
        "PAYOUT_SERVE_TOKENS_PER_SECOND",
        Some("100"),
        "how many tokens one client may ask for from one address; 0 is no limit",
    ),
    one(
        "serve.events_per_second",
        "PAYOUT_SERVE_EVENTS_PER_SECOND",
        Some("1000"),
        "how many events one address may tell; 0 is no limit",
    ),
    one(
        "serve.trusted_proxies",
        "PAYOUT_SERVE_TRUSTED_PROXIES",
        Some(""),
        "addresses of proxies whose X-Forwarded-For is believed, with commas between: 127.0.0.1, fd00::/8",
    ),
    one(
        "serve.signature_verifier",
        "PAYOUT_SERVE_SIGNATURE_VERIFIER",
        Some("library"),
        "by what signatures are verified: library, or tables of the clients' keys",
    ),
    one(
        "serve.signature_tables_max",
        "PAYOUT_SERVE_SIGNATURE_TABLES_MAX",
        Some("16"),
        "how many keys have tables, some 4 MiB each; others are left to the library",
    ),
    one(
        "serve.signature_checked_one_in",
        "PAYOUT_SERVE_SIGNATURE_CHECKED_ONE_IN",
        Some("64"),
        "one in how many verdicts of tables the library repeats; 1 is every one, 0 is none",
    ),
    one(
        "serve.key_window",
        "PAYOUT_SERVE_KEY_WINDOW",
        Some("6h"),
        "how long the provider surely remembers a key",
    ),
    one(
        "serve.mark",
        "PAYOUT_SERVE_MARK",
        None,
        "file outside the store that remembers how far the store has come",
    ),
    one(
        "serve.in_flight_max",
        "PAYOUT_SERVE_IN_FLIGHT_MAX",
        Some("128"),
        "how many payouts may be on their way to the provider at once",
    ),
    one(
        "serve.webhook_patience",
        "PAYOUT_SERVE_WEBHOOK_PATIENCE",
        Some("3d"),
        "how long a client is told of something before that is given up",
    ),
    one(
        "serve.read_lag",
        "PAYOUT_SERVE_READ_LAG",
        Some("2h"),
        "how long a payout may be missing from the provider's statement",
    ),
    one("gateway.client_id", "PAYOUT_GATEWAY_CLIENT_ID", None, "our client id at the provider"),
    one(
        "gateway.client_secret_file",
        "PAYOUT_GATEWAY_CLIENT_SECRET_FILE",
        None,
        "file with our secret at the provider",
    ),
    secret("gateway.client_secret", "PAYOUT_GATEWAY_CLIENT_SECRET", "our secret at the provider"),
    one("gateway.kid", "PAYOUT_GATEWAY_KID", None, "id of our signing key at the provider"),
    one(
        "gateway.private_key_file",
        "PAYOUT_GATEWAY_PRIVATE_KEY_FILE",
        None,
        "file with our signing key",
    ),
    one("client.url", "PAYOUT_URL", None, "server that the verbs talk to"),
    one("client.client_id", "PAYOUT_CLIENT_ID", None, "client id of the verbs"),
    one(
        "client.client_secret_file",
        "PAYOUT_CLIENT_SECRET_FILE",
        None,
        "file with the secret of the verbs",
    ),
    secret("client.client_secret", "PAYOUT_CLIENT_SECRET", "secret of the verbs"),
    one("client.kid", "PAYOUT_KID", None, "id of the signing key of the verbs"),
    one(
        "client.private_key_file",
        "PAYOUT_PRIVATE_KEY_FILE",
        None,
        "file with the signing key of the verbs",
    ),
    one("client.operator", "PAYOUT_OPERATOR", None, "operator that the verbs of operators are"),
    one(
        "client.operator_secret_file",
        "PAYOUT_OPERATOR_SECRET_FILE",
        None,
        "file with that operator's secret",
    ),
    one("client.profile", "PAYOUT_PROFILE", None, "profile of payout.toml that the verbs use"),
    one(
        "log.filter",
        "PAYOUT_LOG",
        Some("warn,payout=info,payout_http_server=warn"),
        "what is logged, as tracing filters are written",
    ),
];
