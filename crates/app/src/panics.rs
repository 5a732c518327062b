//! What is said of a panic: where it was, and nothing that it was about.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{self, PanicHookInfo};

/// Keeps the data of requests out of the messages of panics. A message that was put together at run time
/// may hold anything; one that stands in the code as it is holds nothing of anybody.
pub(crate) fn keep_quiet() {
    panic::set_hook(Box::new(|info| {
        let backtrace = Backtrace::capture();
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let message = message(info);
        anstream::eprintln!("payout: panicked at {place}: {message}");
        if backtrace.status() == BacktraceStatus::Captured {
            anstream::eprintln!("{backtrace}");
        }
    }));
}

fn message(info: &PanicHookInfo<'_>) -> &'static str {
    let literal = info.payload().downcast_ref::<&'static str>().copied();
    literal.unwrap_or("(its message is not shown, since it may hold somebody's data)")
}
