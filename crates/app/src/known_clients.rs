//! Who may call now.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use payout_domain::{ClientId, MerchantAccountId, RegisteredKey, Registration};
use payout_http_client::WebhookNotifier;
use payout_http_server::{Client, ClientDirectory};
use payout_ports::{AccountOwners, ClientRegister, RegisterError, RepositoryError};
use payout_service::ServiceError;
use tokio::sync::Mutex;

use crate::failure::{Failure, chain};

/// Who may call now, whose the merchant accounts are, and where clients are told: the client of the
/// configuration, and those of the register.
///
/// What is registered through it holds as soon as it is stored. What another instance has registered
/// holds after the next [`keep_up`](Self::keep_up).
pub(crate) struct KnownClients {
    configured: Configured,
    register: Arc<dyn ClientRegister>,
    notifier: Arc<WebhookNotifier>,
    directory: ClientDirectory,
    owners: RwLock<BTreeMap<MerchantAccountId, ClientId>>,
    /// How far the register had come when it was read last; held while it is read, so that nothing
    /// older is put in place of something newer.
    seen: Mutex<u64>,
}

/// The client that the configuration names, as the server and as the register know one.
pub(crate) struct Configured {
    pub(crate) client: Client,
    pub(crate) registration: Registration,
}

impl KnownClients {
    /// Reads the register.
    pub(crate) async fn open(
        configured: Configured,
        register: Arc<dyn ClientRegister>,
        notifier: Arc<WebhookNotifier>,
    ) -> Result<Self, Failure> {
        let known = Self {
            configured,
            register,
            notifier,
            directory: ClientDirectory::default(),
            owners: RwLock::default(),
            seen: Mutex::default(),
        };
        let registered = known.read().await.map_err(|error| Failure::failed("clients", &error))?;
        known.check_configured(&registered)?;
        Ok(known)
    }

    /// The directory, which is kept up to date.
    pub(crate) fn directory(&self) -> ClientDirectory {
        self.directory.clone()
    }

    /// The client that the configuration names.
    pub(crate) fn configured(&self) -> &Registration {
        &self.configured.registration
    }

    /// Takes in what another instance has registered. It returns how many times it read the register.
    pub(crate) async fn keep_up(&self) -> Result<usize, ServiceError> {
        let progress = self.register.register_progress().await?;
        if *self.seen.lock().await >= progress {
            return Ok(0);
        }
        self.read().await?;
        Ok(1)
    }

    /// A name or a key that is registered is not the configuration's.
    fn check_configured(&self, registered: &[Registration]) -> Result<(), Failure> {
        let own = self.configured.registration.record();
        let is_own =
            |key: &RegisteredKey| own.keys.iter().any(|it| it.public_key == key.public_key);
        let wrong = |what: String| Err(Failure::configuration(what));
        for other in registered.iter().map(Registration::record) {
            if other.id == own.id {
                return wrong(format!(
                    "the client {} is registered (`payout client list`); name another one with \
                     --client-id",
                    own.id
                ));
            }
            if other.keys.iter().any(is_own) {
                return wrong(format!(
                    "a key of --client-key is or was the key of the client {}; make another key pair",
                    other.id
                ));
            }
        }
        Ok(())
    }

    async fn read(&self) -> Result<Vec<Registration>, RepositoryError> {
        let mut seen = self.seen.lock().await;
        // What is registered between the two is read now, and once more when somebody asks again.
        let progress = self.register.register_progress().await?;
        let registered = self.register.registrations().await?;
        let clients = registered.iter().filter_map(client);
        let all = std::iter::once(self.configured.client.clone()).chain(clients);
        if let Err(error) = self.directory.replace(all) {
            // Nobody new gets in, and nobody stays in who was revoked.
            tracing::error!(error = chain(&error), "the register contradicts the configuration");
            let _one_is_never_refused = self.directory.replace([self.configured.client.clone()]);
        }
        let owned = registered.iter().flat_map(|it| {
            let record = it.record();
            record.merchant_accounts.iter().map(|account| (*account, record.id.clone()))
        });
        *self.owners.write().unwrap_or_else(PoisonError::into_inner) = owned.collect();
        for registration in &registered {
            self.point(registration);
        }
        *seen = progress;
        Ok(registered)
    }

    /// Nobody who was revoked is told anything any more.
    fn point(&self, registration: &Registration) {
        let record = registration.record();
        let target = record.webhook.as_deref().filter(|_| record.revoked_at.is_none());
        if let Err(error) = self.notifier.set_target(record.id.clone(), target) {
            let client_id = &record.id;
            tracing::error!(%client_id, error = chain(&error), "a client cannot be told of events");
        }
    }
}

/// A client that was not revoked. One whose keys cannot be read is not let in.
fn client(registration: &Registration) -> Option<Client> {
    Client::registered(registration).unwrap_or_else(|error| {
        let client_id = registration.id();
        tracing::error!(%client_id, error = chain(&error), "a registered client cannot be read");
        None
    })
}

impl AccountOwners for KnownClients {
    fn owner(&self, id: MerchantAccountId) -> ClientId {
        let owners = self.owners.read().unwrap_or_else(PoisonError::into_inner);
        owners.get(&id).unwrap_or(self.configured.registration.id()).clone()
    }
}

#[async_trait]
impl ClientRegister for KnownClients {
    async fn registrations(&self) -> Result<Vec<Registration>, RepositoryError> {
        self.register.registrations().await
    }

    async fn save_registration(
        &self,
        registration: &Registration,
        expected_version: Option<u32>,
    ) -> Result<(), RegisterError> {
        self.register.save_registration(registration, expected_version).await?;
        self.read().await?;
        Ok(())
    }

    async fn register_progress(&self) -> Result<u64, RepositoryError> {
        self.register.register_progress().await
    }
}
