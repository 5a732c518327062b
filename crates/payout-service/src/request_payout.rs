//! Checks an order, remembers the payout, answers.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{
    ClientId, IdempotencyKey, MerchantAccount, MerchantAccountId, PaymentSource, Payout, PayoutId,
    PayoutOrder, PayoutRequest, PayoutRules, Refusal, Refusals, Timestamp, UserId,
};
use payout_ports::{
    AcceptOutcome, Acceptance, AccountOwners, Clock, Coming, Fingerprint, IdGenerator,
    PaymentRepository, PayoutGateway, PayoutRepository,
};

use crate::{Acquaintances, Doorbell, ServiceError};

/// Accepts payouts.
///
/// It checks the order, freezes what will be sent, remembers all of it, and only then answers: a
/// payout that we forgot is money that nobody looks for. Sending is somebody else's work.
#[derive(Clone)]
pub struct RequestPayout {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
    /// Who has paid in.
    pub payments: Arc<dyn PaymentRepository>,
    /// The provider, for what is not known here yet.
    pub gateway: Arc<dyn PayoutGateway>,
    /// Whose the merchant accounts are.
    pub owners: Arc<dyn AccountOwners>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Names for payouts.
    pub ids: Arc<dyn IdGenerator>,
    /// Whom payouts were asked for lately.
    pub acquaintances: Acquaintances,
    /// The merchant's own limits.
    pub rules: PayoutRules,
    /// After how long a key is forgotten; `None` if never. Only a sandbox forgets keys.
    pub key_window: Option<Duration>,
    /// Wakes whoever sends payouts.
    pub dispatch: Doorbell,
}

/// A request for a payout.
#[derive(Clone, Debug)]
pub struct PayoutApplication {
    /// Who asks.
    pub client_id: ClientId,
    /// The asker's name for the intention.
    pub key: IdempotencyKey,
    /// A digest of the whole request.
    pub fingerprint: Fingerprint,
    /// What is asked.
    pub order: PayoutOrder,
}

