//! The way to the provider, as bad as ways are.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use payout_domain::{
    FailureReason, GatewayPayoutId, IdempotencyKey, MerchantAccount, MerchantAccountId, Money,
    Payment, PaymentId, PaymentSource, PayoutId, PayoutRequest, ProviderStatus, UserId,
};
use payout_ports::{
    Authorisation, GatewayProfile, Instruction, PayoutGateway, PayoutRepository, ReadError,
    ReportedPayout, SubmitOutcome, TransactionPage, TransactionQuery,
};
use tokio::time::sleep;

use crate::agenda::Happening;
use crate::life::Life;
use crate::provider::{SERVER_ERROR, Transmission, drifted};
use crate::statement::Statement;
use crate::{FaultKind, Plant};

/// The way of one instance to the provider.
pub(crate) struct FaultyGateway {
    pub(crate) life: Arc<Life>,
    /// Which account at the provider the instance is configured for.
    pub(crate) profile: GatewayProfile,
}

const SHORTEST: Duration = Duration::from_millis(5);
const USUAL: Duration = Duration::from_millis(400);
const LATEST: Duration = Duration::from_hours(12);

#[async_trait]
impl PayoutGateway for FaultyGateway {
    fn profile(&self) -> GatewayProfile {
        self.profile.clone()
    }

    fn prepare(&self, payout_id: PayoutId, request: &PayoutRequest) -> Instruction {
        let prepared = self.life.world.bank.prepare(payout_id, request);
        Instruction { profile: self.profile.clone(), ..prepared }
    }

    async fn authorise(&self) -> Result<Authorisation, ReadError> {
        self.readable().await?;
        if self.life.world.suffers(FaultKind::KeyRotated) {
            return Err(ReadError::Refused { detail: "invalid_client".into() });
        }
        let mut authorisation = self.life.world.bank.authorise().await?;
        let apart_ms = self.life.world.plan.clocks_apart_ms;
        let apart = Duration::from_millis(apart_ms.unsigned_abs());
        let life = &mut authorisation.life;
        for time in [&mut life.issued_at, &mut life.expires_at] {
            *time = if apart_ms < 0 { time.minus(apart) } else { time.plus(apart) };
        }
        Ok(authorisation)
    }

    async fn submit(
        &self,
        instruction: &Instruction,
        authorisation: &Authorisation,
    ) -> SubmitOutcome {
        // A task that stands still here wakes up with an old token in its hand.
        self.life.risk().await;
        let transmission = self.begin(instruction, authorisation);
        let (outcome, in_time) = self.transmit(transmission).await;
        let not_processed = matches!(outcome, SubmitOutcome::NotProcessed { .. });
        self.life.world.auditor().answered_transmission(instruction.payout_id, not_processed);
        self.life.risk().await;
        self.misread(outcome, in_time)
    }

    async fn find_payout(&self, id: GatewayPayoutId) -> Result<Option<ReportedPayout>, ReadError> {
        self.readable().await?;
        let world = &self.life.world;
        let found = match world.bank.find_payout(id).await? {
            Some(_) if world.strikes(FaultKind::NotFound) => None,
            found => found,
        };
        let found = found.map(|reported| self.oddly(reported)).transpose()?;
        if found.is_none() && world.plant == Some(Plant::AbsentIsFailed) {
            return Ok(self.failed(id).await);
        }
        Ok(found)
    }

    async fn find_payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError> {
        self.readable().await?;
        self.life.world.bank.find_payment(id).await
    }

    async fn payment_sources(
        &self,
        merchant_account_id: MerchantAccountId,
        user_id: &UserId,
    ) -> Result<Option<Vec<PaymentSource>>, ReadError> {
        self.readable().await?;
        let listed = self.life.world.bank.payment_sources(merchant_account_id, user_id).await?;
        if self.life.world.strikes(FaultKind::ListingOdd) {
            return Ok(listed.map(|listed| listed.into_iter().skip(1).collect()));
        }
        Ok(listed)
    }

    async fn merchant_accounts(&self) -> Result<Vec<MerchantAccount>, ReadError> {
        self.readable().await?;
        self.life.world.bank.merchant_accounts().await
    }

    async fn transactions(
        &self,
        merchant_account_id: MerchantAccountId,
        query: &TransactionQuery,
    ) -> Result<Option<TransactionPage>, ReadError> {
        self.readable().await?;
        let world = &self.life.world;
        let mut page = world.bank.transactions(merchant_account_id, query).await?;
        if let Some(page) = page.as_mut()
            && world.strikes(FaultKind::ListingOdd)
        {
            page.items.reverse();
        }
        Ok(page)
    }
}

