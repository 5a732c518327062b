//! Operators: what they decide, and when.

use std::time::Duration;

use payout_service::Adoption;

use crate::FaultKind;
use crate::agenda::Happening;
use crate::world::World;

const MINUTE: Duration = Duration::from_mins(1);

impl World {
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
