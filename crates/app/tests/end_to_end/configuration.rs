//! Where values and credentials come from.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::Value as Json;

use crate::stage::{Outcome, Server, Stage};

/// The setting with this key, as `config show --json` prints it.
#[track_caller]
fn setting(shown: &Json, key: &str) -> (Json, String) {
    let settings = shown["settings"].as_array().into_iter().flatten();
    let found = settings.into_iter().find(|setting| setting["key"] == key);
    let found = found.unwrap_or_else(|| panic!("`{key}` is missing: {shown}"));
    (found["value"].clone(), found["origin"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn each_value_is_shown_with_where_it_comes_from() {
    let stage = Stage::new();
    stage.write("payout.toml", "[serve]\nlisten = '127.0.0.1:7001'\nclient_id = 'of-the-file'\n");

    let mut show = stage.command(&["config", "show", "--json"]);
    show.env("PAYOUT_SERVE_CLIENT_ID", "of-the-environment");
    let shown = Outcome::of(&mut show).ended_with(0).json();

    let (value, origin) = setting(&shown, "serve.client_id");
    assert_eq!((value, &*origin), ("of-the-environment".into(), "$PAYOUT_SERVE_CLIENT_ID"));
    let (value, origin) = setting(&shown, "serve.listen");
    assert_eq!(value, "127.0.0.1:7001");
    assert!(origin.contains("payout.toml"), "{origin}");
    let (value, origin) = setting(&shown, "sandbox.listen");
    assert_eq!((value, &*origin), ("127.0.0.1:9080".into(), "default"));
    let (value, origin) = setting(&shown, "serve.gateway");
    assert_eq!((value, &*origin), (Json::Null, "not set"));
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
    let stage = Stage::new();
    let environment = [("PAYOUT_SANDBOX_CLIENT_ID", "of-the-environment")];
    let client = |arguments: &[&str], environment: &[(&str, &str)], data| {
        let server = Server::start(&stage, "sandbox", data, arguments, environment);
        server.member("client_id").to_owned()
    };

    let default = client(&[], &[], "one");
    stage.write("payout.toml", "[sandbox]\nclient_id = 'of-the-file'\n");
    let file = client(&[], &[], "two");
    let variable = client(&[], &environment, "three");
    let flag = client(&["--client-id", "of-the-flag"], &environment, "four");

    assert_eq!(
        [&*default, &*file, &*variable, &*flag],
        ["sandbox-client", "of-the-file", "of-the-environment", "of-the-flag"]
    );
}

#[test]
fn the_users_own_file_is_read_where_there_is_none_here() {
    let stage = Stage::new();
    fs::create_dir_all(stage.path(".config/payout")).expect("the home is ours");
    stage.write(".config/payout/payout.toml", "[client]\nurl = 'http://127.0.0.1:7002'\n");

    let shown = stage.run(&["config", "show", "--json"]).ended_with(0).json();

    assert_eq!(setting(&shown, "client.url").0, "http://127.0.0.1:7002");
}

#[test]
fn secrets_are_never_shown() {
    let stage = Stage::new();

    for json in [&[][..], &["--json"]] {
        let mut show = stage.command(&[&["config", "show"], json].concat());
        show.env("PAYOUT_CLIENT_SECRET", "canary-1")
            .env("PAYOUT_GATEWAY_CLIENT_SECRET", "canary-2");
        let shown = Outcome::of(&mut show).ended_with(0);

        assert!(shown.stdout.contains("(secret)"), "{shown:#?}");
        assert!(!format!("{shown:?}").contains("canary"), "{shown:#?}");
    }
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let stage = Stage::new();
    stage.write("payout.toml", "[client]\nclient_secret = 'canary'\n");

    let refused = stage.run(&["config", "show"]).ended_with(7);

    assert!(!format!("{refused:?}").contains("canary"), "{refused:#?}");
    refused.said("`client.client_secret` is a secret").said("put it into a file");
}

#[test]
fn an_unknown_key_is_named_with_the_known_ones() {
    let stage = Stage::new();

    stage.write("payout.toml", "[serve]\nlisten_on = '127.0.0.1:7001'\n");
    let key = stage.run(&["config", "show"]).ended_with(7);
    stage.write("payout.toml", "[server]\nlisten = '127.0.0.1:7001'\n");
    let section = stage.run(&["config", "show"]).ended_with(7);
    stage.write("payout.toml", "[profile.one]\nuri = 'http://127.0.0.1:7001'\n");
    let profile = stage.run(&["config", "show"]).ended_with(7);

    key.said("payout.toml").said("`serve.listen_on` is not known").said("serve.listen,");
    section.said("`server.listen` is not known").said("sandbox, serve, gateway, client");
    profile.said("`profile.one.uri` is not known").said("url, client_id");
}

#[test]
fn a_value_that_cannot_be_read_is_named_with_its_origin() {
    let stage = Stage::new();
    let sandbox = ["sandbox", "--data", "data"];
    let with = |name: &str, value: &str| {
        Outcome::of(stage.command(&sandbox).env(name, value)).ended_with(7)
    };

    with("PAYOUT_SANDBOX_LISTEN", "here").said("$PAYOUT_SANDBOX_LISTEN `here`");
    with("PAYOUT_SANDBOX_MERCHANT_ACCOUNTS", "many")
        .said("$PAYOUT_SANDBOX_MERCHANT_ACCOUNTS `many`");
    with("PAYOUT_LOG", "what=ever=").said("log.filter");
    let serve = ["serve", "--data", "data", "--gateway", "http://127.0.0.1:9"];
    let with =
        |name: &str, value: &str| Outcome::of(stage.command(&serve).env(name, value)).ended_with(7);
    with("PAYOUT_SERVE_SIGNATURE_VERIFIER", "mine")
        .said("$PAYOUT_SERVE_SIGNATURE_VERIFIER `mine`")
        .said("neither `library` nor `tables`");
    with("PAYOUT_SERVE_SIGNATURE_TABLES_MAX", "0").said("$PAYOUT_SERVE_SIGNATURE_TABLES_MAX `0`");
    stage.write("payout.toml", "[sandbox]\nexecution_delay_ms = 'soon'\n");
    stage.run(&sandbox).ended_with(7).said("payout.toml `sandbox.execution_delay_ms` `soon`");
    stage.write("payout.toml", "[sandbox\n");
    stage.run(&sandbox).ended_with(7).said("payout.toml").said("line 1");
    stage.run(&["config", "show", "--config", "none.toml"]).ended_with(7).said("none.toml");
}

#[test]
fn what_write_env_writes_is_all_that_the_verbs_need() {
    let stage = Stage::new();
    let env = stage.text("sandbox.env");
    let sandbox = Server::start(&stage, "sandbox", "data", &["--write-env", &env], &[]);
    let stranger = Stage::new();
    let script = format!(
        r#". '{env}' && "$0" deposit --user sam --amount '25.00 GBP' --json >deposit.json &&
        test -n "$PAYOUT_MERCHANT_ACCOUNT_GBP" && test -n "$PAYOUT_WEBHOOK_JWKS_URL" &&
        "$0" sources --user sam --merchant-account "$PAYOUT_MERCHANT_ACCOUNT_GBP" --json &&
        "$0" create --merchant-account "$PAYOUT_MERCHANT_ACCOUNT_GBP" --user sam --amount '1.00 GBP' \
        --reference WD-1 --source "$(sed 's/.*payment_source_id":"\([^"]*\)".*/\1/' deposit.json)" >&2"#
    );

    let mut shell = Command::new("sh");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_payout")]);
    stranger.furnish(&mut shell);
    let outcome = Outcome::of(&mut shell).ended_with(0);

    assert_eq!(outcome.json()["items"].as_array().map(Vec::len), Some(1), "{outcome:#?}");
    let mode = fs::metadata(&env).expect("it was written").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let written = fs::read_to_string(&env).expect("it was written");
    let secret = fs::read_to_string(sandbox.member("client_secret_file")).expect("it was made");
    assert!(!written.contains(secret.trim()), "a secret is named by its file");
}

#[test]
fn credentials_are_found_in_a_directory_that_is_named() {
    let stage = Stage::new();
    let _sandbox = Server::start(&stage, "sandbox", "data", &[], &[]);
    let stranger = Stage::new();
    let data = stage.text("data");

    let named = stranger.run(&["accounts", "--credentials", &data, "--json"]);
    let empty = stranger.run(&["accounts", "--credentials", "tmp"]);

    assert_eq!(named.ended_with(0).json()["items"].as_array().map(Vec::len), Some(2));
    empty.ended_with(7).said("tmp/credentials.json");
}

#[test]
fn a_profile_names_a_server_and_its_credentials() {
    let stage = Stage::new();
    let sandbox = Server::start(&stage, "sandbox", "data", &[], &[]);
    let stranger = Stage::new();
    let members = ["client_id", "client_secret_file", "kid", "private_key_file"]
        .map(|name| format!("{name} = '{}'\n", sandbox.member(name)))
        .concat();
    let profile = format!("[profile.here]\nurl = '{}'\n{members}", sandbox.url());
    stranger.write("payout.toml", &profile);

    let flag = stranger.run(&["accounts", "--profile", "here", "--json"]).ended_with(0);
    let mut variable = stranger.command(&["accounts", "--json"]);
    let variable = Outcome::of(variable.env("PAYOUT_PROFILE", "here")).ended_with(0);
    let unknown = stranger.run(&["accounts", "--profile", "there"]).ended_with(7);

    assert_eq!(flag.json(), variable.json());
    unknown.said("there is no profile `there`").said("here");
}

#[test]
fn a_secret_that_others_can_read_is_refused() {
    let stage = Stage::new();
    let sandbox = Server::start(&stage, "sandbox", "data", &[], &[]);
    let secret = sandbox.member("client_secret_file");
    let accounts = ["accounts", "--url", sandbox.url()];

    let everybody = |path: &str, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
    };
    everybody(secret, 0o644);
    let refused = stage.run(&accounts).ended_with(7);
    everybody(secret, 0o600);
    everybody(sandbox.member("private_key_file"), 0o640);
    let key = stage.run(&accounts).ended_with(7);

    refused.said("client-secret: others can read this secret").said("chmod 600");
    key.said("client-key.pem: others can read this secret");
}

