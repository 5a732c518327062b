//! Says who may call.

use std::sync::Arc;

use payout_domain::{ClientId, OperatorName, Registration, RegistrationError, Timestamp};
use payout_ports::{ClientRegister, Clock, RegisterError};

use crate::{GuardStore, ServiceError};

/// Registers clients, and changes what they prove themselves by and what they may do.
///
/// Whoever is registered is let in as soon as this has answered, and whoever is revoked is not.
#[derive(Clone)]
pub struct ManageClients {
    /// Where they are registered.
    pub register: Arc<dyn ClientRegister>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Marks that it was changed: a backup that does not know it would let in who was revoked.
    pub guard: GuardStore,
    /// The client that the configuration of the server names. It is changed there.
    pub configured: Registration,
}

/// Why a client was not registered or changed. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ManageClientsError {
    /// Change the configuration of the server.
    #[error("this client is named in the configuration of the server; change it there")]
    Configured,
    /// See there.
    #[error(transparent)]
    Refused(#[from] RegistrationError),
    /// Choose another id.
    #[error("a client of this id is or was registered; choose another id")]
    IdTaken,
    /// Make another key pair.
    #[error("a key is or was another client's; make another key pair")]
    KeyTaken,
    /// Take the merchant account from the other client first.
    #[error("a merchant account is another client's; take it from that one first")]
    AccountTaken,
    /// Try again: somebody else is changing this client.
    #[error("somebody else is changing this client; look at it, and try again")]
    Contended,
    /// See there.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// How often a change is begun anew because somebody else was faster.
const TRIES: u32 = 5;

impl ManageClients {
    /// Every client: the configured one first, then those of the register by id, revoked ones too.
    pub async fn list(&self) -> Result<Vec<Registration>, ServiceError> {
        let mut all = vec![self.configured.clone()];
        all.extend(self.register.registrations().await?);
        Ok(all)
    }

    /// What time it is, for what is registered now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Registers a client.
    pub async fn add(
        &self,
        by: &OperatorName,
        client: Registration,
    ) -> Result<Registration, ManageClientsError> {
        self.check(&client)?;
        self.register.save_registration(&client, None).await.map_err(refused)?;
        self.guard.keep_up().await?;
        tracing::warn!(%by, client_id = %client.id(), "a client is registered");
        Ok(client)
    }

    /// Changes a client; `None` if there is none of this id.
    pub async fn change<F>(
        &self,
        by: &OperatorName,
        id: &ClientId,
        change: F,
    ) -> Result<Option<Registration>, ManageClientsError>
    where
        F: Fn(&mut Registration, Timestamp) -> Result<(), RegistrationError> + Send + Sync,
    {
        if id == self.configured.id() {
            return Err(ManageClientsError::Configured);
        }
        for _ in 0..TRIES {
            let registered = self.register.registrations().await.map_err(ServiceError::from)?;
            let Some(before) = registered.into_iter().find(|client| client.id() == id) else {
                return Ok(None);
            };
            let mut after = before.clone();
            change(&mut after, self.clock.now())?;
            if after == before {
                return Ok(Some(after));
            }
            self.check(&after)?;
            let expected = Some(before.record().version);
            match self.register.save_registration(&after, expected).await {
                Err(RegisterError::Stale) => {}
                Err(error) => return Err(refused(error)),
                Ok(()) => {
                    self.guard.keep_up().await?;
                    tracing::warn!(%by, client_id = %id, "a client is changed");
                    return Ok(Some(after));
                }
            }
        }
        Err(ManageClientsError::Contended)
    }

    /// The register knows nothing of the configured client.
    fn check(&self, client: &Registration) -> Result<(), ManageClientsError> {
        if client.id() == self.configured.id() {
            return Err(ManageClientsError::Configured);
        }
        let own = &self.configured.record().keys;
        let mut keys = client.record().keys.iter();
        if keys.any(|key| own.iter().any(|it| it.public_key == key.public_key)) {
            return Err(ManageClientsError::KeyTaken);
        }
        Ok(())
    }
}

fn refused(error: RegisterError) -> ManageClientsError {
    match error {
        RegisterError::IdTaken => ManageClientsError::IdTaken,
        RegisterError::Stale => ManageClientsError::Contended,
        RegisterError::KeyTaken => ManageClientsError::KeyTaken,
        RegisterError::AccountTaken => ManageClientsError::AccountTaken,
        RegisterError::Store(error) => ServiceError::from(error).into(),
    }
}
