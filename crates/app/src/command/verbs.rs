//! The verbs that ask a server one question.

mod create;
mod deposit;

use std::time::Duration;

use payout_domain::{
    GatewayPayoutId, MerchantAccount, MerchantAccountId, PayoutId, ProviderStatus, Timestamp,
};
use payout_http_client::{ApiClient, PayoutQuery};
use payout_ports::{Clock as _, TransactionQuery};
use payout_wire::payment_source::ReceivedPaymentSource;
use payout_wire::payout::ReceivedPayout;
use payout_wire::timestamp;
use payout_wire::transaction::Transaction;
use serde_json::{Value as Json, json};

use crate::cli::{Accounts, Get, List, Sources, Transactions};
use crate::clock::SystemClock;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

pub(crate) use create::create;
pub(crate) use deposit::deposit;

/// Shows a payout.
pub(crate) async fn get(args: &Get, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let client = target::client(&args.target, settings)?;
    let reply = client.payout(at_server(args.id)).await?;
    output.result(&reply.json, || describe(&reply.value))?;
    Ok(Exit::Done)
}

/// Lists payouts, newest first.
pub(crate) async fn list(
    args: &List,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::client(&args.target, settings)?;
    let limit = Some(u32::try_from(args.limit).unwrap_or(u32::MAX));
    let reply = client.payouts(&PayoutQuery { limit, cursor: args.cursor.clone() }).await?;
    let rows = reply.value.items.iter().map(|payout| {
        vec![
            payout.id.to_string(),
            payout.amount.to_string(),
            status(&payout.status),
            timestamp::to_micros(payout.created_at),
        ]
    });
    output.table(&reply.json, &["PAYOUT", "AMOUNT", "STATUS", "CREATED"], rows)?;
    if let Some(cursor) = &reply.value.next_cursor {
        output.note(format_args!("there are more: --cursor {cursor}"));
    }
    Ok(Exit::Done)
}

/// Lists the accounts that a user has paid in from.
pub(crate) async fn sources(
    args: &Sources,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::client(&args.target, settings)?;
    let accounts: Vec<MerchantAccountId> = match args.merchant_account {
        Some(id) => vec![id],
        None => client.merchant_accounts().await?.value.iter().map(|account| account.id).collect(),
    };
    let (mut items, mut rows) = (Vec::new(), Vec::new());
    for account in accounts {
        let reply = client.payment_sources(account, &args.user).await?;
        rows.extend(reply.value.iter().map(|source| source_row(source, account)));
        let page: Json = serde_json::from_str(&reply.json).unwrap_or_default();
        let listed = page.get("items").and_then(Json::as_array).cloned().unwrap_or_default();
        items.extend(listed.into_iter().map(|mut item| {
            if let Some(members) = item.as_object_mut() {
                members.insert("merchant_account_id".to_owned(), json!(account.to_string()));
            }
            item
        }));
    }
    let document = json!({ "items": items }).to_string();
    output.table(&document, &["PAYMENT SOURCE", "MERCHANT ACCOUNT", "ACCOUNT", "HOLDER"], rows)?;
    Ok(Exit::Done)
}

/// Lists the merchant accounts and their balances.
pub(crate) async fn accounts(
    args: &Accounts,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::client(&args.target, settings)?;
    let reply = client.merchant_accounts().await?;
    let row = |account: &MerchantAccount| {
        vec![
            account.id.to_string(),
            account.available_balance.to_string(),
            account.current_balance.to_string(),
            account.account_holder_name.clone(),
        ]
    };
    let rows: Vec<_> = reply.value.iter().map(row).collect();
    output.table(&reply.json, &["MERCHANT ACCOUNT", "AVAILABLE", "CURRENT", "HOLDER"], rows)?;
    Ok(Exit::Done)
}

/// Lists the movements on a merchant account.
pub(crate) async fn transactions(
    args: &Transactions,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::client(&args.target, settings)?;
    let time = |text: &str, name: &str| {
        timestamp::parse(text)
            .map_err(|error| Failure::new(Exit::Refused, format!("--{name} `{text}`: {error}")))
    };
    let mut query = now_and_before();
    if let Some(from) = &args.from {
        query.from = time(from, "from")?;
    }
    if let Some(to) = &args.to {
        query.to = time(to, "to")?;
    }
    let (items, rows) = all_transactions(&client, args.merchant_account, query).await?;
    if items.is_empty() && args.to.is_none() {
        output.note("nothing up to now; if the clock of a sandbox was moved, say --to TIME");
    }
    let document = json!({ "items": items }).to_string();
    output.table(&document, &["TRANSACTION", "TYPE", "AMOUNT", "AT", "STATUS"], rows)?;
    Ok(Exit::Done)
}

