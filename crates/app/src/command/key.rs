//! Makes signing keys and shows their public halves.

use std::fs;
use std::path::Path;

use payout_signature::{Jwks, SigningKey};
use serde_json::json;

use crate::cli::{KeyCommand, NewKey, PublicKey};
use crate::credentials::{read_signing_key, write_private};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::id_generator;
use crate::output::Output;

/// Does what a key command says.
pub(crate) fn run(command: KeyCommand, output: Output) -> Result<Exit, Failure> {
    match command {
        KeyCommand::New(args) => new(&args, output),
        KeyCommand::Public(args) => public(&args, output),
        KeyCommand::Jwks(args) => jwks(&args, output),
    }
}

fn new(args: &NewKey, output: Output) -> Result<Exit, Failure> {
    if args.out.exists() {
        let message = format!("{} exists; a key is never overwritten", args.out.display());
        return Err(Failure::configuration(message));
    }
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