impl FaultyGateway {
    /// The bytes are about to leave: the last look at them before they do.
    fn begin(&self, instruction: &Instruction, authorisation: &Authorisation) -> Transmission {
        let world = &self.life.world;
        let mut auditor = world.auditor();
        if instruction.profile != self.profile {
            auditor.accuse(Statement::AtMostOnce, "a payout is sent through another profile");
        }
        let departures = auditor.departures(instruction.payout_id);
        let instruction = match world.plant {
            Some(Plant::FreshKey) => with_key_of(instruction, departures),
            Some(Plant::BodyDrift) if departures > 0 => drifted(instruction),
            _ => instruction.clone(),
        };
        let rule = world.plan.dispatch.rule;
        let earlier_unresolved = auditor.departs(&instruction, authorisation, &rule);
        drop(auditor);
        let number = u64::from(departures).saturating_add(1);
        world.note("transmission", instruction.payout_id.as_uuid(), number);
        let authorisation = authorisation.clone();
        Transmission { instruction, authorisation, earlier_unresolved, is_copy: false }
    }

    /// Sends the bytes, and waits for an answer as long as our client does. It says, too, whether
    /// there was one in time.
    async fn transmit(&self, transmission: Transmission) -> (SubmitOutcome, bool) {
        let world = &self.life.world;
        let deadline = world.plan.deadline;
        if world.suffers(FaultKind::ProviderDown) {
            world.count(FaultKind::ProviderDown);
            if world.draw_of(FaultKind::ProviderDown, |chance| chance.of_ten_thousand(5_000)) {
                let detail = "the connection was refused".to_owned();
                return (SubmitOutcome::NotProcessed { detail, retry_after: None }, true);
            }
            return self.hear_nothing(deadline).await;
        }
        if world.strikes(FaultKind::RequestLost) {
            return self.hear_nothing(deadline).await;
        }
        let delay = if world.strikes(FaultKind::Delayed) {
            world.draw_of(FaultKind::Delayed, |chance| chance.heavy_tailed(USUAL, LATEST))
        } else {
            world.draw(|chance| chance.span(SHORTEST, USUAL))
        };
        if delay >= deadline {
            world.after(delay, Happening::Arrival(Box::new(transmission)));
            return self.hear_nothing(deadline).await;
        }
        sleep(delay).await;
        let outcome = world.arrive(&transmission).await;
        if world.suffers(FaultKind::AnswersDown) {
            world.count(FaultKind::AnswersDown);
            return self.hear_nothing(deadline.saturating_sub(delay)).await;
        }
        if world.strikes(FaultKind::AnswerLost) {
            return self.hear_nothing(deadline.saturating_sub(delay)).await;
        }
        sleep(SHORTEST).await;
        (outcome, true)
    }

    async fn hear_nothing(&self, rest: Duration) -> (SubmitOutcome, bool) {
        sleep(rest).await;
        (SubmitOutcome::Unknown { detail: "no answer in time".into() }, false)
    }

    /// What a mistaken adapter makes of an outcome.
    fn misread(&self, outcome: SubmitOutcome, in_time: bool) -> SubmitOutcome {
        let SubmitOutcome::Unknown { detail } = &outcome else { return outcome };
        let is_misread = match self.life.world.plant {
            Some(Plant::TimeoutIsFailed) => !in_time,
            Some(Plant::ServerErrorIsFailed) => detail == SERVER_ERROR,
            _ => false,
        };
        if is_misread { SubmitOutcome::Rejected { detail: detail.clone() } } else { outcome }
    }

    /// Goes on if look-ups work.
    async fn readable(&self) -> Result<(), ReadError> {
        self.life.pass().await;
        let world = &self.life.world;
        let is_down =
            world.suffers(FaultKind::ProviderDown) || world.suffers(FaultKind::AnswersDown);
        if is_down || world.strikes(FaultKind::ReadFailed) {
            return Err(ReadError::Unavailable("no answer".into()));
        }
        Ok(())
    }

    /// What is read instead of the truth: nothing sensible, less than all, or another amount.
    fn oddly(&self, reported: ReportedPayout) -> Result<ReportedPayout, ReadError> {
        let world = &self.life.world;
        if !world.strikes(FaultKind::OddAnswer) {
            return Ok(reported);
        }
        match world.draw_of(FaultKind::OddAnswer, |chance| chance.between(0, 2)) {
            0 => Err(ReadError::Unreadable("cut off".into())),
            1 => Ok(ReportedPayout { payout_id: None, ..reported }),
            _ => {
                let one =
                    Money::from_minor(1, reported.amount.currency()).unwrap_or(reported.amount);
                let amount = reported.amount.checked_add(one).unwrap_or(one);
                Ok(ReportedPayout { amount, ..reported })
            }
        }
    }

    /// What a mistaken adapter makes of nothing.
    async fn failed(&self, id: GatewayPayoutId) -> Option<ReportedPayout> {
        let world = &self.life.world;
        let payout_id = world.auditor().payout_at_bank(id)?;
        let amount = world.store().find_unscoped(payout_id).await.ok()??.amount();
        let status = ProviderStatus::Failed { at: world.now(), reason: FailureReason::Unknown };
        Some(ReportedPayout { id, payout_id: Some(payout_id), amount, status, earlier: None })
    }
}

/// The instruction under a key of this one transmission.
fn with_key_of(instruction: &Instruction, departures: u32) -> Instruction {
    let key = format!("{}-{departures}", instruction.key).parse::<IdempotencyKey>();
    Instruction { key: key.unwrap_or_else(|_| instruction.key.clone()), ..instruction.clone() }
}
