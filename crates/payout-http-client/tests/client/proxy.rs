//! No proxy of the environment is used.

use std::process::Command;

use payout_ports::{PayoutGateway, SubmitOutcome};

use crate::scripted_server::{Act, ScriptedServer, json, response};
use crate::world::{gateway, instruction, leave};

/// Names the address for the child, which is this very test.
const TARGET: &str = "PAYOUT_TEST_TARGET";

/// The environment of a process is one for all its threads, so the test runs itself anew with a trap
/// in it.
#[tokio::test(flavor = "multi_thread")]
async fn proxies_of_the_environment_are_ignored() {
    if let Ok(url) = std::env::var(TARGET) {
        let gateway = gateway(&url);
        let outcome = gateway.submit(&instruction(&gateway), &leave()).await;
        assert!(matches!(outcome, SubmitOutcome::Accepted(_)), "{outcome:?}");
        return;
    }
    let created = r#"{"id":"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"}"#;
    let server = ScriptedServer::always(json(202, created)).await;
    let trap = ScriptedServer::always(Act::Say(response(502, &[], ""))).await;
    let mut child = Command::new(std::env::current_exe().expect("this test is a program"));
    child.args(["--exact", "proxy::proxies_of_the_environment_are_ignored"]);
    child.env(TARGET, server.url());
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    {
        child.env(name, trap.url());
    }
    child.env_remove("no_proxy").env_remove("NO_PROXY");

    let output =
        tokio::task::spawn_blocking(move || child.output()).await.expect("it does not panic");

    let output = output.expect("it can be run");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(trap.connections(), 0);
    assert_eq!(server.seen().len(), 1);
}
