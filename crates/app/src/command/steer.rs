//! Plans failures, sends payouts back, moves the clock of a sandbox.

use std::time::Duration;

use payout_wire::{sandbox, timestamp};

use super::api_failure::of_control;
use super::faults;
use crate::cli::SandboxControl;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::span::Span;
use crate::target;

/// Does what a sandbox control says.
pub(crate) async fn run(
    control: SandboxControl,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    match control {
        SandboxControl::FailNext(args) => {
            let controls = target::controls(&args.target, settings)?;
            let reply = controls.fail_next(args.reason.clone()).await.map_err(of_control)?;
            output.result(&reply.json, || format!("the next payout fails: {}", args.reason))?;
        }
        SandboxControl::Return(args) => {
            let controls = target::controls(&args.target, settings)?;
            let reply = controls.return_payout(args.id).await.map_err(of_control)?;
            output.result(&reply.json, || format!("{} comes back", args.id))?;
        }
        SandboxControl::Delays(args) => {
            let controls = target::controls(&args.target, settings)?;
            let delays = sandbox::Delays {
                execution: args.execution_ms.map(Duration::from_millis),
                settlement: args.settlement_ms.map(Duration::from_millis),
            };
            let reply = controls.set_delays(&delays).await.map_err(of_control)?;
            output.result(&reply.json, || "the delays are set".to_owned())?;
        }
        SandboxControl::Faults(faults) => return faults::run(faults, settings, output).await,
        SandboxControl::Lifetimes(args) => {
            let controls = target::controls(&args.target, settings)?;
            let lifetimes = sandbox::Lifetimes {
                token_life: args.token_life.map(Span::duration),
                key_window: args.key_window.map(Span::duration),
            };
            let reply = controls.set_lifetimes(&lifetimes).await.map_err(of_control)?;
            output.result(&reply.json, || "the lifetimes are set".to_owned())?;
        }
        SandboxControl::Webhook { target, to } => {
            let controls = target::controls(&target, settings)?;
            let reply = controls.set_webhook(&to).await.map_err(of_control)?;
            output.result(&reply.json, || format!("events go to {to} from now on"))?;
        }
        SandboxControl::Clock { target, advance } => {
            let controls = target::controls(&target, settings)?;
            let reply = match advance {
                Some(seconds) => controls
                    .advance_clock(Duration::from_secs(seconds))
                    .await
                    .map_err(of_control)?,
                None => controls.clock().await.map_err(of_control)?,
            };
            output.result(&reply.json, || timestamp::to_micros(reply.value))?;
        }
    }
    Ok(Exit::Done)
}
