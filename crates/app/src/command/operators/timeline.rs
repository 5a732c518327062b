//! Everything that happened to a payout, in one line after the other.

use payout_domain::{Evidence, Resolution, Timestamp};
use payout_http_client::{ApiClient, OperatorClient};
use payout_wire::history::HistoryItem;
use payout_wire::operator::{AttemptItem, DeadLetterItem, PayoutFile};
use payout_wire::timestamp;

use super::refused;
use crate::cli::History;
use crate::command::verbs::{at_server, status};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::{self, Output};
use crate::settings::Settings;
use crate::target;

const HEADER: [&str; 4] = ["#", "AT", "STATE", "WHAT HAPPENED"];

/// Shows everything that happened to a payout: to an operator that of any client's, with every
/// transmission; to a client that of its own.
pub(crate) async fn history(
    args: &History,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    // Only who says so must be an operator.
    match target::operator(&args.desk, settings) {
        Ok(operator) => of_any_client(&operator, args, output).await,
        Err(failure) if args.desk.as_operator.is_some() => Err(failure),
        Err(_) => of_own(&target::client(&args.desk.target, settings)?, args, output).await,
    }
}

async fn of_own(client: &ApiClient, args: &History, output: Output) -> Result<Exit, Failure> {
    let reply = client.history(at_server(args.id)).await?;
    output.table(&reply.json, &HEADER, reply.value.items.iter().map(event_row))?;
    Ok(Exit::Done)
}

async fn of_any_client(
    operator: &OperatorClient,
    args: &History,
    output: Output,
) -> Result<Exit, Failure> {
    let reply = operator.payout(args.id).await.map_err(refused)?;
    output.result(&reply.json, || {
        let file = &reply.value;
        format!("{}\n\n{}", head(file), output::as_table(&HEADER, timeline(file)))
    })?;
    Ok(Exit::Done)
}

/// The payout itself.
fn head(file: &PayoutFile) -> String {
    let payout = &file.payout;
    let mut lines = vec![
        format!("payout    {}", payout.id),
        format!("state     {}", payout.state),
        format!("amount    {}", payout.amount),
        format!("client    {}", payout.client_id),
        format!("from      {}", payout.merchant_account_id),
        format!("to        source {} of user {}", payout.payment_source_id, payout.user_id),
    ];
    if let Some(id) = payout.gateway_payout_id {
        lines.push(format!("provider  {id}"));
    }
    if !payout.decisions.is_empty() {
        lines.push(format!("possible  {}", payout.decisions.join(", ")));
    }
    lines.push(format!("next      {}", payout.next));
    lines.join("\n")
}

/// What was learned, what became of transmissions, and what could not be told, by time.
fn timeline(file: &PayoutFile) -> Vec<Vec<String>> {
    let mut rows: Vec<(Timestamp, Vec<String>)> = Vec::new();
    for item in &file.items {
        rows.push((item.at, with_token(event_row(item), item, &file.attempts)));
    }
    rows.extend(file.attempts.iter().filter_map(end_row));
    rows.extend(file.dead_letters.iter().map(letter_row));
    // Sorting keeps what has one time in its order.
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn event_row(item: &HistoryItem) -> Vec<String> {
    vec![
        item.version.to_string(),
        timestamp::to_millis(item.at),
        item.state.to_string(),
        words(&item.evidence),
    ]
}

/// Says with what token a transmission began.
fn with_token(mut row: Vec<String>, item: &HistoryItem, attempts: &[AttemptItem]) -> Vec<String> {
    let Evidence::TransmissionBegun { attempt } = item.evidence else { return row };
    let begun = attempts.iter().find(|begun| begun.attempt == attempt);
    if let (Some(begun), Some(words)) = (begun, row.last_mut()) {
        let until = timestamp::to_seconds(begun.token_expires_at);
        *words = format!("{words}, with a token until {until}");
    }
    row
}

fn end_row(attempt: &AttemptItem) -> Option<(Timestamp, Vec<String>)> {
    let (at, outcome) = (attempt.ended_at?, attempt.outcome.as_deref()?);
    let words = format!("transmission {} ended: {outcome}", attempt.attempt);
    Some((at, vec![String::new(), timestamp::to_millis(at), String::new(), words]))
}

fn letter_row(letter: &DeadLetterItem) -> (Timestamp, Vec<String>) {
    let at = letter.given_up_at;
    let words = format!(
        "its client could not be told of {}, {} times: `payout replay {}`",
        letter.event, letter.failures, letter.event_id
    );
    (at, vec![String::new(), timestamp::to_millis(at), String::new(), words])
}

/// A piece of evidence in words.
fn words(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Accepted => "accepted from the client".to_owned(),
        Evidence::TransmissionBegun { attempt } => format!("transmission {attempt} begins"),
        Evidence::NotProcessed { attempt } => format!("transmission {attempt} was not processed"),
        Evidence::OutcomeUnknown { attempt } => format!("transmission {attempt}: outcome unknown"),
        Evidence::Rejected { attempt, detail } => {
            format!("transmission {attempt} was rejected: {detail}")
        }
        Evidence::Acknowledged { gateway_payout_id } => {
            format!("the provider has it, as {gateway_payout_id}")
        }
        Evidence::Reported { status: reported, .. } => {
            format!("the provider says: {}", status(reported))
        }
        Evidence::MoneyCameBack { transaction_id, .. } => {
            format!("the money came back, by the movement {transaction_id}")
        }
        Evidence::Parked(reason) => format!("waits for an operator: {}", reason.as_str()),
        Evidence::Released { by } => format!("{by} lets it go on"),
        Evidence::Cancelled { by } => format!("{by} calls it off"),
        Evidence::NeverSubmittedProposed { by, because } => {
            format!("{by} says that the provider never had it: {because}")
        }
        Evidence::Resolved { by, outcome, because } => {
            format!("{by} says that {}: {because}", found_out(*outcome))
        }
    }
}

fn found_out(outcome: Resolution) -> String {
    match outcome {
        Resolution::Executed { at } => format!("it was executed at {}", timestamp::to_seconds(at)),
        Resolution::Failed => "it failed at the provider".to_owned(),
        Resolution::NeverSubmitted => "the provider never had it, as the second".to_owned(),
    }
}
