//! Something that lets others wait.

use tokio::sync::watch;

/// Lets whoever passes wait while it is closed. It begins open.
#[derive(Debug)]
pub(crate) struct Gate(watch::Sender<bool>);

impl Gate {
    /// From now on nobody passes.
    pub(crate) fn close(&self) {
        self.0.send_replace(false);
    }

    /// Everybody passes, also those who wait.
    pub(crate) fn open(&self) {
        self.0.send_replace(true);
    }

    /// Waits until it is open.
    pub(crate) async fn pass(&self) {
        if *self.0.borrow() {
            return;
        }
        let mut is_open = self.0.subscribe();
        let _it_lives_as_long_as_we_do = is_open.wait_for(|open| *open).await;
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn whoever_waits_passes_when_it_opens() {
        let gate = Arc::new(Gate::default());
        gate.pass().await;
        gate.close();
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.pass().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());

        gate.open();

        waiting.await.expect("it passes");
    }
}
