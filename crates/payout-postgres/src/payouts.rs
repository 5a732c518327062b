//! Payouts, and everything that happened to them.

mod accept;
mod claim;
mod find;
mod record;
mod save;

use async_trait::async_trait;
use payout_domain::{ClientId, GatewayPayoutId, IdempotencyKey, Payout, PayoutId};
use payout_ports::{
    AcceptOutcome, Acceptance, Claim, GatewayProfile, IdempotencyRecord, PageOrder, PayoutChange,
    PayoutEvent, PayoutRepository, Payouts, RepositoryError, SaveError, SendOrder, WatchOrder,
};

use crate::PostgresStore;
use crate::connections::on_connection;
use crate::failure::Failure;

pub(crate) use accept::Acceptances;
pub(crate) use find::by_ids;
pub(crate) use record::{proof_cells, proof_from};
pub(crate) use save::Changes;

#[async_trait]
impl PayoutRepository for PostgresStore {
    async fn accept(&self, acceptance: Acceptance) -> Result<AcceptOutcome, RepositoryError> {
        Ok(self.acceptances.ask(acceptance).await?)
    }

    async fn find_key(
        &self,
        client_id: &ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>, RepositoryError> {
        Ok(on_connection!(self.connections, connection =>
            accept::find_key(&connection, client_id, key)))
    }

    async fn claim_sendable(&self, order: &SendOrder) -> Result<Vec<Claim>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => claim::sendable(&connection, order)))
    }

    async fn claim_watched(&self, order: &WatchOrder) -> Result<Vec<Payout>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => claim::watched(&connection, order)))
    }

    async fn save(&self, change: PayoutChange) -> Result<(), SaveError> {
        Ok(self.changes.ask(change).await?)
    }

    async fn find(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Payout>, RepositoryError> {
        let found = self.find_unscoped(id).await?;
        Ok(found.filter(|payout| payout.client_id() == client_id))
    }

    async fn find_unscoped(&self, id: PayoutId) -> Result<Option<Payout>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => find::by_id(&connection, id)))
    }

    async fn find_by_gateway_id(
        &self,
        profile: &GatewayProfile,
        id: GatewayPayoutId,
    ) -> Result<Option<Payout>, RepositoryError> {
        Ok(on_connection!(self.connections, connection =>
            find::by_gateway_id(&connection, profile, id)))
    }

    async fn list(
        &self,
        client_id: &ClientId,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError> {
        Ok(on_connection!(self.connections, connection =>
            find::list(&connection, client_id, *page)))
    }

    async fn history(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Vec<PayoutEvent>>, RepositoryError> {
        Ok(on_connection!(self.connections, connection =>
            find::history(&connection, client_id, id)))
    }
}

/// A limit as the database takes it.
fn limit(wanted: usize) -> i64 {
    i64::try_from(wanted).unwrap_or(i64::MAX)
}

/// One row that cannot be read must not stop all the others. It is put off, and said again and again
/// until somebody looks at it.
fn readable<T>(id: PayoutId, contents: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match contents {
        Err(error @ (Failure::Unreadable(_) | Failure::Contradiction(_))) => {
            tracing::error!(%id, %error, "a stored payout cannot be read");
            Ok(None)
        }
        other => other.map(Some),
    }
}
