//! The work that goes on behind the answers.

use std::future::Future;
use std::time::Duration;

use payout_service::{Doorbell, ServiceError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::failure::chain;

/// Runs workers until they are told to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workers {
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// How long a worker rests after an error.
const REST: Duration = Duration::from_secs(1);

impl Workers {
    /// Runs a use case again and again: at once while it finds work, else when the bell rings or
    /// after `patience`.
    pub(crate) fn spawn<F, R>(
        &self,
        name: &'static str,
        patience: Duration,
        bell: Option<Doorbell>,
        work: F,
    ) where
        F: Fn() -> R + Send + 'static,
        R: Future<Output = Result<usize, ServiceError>> + Send + 'static,
    {
        let stop = self.stop.clone();
        let bell = bell.unwrap_or_default();
        self.tasks.spawn(async move {
            let mut failing = false;
            loop {
                // A round is finished even when the stop comes in its midst.
                let rest = match work().await {
                    Ok(found) => {
                        if std::mem::take(&mut failing) {
                            tracing::info!(worker = name, "works again");
                        }
                        if found > 0 { Duration::ZERO } else { patience }
                    }
                    Err(error) => {
                        if !std::mem::replace(&mut failing, true) {
                            tracing::warn!(worker = name, error = chain(&error), "cannot work now");
                        }
                        REST
                    }
                };
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = bell.wait(rest), if !rest.is_zero() => {}
                    () = tokio::task::yield_now(), if rest.is_zero() => {}
                }
            }
        });
    }

    /// Tells all workers to stop and waits until they have.
    pub(crate) async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
