//! Completions, man pages and documents.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::Man;
use payout_http_server::Face;

use crate::cli::{Cli, OpenApiOf};
use crate::exit_code::Exit;
use crate::failure::Failure;

/// Prints a completion script.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "payout", &mut script);
    print(&script)
}

/// Prints the document of a server.
pub(crate) fn openapi(of: OpenApiOf) -> Result<Exit, Failure> {
    let face = match of {
        OpenApiOf::Serve => Face::SERVICE,
        OpenApiOf::Sandbox => Face::SANDBOX,
    };
    print(payout_http_server::openapi(face).as_bytes())
}

/// Writes a man page for each command, or prints the main one.
pub(crate) fn man(out: Option<&Path>) -> Result<Exit, Failure> {
    let Some(directory) = out else {
        let mut page = Vec::new();
        let rendered = Man::new(Cli::command()).render(&mut page);
        rendered.map_err(|error| Failure::failed("man page", &error))?;
        return print(&page);
    };
    let wrong = |error: io::Error| Failure::failed(&directory.display().to_string(), &error);
    fs::create_dir_all(directory).map_err(wrong)?;
    clap_mangen::generate_to(Cli::command(), directory).map_err(wrong)?;
    Ok(Exit::Done)
}

fn print(bytes: &[u8]) -> Result<Exit, Failure> {
    match io::stdout().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::failed("standard output", &error))
        }
        _ => Ok(Exit::Done),
    }
}
