//! What was paid in, and into what.

use payout_domain::{
    ClientId, Currency, MerchantAccount, Money, Payment, PaymentSource, PaymentSourceId,
};
use payout_ports::{
    NewNotification, NotificationKind, NotificationSubject, RecordedPayment, RepositoryError,
};

use super::StoreRig;
use super::outbox::{claimed, done};
use super::steps::later;
use crate::fixtures::{
    acme, event_id, globex, merchant_account, merchant_account_id, notification, payment,
    payment_id, payment_source_id, seconds, user,
};

/// `PaymentRepository`, law 1.
pub async fn a_payment_proves_its_source(rig: &dyn StoreRig) {
    assert_eq!(pay(rig, &acme(), &payment(1)).await, RecordedPayment::Fresh);

    let expected = PaymentSource::of_payment(&payment(1));
    assert_eq!(source(rig, &acme(), payment_source_id(1)).await, Some(expected));
    assert_eq!(source(rig, &acme(), payment_source_id(2)).await, None);
}

/// `PaymentRepository`, law 2: also when it is told with other details, and to nobody twice.
pub async fn a_payment_counts_once(rig: &dyn StoreRig) {
    pay_and_tell(rig, &payment(1), 1).await;
    done(rig, 1).await;
    let embellished = Payment {
        account_holder_name: Some("SOMEBODY".to_owned()),
        account_identifiers: vec!["DE89370400440532013000".parse().expect("an IBAN")],
        settled_at: seconds(99),
        ..payment(1)
    };

    for again in [payment(1), embellished] {
        assert_eq!(pay_and_tell(rig, &again, 2).await, RecordedPayment::Known);
    }

    assert_eq!(find(rig, &acme(), 1).await, Some(payment(1)));
    let expected = PaymentSource::of_payment(&payment(1));
    assert_eq!(source(rig, &acme(), payment_source_id(1)).await, Some(expected));
    assert_eq!(claimed(rig, later()).await, []);
}

/// `PaymentRepository`, laws 2 and 3: one payment has one payer, one source, one place and one amount.
pub async fn a_payment_that_says_other_things_is_refused(rig: &dyn StoreRig) {
    pay(rig, &acme(), &payment(1)).await;
    let altered = [
        Payment { user_id: user("eve"), ..payment(1) },
        Payment { payment_source_id: payment_source_id(8), ..payment(1) },
        Payment { merchant_account_id: merchant_account_id(8), ..payment(1) },
        Payment { amount: money(2_001, Currency::GBP), ..payment(1) },
    ];

    for altered in altered {
        let recorded = pay_and_tell(rig, &altered, 2).await;
        assert_eq!(recorded, RecordedPayment::Contradicts, "{altered:?}");
    }

    assert_eq!(find(rig, &acme(), 1).await, Some(payment(1)));
    assert_eq!(source(rig, &acme(), payment_source_id(8)).await, None);
    let expected = PaymentSource::of_payment(&payment(1));
    assert_eq!(source(rig, &acme(), payment_source_id(1)).await, Some(expected));
    assert_eq!(claimed(rig, later()).await, []);
}

/// `PaymentRepository`, law 1: with and without all that may be absent.
pub async fn a_payment_is_kept_whole(rig: &dyn StoreRig) {
    let bare = Payment {
        payment_source_id: payment_source_id(2),
        account_holder_name: None,
        account_identifiers: Vec::new(),
        metadata: payout_domain::Metadata::default(),
        amount: money(Money::MAX_MINOR, Currency::JPY),
        ..payment(2)
    };
    for payment in [payment(1), bare] {
        pay(rig, &acme(), &payment).await;

        let found = rig.payments().payment(&acme(), payment.id).await.expect("the store is there");
        assert!(found.as_ref() == Some(&payment), "{found:?} is not {payment:?}");
    }
    assert_eq!(find(rig, &acme(), 3).await, None);
}

/// `PaymentRepository`, law 4.
pub async fn each_client_sees_its_own_payments_and_sources(rig: &dyn StoreRig) {
    pay(rig, &acme(), &payment(1)).await;

    assert_eq!(find(rig, &globex(), 1).await, None);
    assert_eq!(source(rig, &globex(), payment_source_id(1)).await, None);
    let theirs = rig.payments().sources_of(&globex(), &user("sam"), merchant_account_id(1)).await;
    assert_eq!(theirs.expect("the store is there"), []);
}

/// `PaymentRepository`, law 4: what one client knows contradicts nothing of another's.
pub async fn one_source_may_belong_to_two_clients_with_different_facts(rig: &dyn StoreRig) {
    let theirs = Payment { user_id: user("eve"), amount: money(5, Currency::EUR), ..payment(1) };
    pay(rig, &acme(), &payment(1)).await;

    assert_eq!(pay(rig, &globex(), &theirs).await, RecordedPayment::Fresh);

    assert_eq!(find(rig, &acme(), 1).await, Some(payment(1)));
    assert_eq!(find(rig, &globex(), 1).await, Some(theirs.clone()));
    let (ours, theirs) =
        (PaymentSource::of_payment(&payment(1)), PaymentSource::of_payment(&theirs));
    assert_eq!(source(rig, &acme(), payment_source_id(1)).await, Some(ours));
    assert_eq!(source(rig, &globex(), payment_source_id(1)).await, Some(theirs));
}