/// Why a payout was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum RequestPayoutError {
    /// Change the order: it breaks a rule.
    #[error(transparent)]
    Refused(#[from] Refusals),
    /// Use a new key: this one was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// See there.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl RequestPayout {
    /// Says that a request is on its way that will probably be [accepted](Self::accept): from when it is
    /// known who asks, until it is answered.
    pub fn expect(&self) -> Coming {
        self.payouts.coming()
    }

    /// Finds the answer that a request has had before, before anything else is looked at: the same
    /// request always gets the same answer.
    pub async fn earlier_answer(
        &self,
        client_id: &ClientId,
        key: &IdempotencyKey,
        fingerprint: &Fingerprint,
    ) -> Result<Option<PayoutId>, RequestPayoutError> {
        let record = self.payouts.find_key(client_id, key).await.map_err(ServiceError::from)?;
        match record {
            Some(record) if self.forget_before().is_some_and(|time| record.created_at < time) => {
                Ok(None)
            }
            Some(record) if record.fingerprint == *fingerprint => Ok(Some(record.payout_id)),
            Some(_) => Err(RequestPayoutError::KeyReused),
            None => Ok(None),
        }
    }

    /// Gives the answer that the request has had before; if there is none, accepts a payout, or says all
    /// that is wrong with it.
    pub async fn run(
        &self,
        application: PayoutApplication,
    ) -> Result<PayoutId, RequestPayoutError> {
        let PayoutApplication { client_id, key, fingerprint, .. } = &application;
        match self.earlier_answer(client_id, key, fingerprint).await? {
            Some(id) => Ok(id),
            None => self.accept(application).await,
        }
    }

    /// The same with one look less, for a caller who asks for the [earlier answer](Self::earlier_answer) if
    /// this fails: the store knows a key that was used, but it is asked only when everything else is right.
    pub async fn accept(
        &self,
        application: PayoutApplication,
    ) -> Result<PayoutId, RequestPayoutError> {
        let PayoutApplication { client_id, key, fingerprint, order } = application;
        let account = self.merchant_account(&client_id, &order).await?;
        let Some(source) = self.source(&client_id, &order).await? else {
            return Err(PayoutRequest::refuse_without_source(&order, &account, &self.rules).into());
        };
        let request = PayoutRequest::new(order, &account, &source, &self.rules)?;
        let id = PayoutId::from_uuid(self.ids.next());
        let instruction = self.gateway.prepare(id, &request);
        let payout = Payout::accept(id, client_id, key, request, self.clock.now());
        let forget_before = self.forget_before();
        let acceptance = Acceptance { payout, instruction, fingerprint, forget_before };
        match self.payouts.accept(acceptance).await.map_err(ServiceError::from)? {
            AcceptOutcome::Accepted => {
                self.dispatch.ring();
                Ok(id)
            }
            // Somebody was faster with the same key.
            AcceptOutcome::Replayed(earlier) => Ok(earlier),
            AcceptOutcome::KeyReused => Err(RequestPayoutError::KeyReused),
        }
    }

    fn forget_before(&self) -> Option<Timestamp> {
        self.key_window.map(|window| self.clock.now().minus(window))
    }

    /// What is another client's looks like what does not exist.
    async fn merchant_account(
        &self,
        client_id: &ClientId,
        order: &PayoutOrder,
    ) -> Result<Arc<MerchantAccount>, RequestPayoutError> {
        let id = order.merchant_account_id;
        if self.owners.owner(id) != *client_id {
            return Err(Refusals::from(Refusal::UnknownMerchantAccount).into());
        }
        if let Some(account) = self.acquaintances.account(id) {
            return Ok(account);
        }
        let known = self.payments.merchant_account(id).await.map_err(ServiceError::from)?;
        if let Some(account) = known {
            return Ok(self.acquaintances.meet_account(account));
        }
        let accounts = self.gateway.merchant_accounts().await.map_err(ServiceError::from)?;
        let remembered = self.payments.remember_merchant_accounts(&accounts).await;
        remembered.map_err(ServiceError::from)?;
        let account = accounts.into_iter().find(|account| account.id == id);
        let account = account.ok_or(Refusals::from(Refusal::UnknownMerchantAccount))?;
        Ok(self.acquaintances.meet_account(account))
    }

    /// Finds the payment source. What is not known here may have paid in since, so the provider is
    /// asked before the closed loop is said to be broken: first about this merchant account, then
    /// about the client's others, because "it has paid in elsewhere" helps more than "there is none".
    async fn source(
        &self,
        client_id: &ClientId,
        order: &PayoutOrder,
    ) -> Result<Option<Arc<PaymentSource>>, ServiceError> {
        let is_enough = |source: &Arc<PaymentSource>| {
            source.user_id() != &order.user_id || source.proof(order.merchant_account_id).is_some()
        };
        // From memory comes only what says yes: of what has been learned since, nothing says no.
        let met = self.acquaintances.source(client_id, order.payment_source_id);
        if met.as_ref().is_some_and(|source| is_closed_loop(order, source)) {
            return Ok(met);
        }
        let known = self.known_source(client_id, order).await?;
        if known.as_ref().is_some_and(is_enough) {
            return Ok(known);
        }
        self.ask_for_sources(client_id, order.merchant_account_id, &order.user_id).await?;
        if let Some(source) = self.known_source(client_id, order).await? {
            return Ok(Some(source));
        }
        for account in self.gateway.merchant_accounts().await? {
            let is_own = self.owners.owner(account.id) == *client_id;
            if is_own && account.id != order.merchant_account_id {
                self.ask_for_sources(client_id, account.id, &order.user_id).await?;
            }
        }
        self.known_source(client_id, order).await
    }

    async fn known_source(
        &self,
        client_id: &ClientId,
        order: &PayoutOrder,
    ) -> Result<Option<Arc<PaymentSource>>, ServiceError> {
        let known = self.payments.source(client_id, order.payment_source_id).await?;
        Ok(known.map(|source| self.acquaintances.meet_source(client_id, source)))
    }

    async fn ask_for_sources(
        &self,
        client_id: &ClientId,
        merchant_account_id: MerchantAccountId,
        user_id: &UserId,
    ) -> Result<(), ServiceError> {
        let listed = self.gateway.payment_sources(merchant_account_id, user_id).await?;
        for source in listed.iter().flatten() {
            self.payments.record_source(client_id, source).await?;
        }
        Ok(())
    }
}

/// Whether the source is the user's, has paid in there, and an account of it can be paid in that currency.
fn is_closed_loop(order: &PayoutOrder, source: &PaymentSource) -> bool {
    let currency = order.amount.currency();
    let mut identifiers = source.account_identifiers().iter();
    source.user_id() == &order.user_id
        && source.proof(order.merchant_account_id).is_some()
        && identifiers.any(|identifier| identifier.scheme_for(currency).is_ok())
}
