//! Shows notifications that were given up, and tells them once more.

use payout_domain::EventId;
use payout_http_client::{ApiError, OperatorClient};
use payout_wire::operator::{DeadLetterAbout, DeadLetterItem};
use payout_wire::timestamp;
use serde_json::json;

use super::refused;
use crate::cli::{OperatorList, Replay};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

/// The most that are listed at once.
const PAGE: u32 = 200;

/// Lists what was given up, the oldest first.
pub(crate) async fn dead_letters(
    args: &OperatorList,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::operator(&args.desk, settings)?;
    let reply = client.dead_letters(args.limit, args.after.as_deref()).await.map_err(refused)?;
    let rows = reply.value.items.iter().map(row);
    output.table(
        &reply.json,
        &["EVENT", "TYPE", "ABOUT", "CLIENT", "FAILURES", "GIVEN UP"],
        rows,
    )?;
    if reply.value.items.is_empty() {
        output.note("no notification was given up");
    }
    if let Some(cursor) = &reply.value.next_cursor {
        output.note(format_args!("there are more: --after {cursor}"));
    }
    Ok(Exit::Done)
}

/// Tells one of them, or all, once more.
pub(crate) async fn replay(
    args: &Replay,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::operator(&args.desk, settings)?;
    let replayed = match args.id {
        Some(id) => {
            client.replay(id).await.map_err(refused)?;
            vec![id]
        }
        None => replay_all(&client).await.map_err(refused)?,
    };
    let names: Vec<_> = replayed.iter().map(ToString::to_string).collect();
    let document = json!({ "replayed": names }).to_string();
    output.result(&document, || match names.as_slice() {
        [] => "no notification was given up".to_owned(),
        names => format!("told once more from now on:\n{}", names.join("\n")),
    })?;
    Ok(Exit::Done)
}

async fn replay_all(client: &OperatorClient) -> Result<Vec<EventId>, ApiError> {
    let (mut replayed, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = client.dead_letters(PAGE, after.as_deref()).await?.value;
        for letter in &page.items {
            match client.replay(letter.event_id).await {
                Ok(_) => replayed.push(letter.event_id),
                // Somebody else was faster.
                Err(ApiError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        // Where a page ended is no dead letter any more, so the list begins anew; what cannot be
        // replayed is passed over.
        if page.next_cursor.is_none() || page.items.is_empty() {
            return Ok(replayed);
        }
        let moved = page.items.iter().any(|letter| replayed.contains(&letter.event_id));
        after = if moved { None } else { page.next_cursor };
    }
}

fn row(letter: &DeadLetterItem) -> Vec<String> {
    let about = match letter.about {
        DeadLetterAbout::Payout(id) => format!("payout {id}"),
        DeadLetterAbout::Payment(id) => format!("payment {id}"),
    };
    vec![
        letter.event_id.to_string(),
        letter.event.clone(),
        about,
        letter.client_id.to_string(),
        letter.failures.to_string(),
        timestamp::to_seconds(letter.given_up_at),
    ]
}
