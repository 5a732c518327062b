//! A connection of an open store.

use std::ops::Deref;

use payout_ports::Sealing;

/// A connection of an open store, which knows how what is of a person is kept there.
#[derive(Debug)]
pub(crate) struct Connection {
    sqlite: rusqlite::Connection,
    sealing: Sealing,
}

impl Connection {
    pub(crate) fn new(sqlite: rusqlite::Connection, sealing: &Sealing) -> Self {
        Self { sqlite, sealing: sealing.clone() }
    }

    pub(crate) fn sealing(&self) -> &Sealing {
        &self.sealing
    }
}

impl Deref for Connection {
    type Target = rusqlite::Connection;

    fn deref(&self) -> &Self::Target {
        &self.sqlite
    }
}
