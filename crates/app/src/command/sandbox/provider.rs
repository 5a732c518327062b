//! What the sandbox does beside closed-loop payouts.

use std::sync::Arc;
use std::time::Duration;

use payout_http_server::Provider;
use payout_memory::Bank;
use payout_service::{FollowBank, TakePayment, TellNotices, TransferMoney};

use crate::faulty_notifier::FaultyNotifier;
use crate::wiring::{Adapters, Behaviour};
use crate::workers::Workers;

/// What the sandbox does beside closed-loop payouts.
pub(super) fn wired(
    bank: &Arc<Bank>,
    adapters: &Adapters,
    follow: &FollowBank,
    base_url: &str,
) -> Provider {
    Provider {
        take_payment: TakePayment {
            provider: Arc::<Bank>::clone(bank),
            ids: Arc::clone(&adapters.ids),
            owners: Arc::clone(&adapters.owners),
            follow: follow.clone(),
        },
        transfer_money: TransferMoney {
            provider: Arc::<Bank>::clone(bank),
            owners: Arc::clone(&adapters.owners),
        },
        base_url: base_url.to_owned(),
    }
}

/// What tells clients of it.
pub(super) fn notices(
    bank: &Arc<Bank>,
    sender: Arc<FaultyNotifier>,
    adapters: &Adapters,
    behaviour: &Behaviour,
) -> TellNotices {
    TellNotices {
        provider: Arc::<Bank>::clone(bank),
        sender,
        clock: Arc::clone(&adapters.clock),
        ids: Arc::clone(&adapters.ids),
        backoff: behaviour.notify.backoff,
        patience: behaviour.notify.patience,
    }
}

/// Tells clients what the sandbox did beside closed-loop payouts.
pub(super) fn tell_notices(workers: &Workers, tell: TellNotices) {
    workers.spawn("notices", Duration::from_millis(50), None, move || {
        let tell = tell.clone();
        async move { tell.run().await }
    });
}
