//! Finds out whether the record of who did what is as it was written.

use serde_json::json;

use super::operator::data_directory;
use crate::audit::{Broken, Verified, verify};
use crate::cli::{AuditCommand, VerifyAudit};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;

/// Does what an audit command says. It needs no server, and disturbs none.
pub(crate) fn run(
    command: &AuditCommand,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    match command {
        AuditCommand::Verify(args) => follow(args, settings, output),
    }
}

fn follow(args: &VerifyAudit, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let data = data_directory(&args.of, settings)?;
    let verified = verify(&data, args.head.as_ref())?.map_err(|broken| refused(&broken))?;
    if let (Some(head), Some(false)) = (&args.head, verified.found) {
        let message = format!(
            "line {} is not what it was, or was cut off: the record ends with {}",
            head.number,
            ends_with(&verified)
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    let head = verified.head.as_ref();
    let document = json!({
        "first": verified.first,
        "lines": head.map_or(0, |head| head.number),
        "head": head.map(ToString::to_string),
    });
    output.result(&document.to_string(), || match head {
        Some(head) => {
            let (first, last) = (verified.first, head.number);
            format!("lines {first} to {last} are what was written\nhead {head}")
        }
        None => "nothing is recorded yet".to_owned(),
    })?;
    Ok(Exit::Done)
}

fn ends_with(verified: &Verified) -> String {
    verified.head.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string)
}

fn refused(broken: &Broken) -> Failure {
    let after = match broken.after {
        Some(number) => format!("after line {number}"),
        None => "at its beginning".to_owned(),
    };
    let (segment, line) = (broken.segment.display(), broken.line);
    let message = format!(
        "the record is not what was written: the chain breaks {after} ({segment}, line {line})"
    );
    Failure::new(Exit::Refused, message)
}
