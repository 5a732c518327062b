//! Who signs and verifies: a program that knows the arguments of our binary.

use super::requests::Request;
use crate::process::{describe, output_of};
use anyhow::{Context, Result};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const KID: &str = "cross-check";

/// A program with the verbs `sign` and `verify`.
#[derive(Debug)]
pub(crate) struct Party {
    pub(crate) name: &'static str,
    program: Vec<OsString>,
    folder: Option<PathBuf>,
    makes_keys: bool,
}

/// A key pair on disk, and who made it.
#[derive(Clone, Debug)]
pub(crate) struct KeyPair {
    pub(crate) maker: &'static str,
    private: PathBuf,
    public: PathBuf,
}

/// What a party said of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    Accepted,
    Refused,
    /// It judged nothing: it did not understand us, or it crashed.
    Broken(String),
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => write!(f, "accepted it"),
            Self::Refused => write!(f, "refused it"),
            Self::Broken(complaint) => write!(f, "broke: {complaint}"),
        }
    }
}

impl Party {
    pub(crate) fn new(name: &'static str, program: &[&OsStr]) -> Self {
        let program = program.iter().map(Into::into).collect();
        Self { name, program, folder: None, makes_keys: true }
    }

    /// Starts the program in this folder, where it finds its packages.
    pub(crate) fn in_folder(self, folder: &Path) -> Self {
        Self { folder: Some(folder.to_owned()), ..self }
    }

    pub(crate) fn without_keys(self) -> Self {
        Self { makes_keys: false, ..self }
    }

    pub(crate) fn makes_keys(&self) -> bool {
        self.makes_keys
    }

    pub(crate) fn new_key(&self, folder: &Path) -> Result<KeyPair> {
        self.new_key_named(folder, self.name)
    }

    pub(crate) fn new_key_named(&self, folder: &Path, name: &str) -> Result<KeyPair> {
        let pair = KeyPair {
            maker: self.name,
            private: folder.join(format!("{name}-private.pem")),
            public: folder.join(format!("{name}-public.pem")),
        };
        // A key of an earlier run would be in the way of one that refuses to overwrite.
        for file in [&pair.private, &pair.public].into_iter().filter(|file| file.exists()) {
            std::fs::remove_file(file)?;
        }
        let mut command = self.command(&["key", "new", "--kid", KID]);
        command.arg("--out").arg(&pair.private).arg("--public-out").arg(&pair.public);
        output_of(&mut command)?;
        Ok(pair)
    }

    /// Asks for the `Tl-Signature` of a request.
    pub(crate) fn sign(&self, key: &KeyPair, request: &Request, folder: &Path) -> Result<String> {
        let mut command = self.command(&["sign", "--kid", KID]);
        command.arg("--key").arg(&key.private);
        add_request(&mut command, request, folder)?;
        Ok(output_of(&mut command)?.trim().to_owned())
    }

    /// Asks whether a signature is one of this request under this key.
    pub(crate) fn verify(
        &self,
        key: &KeyPair,
        request: &Request,
        signature: &str,
        folder: &Path,
    ) -> Result<Judgement> {
        let mut command = self.command(&["verify", "--kid", KID]);
        command.arg("--public-key").arg(&key.public);
        add_request(&mut command, request, folder)?;
        command.arg("--signature").arg(signature);
        let output = command.output().with_context(|| describe(&command))?;
        Ok(judgement(&output))
    }

    fn command(&self, verb: &[&str]) -> Command {
        let mut words = self.program.iter().map(OsString::as_os_str);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).args(verb);
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }
}

fn add_request(command: &mut Command, request: &Request, folder: &Path) -> Result<()> {
    let body_file = folder.join("body");
    std::fs::write(&body_file, request.body)?;
    command.args(["--method", request.method, "--path", request.path]);
    command.args(request.headers.iter().flat_map(|header| ["--header", header]));
    command.arg("--body-file").arg(body_file);
    Ok(())
}

/// Reads an exit status: a usage error, a panic or a signal is no refusal.
fn judgement(output: &Output) -> Judgement {
    const USAGE: i32 = 2;
    const SCRIPT_BROKE: i32 = 70;
    const PANIC: i32 = 101;
    match output.status.code() {
        Some(0) => Judgement::Accepted,
        Some(USAGE | SCRIPT_BROKE | PANIC) | None => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            Judgement::Broken(format!("{}: {}", output.status, complaint.trim()))
        }
        Some(_) => Judgement::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judgement_of(script: &str) -> Judgement {
        let output = Command::new("sh").args(["-c", script]).output().expect("there is a shell");
        judgement(&output)
    }

    #[test]
    fn a_crash_is_not_taken_for_a_refusal() {
        assert_eq!(judgement_of("exit 0"), Judgement::Accepted);
        assert_eq!(judgement_of("exit 1"), Judgement::Refused);
        for broken in ["exit 2", "exit 70", "exit 101", "kill -9 $$"] {
            assert!(matches!(judgement_of(broken), Judgement::Broken(_)), "{broken}");
        }
    }
}
