//! Does what it is told to a store.

use std::collections::BTreeMap;

use payout_domain::{Payout, PayoutId};
use payout_ports::{Attempt, Claim, Claimed, Epoch, PayoutChange, RepositoryError, Schedule};

use super::answer::{
    Answer, AttemptSeen, ClaimSeen, Command, EventCommand, PaidIn, PaymentCommand, PayoutCommand,
};
use super::operation::Whose;
use crate::StoreRig;

/// A store, and the claims that were got from it.
pub(super) struct Player<R> {
    // `None` only while it is opened again.
    rig: Option<R>,
    epochs: BTreeMap<PayoutId, Vec<Epoch>>,
}

impl<R: StoreRig> Player<R> {
    pub(super) fn new(rig: R) -> Self {
        Self { rig: Some(rig), epochs: BTreeMap::new() }
    }

    pub(super) fn rig(&self) -> &dyn StoreRig {
        self.rig.as_ref().expect("nobody is opening it")
    }

    /// Performs a command, and puts what has no order into one.
    pub(super) async fn perform(&mut self, command: &Command) -> Answer {
        let answer = match command {
            Command::Reopen => {
                let rig = self.rig.take().expect("nobody is opening it");
                self.rig = Some(rig.reopen().await);
                Ok(Answer::Done)
            }
            Command::Save(change, claim) => {
                let saved = self.rig().payouts().save(self.under(*claim, change)).await;
                Ok(Answer::Saved(saved.into()))
            }
            Command::ClaimSendable(order) => {
                let claimed = self.rig().payouts().claim_sendable(order).await;
                claimed.map(|claimed| self.claimed(claimed))
            }
            Command::Payouts(command) => of_payouts(self.rig(), command).await,
            Command::Payments(command) => of_payments(self.rig(), command).await,
            Command::Events(command) => of_events(self.rig(), command).await,
        };
        answer.unwrap_or_else(|error| match error {
            RepositoryError::Corrupt(_) => Answer::Corrupt,
            RepositoryError::Unavailable(cause) => Answer::Unavailable(cause.to_string()),
        })
    }

    fn claimed(&mut self, claimed: Claimed) -> Answer {
        let claims = claimed.to_send.into_iter().map(|claim| self.noted(claim));
        let mut seen: Vec<_> = claims.collect();
        seen.sort_by_key(|seen| seen.payout.id());
        Answer::Claims(seen, claimed.set_aside)
    }

    fn noted(&mut self, claim: Claim) -> ClaimSeen {
        let epochs = self.epochs.entry(claim.payout.id()).or_default();
        let epoch_has_grown = epochs.last().is_none_or(|last| *last < claim.epoch);
        epochs.push(claim.epoch);
        ClaimSeen { payout: claim.payout, instruction: claim.instruction, epoch_has_grown }
    }

    /// The change, with its schedule under a claim that was got from this store.
    fn under(&self, claim: Whose, change: &PayoutChange) -> PayoutChange {
        let known = self.epochs.get(&change.payout.id()).map(Vec::as_slice).unwrap_or_default();
        let epoch = match claim {
            Whose::Anybodys => None,
            Whose::Latest => known.last().copied(),
            Whose::TheOneBefore => known.iter().rev().nth(1).copied(),
        };
        let schedule = change.schedule.map(|Schedule { due_at, .. }| Schedule { due_at, epoch });
        PayoutChange { schedule, ..change.clone() }
    }
}

