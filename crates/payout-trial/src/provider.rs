//! The provider of a trial: one `payout sandbox`, and its own book.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, Result};
use payout_domain::MerchantAccountId;
use payout_domain::{
    FailureReason, GatewayPayoutId, Money, PaymentSourceId, PayoutId, ProviderStatus, Timestamp,
    UserId,
};
use payout_http_client::{ApiClient, Deadlines, Environment, PayoutQuery, SandboxControls};
use payout_ports::{TransactionQuery, TransactionType};
use payout_wire::sandbox::{Delays, Deposit};
use payout_wire::transaction::{PayoutTransaction, Transaction};
use std::sync::Arc;

use crate::clock::SystemClock;
use crate::server::{Launch, Server};
use crate::stage::Stage;

/// One `payout sandbox`. It is never on trial: it bears witness.
pub(crate) struct Provider {
    pub(crate) url: String,
    pub(crate) client: ApiClient,
    controls: SandboxControls,
    /// It runs as long as this.
    _server: Server,
}

/// A user who has paid in.
#[derive(Clone, Debug)]
pub(crate) struct PaidIn {
    pub(crate) user: UserId,
    pub(crate) payment_source: PaymentSourceId,
    pub(crate) merchant_account: MerchantAccountId,
}

/// What the provider has executed or is about to: the movements on its merchant account.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// By the provider's name of the payout.
    entries: BTreeMap<GatewayPayoutId, PayoutTransaction>,
    /// The provider's names by ours.
    by_payout: BTreeMap<GatewayPayoutId, BTreeSet<GatewayPayoutId>>,
    /// Up to when it was read.
    read_until: Option<Timestamp>,
}

/// How much further back the book is read than it was read before: what was pending then has moved.
const OVERLAP: Duration = Duration::from_secs(30);

/// A time that no sandbox reaches.
const LATER: Timestamp = Timestamp::from_seconds(32_503_680_000);

impl Provider {
    /// Starts a sandbox that is in no need to be waited for.
    pub(crate) async fn start(stage: &Stage, name: &str, more: &[&str]) -> Result<Self> {
        let address = Stage::address()?;
        let fixed = ["sandbox", "--json", "--in-memory", "--data", name];
        let quick = ["--authorization-delay-ms", "5", "--execution-delay-ms", "10"];
        let rich = ["--merchant-account", "10000000.00 GBP"];
        let words = fixed.iter().chain(&quick).chain(&rich).chain(more);
        let mut arguments: Vec<_> = words.map(|word| (*word).to_owned()).collect();
        arguments.extend(["--listen".to_owned(), address.to_string()]);
        arguments.extend(stage.identity());
        let server =
            Launch::new(arguments, stage.path(&format!("{name}.log"))).start_ready(stage).await?;
        let url = format!("http://{address}");
        let connection = stage.connection(&url, Deadlines::default())?;
        Ok(Self {
            client: ApiClient::new(&connection, Arc::new(SystemClock))?,
            controls: SandboxControls::new(&Environment::at(&url)?, Deadlines::default())?,
            url,
            _server: server,
        })
    }

    /// Lets a user pay in.
    pub(crate) async fn paid_in(&self, user: &str) -> Result<PaidIn> {
        let deposit = Deposit {
            user_id: user.parse()?,
            amount: "25.00 GBP".parse::<Money>()?,
            account_identifier: None,
            account_holder_name: None,
            merchant_account_id: None,
        };
        let made = self.controls.deposit(&deposit).await?.value;
        Ok(PaidIn {
            user: made.user_id,
            payment_source: made.payment_source_id,
            merchant_account: made.merchant_account_id,
        })
    }

    /// Lets the next payout that arrives fail.
    pub(crate) async fn fail_next(&self) -> Result<()> {
        self.controls.fail_next(FailureReason::InsufficientFunds).await?;
        Ok(())
    }

    /// Sets how long payouts take from now on.
    pub(crate) async fn take_time(&self, execution: Duration) -> Result<()> {
        let delays = Delays { execution: Some(execution), settlement: None };
        self.controls.set_delays(&delays).await?;
        Ok(())
    }

    /// Lets a bank send a payout back.
    pub(crate) async fn return_payout(&self, id: GatewayPayoutId) -> Result<()> {
        self.controls.return_payout(PayoutId::from_uuid(id.as_uuid())).await?;
        Ok(())
    }

    /// Every payout that the provider was ever asked for, by the intention that it names: also those
    /// that failed, which are in no book.
    pub(crate) async fn all_payouts(
        &self,
    ) -> Result<Vec<(Option<GatewayPayoutId>, ProviderStatus)>> {
        let mut all = Vec::new();
        let mut query = PayoutQuery { limit: Some(100), cursor: None };
        loop {
            let page = self.client.payouts(&query).await?.value;
            all.extend(
                page.items.into_iter().map(|payout| (ours(&payout.metadata), payout.status)),
            );
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return Ok(all),
            }
        }
    }
}

impl Book {
    /// Reads what has been written into the book since it was read the last time.
    pub(crate) async fn read_on(
        &mut self,
        provider: &Provider,
        account: MerchantAccountId,
    ) -> Result<()> {
        let from = self.read_until.map_or(Timestamp::from_seconds(0), |until| until.minus(OVERLAP));
        let mut query =
            TransactionQuery { from, to: LATER, only: Some(TransactionType::Payout), cursor: None };
        loop {
            let page = provider.client.transactions(account, &query).await;
            let page = page.context("the provider's book")?.value;
            for item in page.items {
                if let Transaction::Payout(payout) = item {
                    self.read_until = self.read_until.max(Some(payout.created_at));
                    if let Some(id) = ours(&payout.metadata) {
                        self.by_payout.entry(id).or_default().insert(payout.payout_id);
                    }
                    self.entries.insert(payout.payout_id, payout);
                }
            }
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return Ok(()),
            }
        }
    }

    /// Reads the whole book anew.
    pub(crate) async fn read_all(
        &mut self,
        provider: &Provider,
        account: MerchantAccountId,
    ) -> Result<()> {
        *self = Self::default();
        self.read_on(provider, account).await
    }

    /// The entries by the service's payout that each of them names.
    pub(crate) fn by_payout(&self) -> BTreeMap<Option<GatewayPayoutId>, Vec<&PayoutTransaction>> {
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for entry in self.entries.values() {
            found.entry(ours(&entry.metadata)).or_default().push(entry);
        }
        found
    }

    /// The entries that name one payout of the service.
    pub(crate) fn by_payout_of(&self, id: GatewayPayoutId) -> Vec<&PayoutTransaction> {
        self.by_payout.get(&id).into_iter().flatten().filter_map(|e| self.entries.get(e)).collect()
    }

    /// When each payout reached the provider, the first one first.
    pub(crate) fn arrivals(&self) -> Vec<Timestamp> {
        let mut arrivals: Vec<_> = self.entries.values().map(|entry| entry.created_at).collect();
        arrivals.sort_unstable();
        arrivals
    }
}

/// The service's name for the payout, which it attaches to what it sends.
fn ours(metadata: &payout_domain::Metadata) -> Option<GatewayPayoutId> {
    metadata.get("payout_id")?.parse().ok()
}
