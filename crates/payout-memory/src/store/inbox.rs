//! What the provider told us unasked.

use std::collections::{BTreeMap, BTreeSet};

use payout_domain::{EventId, Timestamp};
use payout_ports::{GatewayProfile, InboxEntry, Remembered};

type Name = (GatewayProfile, EventId);

/// All events, for ever, and those that wait to be worked off.
#[derive(Clone, Default)]
pub(super) struct InboxTable {
    rows: BTreeMap<Name, Row>,
    queue: BTreeSet<(Timestamp, Name)>,
}

#[derive(Clone)]
struct Row {
    entry: InboxEntry,
    // `None` once it is done.
    due_at: Option<Timestamp>,
}

impl InboxTable {
    pub(super) fn remember(&mut self, entry: &InboxEntry) -> Remembered {
        let name = (entry.profile.clone(), entry.event_id);
        match self.rows.get(&name) {
            Some(known) if known.entry.digest == entry.digest => Remembered::Duplicate,
            Some(_) => Remembered::Altered,
            None => {
                self.queue.insert((entry.received_at, name.clone()));
                let due_at = Some(entry.received_at);
                self.rows.insert(name, Row { entry: entry.clone(), due_at });
                Remembered::Fresh
            }
        }
    }

    pub(super) fn claim(
        &mut self,
        now: Timestamp,
        limit: usize,
        lease_end: Timestamp,
    ) -> Vec<InboxEntry> {
        let due = self.queue.iter().take_while(|(due_at, _)| *due_at <= now);
        let names: Vec<Name> = due.take(limit).map(|(_, name)| name.clone()).collect();
        let mut claimed = Vec::new();
        for name in names {
            self.put_off(&name, Some(lease_end));
            claimed.extend(self.rows.get(&name).map(|row| row.entry.clone()));
        }
        claimed
    }

    pub(super) fn done(&mut self, profile: &GatewayProfile, event_id: EventId) {
        self.put_off(&(profile.clone(), event_id), None);
    }

    fn put_off(&mut self, name: &Name, due_at: Option<Timestamp>) {
        let Some(row) = self.rows.get_mut(name) else { return };
        if let Some(before) = std::mem::replace(&mut row.due_at, due_at) {
            self.queue.remove(&(before, name.clone()));
        }
        self.queue.extend(due_at.map(|due_at| (due_at, name.clone())));
    }
}
