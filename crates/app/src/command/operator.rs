//! Says who may look after payouts.

use std::path::{Path, PathBuf};

use payout_domain::OperatorName;
use serde_json::json;

use crate::cli::{AddOperator, DataOf, OperatorCommand, RemoveOperator};
use crate::credentials::{Announcement, check_free, write_private};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::id_generator;
use crate::operators::{OperatorFiles, OwnSecrets};
use crate::output::Output;
use crate::settings::{Settings, directories};

/// Does what an operator command says. It needs no server, and a running one minds at once.
pub(crate) fn run(
    command: &OperatorCommand,
    settings: &Settings,
    output: Output,
) -> Result<Exit, Failure> {
    match command {
        OperatorCommand::Add(args) => add(args, settings, output),
        OperatorCommand::List(args) => list(args, settings, output),
        OperatorCommand::Remove(args) => remove(args, settings, output),
    }
}

fn add(args: &AddOperator, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let data = data_directory(&args.of, settings)?;
    let (name, file) = (&args.name, args.secret_file.as_deref());
    check_free(file)?;
    let secret = id_generator::long_secret();
    if !OperatorFiles::of(&data).add(name, &secret)? {
        return Err(Failure::new(
            Exit::Conflict,
            format!("{name} is an operator already; for a new secret, remove and add {name} again"),
        ));
    }
    if file.is_some_and(|file| file == Path::new("-")) {
        let document = json!({ "name": name.as_str(), "secret": secret });
        output.result(&document.to_string(), || secret.clone())?;
        return Ok(Exit::Done);
    }
    let written = keep(&data, name, &secret, file);
    // A secret that nobody has opens nothing, and would only be in the way.
    let file = written.inspect_err(|_| {
        let _best_effort = OperatorFiles::of(&data).remove(name);
    })?;
    let document = json!({ "name": name.as_str(), "secret_file": file });
    output.result(&document.to_string(), || format!("{}", file.display()))?;
    output.note(format_args!("the secret of {name} is in this file, and nowhere else"));
    Ok(Exit::Done)
}

fn keep(
    data: &Path,
    name: &OperatorName,
    secret: &str,
    file: Option<&Path>,
) -> Result<PathBuf, Failure> {
    match file {
        None => OwnSecrets::of(data).keep(name, secret),
        Some(file) => write_private(file, &format!("{secret}\n")).map(|()| file.to_owned()),
    }
}

fn list(args: &DataOf, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let data = data_directory(args, settings)?;
    let listed = OperatorFiles::of(&data).list()?;
    let items: Vec<_> = listed
        .iter()
        .map(|it| json!({ "name": it.name.as_str(), "added_at": it.added_at }))
        .collect();
    let rows = listed.iter().map(|it| vec![it.name.to_string(), it.added_at.clone()]);
    output.table(&json!({ "items": items }).to_string(), &["OPERATOR", "ADDED"], rows)?;
    Ok(Exit::Done)
}

fn remove(args: &RemoveOperator, settings: &Settings, output: Output) -> Result<Exit, Failure> {
    let (data, name) = (data_directory(&args.of, settings)?, &args.name);
    if !OperatorFiles::of(&data).remove(name)? {
        let message = format!("there is no operator {name}; `payout operator list` lists them");
        return Err(Failure::new(Exit::NotFound, message));
    }
    OwnSecrets::of(&data).forget(name);
    let document = json!({ "removed": name.as_str() });
    output.result(&document.to_string(), || format!("{name} is no operator any more"))?;
    Ok(Exit::Done)
}

/// The data directory that is meant, by its whole path: `--data`, `serve.data`, that of the service (or
/// else the sandbox) that this user runs, or the usual one of a service.
pub(super) fn data_directory(args: &DataOf, settings: &Settings) -> Result<PathBuf, Failure> {
    let flag = args.data.as_ref().map(|path| ("data", path.display().to_string()));
    let said: Option<PathBuf> = settings.get("serve.data", flag)?;
    let usual = || Some(directories::data()?.join("serve"));
    let directory = said.or_else(running).or_else(usual).unwrap_or_default();
    directory.canonicalize().map_err(|error| {
        Failure::configuration(format!(
            "{}: {error}; start the service once, or say --data DIR",
            directory.display()
        ))
    })
}

fn running() -> Option<PathBuf> {
    let known = Announcement::known();
    let of = |name: &str| {
        let mut found = known.iter().filter(|it| it.server == name);
        let (only, None) = (found.next()?, found.next()) else { return None };
        only.data.clone()
    };
    of("service").or_else(|| of("sandbox"))
}
