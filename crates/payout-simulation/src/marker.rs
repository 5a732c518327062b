//! The mark of one instance, on a disk of its own.

use std::sync::Arc;

use async_trait::async_trait;
use payout_ports::{Marker, RepositoryError, StoreMark};

use crate::FaultKind;
use crate::life::Life;

/// The way of one instance to the file that it keeps outside the store.
pub(crate) struct FaultyMarker {
    pub(crate) life: Arc<Life>,
}

#[async_trait]
impl Marker for FaultyMarker {
    async fn read(&self) -> Result<Option<StoreMark>, RepositoryError> {
        self.life.pass().await;
        Ok(self.life.world.marker(self.life.instance))
    }

    async fn write(&self, mark: &StoreMark) -> Result<(), RepositoryError> {
        self.life.risk().await;
        if self.life.world.strikes(FaultKind::CommitFailed) {
            return Err(RepositoryError::Unavailable("the disk is full".into()));
        }
        let known = self.life.world.marker(self.life.instance);
        if !known.is_some_and(|known| known.outlives(mark)) {
            self.life.world.set_marker(self.life.instance, mark);
        }
        self.life.risk().await;
        Ok(())
    }
}
