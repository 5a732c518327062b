//! Looks for payouts in the statement of their merchant account.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use payout_domain::{
    Evidence, GatewayPayoutId, MerchantAccountId, Money, ParkReason, Payout, PayoutId, PayoutState,
    Timestamp, TransactionId,
};
use payout_ports::{
    Clock, PayoutGateway, PayoutRepository, Schedule, Transaction, TransactionKind,
    TransactionQuery, TransactionType,
};

use crate::{ServiceError, TakeIn};

/// Looks for payouts in the statement of their merchant account: for those whose id at the provider we
/// never learned, and for the money of those that came back.
///
/// What is found is the provider's word. What is not found proves nothing by itself
/// ([`absence`](Self::absence)).
#[derive(Clone)]
pub struct LookForPayouts {
    /// Where payouts are remembered.
    pub payouts: Arc<dyn PayoutRepository>,
    /// The provider.
    pub gateway: Arc<dyn PayoutGateway>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Writes down what is found.
    pub take_in: TakeIn,
    /// How far the statement may lag behind.
    pub settings: LookSettings,
}

/// What is assumed of a statement.
#[derive(Clone, Copy, Debug)]
pub struct LookSettings {
    /// How long after the fact a payout may be missing from the statement.
    pub read_lag: Duration,
    /// How long a token lives at most, for payouts of whose transmissions nothing is known any more.
    pub token_life_max: Duration,
}

/// What the statement says of a payout that we do not know to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It is there after all.
    Found(GatewayPayoutId),
    /// It is not there, but it could still come: nothing in the statement is newer than this time, by
    /// the provider's clock.
    NotYetProven {
        /// A payout that the provider created after this time would prove that the statement is
        /// complete.
        until: Timestamp,
    },
    /// It is not there, nothing that was sent can still arrive, and the statement shows what came
    /// later.
    Proven,
}

/// A payout in a statement.
struct Listed {
    gateway_payout_id: GatewayPayoutId,
    attached_id: Option<PayoutId>,
    amount: Money,
    created_at: Timestamp,
    returned_by: Option<TransactionId>,
}

/// How much earlier than a payout's first known time a statement is read: where only our own clock
/// dated it, that clock may have been wrong by hours.
const EARLIER: Duration = Duration::from_hours(24);

/// The longest span that a provider lists at once.
const SPAN_MAX: Duration = Duration::from_hours(24 * 30);

/// The most pages of a statement that are read: beyond them something is wrong.
const PAGES_MAX: usize = 10_000;

impl LookForPayouts {
    /// Looks for these payouts, with one reading of the statement for each merchant account. It
    /// returns those of which there was no news.
    pub async fn run(&self, payouts: Vec<Payout>) -> Result<Vec<Payout>, ServiceError> {
        let mut accounts: BTreeMap<MerchantAccountId, Vec<Payout>> = BTreeMap::new();
        for payout in payouts {
            let account = payout.request().order().merchant_account_id;
            accounts.entry(account).or_default().push(payout);
        }
        let mut missing = Vec::new();
        for (account, payouts) in accounts {
            let oldest = payouts.iter().map(first_known).min();
            let listed =
                self.statement(account, oldest.unwrap_or_else(|| self.clock.now())).await?;
            for payout in payouts {
                match news(&payout, &listed) {
                    Some(evidence) => {
                        self.take_in.run(payout, &evidence, &self.at_once()).await?;
                    }
                    None => missing.push(payout),
                }
            }
        }
        Ok(missing)
    }

    /// Whether the provider surely never had this payout, so that two people may say so.
    pub async fn absence(&self, payout: &Payout) -> Result<Absence, ServiceError> {
        let account = payout.request().order().merchant_account_id;
        let listed = self.statement(account, first_known(payout)).await?;
        if let Some(Evidence::Acknowledged { gateway_payout_id }) = news(payout, &listed) {
            let found = Evidence::Acknowledged { gateway_payout_id };
            self.take_in.run(payout.clone(), &found, &self.at_once()).await?;
            return Ok(Absence::Found(gateway_payout_id));
        }
        let until = self.last_arrival(payout).await?.plus(self.settings.read_lag);
        let complete = listed.iter().any(|later| later.created_at > until);
        Ok(if complete { Absence::Proven } else { Absence::NotYetProven { until } })
    }

