//! Makes keys, and shows the public halves of signing keys.

use std::fs;
use std::path::Path;

use payout_signature::sealing::SealingKeys;
use payout_signature::{Jwks, SigningKey};
use serde_json::json;

use crate::cli::{KeyCommand, NewKey, NewSealingKey, PublicKey};
use crate::credentials::{read_signing_key, write_private};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::id_generator;
use crate::output::Output;

/// Does what a key command says.
pub(crate) fn run(command: KeyCommand, output: Output) -> Result<Exit, Failure> {
    match command {
        KeyCommand::New(args) => new(&args, output),
        KeyCommand::NewSealing(args) => new_sealing(&args, output),
        KeyCommand::Public(args) => public(&args, output),
        KeyCommand::Jwks(args) => jwks(&args, output),
    }
}

fn new(args: &NewKey, output: Output) -> Result<Exit, Failure> {
    check_free(&args.out)?;
    let kid = args.kid.clone().unwrap_or_else(|| id_generator::random().to_string());
    let (key, pem) = SigningKey::generate(&kid).map_err(|error| Failure::failed("key", &error))?;
    write_private(&args.out, &pem)?;
    if let Some(path) = &args.public_out {
        write_public(path, &key.public_key_pem())?;
    }
    let json =
        json!({ "kid": kid, "private_key_file": args.out, "public_key_file": args.public_out });
    output.result(&json.to_string(), || kid.clone())?;
    output.note("register the public key at the provider under this id");
    Ok(Exit::Done)
}

fn new_sealing(args: &NewSealingKey, output: Output) -> Result<Exit, Failure> {
    check_free(&args.out)?;
    let random = || id_generator::random().simple().to_string().chars().take(8).collect();
    let id: String = args.id.clone().unwrap_or_else(random);
    let line = format!("{id} {}\n", id_generator::long_secret());
    // Whoever names a key so that it cannot be read back is told now, not at the next start.
    SealingKeys::parse(&line)
        .map_err(|error| Failure::configuration(format!("--id `{id}`: {error}")))?;
    write_private(&args.out, &line)?;
    let json = json!({ "id": id, "sealing_keys_file": args.out });
    output.result(&json.to_string(), || id.clone())?;
    output.note("keep a copy of the file: without it nobody can read what is sealed with it");
    Ok(Exit::Done)
}

fn check_free(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        let message = format!("{} exists; a key is never overwritten", path.display());
        return Err(Failure::configuration(message));
    }
    Ok(())
}

fn public(args: &PublicKey, output: Output) -> Result<Exit, Failure> {
    let pem = read_signing_key(&args.kid, &args.key)?.public_key_pem();
    let json = json!({ "kid": args.kid, "public_key_pem": pem });
    output.result(&json.to_string(), || pem.trim_end().to_owned())?;
    Ok(Exit::Done)
}

fn jwks(args: &PublicKey, output: Output) -> Result<Exit, Failure> {
    let key = read_signing_key(&args.kid, &args.key)?;
    let jwks = Jwks::render(&[key.verifying_key()]);
    output.result(&jwks, || jwks.clone())?;
    Ok(Exit::Done)
}

fn write_public(path: &Path, pem: &str) -> Result<(), Failure> {
    fs::write(path, pem).map_err(|error| Failure::failed(&path.display().to_string(), &error))
}
