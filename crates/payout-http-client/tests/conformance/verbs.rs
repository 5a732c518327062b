//! What a person types, against a sandbox of ours.

use std::sync::Arc;
use std::time::Duration;

use payout_conformance::fixtures::{acme, key, user};
use payout_domain::{
    Currency, FailureReason, Metadata, PaymentSourceId, PayoutId, PayoutOrder, PayoutState,
    ProviderStatus, SchemeSelection, Timestamp,
};
use payout_http_client::{
    ApiClient, ApiError, ClientSecret, Connection, Deadlines, Environment, PayoutQuery, Reply,
    SandboxControls,
};
use payout_ports::{Clock, TransactionQuery};
use payout_signature::SigningKey;
use payout_wire::payment::ReceivedPayment;
use payout_wire::sandbox::{Delays, Deposit, DepositBody};

use crate::server::{SECRET, Server};

/// A sandbox, and both ways to talk to it.
struct Desk {
    server: Server,
    api: ApiClient,
    sandbox: SandboxControls,
}

impl Desk {
    async fn new() -> Self {
        let (signing_key, _pem) = SigningKey::generate("verbs").expect("the library makes keys");
        let server = Server::start(signing_key.verifying_key().clone()).await;
        let connection = Connection {
            environment: Environment::at(server.url()).expect("it is on this machine"),
            client_id: acme(),
            client_secret: ClientSecret::new(SECRET),
            signing_key: Some(Arc::new(signing_key)),
            deadlines: Deadlines::default(),
        };
        let api = ApiClient::new(&connection, server.clock.clone());
        let sandbox = SandboxControls::new(&connection.environment, connection.deadlines);
        let api = api.expect("it needs nothing of the system");
        Self { server, api, sandbox: sandbox.expect("it needs nothing of the system") }
    }

    /// Sam pays in 20 pounds, and they arrive.
    async fn paid_in(&self) -> DepositBody {
        let deposit = Deposit {
            user_id: user("sam"),
            amount: "20.00 GBP".parse().expect("it is an amount"),
            account_identifier: Some("04-06-68 00004417".parse().expect("it is an account")),
            account_holder_name: Some("SAM EXAMPLE".to_owned()),
            merchant_account_id: None,
        };
        let deposit = self.sandbox.deposit(&deposit).await.expect("the sandbox takes it").value;
        self.pass(1).await;
        deposit
    }

    async fn pass(&self, seconds: u64) {
        self.server.work().await;
        self.sandbox.advance_clock(Duration::from_secs(seconds)).await.expect("it is a sandbox");
        self.server.work().await;
    }
}

fn order(deposit: &DepositBody, source: PaymentSourceId, amount: &str) -> PayoutOrder {
    PayoutOrder {
        merchant_account_id: deposit.merchant_account_id,
        user_id: deposit.user_id.clone(),
        payment_source_id: source,
        amount: amount.parse().expect("it is an amount"),
        reference: "WD-20417".parse().expect("it is plain"),
        scheme_selection: SchemeSelection::InstantPreferred,
        metadata: Metadata::new([("withdrawal_id", "20417")]).expect("it is within the limits"),
    }
}

fn named<T>(reply: &Reply<T>, id: &impl ToString) -> bool {
    reply.json.contains(&id.to_string())
}

#[tokio::test]
async fn a_payout_is_followed_from_the_payment_to_its_return() {
    let desk = Desk::new().await;
    let deposit = desk.paid_in().await;
    let payment = desk.api.payment(deposit.payment_id).await.expect("it has settled");
    assert!(matches!(payment.value, ReceivedPayment::Settled(_)), "{payment:?}");
    let sources = desk.api.payment_sources(deposit.merchant_account_id, &user("sam")).await;
    let sources = sources.expect("the account exists");
    assert_eq!(sources.value[0].id, deposit.payment_source_id);
    let order = order(&deposit, deposit.payment_source_id, "12.50 GBP");

    let created = desk.api.create_payout(&order, &key("k-1")).await.expect("it is allowed");
    let again = desk.api.create_payout(&order, &key("k-1")).await.expect("it is the same");
    desk.pass(2).await;

    let id = created.value;
    assert_eq!(again.value, id);
    assert!(named(&created, &id));
    let payout = desk.api.payout(id).await.expect("it is there").value;
    assert!(matches!(payout.status, ProviderStatus::Executed { .. }), "{payout:?}");
    desk.sandbox.return_payout(PayoutId::from_uuid(id.as_uuid())).await.expect("it can come back");
    let payout = desk.api.payout(id).await.expect("it is there").value;
    assert!(matches!(
        &payout.status,
        ProviderStatus::Failed { reason: FailureReason::Returned, .. }
    ));
    let history = desk.api.history(id).await.expect("it is recorded").value;
    assert_eq!(history.items.last().map(|item| &item.state), Some(&PayoutState::Returned));
    let page = desk.api.payouts(&PayoutQuery { limit: Some(1), cursor: None }).await;
    assert_eq!(page.expect("it is a list").value.items[0].id, id);
}

