//! Payouts, and everything that happened to them.

mod accept;
mod attempt;
mod claim;
mod find;
mod record;
mod save;

use async_trait::async_trait;
use payout_domain::{ClientId, GatewayPayoutId, IdempotencyKey, Payout, PayoutId};
use payout_ports::{
    AcceptOutcome, Acceptance, Attempt, Claimed, Coming, GatewayProfile, IdempotencyRecord,
    PageOrder, PayoutChange, PayoutEvent, PayoutRepository, Payouts, RepositoryError, SaveError,
    SendOrder, Standing, WatchOrder,
};

use crate::SqliteStore;

pub(crate) use find::by_seq;
pub(crate) use record::{proof_cells, proof_from};
#[cfg(test)]
pub(crate) use {
    claim::{SENDABLE, WATCHED},
    find::{PARKED, UNKNOWN, UNSETTLED},
};

/// Every statement that looks something up.
#[cfg(test)]
pub(crate) const LOOK_UPS: [&str; 14] = [
    accept::FIND_KEY,
    claim::ANY_SENDABLE,
    claim::SENDABLE,
    claim::WATCHED,
    find::BY_ID,
    find::BY_GATEWAY_ID,
    find::FIRST_PAGE,
    find::NEXT_PAGE,
    find::HISTORY,
    find::PLACE,
    find::UNKNOWN,
    find::PARKED,
    find::UNSETTLED,
    attempt::OF_PAYOUT,
];

#[async_trait]
impl PayoutRepository for SqliteStore {
    async fn accept(&self, acceptance: Acceptance) -> Result<AcceptOutcome, RepositoryError> {
        let accepted = self.advance(move |connection| accept::accept(connection, &acceptance));
        Ok(accepted.await?)
    }

    fn coming(&self) -> Coming {
        self.coming.one_more()
    }

    async fn find_key(
        &self,
        client_id: &ClientId,
        key: &IdempotencyKey,
    ) -> Result<Option<IdempotencyRecord>, RepositoryError> {
        let (client_id, key) = (client_id.clone(), key.clone());
        let found = self.look(move |connection| accept::find_key(connection, &client_id, &key));
        Ok(found.await?)
    }

    async fn claim_sendable(&self, order: &SendOrder) -> Result<Claimed, RepositoryError> {
        let order = order.clone();
        // A look costs less than a place in the writer's queue, and nearly every look of an idle sender
        // finds nothing.
        let now = order.now;
        if !self.look(move |connection| claim::is_any_sendable(connection, now)).await? {
            return Ok(Claimed::default());
        }
        Ok(self.advance(move |connection| claim::sendable(connection, &order)).await?)
    }

    async fn claim_watched(&self, order: &WatchOrder) -> Result<Vec<Payout>, RepositoryError> {
        let order = order.clone();
        Ok(self.write(move |connection| claim::watched(connection, &order)).await?)
    }

    async fn save(&self, change: PayoutChange) -> Result<(), SaveError> {
        Ok(self.advance(move |connection| save::save(connection, &change)).await?)
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
        Ok(self.look(move |connection| find::by_id(connection, id)).await?)
    }

    async fn find_by_gateway_id(
        &self,
        profile: &GatewayProfile,
        id: GatewayPayoutId,
    ) -> Result<Option<Payout>, RepositoryError> {
        let profile = profile.clone();
        Ok(self.look(move |connection| find::by_gateway_id(connection, &profile, id)).await?)
    }

    async fn list(
        &self,
        client_id: &ClientId,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError> {
        let (client_id, page) = (client_id.clone(), *page);
        Ok(self.read(move |connection| find::list(connection, &client_id, page)).await?)
    }

    async fn list_standing(
        &self,
        standing: Standing,
        page: &PageOrder,
    ) -> Result<Payouts, RepositoryError> {
        let page = *page;
        Ok(self.read(move |connection| find::list_standing(connection, standing, page)).await?)
    }

    async fn attempts(&self, id: PayoutId) -> Result<Vec<Attempt>, RepositoryError> {
        Ok(self.look(move |connection| attempt::of_payout(connection, id)).await?)
    }

    async fn history(
        &self,
        client_id: &ClientId,
        id: PayoutId,
    ) -> Result<Option<Vec<PayoutEvent>>, RepositoryError> {
        let client_id = client_id.clone();
        Ok(self.look(move |connection| find::history(connection, &client_id, id)).await?)
    }
}
