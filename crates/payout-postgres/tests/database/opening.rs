//! What a server must be before anything is kept on it.

use std::path::Path;

use payout_postgres::{Address, OpenError, Password, PostgresStore};

use crate::server::{Schema, administer, connect, options, url};

#[tokio::test]
async fn a_role_that_commits_before_it_is_on_disk_is_refused() {
    let role = role("hasty", "SET synchronous_commit TO off").await;

    let refused = open(&role, "").await;

    assert!(
        matches!(refused, Err(OpenError::Settings { name: "synchronous_commit", .. })),
        "{refused:?}"
    );
    says(&refused, &["would not be safe", "synchronous_commit is `off`", "set it to `on`"]);
}

#[tokio::test]
async fn a_role_that_may_not_write_is_refused() {
    let role = role("reader", "SET default_transaction_read_only TO on").await;

    let refused = open(&role, "").await;

    assert!(matches!(refused, Err(OpenError::ReadOnly)), "{refused:?}");
    says(&refused, &["takes no writes", "default_transaction_read_only"]);
}

#[tokio::test]
async fn a_role_gets_in_with_its_password_only() {
    role("guarded", "PASSWORD 'correct horse'").await;
    let address: Address = with("guarded", "").parse().expect("it is complete");
    let attempt = async |password: Option<&str>| {
        let password = password.map(Password::new);
        PostgresStore::open(&address, password.as_ref(), &options()).await
    };

    let without = attempt(None).await;
    let wrong = attempt(Some("hunter2")).await;
    let right = attempt(Some("correct horse\n")).await;

    for refused in [without, wrong] {
        assert!(matches!(refused, Err(OpenError::NotLetIn(_))), "{refused:?}");
        says(&refused, &["give the right password", "pg_hba.conf"]);
        assert!(!format!("{refused:?}").contains("hunter2"));
    }
    right.expect("this is the password");
}

#[tokio::test]
async fn a_server_that_is_not_there_cannot_be_reached() {
    let address = "postgres://payout@127.0.0.1:1/payout".parse().expect("it is complete");

    let refused = PostgresStore::open(&address, None, &options()).await;

    assert!(matches!(refused, Err(OpenError::Unreachable(_))), "{refused:?}");
    says(&refused, &["cannot be reached", "start it, or correct its address"]);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said() {
    let url = url();
    let nowhere = url.rsplit_once('/').map(|(server, _)| format!("{server}/nowhere"));
    let address = nowhere.expect("it has a database").parse().expect("it is complete");

    let refused = PostgresStore::open(&address, None, &options()).await;

    assert!(matches!(refused, Err(OpenError::NoDatabase(_))), "{refused:?}");
    says(&refused, &["no such database", "create it"]);
}

#[tokio::test]
async fn a_protected_connection_is_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls/server.TEST-ONLY.pem");
    let verified = format!("&sslmode=verify-full&sslrootcert={}", root.display());

    for parameters in ["&sslmode=require", &verified] {
        let schema = Schema::unmade();
        let address = format!("{}?schema={}{parameters}", url(), schema.name);
        let address = address.parse().expect("it is complete");
        let store = PostgresStore::open(&address, None, &options()).await;
        let store = store.unwrap_or_else(|error| unreachable!("{}", payout_ports::chain(&error)));
        payout_ports::MarkedStore::mark(&store).await.expect("the store is there");

        let hand = connect("pg_catalog").await;
        let protected = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
             WHERE ssl AND application_name = 'payout'";
        let protected: i64 = hand.query_one(protected, &[]).await.expect("it is a view").get(0);
        assert!(protected > 0, "{parameters}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_show_who_it_is_is_refused() {
    let schema = Schema::unmade();
    let address = format!("{}?schema={}&sslmode=verify-full", url(), schema.name);

    let refused =
        PostgresStore::open(&address.parse().expect("it is complete"), None, &options()).await;

    assert!(matches!(refused, Err(OpenError::Tls(_))), "{refused:?}");
    says(&refused, &["no protected connection", "check the certificates"]);
}

#[tokio::test]
async fn the_settings_are_those_that_the_server_reports() {
    let schema = Schema::fresh().await;

    let settings = schema.open().await.settings().to_string();

    for setting in [
        "server_version=1",
        "fsync=on",
        "full_page_writes=on",
        "synchronous_commit=on",
        "data_sync_retry=off",
        "statement_timeout=5s",
        "lock_timeout=2s",
        "idle_in_transaction_session_timeout=10s",
        "in_recovery=false",
    ] {
        assert!(settings.contains(setting), "{setting} is not in {settings}");
    }
}

/// A role that may make a schema, and is otherwise so.
async fn role(name: &str, otherwise: &str) -> String {
    let setting = if otherwise.starts_with("SET") { "" } else { otherwise };
    let always = if otherwise.starts_with("SET") { otherwise } else { "CONNECTION LIMIT -1" };
    administer(&format!(
        "DROP OWNED BY {name}; DROP ROLE {name};
         CREATE ROLE {name} LOGIN {setting}; ALTER ROLE {name} {always};
         GRANT CREATE ON DATABASE postgres TO {name}"
    ))
    .await;
    name.to_owned()
}

/// The server's address for another role, in a schema of its own.
fn with(role: &str, parameters: &str) -> String {
    let schema = Schema::unmade();
    format!(
        "{}?schema={}{parameters}",
        url().replace("postgres@", &format!("{role}@")),
        schema.name
    )
}

async fn open(role: &str, parameters: &str) -> Result<PostgresStore, OpenError> {
    let address = with(role, parameters).parse().expect("it is complete");
    PostgresStore::open(&address, None, &options()).await
}

/// Asserts that an operator reads these words.
fn says(outcome: &Result<PostgresStore, OpenError>, words: &[&str]) {
    let text = outcome.as_ref().expect_err("it does not open").to_string();
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text:?}");
    }
}