#[tokio::test]
async fn balances_and_movements_are_told() {
    let desk = Desk::new().await;
    let deposit = desk.paid_in().await;
    let now = desk.server.clock.now();
    let query = TransactionQuery {
        from: now.minus(Duration::from_hours(1)),
        to: now,
        only: None,
        cursor: None,
    };

    let accounts = desk.api.merchant_accounts().await.expect("they are there");
    let movements = desk.api.transactions(deposit.merchant_account_id, &query).await;

    let currencies: Vec<_> = accounts.value.iter().map(|account| account.currency).collect();
    assert_eq!(currencies, [Currency::GBP, Currency::EUR]);
    assert!(named(&movements.expect("the account exists"), &deposit.payment_id));
}

#[tokio::test]
async fn a_refusal_says_what_to_change() {
    let desk = Desk::new().await;
    let deposit = desk.paid_in().await;
    let stranger = "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21".parse().expect("it is a UUID");

    let euros = order(&deposit, deposit.payment_source_id, "1.00 EUR");
    let euros = desk.api.create_payout(&euros, &key("k-1")).await.expect_err("it holds pounds");
    let strange = order(&deposit, stranger, "1.00 GBP");
    let strange =
        desk.api.create_payout(&strange, &key("k-2")).await.expect_err("it never paid in");
    let good = order(&deposit, deposit.payment_source_id, "1.00 GBP");
    desk.api.create_payout(&good, &key("k-3")).await.expect("it is allowed");
    let other = order(&deposit, deposit.payment_source_id, "2.00 GBP");
    let reused = desk.api.create_payout(&other, &key("k-3")).await.expect_err("it is another");
    let absent =
        desk.api.payout("d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33".parse().expect("a UUID")).await;

    for (error, path) in [(&euros, "currency"), (&strange, "beneficiary.payment_source_id")] {
        let ApiError::Refused(problem) = error else { panic!("{error:?}") };
        let errors = problem.errors.as_ref().expect("it says what");
        assert!(errors.contains_key(path), "{errors:?}");
    }
    assert!(matches!(reused, ApiError::Conflict(_)), "{reused:?}");
    assert!(matches!(absent, Err(ApiError::NotFound(_))), "{absent:?}");
}

#[tokio::test]
async fn a_sandbox_does_what_it_is_told() {
    let desk = Desk::new().await;
    let deposit = desk.paid_in().await;
    let delays = Delays { execution: Some(Duration::from_mins(1)), settlement: None };
    desk.sandbox.set_delays(&delays).await.expect("it is a sandbox");
    let order = order(&deposit, deposit.payment_source_id, "5.00 GBP");

    let id = desk.api.create_payout(&order, &key("k-1")).await.expect("it is allowed").value;
    desk.pass(30).await;
    let half_way = desk.api.payout(id).await.expect("it is there").value;
    desk.pass(31).await;
    let at_the_end = desk.api.payout(id).await.expect("it is there").value;
    desk.sandbox.fail_next(FailureReason::Blocked).await.expect("it is a sandbox");
    let id = desk.api.create_payout(&order, &key("k-2")).await.expect("it is allowed").value;
    desk.pass(61).await;
    let failed = desk.api.payout(id).await.expect("it is there").value;
    let told = desk.sandbox.clock().await.expect("it is a sandbox").value;

    assert!(matches!(half_way.status, ProviderStatus::Authorized { .. }), "{half_way:?}");
    assert!(matches!(at_the_end.status, ProviderStatus::Executed { .. }), "{at_the_end:?}");
    let ProviderStatus::Failed { reason, .. } = failed.status else { panic!("{failed:?}") };
    assert_eq!(reason, FailureReason::Blocked);
    assert_eq!(told, desk.server.clock.now());
    assert_ne!(told, Timestamp::default());
    let too_far = desk.sandbox.advance_clock(Duration::from_secs(u64::MAX)).await;
    assert!(matches!(too_far, Err(ApiError::Refused(_))), "{too_far:?}");
}
