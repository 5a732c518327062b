//! Who is registered as a client.

use std::collections::BTreeMap;

use payout_domain::{ClientId, Registration};
use payout_ports::RegisterError;

/// All registrations.
#[derive(Clone, Default)]
pub(super) struct ClientTable {
    registrations: BTreeMap<ClientId, Registration>,
}

impl ClientTable {
    pub(super) fn all(&self) -> Vec<Registration> {
        self.registrations.values().cloned().collect()
    }

    pub(super) fn save(
        &mut self,
        registration: &Registration,
        expected_version: Option<u32>,
    ) -> Result<(), RegisterError> {
        let id = registration.id();
        let stored = self.registrations.get(id).map(|stored| stored.record().version);
        match (stored, expected_version) {
            (Some(_), None) => return Err(RegisterError::IdTaken),
            (stored, expected) if stored != expected => return Err(RegisterError::Stale),
            (None | Some(_), None | Some(_)) => {}
        }
        let others = || self.registrations.values().filter(|other| other.id() != id);
        if others().any(|other| shares_a_key(other, registration)) {
            return Err(RegisterError::KeyTaken);
        }
        let accounts = &registration.record().merchant_accounts;
        if others().any(|other| !other.record().merchant_accounts.is_disjoint(accounts)) {
            return Err(RegisterError::AccountTaken);
        }
        self.registrations.insert(id.clone(), registration.clone());
        Ok(())
    }

    pub(super) fn progress(&self) -> u64 {
        let versions = self.registrations.values().map(|it| u64::from(it.record().version));
        versions.fold(0, u64::saturating_add)
    }
}

fn shares_a_key(one: &Registration, other: &Registration) -> bool {
    let keys = &other.record().keys;
    let mut of_one = one.record().keys.iter();
    of_one.any(|key| keys.iter().any(|it| it.public_key == key.public_key))
}
