//! A mark in memory.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use payout_ports::{Marker, RepositoryError, StoreMark};

/// Keeps a mark for as long as the process lives: for stores that live no longer, and for tests.
#[derive(Debug, Default)]
pub struct MemoryMarker {
    mark: Mutex<Option<StoreMark>>,
}

#[async_trait]
impl Marker for MemoryMarker {
    async fn read(&self) -> Result<Option<StoreMark>, RepositoryError> {
        Ok(self.mark.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    async fn write(&self, mark: &StoreMark) -> Result<(), RepositoryError> {
        let mut known = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.as_ref().is_some_and(|known| known.outlives(mark)) {
            *known = Some(mark.clone());
        }
        Ok(())
    }
}