async fn of_payouts(
    rig: &dyn StoreRig,
    command: &PayoutCommand,
) -> Result<Answer, RepositoryError> {
    let payouts = rig.payouts();
    Ok(match command {
        PayoutCommand::Accept(accepting) => {
            Answer::Accepted(payouts.accept(accepting.acceptance()).await?)
        }
        PayoutCommand::FindKey(client, key) => Answer::Key(payouts.find_key(client, key).await?),
        PayoutCommand::ClaimWatched(order) => {
            let mut watched = payouts.claim_watched(order).await?;
            watched.sort_by_key(Payout::id);
            Answer::Payouts(watched)
        }
        PayoutCommand::Look(client, id) => Answer::Looked {
            payouts: vec![payouts.find(client, *id).await?, payouts.find_unscoped(*id).await?],
            history: payouts.history(client, *id).await?,
            attempts: seen(payouts.attempts(*id).await?),
        },
        PayoutCommand::FindByGatewayId(profile, id) => {
            Answer::Found(vec![payouts.find_by_gateway_id(profile, *id).await?])
        }
        PayoutCommand::List(client, page) => {
            let page = payouts.list(client, page).await?;
            Answer::Page(page.items, page.more)
        }
        PayoutCommand::ListStanding(standing, page) => {
            let page = payouts.list_standing(*standing, page).await?;
            Answer::Page(page.items, page.more)
        }
        PayoutCommand::Pause(pause) => {
            rig.switch().pause(pause).await?;
            Answer::Paused(rig.switch().paused().await?)
        }
        PayoutCommand::Resume => {
            rig.switch().resume().await?;
            Answer::Paused(rig.switch().paused().await?)
        }
    })
}

fn seen(attempts: Vec<Attempt>) -> Vec<AttemptSeen> {
    let seen = |it: Attempt| (it.attempt, it.begun_at, it.token, it.ended);
    attempts.into_iter().map(seen).collect()
}

async fn of_payments(
    rig: &dyn StoreRig,
    command: &PaymentCommand,
) -> Result<Answer, RepositoryError> {
    let payments = rig.payments();
    Ok(match command {
        PaymentCommand::Pay(client, payment, told) => {
            Answer::Recorded(payments.record_payment(client, payment, told.clone()).await?)
        }
        PaymentCommand::ListSource(client, source) => {
            Answer::Recorded(payments.record_source(client, source).await?)
        }
        PaymentCommand::Look { client, payment, source, user, account } => {
            Answer::PaidIn(Box::new(PaidIn {
                payment: payments.payment(client, *payment).await?,
                source: payments.source(client, *source).await?,
                sources: payments.sources_of(client, user, *account).await?,
                account: payments.merchant_account(*account).await?,
            }))
        }
        PaymentCommand::RememberAccounts(accounts) => {
            payments.remember_merchant_accounts(accounts).await?;
            Answer::Done
        }
    })
}

async fn of_events(rig: &dyn StoreRig, command: &EventCommand) -> Result<Answer, RepositoryError> {
    let (inbox, outbox) = (rig.inbox(), rig.outbox());
    Ok(match command {
        EventCommand::Remember(entry) => Answer::Remembered(inbox.remember(entry).await?),
        EventCommand::ClaimEvents(now, limit, lease) => {
            let mut claimed = inbox.claim_events(*now, *limit, *lease).await?;
            claimed.sort_by_key(|entry| (entry.profile.clone(), entry.event_id));
            Answer::Events(claimed)
        }
        EventCommand::EventDone(profile, id) => {
            inbox.event_done(profile, *id).await?;
            Answer::Done
        }
        EventCommand::ClaimNotifications(now, limit, lease) => {
            let mut claimed = outbox.claim_notifications(*now, *limit, *lease).await?;
            claimed.sort_by_key(|notification| notification.event_id);
            Answer::Notifications(claimed)
        }
        EventCommand::NotificationDone(id) => {
            outbox.notification_done(*id).await?;
            Answer::Done
        }
        EventCommand::NotificationFailed(id, then) => {
            outbox.notification_failed(*id, *then).await?;
            Answer::Done
        }
        EventCommand::Replay(id, at) => Answer::Replayed(outbox.replay(*id, *at).await?),
        EventCommand::DeadLetters(limit, after) => {
            Answer::DeadLetters(outbox.dead_letters(*limit, *after).await?)
        }
    })
}
