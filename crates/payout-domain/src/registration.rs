//! How a client is registered: what it proves itself by, and what it may do.

mod scope;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::{ClientId, MerchantAccountId, Timestamp};

pub use scope::{Scope, ScopeError};

/// The registration of a client.
///
/// Keys and secrets are rotated without a gap: there may be two of each for a while. A key that was
/// revoked stays on record, so that it is never taken again, and a client that was revoked stays so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    record: RegistrationRecord,
}

/// All that there is to a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationRecord {
    /// Its client.
    pub id: ClientId,
    /// How many times it was changed, and one for its beginning.
    pub version: u32,
    /// What the client may do.
    pub scopes: BTreeSet<Scope>,
    /// The merchant accounts that are this client's alone.
    pub merchant_accounts: BTreeSet<MerchantAccountId>,
    /// Where the client is told of events.
    pub webhook: Option<Box<str>>,
    /// What recognises its secret.
    pub secret: ClientSecretDigest,
    /// The secret before that one.
    pub earlier_secret: Option<EarlierSecret>,
    /// All keys that it has ever had, in the order in which they were added.
    pub keys: Vec<RegisteredKey>,
    /// Since when it is registered.
    pub added_at: Timestamp,
    /// Since when it is no client any more.
    pub revoked_at: Option<Timestamp>,
}

/// What is kept of a client's secret: a digest of 32 bytes. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClientSecretDigest(pub [u8; 32]);

/// A secret that was replaced, and still opens for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierSecret {
    /// What recognises it.
    pub digest: ClientSecretDigest,
    /// From then on it opens nothing.
    pub ends_at: Timestamp,
}

/// A public key that a client signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredKey {
    /// What its requests call it.
    pub kid: Box<str>,
    /// The key as PEM (`PUBLIC KEY`, RFC 7468, section 13), in the one spelling that the key has.
    pub public_key: Box<str>,
    /// Since when it is registered.
    pub added_at: Timestamp,
    /// Since when nothing that it signs is taken any more.
    pub revoked_at: Option<Timestamp>,
}

/// Why a registration was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// Register another client: one that was revoked stays so.
    #[error("this client was revoked, which is final; register another one")]
    Revoked,
    /// Revoke a key first.
    #[error(
        "a client has at most {} keys at a time; revoke one of them first",
        Registration::KEYS_MAX
    )]
    TooManyKeys,
    /// Choose another id.
    #[error("this client has or had a key with this id; choose another id")]
    KidUsed,
    /// Make another key pair.
    #[error("this key is or was registered; make another key pair")]
    KeyUsed,
    /// Look at the list of its keys.
    #[error("this client has no key with this id")]
    UnknownKey,
    /// Say at least one scope.
    #[error("a client without a scope can do nothing; say at least one")]
    NoScope,
}

impl Registration {
    /// The most keys that a client has at a time: the one in use, and the one that follows it.
    pub const KEYS_MAX: usize = 2;

    /// Registers a client without keys: it can read, if its scopes allow it.
    pub fn new(
        id: ClientId,
        scopes: BTreeSet<Scope>,
        secret: ClientSecretDigest,
        added_at: Timestamp,
    ) -> Result<Self, RegistrationError> {
        check_scopes(&scopes)?;
        let record = RegistrationRecord {
            id,
            version: 1,
            scopes,
            merchant_accounts: BTreeSet::new(),
            webhook: None,
            secret,
            earlier_secret: None,
            keys: Vec::new(),
            added_at,
            revoked_at: None,
        };
        Ok(Self { record })
    }

    /// Lets another secret open from now on. The one before it opens until `overlap` has passed; the
    /// one before that no more.
    pub fn rotate_secret(
        &mut self,
        secret: ClientSecretDigest,
        now: Timestamp,
        overlap: Duration,
    ) -> Result<(), RegistrationError> {
        self.check_standing()?;
        let digest = std::mem::replace(&mut self.record.secret, secret);
        self.record.earlier_secret = Some(EarlierSecret { digest, ends_at: now.plus(overlap) });
        self.changed();
        Ok(())
    }

