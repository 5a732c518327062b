//! The audit: what was acknowledged, what the service says, and what the provider's book holds.

mod history;
mod told;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use payout_domain::{FailureReason, GatewayPayoutId, MerchantAccountId, ProviderStatus};
use payout_http_client::{ApiClient, ApiError, JwksCache, PayoutQuery, Reply};
use payout_wire::payout::ReceivedPayout;
use payout_wire::transaction::PayoutTransaction;

use crate::finding::{Findings, Kind};
use crate::ledger::{Intention, Ledger};
use crate::load::may_be_asked_again;
use crate::provider::{Book, Provider};
use crate::receiver::Receiver;

/// Compares three books: the trial's ledger, the service's answers, and the provider's movements.
pub(crate) struct Auditor {
    pub(crate) service: Arc<ApiClient>,
    pub(crate) provider: Arc<Provider>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) findings: Arc<Findings>,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) keys: JwksCache,
    pub(crate) account: MerchantAccountId,
    /// Whether banks send some payouts back in the end. A service that is told nothing hears of that
    /// an hour later.
    pub(crate) returns: bool,
    pub(crate) book: Book,
}

/// How the payouts have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) executed: usize,
    pub(crate) failed: usize,
    pub(crate) returned: usize,
}

/// How long a service that has just been started may need before it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long is waited between two looks.
const LOOK: Duration = Duration::from_millis(100);

impl Auditor {
    /// Audits while the service works: nothing is lost, nothing is twice, and nothing is false.
    pub(crate) async fn audit(&mut self) -> Result<()> {
        let open = self.ledger.open();
        let mut said = Vec::new();
        for (number, intention) in &open {
            let Some(id) = intention.id else { continue };
            match ask(async || self.service.payout(id).await).await {
                Ok(reply) => said.push((*number, reply.value)),
                Err(ApiError::NotFound(_)) => self.lost(*number, intention).await,
                Err(error) => return Err(error).context("the audit"),
            }
        }
        // The book is read afterwards: it may know more than the service said, never less.
        self.book.read_on(&self.provider, self.account).await?;
        self.look_through_the_book().await;
        for (number, payout) in &said {
            self.compare(payout).await;
            if is_final(&payout.status) && self.history_is_sound(payout).await? {
                self.ledger.settle(*number);
            }
        }
        self.listen().await;
        Ok(())
    }

    /// Waits until every payout has its end, lets some be sent back, and audits everything once more.
    pub(crate) async fn finish(&mut self, patience: Duration) -> Result<Ends> {
        self.until_all_are_final(patience).await?;
        if self.returns {
            self.let_some_come_back(patience).await?;
        }
        self.book.read_all(&self.provider, self.account).await?;
        self.look_through_the_book().await;
        let said = self.everything_said().await?;
        for payout in said.values() {
            self.compare(payout).await;
        }
        for (number, intention) in self.ledger.all().iter().enumerate() {
            if intention.id.is_none_or(|id| !said.contains_key(&id)) {
                self.lost(number, intention).await;
            }
        }
        self.nobody_else(&said).await?;
        self.heard_everything(&said, patience).await?;
        self.listen().await;
        Ok(ends(&said))
    }

