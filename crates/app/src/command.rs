//! What each command does, one file each.

mod api_failure;
mod audit;
mod clients;
mod config;
mod demo;
mod faults;
mod key;
mod manual;
mod operator;
mod operators;
mod sandbox;
mod serve;
mod signature;
mod steer;
mod verbs;
mod watch;

use crate::cli::{Cli, Command, ConfigCommand};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::logging;
use crate::output::Output;
use crate::settings::Settings;

/// Does what the command line says.
pub(crate) async fn run(cli: Cli) -> Result<Exit, Failure> {
    if let Command::Demo(_) | Command::Sandbox(_) | Command::Serve(_) = cli.command {
        // All three sign soon, and this is half of what a server's start would take otherwise.
        std::thread::spawn(payout_signature::gather_entropy);
    }
    let output = Output::new(cli.global.json, cli.global.quiet);
    let settings = Settings::load(cli.global.config.as_deref())?;
    logging::start(&settings, cli.global.quiet)?;
    match cli.command {
        Command::Demo(args) => demo::run(&args, output).await,
        Command::Sandbox(args) => Box::pin(sandbox::run(&args, &settings, output)).await,
        Command::Serve(args) => Box::pin(serve::run(&args, &settings, output)).await,
        Command::Deposit(args) => verbs::deposit(args, &settings, output).await,
        Command::Create(args) => verbs::create(args, &settings, output).await,
        Command::Get(args) => verbs::get(&args, &settings, output).await,
        Command::List(args) => verbs::list(&args, &settings, output).await,
        Command::Watch(args) => watch::run(&args, &settings, output).await,
        Command::History(args) => operators::history(&args, &settings, output).await,
        Command::Sources(args) => verbs::sources(&args, &settings, output).await,
        Command::Accounts(args) => verbs::accounts(&args, &settings, output).await,
        Command::Transactions(args) => verbs::transactions(&args, &settings, output).await,
        Command::Steer(control) => steer::run(control, &settings, output).await,
        Command::Unknown(args) => operators::unknown(&args, &settings, output).await,
        Command::Parked(args) => operators::parked(&args, &settings, output).await,
        Command::Resolve(args) => operators::resolve(&args, &settings, output).await,
        Command::Cancel(args) => operators::cancel(&args, &settings, output).await,
        Command::Release(args) => operators::release(&args, &settings, output).await,
        Command::Pause(args) => operators::pause(&args, &settings, output).await,
        Command::Resume(desk) => operators::resume(&desk, &settings, output).await,
        Command::DeadLetters(args) => operators::dead_letters(&args, &settings, output).await,
        Command::Replay(args) => operators::replay(&args, &settings, output).await,
        Command::Client(command) => clients::run(command, &settings, output).await,
        Command::Operator(command) => operator::run(&command, &settings, output),
        Command::Audit(command) => audit::run(&command, &settings, output),
        Command::Key(command) => key::run(command, output),
        Command::Sign(args) => signature::sign(&args, output),
        Command::Verify(args) => signature::verify(&args, output),
        Command::Config(ConfigCommand::Show) => config::show(&settings, output),
        Command::OpenApi { of } => manual::openapi(of),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { out } => manual::man(out.as_deref()),
    }
}
