//! Who calls: the clients with their keys and accounts, and the operators.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use async_trait::async_trait;
use payout_domain::{ClientId, MerchantAccountId, OperatorName, Registration};
use payout_http_server::{Client, ClientDirectory, OperatorDirectory, SecretDigest};
use payout_memory::MemoryStore;
use payout_ports::{AccountOwners, ClientRegister, RegisterError, RepositoryError};
use payout_signature::SigningKey;

/// The key of the merchant `acme`.
pub(crate) static ACME_KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pem("acme-key", ACME_PEM.as_bytes()).expect("it was generated")
});

/// The same as PEM, for those who sign what `sign` would not.
pub(crate) static ACME_PEM: LazyLock<String> =
    LazyLock::new(|| SigningKey::generate("acme-key").expect("there is entropy").1);

/// The key of `reader`, which may look only.
pub(crate) static READER_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("reader-key"));

/// The key of the merchant `bets`, with the same id.
pub(crate) static BETS_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("acme-key"));

/// A key of nobody, with the id of the key of `acme`.
pub(crate) static FORGED_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("acme-key"));

/// A key of nobody, with an id that nobody has.
pub(crate) static STRANGE_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("strange-key"));

/// The key that the provider signs its webhooks with.
pub(crate) static PROVIDER_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("provider-key"));

/// The operators, with their secrets.
#[derive(Default)]
pub(crate) struct People(pub(crate) Mutex<BTreeMap<String, String>>);

/// Whose each merchant account is: `acme`'s, unless it is said here.
#[derive(Default)]
pub(crate) struct Owners(pub(super) Mutex<BTreeMap<MerchantAccountId, ClientId>>);

impl AccountOwners for Owners {
    fn owner(&self, id: MerchantAccountId) -> ClientId {
        let given = self.0.lock().expect("no test panics here");
        given.get(&id).cloned().unwrap_or_else(|| client_id("acme"))
    }
}

pub(super) fn client_id(name: &str) -> ClientId {
    name.parse().expect("the tests name clients well")
}

impl People {
    /// Operators of these names, each with a secret that tells it.
    pub(super) fn of(names: &[&str]) -> Self {
        let secret = |name: &&str| ((*name).to_owned(), format!("secret of {name}"));
        Self(Mutex::new(names.iter().map(secret).collect()))
    }
}

#[async_trait]
impl OperatorDirectory for People {
    async fn find(&self, name: &OperatorName) -> Option<SecretDigest> {
        let people = self.0.lock().expect("no test panics here");
        people.get(name.as_str()).map(|secret| SecretDigest::of_operator(secret))
    }
}

/// A register of which the directory is kept up to date.
pub(super) struct LiveRegister {
    pub(super) store: Arc<MemoryStore>,
    pub(super) directory: ClientDirectory,
}

#[async_trait]
impl ClientRegister for LiveRegister {
    async fn registrations(&self) -> Result<Vec<Registration>, RepositoryError> {
        self.store.registrations().await
    }

    async fn save_registration(
        &self,
        registration: &Registration,
        expected_version: Option<u32>,
    ) -> Result<(), RegisterError> {
        self.store.save_registration(registration, expected_version).await?;
        let registered = self.store.registrations().await?;
        let registered = registered.iter().filter_map(|it| {
            Client::registered(it).expect("only keys that were read are registered")
        });
        let all = clients().into_iter().chain(registered);
        self.directory.replace(all).expect("the use case has looked");
        Ok(())
    }

    async fn register_progress(&self) -> Result<u64, RepositoryError> {
        self.store.register_progress().await
    }
}

pub(super) fn clients() -> [Client; 4] {
    let client = |id: &str, key: Option<&SigningKey>, scopes: &[&str]| Client {
        id: id.parse().expect("the tests name clients well"),
        secret: SecretDigest::of(&format!("secret of {id}")),
        earlier_secret: None,
        keys: key.iter().map(|key| key.verifying_key().clone()).collect(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    };
    [
        client("acme", Some(&ACME_KEY), &["payments", "info"]),
        client("bets", Some(&BETS_KEY), &["payments"]),
        client("watcher", None, &["info"]),
        client("reader", Some(&READER_KEY), &["payments:read"]),
    ]
}

fn new_key(kid: &str) -> SigningKey {
    SigningKey::generate(kid).expect("there is entropy").0
}
