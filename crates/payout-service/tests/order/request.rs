//! A payout is asked for.

use std::sync::Arc;

use mockall::Sequence;
use payout_conformance::fixtures::{T0, acme, key, merchant_account, payout_id, profile, request};
use payout_domain::{Currency, PaymentSource, PayoutState, Refusal};
use payout_ports::{
    AcceptOutcome, Fingerprint, Instruction, MockPaymentRepository, MockPayoutGateway,
    MockPayoutRepository, ReadError, RepositoryError,
};
use payout_service::{
    Acquaintances, PayoutApplication, RequestPayout, RequestPayoutError, ServiceError,
};

use crate::world::{ids, settled_clock};

fn request_payout(
    payouts: MockPayoutRepository,
    payments: MockPaymentRepository,
    gateway: MockPayoutGateway,
) -> RequestPayout {
    RequestPayout {
        acquaintances: Acquaintances::default(),
        payouts: Arc::new(payouts),
        payments: Arc::new(payments),
        gateway: Arc::new(gateway),
        owners: Arc::new(acme()),
        clock: settled_clock(),
        ids: ids(),
        rules: payout_domain::PayoutRules::default(),
        key_window: None,
        dispatch: payout_service::Doorbell::default(),
    }
}

fn application() -> PayoutApplication {
    PayoutApplication {
        client_id: acme(),
        key: key("key-1"),
        fingerprint: Fingerprint([1; 32]),
        order: request(1).order().clone(),
    }
}

/// Payments that know the account and the source of request 1.
fn paid_in() -> MockPaymentRepository {
    let mut payments = MockPaymentRepository::new();
    payments.expect_merchant_account().returning(|_| Ok(Some(merchant_account(1, Currency::GBP))));
    let source = PaymentSource::of_payment(&payout_conformance::fixtures::payment(1));
    payments.expect_source().returning(move |_, _| Ok(Some(source.clone())));
    payments
}

fn prepared(gateway: &mut MockPayoutGateway) {
    gateway.expect_prepare().returning(|payout_id, _| Instruction {
        payout_id,
        profile: profile(),
        key: key("gateway-key"),
        body: Arc::from(*b"frozen"),
    });
}

#[tokio::test]
async fn a_payout_is_remembered_before_it_is_answered_and_not_sent_by_the_asker() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    payouts.expect_find_key().once().returning(|_, _| Ok(None));
    payouts
        .expect_accept()
        .once()
        .withf(|acceptance| {
            *acceptance.payout.state() == PayoutState::Accepted
                && acceptance.instruction.body.as_ref() == b"frozen"
                && acceptance.instruction.payout_id == acceptance.payout.id()
        })
        .returning(|_| Ok(AcceptOutcome::Accepted));
    prepared(&mut gateway);
    gateway.expect_submit().never();

    let answer = request_payout(payouts, paid_in(), gateway).run(application()).await;

    assert!(answer.is_ok(), "{answer:?}");
}

#[tokio::test]
async fn what_could_not_be_remembered_is_not_answered_with_an_id() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    payouts.expect_find_key().returning(|_, _| Ok(None));
    payouts
        .expect_accept()
        .once()
        .returning(|_| Err(RepositoryError::Unavailable("the disk is full".into())));
    prepared(&mut gateway);

    let answer = request_payout(payouts, paid_in(), gateway).run(application()).await;

    let unavailable = ServiceError::StoreUnavailable("the disk is full".into()).to_string();
    assert_eq!(answer.expect_err("nothing was stored").to_string(), unavailable);
}

#[tokio::test]
async fn a_used_key_is_answered_before_any_rule_is_looked_at() {
    for (fingerprint, expected) in [([1; 32], Some(payout_id(7))), ([2; 32], None)] {
        let mut payouts = MockPayoutRepository::new();
        payouts.expect_find_key().once().returning(move |_, _| {
            Ok(Some(payout_ports::IdempotencyRecord {
                payout_id: payout_id(7),
                fingerprint: Fingerprint(fingerprint),
                created_at: T0,
            }))
        });
        payouts.expect_accept().never();
        let (payments, gateway) = (MockPaymentRepository::new(), MockPayoutGateway::new());

        let answer = request_payout(payouts, payments, gateway).run(application()).await;

        match expected {
            Some(id) => assert_eq!(answer.expect("it is the same request"), id),
            None => assert!(matches!(answer, Err(RequestPayoutError::KeyReused))),
        }
    }
}