#[test]
fn half_of_the_credentials_is_an_error() {
    let stage = Stage::new();
    let accounts = ["accounts", "--url", "http://127.0.0.1:9"];
    let with = |variables: &[(&str, &str)]| {
        let mut command = stage.command(&accounts);
        Outcome::of(command.envs(variables.iter().copied())).ended_with(7)
    };

    with(&[]).said("no credentials for http://127.0.0.1:9").said("PAYOUT_CLIENT_ID");
    with(&[("PAYOUT_CLIENT_ID", "acme")]).said("there is a client_id but no client_secret_file");
    with(&[("PAYOUT_CLIENT_SECRET", "canary")]).said("there is a client secret but no client_id");
}

#[test]
fn the_only_server_that_runs_is_the_one_that_is_meant() {
    let stage = Stage::new();

    let none = stage.run(&["accounts"]).ended_with(7);
    let mut sandbox = Server::start(&stage, "sandbox", "data", &[], &[]);
    let only = stage.run(&["accounts", "--json"]).ended_with(0);
    sandbox.stop();
    let gone = stage.run(&["accounts"]).ended_with(7);

    none.said("which server?").said("--url");
    assert_eq!(only.json()["items"].as_array().map(Vec::len), Some(2));
    gone.said("which server?");
}

#[test]
fn whoever_asks_too_often_is_told_when_to_ask_again_if_there_is_a_limit() {
    let environment = [
        ("PAYOUT_SERVE_READS_PER_SECOND", "1"),
        ("PAYOUT_SERVE_TRUSTED_PROXIES", "127.0.0.1,fd00::/8"),
    ];
    let world = crate::world::World::with_environment(&[], &[], &environment);
    let outcomes: Vec<_> = (0..8).map(|_| world.ask(&["list"])).collect();

    let refused: Vec<_> = outcomes.iter().filter(|outcome| outcome.code != Some(0)).collect();
    assert!(
        !refused.is_empty() && refused.len() < 4,
        "five at once, then one a second: {refused:#?}"
    );
    for text in ["-1", "many"] {
        let wrong = world
            .stage
            .command(&["serve", "--gateway", world.sandbox.url()])
            .env("PAYOUT_SERVE_WRITES_PER_SECOND", text)
            .output()
            .expect("the binary was built");
        assert_eq!(wrong.status.code(), Some(7), "{text}");
        let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
        assert!(said.contains("writes_per_second") || said.contains("WRITES_PER_SECOND"), "{said}");
    }
}
