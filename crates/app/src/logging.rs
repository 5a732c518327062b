//! Where logs go: to standard error, for people on a terminal, as JSON for machines.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;
use crate::settings::Settings;

/// Starts logging. `$RUST_LOG` is heard where nothing of ours is set.
pub(crate) fn start(settings: &Settings, quiet: bool) -> Result<(), Failure> {
    let configured = settings.get::<String>("log.filter", None)?.unwrap_or_default();
    let filter = if quiet { "error".to_owned() } else { configured };
    let filter = EnvFilter::try_new(&filter)
        .map_err(|error| Failure::configuration(format!("log.filter `{filter}`: {error}")))?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if io::stderr().is_terminal() {
        let colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        subscriber.with_target(false).with_ansi(colours).init();
    } else {
        subscriber.json().flatten_event(true).init();
    }
    Ok(())
}
