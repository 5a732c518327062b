//! What the sandbox of a house does beside closed-loop payouts.

use payout_http_server::Provider;
use payout_service::{SteerSandbox, TakePayment, TransferMoney};

use super::Parts;

impl Parts {
    pub(super) fn provider(&self, steer: &SteerSandbox) -> Provider {
        Provider {
            take_payment: TakePayment {
                provider: self.bank.clone(),
                ids: self.ids.clone(),
                owners: self.owners.clone(),
                follow: steer.follow.clone(),
            },
            transfer_money: TransferMoney {
                provider: self.bank.clone(),
                owners: self.owners.clone(),
            },
            base_url: "http://127.0.0.1:8080".to_owned(),
        }
    }
}
