//! A hand on the bank behind the server.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use payout_conformance::GatewayRig;
use payout_conformance::fixtures::acme;
use payout_domain::{
    Currency, FailureReason, GatewayPayoutId, MerchantAccount, Money, PaymentSource, PayoutId,
    UserId,
};
use payout_http_client::{ClientSecret, Connection, Deadlines, Environment, HttpGateway};
use payout_ports::{DepositOrder, MovableClock, PageOrder, PayoutGateway, PayoutRepository};
use payout_signature::SigningKey;

use crate::server::{SECRET, Server};

/// A gateway that talks to a server of ours, which runs on a bank in memory.
pub(crate) struct HttpRig {
    gateway: HttpGateway,
    server: Server,
}

impl HttpRig {
    pub(crate) async fn new() -> Self {
        let (key, _pem) = SigningKey::generate("conformance").expect("the library makes keys");
        let server = Server::start(key.verifying_key().clone()).await;
        let connection = Connection {
            environment: Environment::at(server.url()).expect("it is on this machine"),
            client_id: acme(),
            client_secret: ClientSecret::new(SECRET),
            signing_key: Some(Arc::new(key)),
            deadlines: Deadlines::default(),
        };
        let gateway = HttpGateway::new(&connection, server.clock.clone());
        Self { gateway: gateway.expect("it needs nothing of the system"), server }
    }
}

#[async_trait]
impl GatewayRig for HttpRig {
    fn gateway(&self) -> &dyn PayoutGateway {
        &self.gateway
    }

    async fn paid_in(&self, user_id: &UserId, amount: Money) -> PaymentSource {
        let order = DepositOrder {
            user_id: user_id.clone(),
            amount,
            account: None,
            account_holder_name: None,
            merchant_account_id: None,
        };
        let deposit = self.server.steer.deposit(&order).await.expect("the currency has an account");
        self.advance(Duration::from_secs(1)).await;
        let sources = self.gateway.payment_sources(deposit.merchant_account_id, user_id).await;
        let sources = sources.expect("the server answers").expect("the account was just named");
        let source = sources.into_iter().find(|source| source.id() == deposit.payment_source_id);
        source.expect("its payment has settled")
    }

    async fn merchant_account(&self, currency: Currency) -> MerchantAccount {
        self.settle().await;
        let accounts = self.gateway.merchant_accounts().await.expect("the server answers");
        let account = accounts.into_iter().find(|account| account.currency == currency);
        account.expect("there is one of pounds and one of euros")
    }

    async fn advance(&self, span: Duration) {
        // What was accepted is sent at the time that it was accepted at.
        self.server.work().await;
        self.server.clock.advance(span);
        self.server.work().await;
    }

    /// The server has a name of its own for what we call a payout; our name is the key there.
    async fn executions(&self, payout_id: PayoutId) -> u32 {
        let page = PageOrder { limit: 1000, after: None };
        let payouts = self.server.store.list(&acme(), &page).await.expect("memory does not fail");
        let name = payout_id.to_string();
        let ours = payouts.items.iter().filter(|p| p.idempotency_key().as_str() == name);
        ours.map(|payout| self.server.bank.executions(payout.id())).sum()
    }

    async fn fail_next(&self, reason: FailureReason) {
        self.server.steer.fail_next(reason).await.expect("memory does not fail");
    }

    async fn return_payout(&self, id: GatewayPayoutId) {
        self.settle().await;
        let id = PayoutId::from_uuid(id.as_uuid());
        let returned = self.server.steer.return_payout(&acme(), id).await;
        assert!(returned.expect("memory does not fail"), "it can come back");
    }

    fn window(&self) -> Option<Duration> {
        Some(self.server.key_window)
    }

    async fn settle(&self) {
        self.server.work().await;
    }
}
