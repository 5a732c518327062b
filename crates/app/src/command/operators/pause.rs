//! Stops all sending, and lets it go on.

use payout_http_client::Reply;
use payout_wire::operator::{PauseBody, PauseOrder};
use payout_wire::timestamp;

use super::refused;
use crate::cli::{Desk, Pause};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

/// Stops all sending, or says whether it is stopped.
pub(crate) async fn pause(
    args: &Pause,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::operator(&args.desk, settings)?;
    let asked = match &args.because {
        Some(because) => client.pause(&PauseOrder { because: because.as_str().into() }).await,
        None => client.paused().await,
    };
    told(&asked.map_err(refused)?, output)
}

/// Lets sending go on.
pub(crate) async fn resume(
    desk: &Desk,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::operator(desk, settings)?;
    told(&client.resume().await.map_err(refused)?, output)
}

fn told(reply: &Reply<PauseBody>, output: Output) -> Result<Exit, Failure> {
    output.result(&reply.json, || match &reply.value {
        PauseBody::Sending => "sending is on".to_owned(),
        PauseBody::Paused { by, because, at } => {
            format!("sending is paused by {by} since {}: {because}", timestamp::to_seconds(*at))
        }
    })?;
    Ok(Exit::Done)
}