    /// Adds a key. Neither its id nor the key itself was ever used by this client.
    pub fn add_key(
        &mut self,
        kid: &str,
        public_key: &str,
        now: Timestamp,
    ) -> Result<(), RegistrationError> {
        self.check_standing()?;
        if self.record.keys.iter().any(|key| &*key.public_key == public_key) {
            return Err(RegistrationError::KeyUsed);
        }
        if self.record.keys.iter().any(|key| &*key.kid == kid) {
            return Err(RegistrationError::KidUsed);
        }
        if self.keys_in_use().count() >= Self::KEYS_MAX {
            return Err(RegistrationError::TooManyKeys);
        }
        let (kid, public_key) = (kid.into(), public_key.into());
        self.record.keys.push(RegisteredKey { kid, public_key, added_at: now, revoked_at: None });
        self.changed();
        Ok(())
    }

    /// Takes nothing any more that this key signs. To revoke it again changes nothing.
    pub fn revoke_key(&mut self, kid: &str, now: Timestamp) -> Result<(), RegistrationError> {
        let key = self.record.keys.iter_mut().find(|key| &*key.kid == kid);
        let key = key.ok_or(RegistrationError::UnknownKey)?;
        if key.revoked_at.is_none() {
            key.revoked_at = Some(now);
            self.changed();
        }
        Ok(())
    }

    /// Lets nobody in any more under this name, for ever. What was accepted is still paid, and its
    /// payments are on record. To revoke it again changes nothing.
    pub fn revoke(&mut self, now: Timestamp) {
        if self.record.revoked_at.is_none() {
            self.record.revoked_at = Some(now);
            self.changed();
        }
    }

    /// Says what the client may do.
    pub fn set_scopes(&mut self, scopes: BTreeSet<Scope>) -> Result<(), RegistrationError> {
        self.check_standing()?;
        check_scopes(&scopes)?;
        self.record.scopes = scopes;
        self.changed();
        Ok(())
    }

    /// Says which merchant accounts are this client's alone. What was paid into them before stays on
    /// record for whose they were. Those of a client that was revoked stay its own until they are taken
    /// from it.
    pub fn set_merchant_accounts(&mut self, accounts: BTreeSet<MerchantAccountId>) {
        self.record.merchant_accounts = accounts;
        self.changed();
    }

    /// Says where the client is told of events; `None` if nowhere.
    pub fn set_webhook(&mut self, webhook: Option<&str>) -> Result<(), RegistrationError> {
        self.check_standing()?;
        self.record.webhook = webhook.map(Into::into);
        self.changed();
        Ok(())
    }

    /// Its client.
    pub fn id(&self) -> &ClientId {
        &self.record.id
    }

    /// All that there is to it.
    pub fn record(&self) -> &RegistrationRecord {
        &self.record
    }

    /// The keys whose signatures are taken.
    pub fn keys_in_use(&self) -> impl Iterator<Item = &RegisteredKey> {
        self.record.keys.iter().filter(|key| key.revoked_at.is_none())
    }

    /// Puts together what was stored; `None` if nobody could have stored it.
    pub fn from_record(record: RegistrationRecord) -> Option<Self> {
        let registration = Self { record };
        let holds = registration.record.version > 0
            && check_scopes(&registration.record.scopes).is_ok()
            && registration.keys_in_use().count() <= Self::KEYS_MAX
            && registration.names_each_key_once();
        holds.then_some(registration)
    }

    fn names_each_key_once(&self) -> bool {
        let (mut kids, mut keys) = (BTreeSet::new(), BTreeSet::new());
        self.record.keys.iter().all(|key| kids.insert(&key.kid) && keys.insert(&key.public_key))
    }

    fn check_standing(&self) -> Result<(), RegistrationError> {
        match self.record.revoked_at {
            None => Ok(()),
            Some(_) => Err(RegistrationError::Revoked),
        }
    }

    fn changed(&mut self) {
        self.record.version = self.record.version.saturating_add(1);
    }
}

impl fmt::Debug for ClientSecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecretDigest(…)")
    }
}

fn check_scopes(scopes: &BTreeSet<Scope>) -> Result<(), RegistrationError> {
    if scopes.is_empty() { Err(RegistrationError::NoScope) } else { Ok(()) }
}
