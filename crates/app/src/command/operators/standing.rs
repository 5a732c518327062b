//! Lists payouts by where they stand.

use std::time::Duration;

use payout_domain::{PayoutState, Timestamp};
use payout_ports::Clock as _;
use payout_wire::operator::{StandingName, StandingPayout};

use super::refused;
use crate::cli::OperatorList;
use crate::clock::SystemClock;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

/// Lists the payouts of which nobody knows whether the provider has them.
pub(crate) async fn unknown(
    args: &OperatorList,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    list(args, StandingName::Unknown, settings, output).await
}

/// Lists the payouts that wait for an operator.
pub(crate) async fn parked(
    args: &OperatorList,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    list(args, StandingName::Parked, settings, output).await
}

async fn list(
    args: &OperatorList,
    standing: StandingName,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::operator(&args.desk, settings)?;
    let reply = client.payouts(standing, args.limit, args.after.as_deref()).await;
    let reply = reply.map_err(refused)?;
    let now = SystemClock.now();
    let rows = reply.value.items.iter().map(|payout| row(payout, now));
    output.table(
        &reply.json,
        &["PAYOUT", "AMOUNT", "AGE", "REASON", "ATTEMPTS", "WHAT TO DO"],
        rows,
    )?;
    if reply.value.items.is_empty() {
        output.note(format_args!("no payout is {}", standing.as_str()));
    }
    if let Some(cursor) = &reply.value.next_cursor {
        output.note(format_args!("there are more: --after {cursor}"));
    }
    Ok(Exit::Done)
}

fn row(payout: &StandingPayout, now: Timestamp) -> Vec<String> {
    vec![
        payout.id.to_string(),
        payout.amount.to_string(),
        age(now.since(payout.created_at)),
        reason(&payout.state),
        payout.attempts.to_string(),
        payout.next.clone(),
    ]
}

/// Why it waits; for what does not wait, where it stands.
fn reason(state: &PayoutState) -> String {
    match state {
        PayoutState::Parked(reason) => reason.as_str().to_owned(),
        PayoutState::Accepted
        | PayoutState::Sending { .. }
        | PayoutState::Unknown
        | PayoutState::Submitted { .. }
        | PayoutState::Executed
        | PayoutState::Failed(_)
        | PayoutState::Returned => state.to_string(),
    }
}

/// A span in its largest unit, cut off.
fn age(span: Duration) -> String {
    let seconds = span.as_secs();
    let units = [("d", 86_400), ("h", 3_600), ("m", 60)];
    let fits = |(_, unit): &(&str, u64)| seconds >= *unit;
    let (name, unit) = units.into_iter().find(fits).unwrap_or(("s", 1));
    format!("{}{name}", seconds.checked_div(unit).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        for (seconds, told) in
            [(0, "0s"), (59, "59s"), (60, "1m"), (3_599, "59m"), (86_399, "23h"), (200_000, "2d")]
        {
            assert_eq!(age(Duration::from_secs(seconds)), told);
        }
    }
}