async fn all_transactions(
    client: &ApiClient,
    account: MerchantAccountId,
    mut query: TransactionQuery,
) -> Result<(Vec<Json>, Vec<Vec<String>>), Failure> {
    let (mut items, mut rows) = (Vec::new(), Vec::new());
    loop {
        let reply = client.transactions(account, &query).await?;
        rows.extend(reply.value.items.iter().map(transaction_row));
        let page: Json = serde_json::from_str(&reply.json).unwrap_or_default();
        items.extend(page.get("items").and_then(Json::as_array).cloned().unwrap_or_default());
        match reply.value.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok((items, rows)),
        }
    }
}

/// All that has moved lately.
pub(crate) fn now_and_before() -> TransactionQuery {
    let now = SystemClock.now();
    TransactionQuery {
        from: now.minus(Duration::from_hours(24 * 31)),
        to: now.plus(Duration::from_mins(1)),
        only: None,
        cursor: None,
    }
}

/// The servers' API names a payout by what is, for a provider, its own id.
pub(crate) fn at_server(id: PayoutId) -> GatewayPayoutId {
    GatewayPayoutId::from_uuid(id.as_uuid())
}

/// A provider's status in one word, with its reason if it failed.
pub(crate) fn status(status: &ProviderStatus) -> String {
    match status {
        ProviderStatus::Pending => "pending".to_owned(),
        ProviderStatus::Authorized { .. } => "authorized".to_owned(),
        ProviderStatus::Executed { .. } => "executed".to_owned(),
        ProviderStatus::Failed { reason, .. } => format!("failed ({reason})"),
    }
}

/// A payout in words.
pub(crate) fn describe(payout: &ReceivedPayout) -> String {
    let mut lines = vec![
        format!("payout    {}", payout.id),
        format!("status    {}", status(&payout.status)),
        format!("amount    {}", payout.amount),
        format!("from      {}", payout.merchant_account_id),
        format!("created   {}", timestamp::to_micros(payout.created_at)),
    ];
    if let Some(scheme) = payout.scheme {
        lines.push(format!("scheme    {scheme}"));
    }
    if let Some(at) = payout.executed_at {
        lines.push(format!("executed  {}", timestamp::to_micros(at)));
    }
    if let ProviderStatus::Failed { at, .. } = &payout.status {
        lines.push(format!("failed    {}", timestamp::to_micros(*at)));
    }
    lines.join("\n")
}

fn source_row(source: &ReceivedPaymentSource, account: MerchantAccountId) -> Vec<String> {
    vec![
        source.id.to_string(),
        account.to_string(),
        // Masked: the whole number is in the JSON for those who need it.
        source.account_identifiers.first().map(ToString::to_string).unwrap_or_default(),
        source.account_holder_name.clone().unwrap_or_default(),
    ]
}

fn transaction_row(transaction: &Transaction) -> Vec<String> {
    let row = |id: String, kind: &str, amount: String, at: Timestamp, status: &str| {
        vec![id, kind.to_owned(), amount, timestamp::to_millis(at), status.to_owned()]
    };
    match transaction {
        Transaction::MerchantAccountPayment(t) => {
            row(t.id.to_string(), "payment", t.amount.to_string(), t.settled_at, "settled")
        }
        Transaction::ExternalPayment(t) => {
            let kind = if t.return_for.is_some() { "return" } else { "external payment" };
            row(t.id.to_string(), kind, t.amount.to_string(), t.settled_at, "settled")
        }
        Transaction::Payout(t) => {
            let at = t.executed_at.unwrap_or(t.created_at);
            let status = if t.executed_at.is_some() { "executed" } else { "pending" };
            row(t.id.to_string(), "payout", format!("-{}", t.amount), at, status)
        }
        Transaction::Transfer(t) => {
            let (order, at) = (&t.transfer.order, t.transfer.created_at);
            row(t.id.to_string(), "transfer", format!("-{}", order.amount), at, "pending")
        }
    }
}