    /// The provider's time after which nothing that was sent can arrive: every token has expired.
    async fn last_arrival(&self, payout: &Payout) -> Result<Timestamp, ServiceError> {
        let attempts = self.payouts.attempts(payout.id()).await?;
        let tokens = attempts.iter().map(|attempt| attempt.token.expires_at).max();
        let history = self.payouts.history(payout.client_id(), payout.id()).await?;
        // What was sent before a restore left no trace here. It was sent before the restore.
        let restored = history.into_iter().flatten().rev().find_map(|event| {
            let restored = event.evidence == Evidence::Parked(ParkReason::Restored);
            restored.then(|| event.at.plus(self.settings.token_life_max))
        });
        Ok(tokens.max(restored).unwrap_or(payout.created_at()))
    }

    async fn statement(
        &self,
        account: MerchantAccountId,
        oldest: Timestamp,
    ) -> Result<Vec<Listed>, ServiceError> {
        let end = self.clock.now().plus(EARLIER);
        let (mut from, mut listed) = (oldest.minus(EARLIER), Vec::new());
        while from < end {
            let to = from.plus(SPAN_MAX).min(end);
            self.read_span(account, from, to, &mut listed).await?;
            from = to;
        }
        Ok(listed)
    }

    async fn read_span(
        &self,
        account: MerchantAccountId,
        from: Timestamp,
        to: Timestamp,
        listed: &mut Vec<Listed>,
    ) -> Result<(), ServiceError> {
        let only = Some(TransactionType::Payout);
        let mut query = TransactionQuery { from, to, only, cursor: None };
        for _ in 0..PAGES_MAX {
            let page = self.gateway.transactions(account, &query).await?;
            let unknown =
                || ServiceError::Broken("the provider has no such merchant account".into());
            let page = page.ok_or_else(unknown)?;
            listed.extend(page.items.iter().filter_map(as_listed));
            match page.next_cursor {
                None => return Ok(()),
                next => query.cursor = next,
            }
        }
        Err(ServiceError::Broken("the provider's statement has no end".into()))
    }

    /// What was found is asked after, or shown, at once.
    fn at_once(&self) -> impl Fn(&Payout) -> Option<Schedule> + Sync + use<> {
        let now = self.clock.now();
        move |payout| {
            let due_at = (!payout.state().is_final()).then_some(now);
            Some(Schedule { due_at, epoch: None })
        }
    }
}

/// The earliest time that is known of a payout: of its acceptance by our clock, or of the token of its
/// first transmission by the provider's. Ours alone may be wrong, and then the statement would be read
/// from a time on at which the payout was already there.
fn first_known(payout: &Payout) -> Timestamp {
    let accepted_at = payout.created_at();
    payout.progress().first_sent_at.map_or(accepted_at, |sent_at| sent_at.min(accepted_at))
}

/// What the statement tells of a payout that we did not know.
fn news(payout: &Payout, listed: &[Listed]) -> Option<Evidence> {
    let same = |it: &&Listed| it.amount == payout.amount();
    if *payout.state() == PayoutState::Returned {
        let id = payout.gateway_payout_id()?;
        let found = listed.iter().filter(same).find(|it| it.gateway_payout_id == id)?;
        let at = payout.progress().failed_at?;
        let (gateway_payout_id, transaction_id) = (id, found.returned_by?);
        return Some(Evidence::MoneyCameBack { gateway_payout_id, transaction_id, at });
    }
    let found = listed.iter().filter(same).find(|it| it.attached_id == Some(payout.id()))?;
    Some(Evidence::Acknowledged { gateway_payout_id: found.gateway_payout_id })
}

fn as_listed(transaction: &Transaction) -> Option<Listed> {
    match transaction.kind {
        TransactionKind::Payout { payout_id, attached_id, created_at, returned_by, .. } => {
            Some(Listed {
                gateway_payout_id: payout_id,
                attached_id,
                amount: transaction.amount,
                created_at,
                returned_by,
            })
        }
        TransactionKind::Payment { .. }
        | TransactionKind::ExternalPayment { .. }
        | TransactionKind::Transfer { .. } => None,
    }
}
