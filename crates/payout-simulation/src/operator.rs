//! Operators: what they decide, and when.

use std::sync::Arc;
use std::time::Duration;

use payout_domain::{OperatorName, ParkReason, Payout, PayoutState, Resolution};
use payout_ports::{PageOrder, Standing};
use payout_service::Adoption;
use tokio::time::{sleep, timeout};

use crate::FaultKind;
use crate::agenda::Happening;
use crate::instance::Service;
use crate::world::World;

/// How long an operator waits for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

const MINUTE: Duration = Duration::from_mins(1);

impl World {
    /// An operator looks at what waits, and decides: what had to wait for a provider account goes on,
    /// what was never sent is called off, and of the rest two of them say that it was never there.
    pub(crate) async fn make_round(self: Arc<Self>) {
        let Some(service) = self.some_service() else { return };
        let (operators, page) = (["ada", "ben"], PageOrder { limit: 100, after: None });
        let name = self.draw(|chance| chance.pick(&operators).copied()).unwrap_or("ada");
        let Ok(by) = name.parse::<OperatorName>() else { return };
        if !self.suffers(FaultKind::SendingPaused) {
            // A store that was put back may have forgotten that sending goes on.
            let _again_in_the_next_round =
                timeout(PATIENCE, service.pause_sending.resume(&by)).await;
        }
        let waiting = timeout(PATIENCE, service.list_standing.run(Standing::Parked, &page)).await;
        let Ok(Ok(waiting)) = waiting else { return };
        for payout in waiting.items {
            let decided = self.decide(&service, &payout, by.clone());
            let _whatever_came_of_it = timeout(PATIENCE, decided).await;
        }
        let _whatever_came_of_it = timeout(PATIENCE, replay_all(&service)).await;
    }

    async fn decide(&self, service: &Service, payout: &Payout, by: OperatorName) {
        let id = payout.id();
        let is_parked = |reason| *payout.state() == PayoutState::Parked(reason);
        let decided = if is_parked(ParkReason::ProfileChanged) {
            service.decide_payout.release(id, by).await.is_ok()
        } else if is_parked(ParkReason::TooOld) {
            service.decide_payout.cancel(id, by).await.is_ok()
        } else {
            let word = Resolution::NeverSubmitted;
            service.resolve_payout.run(id, by, word, "not in the statement").await.is_ok()
        };
        self.note("an operator has decided", id.as_uuid(), u64::from(decided));
    }

    /// A client changes its mind, and an operator calls its payout off if that is still possible.
    pub(crate) async fn call_off(self: Arc<Self>, number: usize) {
        let id = self.auditor().last_id(number);
        let (Some(id), Some(service)) = (id, self.some_service()) else { return };
        let Ok(by) = "ada".parse::<OperatorName>() else { return };
        let cancelled = timeout(PATIENCE, service.decide_payout.cancel(id, by)).await;
        if let Ok(Ok(Some(_))) = cancelled {
            self.note("called off", id.as_uuid(), 0);
        }
    }

    /// Operators stop all sending, or let it go on, and insist until it is done.
    pub(crate) async fn switch_sending(self: Arc<Self>, pauses: bool) {
        loop {
            if let (Some(service), Ok(by)) = (self.some_service(), "ada".parse::<OperatorName>()) {
                let switch = &service.pause_sending;
                let done = if pauses {
                    timeout(PATIENCE, switch.pause(by, "a drill")).await.is_ok_and(|it| it.is_ok())
                } else {
                    timeout(PATIENCE, switch.resume(&by)).await.is_ok_and(|it| it.is_ok())
                };
                // A pause that comes late is not wanted any more.
                if done || pauses {
                    return;
                }
            }
            sleep(MINUTE).await;
        }
    }

    /// The store is put back from an old copy. What has happened since is not in it.
    pub(crate) fn put_back(&self) {
        let Some(taken_ms) = self.restore() else { return };
        self.note("restored", uuid::Uuid::nil(), taken_ms);
        self.auditor().restored(taken_ms, self.now_ms());
        // Several instances need a server, and a server that is put back knows that it was.
        let moves = self.plan.instances > 1
            || self.draw_of(FaultKind::Restored, |chance| chance.of_ten_thousand(5_000));
        if moves {
            self.move_store();
        }
    }

    /// An instance has found a store from which it must not send: somebody must say what it is.
    pub(crate) fn call_operator(&self, instance: usize) {
        let later = self.draw_of(FaultKind::Restored, |chance| {
            chance.heavy_tailed(MINUTE, Duration::from_hours(6))
        });
        self.after(later, Happening::Adopt(instance));
    }

    /// An operator says what the store is, as somebody does who knows whether it was put back.
    pub(crate) fn say_what_the_store_is(&self, instance: usize) {
        let adoption =
            if self.auditor().was_restored() { Adoption::Restored } else { Adoption::Current };
        self.set_adoption(instance, Some(adoption));
    }

    /// The store was adopted.
    pub(crate) fn adopted(&self, instance: usize) {
        self.note("adopted", uuid::Uuid::nil(), 0);
        self.set_adoption(instance, None);
    }
}

async fn replay_all(service: &Service) {
    let letters = service.replay_notifications.list(100, None).await.unwrap_or_default();
    for letter in letters {
        let _again_in_the_next_round = service.replay_notifications.replay(letter.event_id).await;
    }
}
