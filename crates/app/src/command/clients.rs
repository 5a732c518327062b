//! Says who may call.

use std::path::Path;
use std::time::Duration;

use payout_domain::Scope;
use payout_http_client::{OperatorClient, Reply};
use payout_wire::operator::{
    ClientBody, ClientChange, ClientKey, ClientOrder, ClientOrigin, ClientWithSecret,
    NewSecretOrder,
};
use serde_json::json;

use super::operators::refused;
use crate::cli::{
    AddClient, ClientCommand, ClientSettings, Desk, NamedKey, RevokeClient, RotateSecret,
};
use crate::credentials::{check_free, write_private};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

/// Does what a command about clients says.
pub(crate) async fn run(
    command: ClientCommand,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::operator(desk(&command), settings)?;
    match command {
        ClientCommand::Add(args) => add(&client, args, output).await,
        ClientCommand::List(_) => list(&client, output).await,
        ClientCommand::RotateSecret(args) => rotate(&client, &args, output).await,
        ClientCommand::AddKey(args) => {
            let change = ClientChange { add_key: Some(key(args.key)), ..ClientChange::default() };
            shown(&client.change_client(&args.id, &change).await.map_err(refused)?, output)
        }
        ClientCommand::Set(args) => set(&client, args, output).await,
        ClientCommand::Revoke(args) => revoke(&client, &args, output).await,
    }
}

fn desk(command: &ClientCommand) -> &Desk {
    match command {
        ClientCommand::Add(args) => &args.desk,
        ClientCommand::List(desk) => desk,
        ClientCommand::RotateSecret(args) => &args.desk,
        ClientCommand::AddKey(args) => &args.desk,
        ClientCommand::Set(args) => &args.desk,
        ClientCommand::Revoke(args) => &args.desk,
    }
}

async fn add(client: &OperatorClient, args: AddClient, output: Output) -> Result<Exit, Failure> {
    check_free(args.secret_file.as_deref())?;
    let order = ClientOrder {
        client_id: args.id,
        scopes: if args.scopes.is_empty() {
            [Scope::Payments].into()
        } else {
            args.scopes.into_iter().collect()
        },
        merchant_accounts: args.merchant_accounts.into_iter().collect(),
        webhook: args.webhook.map(Into::into),
        keys: args.keys.into_iter().map(key).collect(),
    };
    let reply = client.add_client(&order).await.map_err(refused)?;
    hand_over(&reply, args.secret_file.as_deref(), output)
}

async fn rotate(
    client: &OperatorClient,
    args: &RotateSecret,
    output: Output,
) -> Result<Exit, Failure> {
    check_free(args.secret_file.as_deref())?;
    let overlap = if args.at_once { Duration::ZERO } else { args.overlap.duration() };
    let order = NewSecretOrder { overlap };
    let reply = client.rotate_secret(&args.id, order).await.map_err(refused)?;
    hand_over(&reply, args.secret_file.as_deref(), output)?;
    let ends_at = reply.value.client.earlier_secret_ends_at.as_ref();
    if let Some(ends_at) = ends_at.filter(|_| !args.at_once) {
        output.note(format_args!("the secret before it opens until {ends_at}"));
    }
    Ok(Exit::Done)
}

async fn set(
    client: &OperatorClient,
    args: ClientSettings,
    output: Output,
) -> Result<Exit, Failure> {
    let accounts = args.no_merchant_accounts || !args.merchant_accounts.is_empty();
    let webhook = if args.no_webhook { Some(String::new()) } else { args.webhook };
    let change = ClientChange {
        scopes: (!args.scopes.is_empty()).then(|| args.scopes.into_iter().collect()),
        merchant_accounts: accounts.then(|| args.merchant_accounts.into_iter().collect()),
        webhook: webhook.map(Into::into),
        ..ClientChange::default()
    };
    if change == ClientChange::default() {
        let sentence = "say what is to change: --scope, --merchant-account or --webhook";
        return Err(Failure::configuration(sentence.to_owned()));
    }
    shown(&client.change_client(&args.id, &change).await.map_err(refused)?, output)
}

async fn revoke(
    client: &OperatorClient,
    args: &RevokeClient,
    output: Output,
) -> Result<Exit, Failure> {
    let revoked = match &args.key {
        None => client.revoke_client(&args.id).await,
        Some(kid) => {
            let revoke_key = Some(kid.as_str().into());
            let change = ClientChange { revoke_key, ..ClientChange::default() };
            client.change_client(&args.id, &change).await
        }
    };
    shown(&revoked.map_err(refused)?, output)
}

async fn list(client: &OperatorClient, output: Output) -> Result<Exit, Failure> {
    let reply = client.clients().await.map_err(refused)?;
    let headings = ["CLIENT", "FROM", "SCOPES", "KEYS", "MERCHANT ACCOUNTS", "WEBHOOK", "STANDS"];
    output.table(&reply.json, &headings, reply.value.items.iter().map(row))?;
    Ok(Exit::Done)
}

fn row(client: &ClientBody) -> Vec<String> {
    let keys = client.keys.iter().filter(|key| key.revoked_at.is_none());
    let keys: Vec<_> = keys.map(|key| key.kid.to_string()).collect();
    let accounts = match client.from {
        ClientOrigin::Configuration => "all others".to_owned(),
        ClientOrigin::Register => some(&client.merchant_accounts),
    };
    let stands = client.revoked_at.as_ref().map(|at| format!("revoked {at}"));
    vec![
        client.client_id.to_string(),
        match client.from {
            ClientOrigin::Configuration => "configuration".to_owned(),
            ClientOrigin::Register => "register".to_owned(),
        },
        client.scopes.join(" "),
        some(&keys),
        accounts,
        client.webhook.as_deref().unwrap_or("-").to_owned(),
        stands.unwrap_or_else(|| "in use".to_owned()),
    ]
}

fn some(texts: &[String]) -> String {
    if texts.is_empty() { "-".to_owned() } else { texts.join(" ") }
}

fn key(key: NamedKey) -> ClientKey {
    ClientKey { kid: key.kid.into(), public_key: key.pem.into() }
}

/// Shows the secret once, or puts it where nobody else can read it.
fn hand_over(
    reply: &Reply<ClientWithSecret>,
    file: Option<&Path>,
    output: Output,
) -> Result<Exit, Failure> {
    let ClientWithSecret { client_secret, client } = &reply.value;
    let Some(file) = file else {
        output.result(&reply.json, || client_secret.clone())?;
        output.note(format_args!(
            "this is the secret of {}, and it is shown this once",
            client.client_id
        ));
        return Ok(Exit::Done);
    };
    write_private(file, &format!("{client_secret}\n"))?;
    let document = json!({ "client_id": client.client_id.as_str(), "secret_file": file });
    output.result(&document.to_string(), || file.display().to_string())?;
    output
        .note(format_args!("the secret of {} is in this file, and nowhere else", client.client_id));
    Ok(Exit::Done)
}

fn shown(reply: &Reply<ClientBody>, output: Output) -> Result<Exit, Failure> {
    let headings = ["CLIENT", "FROM", "SCOPES", "KEYS", "MERCHANT ACCOUNTS", "WEBHOOK", "STANDS"];
    output.table(&reply.json, &headings, [row(&reply.value)])?;
    Ok(Exit::Done)
}
