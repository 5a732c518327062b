//! Follows a payout.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use payout_domain::ProviderStatus;
use payout_http_client::ApiError;
use payout_wire::timestamp;
use tokio::time::{Instant, sleep};

use super::verbs::{at_server, status};
use crate::cli::Watch;
use crate::exit_code::Exit;
use crate::failure::{Failure, chain};
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

const PAUSE: Duration = Duration::from_millis(200);

/// Follows a payout until it is executed or has failed, and prints every change. A server that is
/// away for a moment is waited for.
pub(crate) async fn run(
    args: &Watch,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::client(&args.target, settings)?;
    let begun = Instant::now();
    let spinner = spinner(output);
    let mut seen = None;
    loop {
        match client.payout(at_server(args.id)).await {
            Ok(reply) => {
                let now = status(&reply.value.status);
                spinner.set_message(now.clone());
                if seen.as_ref() != Some(&now) {
                    let at = last_change(&reply.value.status, reply.value.authorized_at)
                        .unwrap_or(reply.value.created_at);
                    spinner.suspend(|| {
                        output
                            .result(&reply.json, || format!("{}  {now}", timestamp::to_micros(at)))
                    })?;
                    seen = Some(now);
                }
                match &reply.value.status {
                    ProviderStatus::Executed { .. } => return Ok(Exit::Done),
                    ProviderStatus::Failed { .. } => return Ok(Exit::Failed),
                    ProviderStatus::Pending | ProviderStatus::Authorized { .. } => {}
                }
            }
            // It may come back, and the payout with it.
            Err(error @ (ApiError::Unavailable(_) | ApiError::ServerTrouble(_))) => {
                spinner.set_message(chain(&error));
            }
            Err(error) => return Err(error.into()),
        }
        if begun.elapsed() >= Duration::from_secs(args.timeout) {
            let message = format!("{} has not ended within {} s", args.id, args.timeout);
            return Err(Failure::new(Exit::OutcomeUnknown, message));
        }
        sleep(PAUSE).await;
    }
}

/// When the payout came to stand as it does, by the provider's clock.
fn last_change(
    status: &ProviderStatus,
    authorized_at: Option<payout_domain::Timestamp>,
) -> Option<payout_domain::Timestamp> {
    match status {
        ProviderStatus::Pending => None,
        ProviderStatus::Authorized { at } => at.or(authorized_at),
        ProviderStatus::Executed { at, .. } | ProviderStatus::Failed { at, .. } => Some(*at),
    }
}

/// A sign of life on a terminal; nothing elsewhere.
fn spinner(output: Output) -> ProgressBar {
    if output.is_silent() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    let spinner = ProgressBar::new_spinner();
    if let Ok(style) = style {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}
