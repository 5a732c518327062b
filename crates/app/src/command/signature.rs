//! Signs and verifies requests by hand.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use payout_signature::{Request, TlSignature, VerifyingKey};
use serde_json::json;

use crate::cli::{Sign, Verify};
use crate::credentials::read_signing_key;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Prints the signature of a request.
pub(crate) fn sign(args: &Sign, output: Output) -> Result<Exit, Failure> {
    let key = read_signing_key(&args.request.kid, &args.key)?;
    let body = body(args.request.body_file.as_deref())?;
    let headers = headers(&args.request.headers)?;
    let request = Request {
        method: &args.request.method,
        path: &args.request.path,
        headers: &headers,
        body: &body,
    };
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let signature = payout_signature::sign(&key, &request, &names, None)
        .map_err(|error| Failure::new(Exit::Refused, error.to_string()))?;
    output.result(&json!({ "tl_signature": signature }).to_string(), || signature.clone())?;
    Ok(Exit::Done)
}

/// Says whether the signature of a request is right.
pub(crate) fn verify(args: &Verify, output: Output) -> Result<Exit, Failure> {
    let path = args.public_key.display().to_string();
    let pem = fs::read(&args.public_key).map_err(|error| Failure::failed(&path, &error))?;
    let key = VerifyingKey::from_public_pem(&args.request.kid, &pem)
        .map_err(|error| Failure::configuration(format!("{path}: {error}")))?;
    let body = body(args.request.body_file.as_deref())?;
    let headers = headers(&args.request.headers)?;
    let request = Request {
        method: &args.request.method,
        path: &args.request.path,
        headers: &headers,
        body: &body,
    };
    TlSignature::parse(&args.signature)
        .and_then(|signature| signature.verify(&key, &request))
        .map_err(|error| {
            Failure::new(Exit::Refused, format!("the signature is not right: {error}"))
        })?;
    output.result(&json!({ "valid": true }).to_string(), || "the signature is right".to_owned())?;
    Ok(Exit::Done)
}

fn body(path: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let wrong = |error: std::io::Error| Failure::failed(&path.display().to_string(), &error);
    if path == Path::new("-") {
        let mut body = Vec::new();
        std::io::stdin().lock().read_to_end(&mut body).map_err(wrong)?;
        return Ok(body);
    }
    fs::read(path).map_err(wrong)
}

fn headers(lines: &[String]) -> Result<Vec<(&str, &[u8])>, Failure> {
    let wrong = |line: &str| {
        Failure::new(Exit::Refused, format!("--header `{line}`: write it as 'Name: value'"))
    };
    lines
        .iter()
        .map(|line| {
            let (name, value) = line.split_once(':').ok_or_else(|| wrong(line))?;
            Ok((name.trim(), value.trim().as_bytes()))
        })
        .collect()
}