/// `PaymentRepository`, law 5.
pub async fn a_settled_payment_is_told_with_the_fact(rig: &dyn StoreRig) {
    pay_and_tell(rig, &payment(1), 1).await;
    pay(rig, &acme(), &payment(2)).await;

    let told = claimed(rig, seconds(1)).await;

    let [told] = &*told else { unreachable!("one payment is to be told: {told:?}") };
    assert_eq!((told.event_id, &told.client_id), (event_id(1), &acme()));
    assert_eq!(told.kind, NotificationKind::PaymentSettled);
    assert_eq!(told.subject, NotificationSubject::Payment(Box::new(payment(1))));
    assert_eq!((told.created_at, told.failures), (seconds(1), 0));
}

/// `PaymentRepository`, laws 3 and 5.
pub async fn a_contradiction_tells_nobody(rig: &dyn StoreRig) {
    pay(rig, &acme(), &payment(1)).await;
    let eves = Payment { user_id: user("eve"), ..payment(2) };

    assert_eq!(pay_and_tell(rig, &eves, 1).await, RecordedPayment::Contradicts);

    assert_eq!(claimed(rig, later()).await, []);
}

/// `PaymentRepository::remember_merchant_accounts`.
pub async fn a_merchant_account_is_as_it_was_last_told(rig: &dyn StoreRig) {
    let (pounds, euros) = (merchant_account(1, Currency::GBP), merchant_account(2, Currency::EUR));
    let now = MerchantAccount {
        available_balance: money(0, Currency::GBP),
        current_balance: money(Money::MAX_MINOR, Currency::GBP),
        account_identifiers: Vec::new(),
        account_holder_name: "ACME".to_owned(),
        ..pounds.clone()
    };
    remember(rig, &[]).await.expect("nothing is no contradiction");
    remember(rig, &[pounds.clone(), euros.clone()]).await.expect("they are new");
    assert_eq!(account(rig, 1).await, Some(pounds));

    remember(rig, std::slice::from_ref(&now)).await.expect("the currency is the same");

    assert_eq!(account(rig, 1).await, Some(now));
    assert_eq!(account(rig, 2).await, Some(euros), "what is not told stays");
    assert_eq!(account(rig, 3).await, None);
}

/// `PaymentRepository::remember_merchant_accounts`: nothing of such a list is believed.
pub async fn a_merchant_account_never_changes_its_currency(rig: &dyn StoreRig) {
    let pounds = merchant_account(1, Currency::GBP);
    remember(rig, std::slice::from_ref(&pounds)).await.expect("it is new");

    let list = [merchant_account(2, Currency::EUR), merchant_account(1, Currency::EUR)];
    let outcome = remember(rig, &list).await;

    assert!(matches!(outcome, Err(RepositoryError::Corrupt(_))), "{outcome:?}");
    assert_eq!(account(rig, 1).await, Some(pounds));
    assert_eq!(account(rig, 2).await, None);
}

/// Records a payment that tells nobody.
pub(super) async fn pay(
    rig: &dyn StoreRig,
    client: &ClientId,
    payment: &Payment,
) -> RecordedPayment {
    rig.payments().record_payment(client, payment, None).await.expect("the store is there")
}

/// Records a payment of [`acme`] that is to be told as the event with this number.
pub(super) async fn pay_and_tell(
    rig: &dyn StoreRig,
    payment: &Payment,
    number: u64,
) -> RecordedPayment {
    let told: NewNotification =
        notification(number, NotificationKind::PaymentSettled, seconds(number));
    let recorded = rig.payments().record_payment(&acme(), payment, Some(told)).await;
    recorded.expect("the store is there")
}

pub(super) async fn source(
    rig: &dyn StoreRig,
    client: &ClientId,
    id: PaymentSourceId,
) -> Option<PaymentSource> {
    rig.payments().source(client, id).await.expect("the store is there")
}

async fn find(rig: &dyn StoreRig, client: &ClientId, number: u64) -> Option<Payment> {
    rig.payments().payment(client, payment_id(number)).await.expect("the store is there")
}

async fn remember(rig: &dyn StoreRig, list: &[MerchantAccount]) -> Result<(), RepositoryError> {
    rig.payments().remember_merchant_accounts(list).await
}

pub(super) async fn account(rig: &dyn StoreRig, number: u64) -> Option<MerchantAccount> {
    let found = rig.payments().merchant_account(merchant_account_id(number)).await;
    found.expect("the store is there")
}

pub(super) fn money(minor: u64, currency: Currency) -> Money {
    Money::from_minor(minor, currency).expect("it is at most the largest amount")
}
