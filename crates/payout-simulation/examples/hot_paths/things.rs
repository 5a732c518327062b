//! What goes through the paths: always the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use payout_domain::{
    ClientId, Currency, MerchantAccount, Metadata, Payment, PaymentSource, Payout, PayoutOrder,
    PayoutRequest, PayoutRules, Timestamp,
};
use payout_memory::{Bank, BankConfiguration, MemoryStore};
use payout_ports::{Clock, Fingerprint, IdGenerator, PaymentRepository as _, PayoutGateway};
use payout_service::{Acquaintances, Doorbell, PayoutApplication, RequestPayout};
use payout_wire::payout::CreatePayout;
use uuid::Uuid;

/// When everything happens.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_772_442_847);

/// A request for a payout, as clients send it.
pub(crate) const BODY: &[u8] = br#"{
    "merchant_account_id": "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f",
    "amount_in_minor": 1250,
    "currency": "GBP",
    "beneficiary": {
        "type": "payment_source",
        "payment_source_id": "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21",
        "user_id": "sam",
        "reference": "WD-20417"
    },
    "scheme_selection": { "type": "instant_preferred" },
    "metadata": { "withdrawal": "20417" }
}"#;

/// A clock that stands.
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// Names in order.
#[derive(Default)]
struct InOrder(AtomicU64);

impl IdGenerator for InOrder {
    fn next(&self) -> Uuid {
        Uuid::from_u64_pair(7, self.0.fetch_add(1, Ordering::Relaxed))
    }
}

pub(crate) fn order() -> PayoutOrder {
    CreatePayout::parse(BODY).expect("it is well-formed")
}

pub(crate) fn account() -> MerchantAccount {
    MerchantAccount {
        id: order().merchant_account_id,
        currency: Currency::GBP,
        account_identifiers: vec!["GB38CLRB04066800008812".parse().expect("it is an account")],
        account_holder_name: "ACME GAMES".into(),
        available_balance: "1842.00 GBP".parse().expect("it is money"),
        current_balance: "1842.00 GBP".parse().expect("it is money"),
    }
}

pub(crate) fn source() -> PaymentSource {
    let order = order();
    PaymentSource::of_payment(&Payment {
        id: "d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33".parse().expect("it is an id"),
        user_id: order.user_id,
        merchant_account_id: order.merchant_account_id,
        amount: "20.00 GBP".parse().expect("it is money"),
        payment_source_id: order.payment_source_id,
        account_holder_name: Some("SAM EXAMPLE".into()),
        account_identifiers: vec!["04-06-68 00004417".parse().expect("it is an account")],
        created_at: NOW,
        executed_at: NOW,
        settled_at: NOW,
        metadata: Metadata::default(),
    })
}

pub(crate) fn payout() -> Payout {
    let request = PayoutRequest::new(order(), &account(), &source(), &PayoutRules::default());
    let request = request.expect("it breaks no rule");
    let id = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".parse().expect("it is an id");
    Payout::accept(id, client(), "withdrawal-20417".parse().expect("it is a key"), request, NOW)
}

/// The use case, with a store that knows the account and the source.
pub(crate) async fn request_payout() -> RequestPayout {
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn IdGenerator>) =
        (Arc::new(Standing), Arc::new(InOrder::default()));
    let store = Arc::new(MemoryStore::new());
    store.remember_merchant_accounts(&[account()]).await.expect("memory takes it");
    store.record_source(&client(), &source()).await.expect("memory takes it");
    let bank = Bank::new(BankConfiguration::named("a bank"), Arc::clone(&clock), Arc::clone(&ids));
    let gateway: Arc<dyn PayoutGateway> = Arc::new(bank);
    RequestPayout {
        payouts: Arc::<MemoryStore>::clone(&store),
        payments: store,
        gateway,
        owners: Arc::new(client()),
        clock,
        ids,
        acquaintances: Acquaintances::default(),
        rules: PayoutRules::default(),
        key_window: None,
        dispatch: Doorbell::default(),
    }
}

/// A request of its own for the same.
pub(crate) fn application(order: &PayoutOrder, number: u32) -> PayoutApplication {
    let mut digest = [0; 32];
    digest.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    PayoutApplication {
        client_id: client(),
        key: format!("withdrawal-{number}").parse().expect("it is a key"),
        fingerprint: Fingerprint(digest),
        order: order.clone(),
    }
}

fn client() -> ClientId {
    "acme".parse().expect("it is a name")
}