    async fn until_all_are_final(&mut self, patience: Duration) -> Result<()> {
        let begun = Instant::now();
        loop {
            self.audit().await?;
            let open = self.ledger.open();
            if open.is_empty() {
                return Ok(());
            }
            if begun.elapsed() > patience {
                for (_, intention) in open {
                    let Some(id) = intention.id else { continue };
                    let story = format!("after {} s: {}", patience.as_secs(), self.story(id).await);
                    self.findings.add(Kind::Unfinished, story);
                }
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// A bank sends some of the payouts back, and the service hears of it.
    async fn let_some_come_back(&mut self, patience: Duration) -> Result<()> {
        let executed: Vec<_> = {
            let by_payout = self.book.by_payout();
            let entries =
                by_payout.iter().filter_map(|(id, entries)| Some((*id, entries.first()?)));
            let executed = entries.filter(|(_, entry)| entry.executed_at.is_some());
            executed.filter_map(|(id, entry)| Some((id?, entry.payout_id))).take(5).collect()
        };
        for (_, payout_id) in &executed {
            self.provider.return_payout(*payout_id).await?;
        }
        for (id, _) in executed {
            let begun = Instant::now();
            loop {
                let payout = ask(async || self.service.payout(id).await).await?.value;
                if let ProviderStatus::Failed { .. } = payout.status {
                    break;
                }
                if begun.elapsed() > patience {
                    let story = format!("it came back: {}", self.story(id).await);
                    self.findings.add(Kind::Unfinished, story);
                    break;
                }
                tokio::time::sleep(LOOK).await;
            }
        }
        Ok(())
    }

    /// Nothing is in the provider's book twice, and nothing that nobody wanted.
    async fn look_through_the_book(&self) {
        let wanted = self.wanted();
        for (id, entries) in self.book.by_payout() {
            match id {
                Some(id) if wanted.contains_key(&id) => {
                    if entries.len() > 1 {
                        self.findings.add(Kind::Twice, self.story(id).await);
                    }
                }
                Some(_) | None => {
                    let names: Vec<_> = entries.iter().map(|e| e.payout_id.to_string()).collect();
                    let names = names.join(", ");
                    let story = format!("the provider has {names}, which nobody wanted");
                    self.findings.add(Kind::Stranger, story);
                }
            }
        }
    }

    /// What the service says is what the book says.
    async fn compare(&self, payout: &ReceivedPayout) {
        let by_payout = self.book.by_payout_of(payout.id);
        let wrong = match &payout.status {
            ProviderStatus::Pending | ProviderStatus::Authorized { .. } => None,
            ProviderStatus::Executed { .. } => {
                let executed = |entry: &&PayoutTransaction| {
                    entry.executed_at.is_some() && entry.returned_by.is_none()
                };
                (!by_payout.iter().any(executed))
                    .then_some("it says executed, and the book does not")
            }
            ProviderStatus::Failed { reason: FailureReason::Returned, .. } => {
                let returned = |entry: &&PayoutTransaction| entry.returned_by.is_some();
                (!by_payout.iter().any(returned))
                    .then_some("it says returned, and the book does not")
            }
            ProviderStatus::Failed { .. } => {
                (!by_payout.is_empty()).then_some("it says failed, and the book has it")
            }
        };
        if let Some(wrong) = wrong {
            let story = format!("{wrong}: {}", self.story(payout.id).await);
            self.findings.add(Kind::FalseStatus, story);
        }
    }

    /// Everything that the service lists.
    async fn everything_said(&self) -> Result<BTreeMap<GatewayPayoutId, ReceivedPayout>> {
        let mut said = BTreeMap::new();
        let mut query = PayoutQuery { limit: Some(100), cursor: None };
        loop {
            let page = ask(async || self.service.payouts(&query).await).await?.value;
            said.extend(page.items.into_iter().map(|payout| (payout.id, payout)));
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return Ok(said),
            }
        }
    }

    /// The service has no payout that nobody wanted, and what it calls failed has failed at the
    /// provider as well, whose book does not list it.
    async fn nobody_else(&self, said: &BTreeMap<GatewayPayoutId, ReceivedPayout>) -> Result<()> {
        let wanted = self.wanted();
        for id in said.keys().filter(|id| !wanted.contains_key(id)) {
            self.findings.add(Kind::Stranger, format!("the service has {id}, which nobody wanted"));
        }
        for (id, status) in self.provider.all_payouts().await? {
            let ours = id.and_then(|id| said.get(&id)).map(|payout| &payout.status);
            let has_failed =
                |status: &ProviderStatus| matches!(status, ProviderStatus::Failed { .. });
            if let (Some(id), Some(ours)) = (id, ours)
                && has_failed(ours) != has_failed(&status)
            {
                let story = format!("the provider says {status:?}: {}", self.story(id).await);
                self.findings.add(Kind::FalseStatus, story);
            }
        }
        Ok(())
    }

    async fn lost(&self, number: usize, intention: &Intention) {
        if let Some(id) = intention.id {
            let story = format!("{}: {}", intention.key.as_str(), self.story(id).await);
            self.findings.add(Kind::Lost, story);
        }
        self.ledger.settle(number);
    }

    fn wanted(&self) -> BTreeMap<GatewayPayoutId, usize> {
        let all = self.ledger.all();
        all.iter().enumerate().filter_map(|(number, wanted)| Some((wanted.id?, number))).collect()
    }

    /// All that is known of a payout, for whoever looks into a finding.
    pub(crate) async fn story(&self, id: GatewayPayoutId) -> String {
        let history = match ask(async || self.service.history(id).await).await {
            Ok(reply) => history::words(&reply.value),
            Err(error) => format!("no history ({error})"),
        };
        let entries = self.book.by_payout_of(id);
        let word = |entry: &&PayoutTransaction| {
            let end = entry.executed_at.map_or("pending", |_| "executed");
            format!("{} created {} {end}", entry.payout_id, entry.created_at.as_micros())
        };
        let entries: Vec<_> = entries.iter().map(word).collect();
        format!("{id}; history: {history}; in the provider's book: [{}]", entries.join(", "))
    }
}

/// Asks a service that may just have been started again until it answers.
pub(crate) async fn ask<T>(
    question: impl AsyncFn() -> Result<Reply<T>, ApiError>,
) -> Result<Reply<T>, ApiError> {
    let begun = Instant::now();
    loop {
        match question().await {
            Err(error) if may_be_asked_again(&error) && begun.elapsed() < PATIENCE => {
                tokio::time::sleep(LOOK).await;
            }
            answer => return answer,
        }
    }
}

/// Whether nothing more is expected; an executed payout that comes back is looked at again at the end.
pub(crate) fn is_final(status: &ProviderStatus) -> bool {
    match status {
        ProviderStatus::Pending | ProviderStatus::Authorized { .. } => false,
        ProviderStatus::Executed { .. } | ProviderStatus::Failed { .. } => true,
    }
}

fn ends(said: &BTreeMap<GatewayPayoutId, ReceivedPayout>) -> Ends {
    let mut ends = Ends::default();
    for payout in said.values() {
        let count = match &payout.status {
            ProviderStatus::Pending | ProviderStatus::Authorized { .. } => continue,
            ProviderStatus::Executed { .. } => &mut ends.executed,
            ProviderStatus::Failed { reason: FailureReason::Returned, .. } => &mut ends.returned,
            ProviderStatus::Failed { .. } => &mut ends.failed,
        };
        *count = count.saturating_add(1);
    }
    ends
}
