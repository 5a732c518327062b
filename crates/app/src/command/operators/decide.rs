//! Takes decisions about single payouts.

use payout_domain::{Resolution, Timestamp};
use payout_http_client::Reply;
use payout_wire::operator::{ResolveOrder, StandingPayout};
use payout_wire::timestamp;

use super::refused;
use crate::cli::{As, OnePayout, Resolve};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::target;

/// Calls a payout off of which nothing was ever sent.
pub(crate) async fn cancel(
    args: &OnePayout,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::operator(&args.desk, settings)?;
    told(&client.cancel(args.id).await.map_err(refused)?, output)
}

/// Lets a payout go on that waited for its provider account.
pub(crate) async fn release(
    args: &OnePayout,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let client = target::operator(&args.desk, settings)?;
    told(&client.release(args.id).await.map_err(refused)?, output)
}

/// Says how a payout stands.
pub(crate) async fn resolve(
    args: &Resolve,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    let outcome = outcome(args)?;
    let order = ResolveOrder { outcome, evidence: args.evidence.as_str().into() };
    let client = target::operator(&args.one.desk, settings)?;
    let reply = client.resolve(args.one.id, &order).await.map_err(refused)?;
    told(&reply, output)?;
    if reply.value.proposed_by.is_none() {
        return Ok(Exit::Done);
    }
    output.note("proposed: it is not done before another operator says the same");
    Ok(Exit::Proposed)
}

fn outcome(args: &Resolve) -> Result<Resolution, Failure> {
    let wrong = |what: String| Failure::new(Exit::Refused, format!("--executed-at: {what}"));
    let parsed = |text: &str| timestamp::parse(text).map_err(|error| wrong(error.to_string()));
    let at: Option<Timestamp> = args.executed_at.as_deref().map(parsed).transpose()?;
    match (args.outcome, at) {
        (As::Executed, Some(at)) => Ok(Resolution::Executed { at }),
        (As::Executed, None) => Err(wrong("say when it was executed".to_owned())),
        (As::Failed, None) => Ok(Resolution::Failed),
        (As::NeverSubmitted, None) => Ok(Resolution::NeverSubmitted),
        (As::Failed | As::NeverSubmitted, Some(_)) => {
            Err(wrong("it belongs to --as executed; leave it out".to_owned()))
        }
    }
}

fn told(reply: &Reply<StandingPayout>, output: Output) -> Result<Exit, Failure> {
    let payout = &reply.value;
    output.result(&reply.json, || {
        format!("payout  {}\nstate   {}\nnext    {}", payout.id, payout.state, payout.next)
    })?;
    Ok(Exit::Done)
}
