//! What happens when the store is not where, or what, it was.

use payout_service::{Adoption, GuardStore, ServiceError, StoreMark, StoreVerdict};

use crate::cli::Adopt;
use crate::exit_code::Exit;
use crate::failure::{Failure, chain};
use crate::output::Output;

/// Whether payouts may be sent from this store. In recovery mode they may not, and everything else
/// goes on: payouts are accepted, asked after, and told about.
///
/// Who says that the store was restored is believed even if it looks as it was: of a machine that was
/// put back together with its mark nobody else can know.
pub(super) async fn may_send(
    guard: &GuardStore,
    adopt: Option<Adopt>,
    output: Output,
) -> Result<bool, Failure> {
    let verdict = guard.run().await.map_err(|error| unreadable(&error))?;
    if verdict.allows_sending() && adopt != Some(Adopt::Restored) {
        return Ok(true);
    }
    let went_back = matches!(verdict, StoreVerdict::WentBack { .. });
    match adopt {
        Some(Adopt::Current) if went_back => Err(Failure::configuration(
            "--adopt current: the store is behind its mark, so it is not current; start it with \
             --adopt restored, or put the newer store back"
                .to_owned(),
        )),
        Some(adopt) => {
            guard.adopt(adoption(adopt)).await.map_err(|error| unreadable(&error))?;
            tracing::warn!(?adopt, "the store was adopted");
            output.note(format_args!("the store was adopted as {}", word(adopt)));
            Ok(true)
        }
        None => {
            let what = describe(&verdict);
            tracing::error!(what, "recovery mode: nothing is sent");
            output.note(format_args!("recovery mode: nothing is sent. {what}"));
            Ok(false)
        }
    }
}

fn unreadable(error: &ServiceError) -> Failure {
    Failure::new(Exit::Failed, format!("the mark of the store: {}", chain(error)))
}

fn adoption(adopt: Adopt) -> Adoption {
    match adopt {
        Adopt::Current => Adoption::Current,
        Adopt::Restored => Adoption::Restored,
    }
}

fn word(adopt: Adopt) -> &'static str {
    match adopt {
        Adopt::Current => "current",
        Adopt::Restored => {
            "restored: what was open in it is parked until it is found at the provider"
        }
    }
}

/// What is wrong with the store, and what to do.
fn describe(verdict: &StoreVerdict) -> String {
    const CHOICE: &str = "If this is the only copy and nothing was sent that it does not know of, \
                          start it once with --adopt current; if it is a backup or a copy, with \
                          --adopt restored: then what is open in it is parked, not sent again";
    let seen = |marked: &StoreMark| format!("store {} at {}", marked.store, marked.place);
    match verdict {
        StoreVerdict::Same | StoreVerdict::New => String::new(),
        StoreVerdict::Unmarked => {
            format!("The store holds payouts, and there is no mark of it. {CHOICE}")
        }
        StoreVerdict::Moved { marked } => {
            format!("The mark is of {}, which is not this one. {CHOICE}", seen(marked))
        }
        StoreVerdict::WentBack { marked } => format!(
            "The store has gone back in time: it is behind the mark of {}. What is open in it may have \
             been sent since, so it is parked (`payout parked` lists it). Put the newer store back and \
             start that with --adopt current, or start this one with --adopt restored",
            seen(marked)
        ),
    }
}
