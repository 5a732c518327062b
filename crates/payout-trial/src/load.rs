//! Load: signed requests for payouts, again and again until they are acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use payout_domain::{Metadata, PayoutOrder, Reference, SchemeSelection};
use payout_http_client::{ApiClient, ApiError};
use tokio::sync::RwLock;
use tokio::task::JoinSet;

use crate::finding::{Findings, Kind};
use crate::ledger::Ledger;
use crate::provider::{PaidIn, Provider};
use crate::random::Random;

/// Clients that want payouts.
pub(crate) struct Load {
    pub(crate) clients: Vec<Arc<ApiClient>>,
    pub(crate) provider: Arc<Provider>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) findings: Arc<Findings>,
    /// Held for reading while something is wanted that is not acknowledged yet.
    pub(crate) gate: Arc<RwLock<()>>,
    pub(crate) replays: AtomicU64,
    stop: AtomicBool,
    /// The longest rest between two intentions of one client.
    rest: Duration,
}

/// How long is waited before a server that could not answer is asked again.
const AGAIN: Duration = Duration::from_millis(3);

impl Load {
    pub(crate) fn new(
        clients: Vec<Arc<ApiClient>>,
        provider: Arc<Provider>,
        (ledger, findings): (Arc<Ledger>, Arc<Findings>),
        rest: Duration,
    ) -> Self {
        Self {
            clients,
            provider,
            ledger,
            findings,
            gate: Arc::default(),
            replays: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            rest,
        }
    }

    /// Lets this many users want payouts at the same time, until it is stopped.
    pub(crate) async fn begin(
        self: &Arc<Self>,
        users: usize,
        random: &mut Random,
    ) -> Result<JoinSet<()>> {
        let mut lanes = JoinSet::new();
        for lane in 0..users {
            let user = self.provider.paid_in(&format!("user-{lane}")).await?;
            let (load, random) = (Arc::clone(self), random.fork());
            lanes.spawn(async move { load.want(lane, &user, random).await });
        }
        Ok(lanes)
    }

    /// Ends the load: what is wanted already is asked for until it is acknowledged.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    async fn want(&self, lane: usize, user: &PaidIn, mut random: Random) {
        for count in 0_u64.. {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let wanting = self.gate.read().await;
            if random.percent(2) {
                let _a_payout_that_does_not_fail_is_as_good = self.provider.fail_next().await;
            }
            if let Ok(order) = order(user, lane, count) {
                self.ask_for(&order, &format!("{lane}-{count}"), &mut random).await;
            }
            drop(wanting);
            tokio::time::sleep(random.span(self.rest)).await;
        }
    }

    /// Asks until there is an acknowledgement; now and then once more after it.
    async fn ask_for(&self, order: &PayoutOrder, key: &str, random: &mut Random) {
        let Ok(key) = key.parse() else { return };
        let number = self.ledger.intend(key, order.clone());
        while !self.ask(number, random).await {
            tokio::time::sleep(AGAIN).await;
        }
        if random.percent(10) && self.ask(number, random).await {
            self.replays.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Asks once, of any instance; says whether it came to an end.
    async fn ask(&self, number: usize, random: &mut Random) -> bool {
        let request = self.ledger.request(number);
        let instance = usize::try_from(random.below(self.clients.len().try_into().unwrap_or(1)));
        let client = instance.ok().and_then(|instance| self.clients.get(instance));
        let (Some((key, order)), Some(client)) = (request, client) else { return true };
        match client.create_payout(&order, &key).await {
            Ok(reply) => {
                self.ledger.acknowledge(number, reply.value, &self.findings);
                true
            }
            Err(error) if may_be_asked_again(&error) => false,
            Err(error) => {
                let story = format!("the key {}: {error}", key.as_str());
                self.findings.add(Kind::Refused, story);
                true
            }
        }
    }
}

/// Whether a server that is killed now and then may say this.
pub(crate) fn may_be_asked_again(error: &ApiError) -> bool {
    match error {
        ApiError::Unavailable(_)
        | ApiError::ServerTrouble(_)
        | ApiError::OutcomeUnknown(_)
        | ApiError::Unreadable(_) => true,
        ApiError::Refused(_)
        | ApiError::NotFound(_)
        | ApiError::Conflict(_)
        | ApiError::Unauthenticated(_)
        | ApiError::Forbidden(_)
        | ApiError::CannotSign(_) => false,
    }
}

/// What a user wants: a small payout that names its place in the trial.
pub(crate) fn order(user: &PaidIn, lane: usize, count: u64) -> Result<PayoutOrder> {
    Ok(PayoutOrder {
        merchant_account_id: user.merchant_account,
        user_id: user.user.clone(),
        payment_source_id: user.payment_source,
        amount: "0.07 GBP".parse()?,
        reference: Reference::lenient(&format!("TRIAL {lane} {count}"))?,
        scheme_selection: SchemeSelection::InstantPreferred,
        metadata: Metadata::new([("intention", format!("{lane}-{count}"))])?,
    })
}
