//! Connections on which one thing is looked up at once, by the thread that asks for it.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::connection::Connection;
use crate::failure::Failure;

/// Connections for look-ups by a key, each of which costs a few microseconds: less than it costs to wake
/// another thread for it, and to be woken by it. Whatever may read many rows is for
/// [the threads that read](crate::readers::Reads).
pub(crate) struct Looks {
    /// As many places as there are connections; closed when the store is.
    places: Semaphore,
    free: Mutex<Vec<Connection>>,
    connections: usize,
}

/// A connection that is in use, and goes back when it is dropped, also by a panic.
struct Lent<'a> {
    looks: &'a Looks,
    connection: Option<Connection>,
}

impl Looks {
    /// Takes connections that write nothing.
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        let count = connections.len();
        Self { places: Semaphore::new(count), free: Mutex::new(connections), connections: count }
    }

    /// Looks something up, in what is committed; gives the work back if no connection is free.
    pub(crate) fn look<T, W>(&self, work: W) -> Result<Result<T, Failure>, W>
    where
        W: FnOnce(&Connection) -> Result<T, Failure>,
    {
        let Ok(_place) = self.places.try_acquire() else { return Err(work) };
        let lent = Lent { looks: self, connection: self.free().pop() };
        match &lent.connection {
            Some(connection) => Ok(work(connection)),
            None => Err(work),
        }
    }

    /// Waits until nobody looks anything up, and closes the connections.
    pub(crate) async fn end(&self) {
        let all = u32::try_from(self.connections).unwrap_or(u32::MAX);
        // Whoever has closed it before has done the rest as well.
        let Ok(_places) = self.places.acquire_many(all).await else { return };
        self.places.close();
        self.free().clear();
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        // A list of connections is whole, whoever panicked.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.looks.free().extend(self.connection.take());
    }
}

impl fmt::Debug for Looks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Looks").field("connections", &self.connections).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use payout_ports::Sealing;

    use super::*;

    fn looks() -> Looks {
        let connection = rusqlite::Connection::open_in_memory().expect("it needs no disk");
        Looks::new(vec![Connection::new(connection, &Sealing::default())])
    }

    fn seven(connection: &Connection) -> Result<i64, Failure> {
        Ok(connection.query_row("SELECT 7", (), |row| row.get(0))?)
    }

    #[test]
    fn work_is_given_back_when_every_connection_is_in_use() {
        let looks = looks();

        let inner = looks.look(|_| Ok(looks.look(seven).is_err()));

        assert!(matches!(inner, Ok(Ok(true))));
        assert!(matches!(looks.look(seven), Ok(Ok(7))));
    }

    #[test]
    fn a_look_up_that_panics_leaves_its_connection_to_others() {
        let looks = looks();

        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _never = looks.look(|_| -> Result<(), Failure> { std::panic::panic_any(()) });
        }));

        assert!(panicked.is_err());
        assert!(matches!(looks.look(seven), Ok(Ok(7))));
    }

    #[tokio::test]
    async fn nothing_is_looked_up_after_the_end_and_the_connections_are_closed() {
        let looks = looks();

        looks.end().await;
        looks.end().await;

        assert!(looks.look(seven).is_err());
        assert!(looks.free().is_empty());
    }
}
