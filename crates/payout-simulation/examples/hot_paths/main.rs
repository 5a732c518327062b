//! The paths that every payout takes, each as often as is asked, for whoever counts instructions.
//!
//! Without arguments it prints their names. `hot_paths NAME TIMES` takes one of them; whoever takes it
//! twice as often as well knows from the difference what it costs, whatever the preparations cost.

#![allow(clippy::print_stdout, reason = "an example talks to the person who started it")]

mod paths;
mod things;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => paths::PATHS.iter().for_each(|(name, _)| println!("{name}")),
        [name, times] => return run(name, times),
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn run(name: &str, times: &str) -> ExitCode {
    let path = paths::PATHS.iter().find(|(known, _)| *known == name);
    let (Some((_, path)), Ok(times)) = (path, times.parse()) else { return usage() };
    path(times);
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    println!("hot_paths NAME TIMES, where NAME is one of those that it prints without arguments");
    ExitCode::FAILURE
}
