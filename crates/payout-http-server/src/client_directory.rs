//! Who may call.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use payout_domain::{ClientId, Registration, Scope, Timestamp};
use payout_signature::{KeyError, VerifyingKey, digest};

/// The clients that may call, by their ids. Copies of a directory are one: whoever is let in or
/// thrown out of one of them is so in all of them, at once.
#[derive(Clone, Debug, Default)]
pub struct ClientDirectory {
    clients: Arc<RwLock<Clients>>,
}

type Clients = BTreeMap<ClientId, Arc<Client>>;

/// A client: who may ask for payouts, by what it proves itself, and what it may do.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its name.
    pub id: ClientId,
    /// What is kept of its secret.
    pub secret: SecretDigest,
    /// What is kept of the secret before that one, and from when on it opens nothing.
    pub earlier_secret: Option<(SecretDigest, Timestamp)>,
    /// The keys that its requests may be signed with.
    pub keys: Vec<VerifyingKey>,
    /// What it may do; `payments` is everything in this API, `payments:read` is to look.
    pub scopes: BTreeSet<String>,
}

/// What is kept of a client's or an operator's secret: enough to recognise it, not enough to use it.
///
/// The secret must be a long random one, since the digest is a fast one.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretDigest([u8; 32]);

/// Why clients cannot be in one directory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientDirectoryError {
    /// Two clients have one id.
    #[error("the client `{0}` is there twice")]
    DuplicateClient(ClientId),
    /// Two keys of a client have one id.
    #[error("the client `{client_id}` has two keys with the id `{kid}`")]
    DuplicateKid {
        /// The client.
        client_id: ClientId,
        /// The id of the keys.
        kid: String,
    },
    /// Two clients have one key, so that what one signs is signed by the other too.
    #[error("the clients `{first}` and `{second}` have the same key")]
    SharedKey {
        /// The client that had it first.
        first: ClientId,
        /// The client that has it too.
        second: ClientId,
    },
}

impl ClientDirectory {
    /// The scope that this API asks for.
    pub const PAYMENTS: &str = Scope::Payments.as_str();

    /// The scope that is enough to look.
    pub const PAYMENTS_READ: &str = Scope::PaymentsRead.as_str();

    /// Takes clients in, each with its own name and its own keys.
    pub fn new(clients: impl IntoIterator<Item = Client>) -> Result<Self, ClientDirectoryError> {
        let directory = Self::default();
        directory.replace(clients)?;
        Ok(directory)
    }

    /// Takes in these clients and no others. If they cannot be in one directory, nothing changes.
    pub fn replace(
        &self,
        clients: impl IntoIterator<Item = Client>,
    ) -> Result<(), ClientDirectoryError> {
        let (mut taken_in, mut owners) = (Clients::new(), BTreeMap::new());
        for client in clients {
            check_keys(&client, &mut owners)?;
            let id = client.id.clone();
            if taken_in.insert(id.clone(), Arc::new(client)).is_some() {
                return Err(ClientDirectoryError::DuplicateClient(id));
            }
        }
        *self.clients.write().unwrap_or_else(PoisonError::into_inner) = taken_in;
        Ok(())
    }

    /// Finds a client.
    pub fn find(&self, id: &str) -> Option<Arc<Client>> {
        // A map that is put in place whole is whole, whoever panicked.
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        clients.get(&id.parse::<ClientId>().ok()?).cloned()
    }

    /// Finds a client by its id and its secret. It takes the same time whether there is no such
    /// client or the secret is another one.
    pub(crate) fn authenticate(
        &self,
        id: &str,
        secret: &str,
        now: Timestamp,
    ) -> Option<Arc<Client>> {
        let (client, nobody) = (self.find(id), SecretDigest::of_nobody());
        let given = SecretDigest::of(secret);
        let expected = client.as_ref().map_or(&nobody, |client| &client.secret);
        let earlier = client.as_ref().and_then(|client| client.earlier_secret.as_ref());
        let earlier = earlier.filter(|(_, ends_at)| now < *ends_at);
        let earlier = earlier.map_or(&nobody, |(secret, _)| secret);
        let (is_present, is_earlier) = (expected.is(&given), earlier.is(&given));
        client.filter(|_| is_present || is_earlier)
    }
}