#[tokio::test]
async fn the_provider_is_asked_before_the_closed_loop_is_said_to_be_broken() {
    let (mut payouts, mut payments) = (MockPayoutRepository::new(), MockPaymentRepository::new());
    let mut gateway = MockPayoutGateway::new();
    let mut order = Sequence::new();
    payouts.expect_find_key().returning(|_, _| Ok(None));
    payouts.expect_accept().never();
    payments.expect_merchant_account().returning(|_| Ok(Some(merchant_account(1, Currency::GBP))));
    let elsewhere = merchant_account(2, Currency::EUR).id;
    for account in [merchant_account(1, Currency::GBP).id, elsewhere] {
        payments.expect_source().once().in_sequence(&mut order).returning(|_, _| Ok(None));
        if account == elsewhere {
            gateway.expect_merchant_accounts().once().in_sequence(&mut order).returning(|| {
                Ok(vec![merchant_account(1, Currency::GBP), merchant_account(2, Currency::EUR)])
            });
        }
        gateway
            .expect_payment_sources()
            .once()
            .in_sequence(&mut order)
            .withf(move |asked, _| *asked == account)
            .returning(|_, _| Ok(Some(vec![])));
    }
    payments.expect_source().once().in_sequence(&mut order).returning(|_, _| Ok(None));

    let answer = request_payout(payouts, payments, gateway).run(application()).await;

    match answer {
        Err(RequestPayoutError::Refused(refusals)) => {
            assert_eq!(refusals.iter().collect::<Vec<_>>(), [&Refusal::UnknownPaymentSource]);
        }
        other => panic!("nobody has paid in: {other:?}"),
    }
}

#[tokio::test]
async fn a_source_that_nobody_can_vouch_for_is_no_refusal_but_a_later_answer() {
    let (mut payouts, mut payments) = (MockPayoutRepository::new(), MockPaymentRepository::new());
    let mut gateway = MockPayoutGateway::new();
    payouts.expect_find_key().returning(|_, _| Ok(None));
    payments.expect_merchant_account().returning(|_| Ok(Some(merchant_account(1, Currency::GBP))));
    payments.expect_source().returning(|_, _| Ok(None));
    gateway
        .expect_payment_sources()
        .returning(|_, _| Err(ReadError::Unavailable("no route to host".into())));

    let answer = request_payout(payouts, payments, gateway).run(application()).await;

    let unavailable = RequestPayoutError::Service(ServiceError::ProviderUnavailable("".into()));
    assert_eq!(answer.expect_err("nobody can say").to_string(), unavailable.to_string());
}

#[tokio::test]
async fn whoever_was_paid_lately_is_not_looked_up_again() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    payouts.expect_find_key().returning(|_, _| Ok(None));
    payouts.expect_accept().times(3).returning(|_| Ok(AcceptOutcome::Accepted));
    prepared(&mut gateway);
    let mut payments = MockPaymentRepository::new();
    let account = merchant_account(1, Currency::GBP);
    payments.expect_merchant_account().once().returning(move |_| Ok(Some(account.clone())));
    let source = PaymentSource::of_payment(&payout_conformance::fixtures::payment(1));
    payments.expect_source().once().returning(move |_, _| Ok(Some(source.clone())));
    let request_payout = request_payout(payouts, payments, gateway);

    for _ in 0..3 {
        let answer = request_payout.run(application()).await;

        assert!(answer.is_ok(), "{answer:?}");
    }
}

#[tokio::test]
async fn memory_says_only_yes() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    payouts.expect_find_key().returning(|_, _| Ok(None));
    payouts.expect_accept().once().returning(|_| Ok(AcceptOutcome::Accepted));
    prepared(&mut gateway);
    gateway.expect_payment_sources().returning(|_, _| Ok(None));
    let mut payments = MockPaymentRepository::new();
    payments.expect_merchant_account().returning(|_| Ok(Some(merchant_account(1, Currency::GBP))));
    let source = PaymentSource::of_payment(&payout_conformance::fixtures::payment(1));
    payments.expect_source().times(2).returning(move |_, _| Ok(Some(source.clone())));
    let request_payout = request_payout(payouts, payments, gateway);
    request_payout.run(application()).await.expect("it has paid in");

    // Somebody else's name on the same source: it is looked up before that is refused.
    let mut anothers = application();
    anothers.order.user_id = "somebody-else".parse().expect("it is a name");
    let refused = request_payout.run(anothers).await;

    assert!(matches!(refused, Err(RequestPayoutError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn another_client_never_meets_a_source_by_its_owners_payouts() {
    let (mut payouts, mut gateway) = (MockPayoutRepository::new(), MockPayoutGateway::new());
    payouts.expect_find_key().returning(|_, _| Ok(None));
    payouts.expect_accept().once().returning(|_| Ok(AcceptOutcome::Accepted));
    prepared(&mut gateway);
    gateway.expect_payment_sources().returning(|_, _| Ok(None));
    gateway.expect_merchant_accounts().returning(|| Ok(vec![]));
    let mut payments = MockPaymentRepository::new();
    payments.expect_merchant_account().returning(|_| Ok(Some(merchant_account(1, Currency::GBP))));
    let source = PaymentSource::of_payment(&payout_conformance::fixtures::payment(1));
    let owner = acme();
    payments
        .expect_source()
        .returning(move |client_id, _| Ok((*client_id == owner).then(|| source.clone())));
    let one = request_payout(payouts, payments, gateway);
    one.run(application()).await.expect("it has paid in");

    let bets: payout_domain::ClientId = "bets".parse().expect("it is a name");
    let theirs = RequestPayout { owners: Arc::new(bets.clone()), ..one };
    let refused = theirs.run(PayoutApplication { client_id: bets, ..application() }).await;

    match refused {
        Err(RequestPayoutError::Refused(refusals)) => {
            assert_eq!(refusals.iter().collect::<Vec<_>>(), [&Refusal::UnknownPaymentSource]);
        }
        other => panic!("it is another client's: {other:?}"),
    }
}
