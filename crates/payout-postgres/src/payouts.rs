//! Payouts, and everything that happened to them.

mod accept;
mod attempt;
mod claim;
mod find;
mod record;
mod save;
mod writes;

use async_trait::async_trait;
use payout_domain::{ClientId, GatewayPayoutId, IdempotencyKey, Payout, PayoutId};
use payout_ports::{
    AcceptOutcome, Acceptance, Attempt, Claimed, GatewayProfile, IdempotencyRecord, PageOrder,
    PayoutChange, PayoutEvent, PayoutRepository, Payouts, RepositoryError, SaveError, SendOrder,
    Standing, WatchOrder,
};

use crate::PostgresStore;
use crate::connections::on_connection;

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

    async fn claim_sendable(&self, order: &SendOrder) -> Result<Claimed, RepositoryError> {
        Ok(claim::sendable(&self.connections, order).await?)
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

    async fn list_standing(
        &self,
        standing: Standing,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError> {
        Ok(on_connection!(self.connections, connection =>
            find::list_standing(&connection, standing, *page)))
    }

    async fn attempts(&self, id: PayoutId) -> Result<Vec<Attempt>, RepositoryError> {
        Ok(on_connection!(self.connections, connection => attempt::of_payout(&connection, id)))
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