impl Client {
    /// A client as it is registered; `None` if it was revoked.
    pub fn registered(registration: &Registration) -> Result<Option<Self>, KeyError> {
        let record = registration.record();
        if record.revoked_at.is_some() {
            return Ok(None);
        }
        let parse = |key: &payout_domain::RegisteredKey| {
            VerifyingKey::from_public_pem(&key.kid, key.public_key.as_bytes())
        };
        let keys = registration.keys_in_use().map(parse).collect::<Result<_, _>>()?;
        let earlier = record.earlier_secret.as_ref();
        let earlier = earlier.map(|it| (SecretDigest::from_bytes(it.digest.0), it.ends_at));
        Ok(Some(Self {
            id: record.id.clone(),
            secret: SecretDigest::from_bytes(record.secret.0),
            earlier_secret: earlier,
            keys,
            scopes: record.scopes.iter().map(Scope::to_string).collect(),
        }))
    }

    /// Finds one of its keys.
    pub(crate) fn key(&self, kid: &str) -> Option<&VerifyingKey> {
        self.keys.iter().find(|key| key.kid() == kid)
    }
}

impl SecretDigest {
    /// Keeps what is needed to recognise this secret of a client.
    pub fn of(secret: &str) -> Self {
        Self(digest::sha256(&[b"the secret of a client of payout", secret.as_bytes()]))
    }

    /// Keeps what is needed to recognise this secret of an operator. One that is a client's, too, is
    /// another one here.
    pub fn of_operator(secret: &str) -> Self {
        Self(digest::sha256(&[b"the secret of an operator of payout", secret.as_bytes()]))
    }

    /// A digest that was kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest, to keep.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Compares in a time that tells nothing.
    pub(crate) fn is(&self, other: &Self) -> bool {
        digest::constant_time_eq(&self.0, &other.0)
    }

    /// What nobody's secret is kept as.
    pub(crate) const fn of_nobody() -> Self {
        Self([0; 32])
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(…)")
    }
}

fn check_keys(
    client: &Client,
    owners: &mut BTreeMap<String, ClientId>,
) -> Result<(), ClientDirectoryError> {
    let mut kids = BTreeSet::new();
    for key in &client.keys {
        if !kids.insert(key.kid()) {
            let (client_id, kid) = (client.id.clone(), key.kid().to_owned());
            return Err(ClientDirectoryError::DuplicateKid { client_id, kid });
        }
        let owner = owners.entry(key.thumbprint()).or_insert_with(|| client.id.clone());
        if *owner != client.id {
            let (first, second) = (owner.clone(), client.id.clone());
            return Err(ClientDirectoryError::SharedKey { first, second });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use payout_signature::SigningKey;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(0);

    fn client(id: &str, keys: &[&SigningKey]) -> Client {
        Client {
            id: id.parse().expect("the tests name clients well"),
            secret: SecretDigest::of("a long random secret"),
            earlier_secret: None,
            keys: keys.iter().map(|key| key.verifying_key().clone()).collect(),
            scopes: [ClientDirectory::PAYMENTS.to_owned()].into(),
        }
    }

    fn key(kid: &str) -> SigningKey {
        SigningKey::generate(kid).expect("there is entropy").0
    }

    #[test]
    fn a_client_is_found_by_its_own_secret_only() {
        let directory = ClientDirectory::new([client("acme", &[])]).expect("it is one client");

        assert!(directory.authenticate("acme", "a long random secret", NOW).is_some());
        for (id, secret) in [
            ("acme", "another secret"),
            ("acme", ""),
            ("Acme", "a long random secret"),
            ("nobody", "a long random secret"),
            ("no name", "a long random secret"),
        ] {
            assert!(directory.authenticate(id, secret, NOW).is_none(), "{id} {secret}");
        }
    }

    #[test]
    fn clients_share_neither_names_nor_keys() {
        let (one, two) = (key("one"), key("one"));
        let twice = [client("acme", &[]), client("acme", &[])];
        let same_kid = [client("acme", &[&one, &two])];
        let shared = [client("acme", &[&one]), client("bets", &[&one])];

        assert!(matches!(
            ClientDirectory::new(twice),
            Err(ClientDirectoryError::DuplicateClient(_))
        ));
        assert!(matches!(
            ClientDirectory::new(same_kid),
            Err(ClientDirectoryError::DuplicateKid { .. })
        ));
        assert!(matches!(
            ClientDirectory::new(shared),
            Err(ClientDirectoryError::SharedKey { .. })
        ));
        assert!(ClientDirectory::new([client("acme", &[&one]), client("bets", &[&two])]).is_ok());
    }

    #[test]
    fn a_secret_never_prints() {
        let printed = format!("{:?}", client("acme", &[]));

        assert!(printed.contains("SecretDigest(…)"), "{printed}");
        assert!(!printed.contains("long random"), "{printed}");
    }
}
