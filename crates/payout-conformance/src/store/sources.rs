//! Which accounts have paid in, and what shows it.

use payout_domain::{
    AccountIdentifier, Currency, Payment, PaymentSource, PaymentSourceId, Proof, Timestamp, UserId,
};
use payout_ports::RecordedPayment;

use super::StoreRig;
use super::payments::{money, pay, source};
use crate::fixtures::{
    acme, globex, merchant_account_id, payment, payment_id, payment_source_id, seconds, user,
};

/// `PaymentRepository`, law 3.
pub async fn proofs_add_up(rig: &dyn StoreRig) {
    let elsewhere = Payment { merchant_account_id: merchant_account_id(2), ..payment(2) };
    pay(rig, &acme(), &payment(1)).await;
    assert_eq!(pay(rig, &acme(), &elsewhere).await, RecordedPayment::Fresh);

    let known = known(rig).await;

    assert_eq!(known.proof(merchant_account_id(1)), Some(Proof::Payment(payment_id(1))));
    assert_eq!(known.proof(merchant_account_id(2)), Some(Proof::Payment(payment_id(2))));
    assert_eq!(known.proof(merchant_account_id(3)), None);
}

/// `PaymentRepository`, law 3.
pub async fn a_payment_is_a_better_proof_than_a_list(rig: &dyn StoreRig) {
    list(rig, &listed(seconds(5))).await;
    assert_eq!(known(rig).await.proof(merchant_account_id(1)), Some(Proof::Listed(seconds(5))));

    pay(rig, &acme(), &payment(1)).await;
    assert_eq!(known(rig).await.proof(merchant_account_id(1)), Some(Proof::Payment(payment_id(1))));

    list(rig, &listed(seconds(6))).await;
    assert_eq!(known(rig).await.proof(merchant_account_id(1)), Some(Proof::Payment(payment_id(1))));
}

/// `PaymentRepository`, law 3.
pub async fn the_first_payment_is_the_lasting_proof(rig: &dyn StoreRig) {
    pay(rig, &acme(), &payment(2)).await;

    assert_eq!(pay(rig, &acme(), &payment(1)).await, RecordedPayment::Fresh);

    let proof = known(rig).await.proof(merchant_account_id(1));
    assert_eq!(proof, Some(Proof::Payment(payment_id(2))));
}

/// `PaymentRepository::record_source`: `Fresh` is what taught something.
pub async fn a_listed_source_teaches_what_it_knows_once(rig: &dyn StoreRig) {
    let named = PaymentSource::restore(
        payment_source_id(1),
        user("sam"),
        Currency::GBP,
        (Some("SAM EXAMPLE".to_owned()), Vec::new()),
        [(merchant_account_id(1), Proof::Listed(seconds(9)))],
    );
    let named = named.expect("it has a proof");

    assert_eq!(list(rig, &listed(seconds(5))).await, RecordedPayment::Fresh);
    assert_eq!(list(rig, &listed(seconds(5))).await, RecordedPayment::Known);
    assert_eq!(list(rig, &listed(seconds(6))).await, RecordedPayment::Known);
    assert_eq!(list(rig, &named).await, RecordedPayment::Fresh);
    assert_eq!(list(rig, &named).await, RecordedPayment::Known);

    let known = known(rig).await;
    assert_eq!(known.account_holder_name(), Some("SAM EXAMPLE"));
    assert_eq!(known.proof(merchant_account_id(1)), Some(Proof::Listed(seconds(5))));
}

/// `PaymentRepository`, law 3: as `PaymentSource::merge` does, in the order in which it was learned.
pub async fn a_source_is_found_with_all_its_proofs_and_identifiers(rig: &dyn StoreRig) {
    let facts = [
        listed(seconds(5)),
        PaymentSource::of_payment(&Payment {
            account_holder_name: None,
            account_identifiers: identifiers(&["DE89370400440532013000"]),
            ..payment(1)
        }),
        PaymentSource::of_payment(&Payment {
            merchant_account_id: merchant_account_id(2),
            ..payment(2)
        }),
    ];
    let mut expected = facts.first().expect("there are three").clone();
    for fact in &facts {
        list(rig, fact).await;
        expected.merge(fact).expect("the facts agree");
    }

    assert_eq!(known(rig).await, expected);
    assert_eq!(expected.account_identifiers().len(), 3);
    assert_eq!(expected.proofs().count(), 2);
}

/// `PaymentRepository`, law 3.
pub async fn a_source_of_another_user_contradicts_and_changes_nothing(rig: &dyn StoreRig) {
    pay(rig, &acme(), &payment(1)).await;
    let merchant_account_id = merchant_account_id(2);
    let eves = Payment { user_id: user("eve"), merchant_account_id, ..payment(2) };

    assert_eq!(pay(rig, &acme(), &eves).await, RecordedPayment::Contradicts);

    nothing_changed(rig).await;
    assert_eq!(sources(rig, &user("eve"), 2).await, []);
}

/// `PaymentRepository`, law 3.
pub async fn a_source_in_another_currency_contradicts_and_changes_nothing(rig: &dyn StoreRig) {
    pay(rig, &acme(), &payment(1)).await;
    let (merchant_account_id, amount) = (merchant_account_id(2), money(5, Currency::EUR));
    let euros = Payment { merchant_account_id, amount, ..payment(2) };

    assert_eq!(pay(rig, &acme(), &euros).await, RecordedPayment::Contradicts);

    nothing_changed(rig).await;
}

/// `PaymentRepository::record_source`, law 3.
pub async fn a_listed_source_contradicts_like_a_payment(rig: &dyn StoreRig) {
    pay(rig, &acme(), &payment(1)).await;
    let of = |user: UserId, currency| {
        let paid_into = (merchant_account_id(2), currency);
        let account = (Some("EVE".to_owned()), identifiers(&["DE89370400440532013000"]));
        PaymentSource::listed(payment_source_id(1), user, paid_into, account, seconds(5))
    };

    let of_eve = list(rig, &of(user("eve"), Currency::GBP)).await;
    let of_euros = list(rig, &of(user("sam"), Currency::EUR)).await;

    assert_eq!(of_eve, RecordedPayment::Contradicts);
    assert_eq!(of_euros, RecordedPayment::Contradicts);
    nothing_changed(rig).await;
}

/// `PaymentRepository::sources_of`: of that user, of that account, of that client.
pub async fn sources_of_a_user_are_those_that_paid_into_the_account(rig: &dyn StoreRig) {
    let from = |source, into| Payment {
        payment_source_id: payment_source_id(source),
        merchant_account_id: merchant_account_id(into),
        ..payment(source.saturating_mul(10).saturating_add(into))
    };
    for payment in [from(1, 1), from(2, 2), from(3, 1), from(3, 2)] {
        pay(rig, &acme(), &payment).await;
    }
    pay(rig, &acme(), &Payment { user_id: user("eve"), ..from(4, 1) }).await;
    pay(rig, &globex(), &from(5, 1)).await;

    let mut into_1 = vec![payment_source_id(1), payment_source_id(3)];
    let mut into_2 = vec![payment_source_id(2), payment_source_id(3)];
    into_1.sort_unstable();
    into_2.sort_unstable();
    assert_eq!(names(&sources(rig, &user("sam"), 1).await), into_1);
    assert_eq!(names(&sources(rig, &user("sam"), 2).await), into_2);
    assert_eq!(names(&sources(rig, &user("eve"), 1).await), [payment_source_id(4)]);
    assert_eq!(sources(rig, &user("sam"), 3).await, []);
    assert_eq!(sources(rig, &user("SAM"), 1).await, []);
}

/// `PaymentRepository::sources_of`.
pub async fn sources_of_a_user_are_ordered_by_id(rig: &dyn StoreRig) {
    let mut expected = Vec::new();
    for number in 1..=7 {
        let payment_source_id = payment_source_id(number);
        pay(rig, &acme(), &Payment { payment_source_id, ..payment(number) }).await;
        expected.push(payment_source_id);
    }
    expected.sort_unstable();

    let found = sources(rig, &user("sam"), 1).await;

    assert_eq!(names(&found), expected);
    for found in found {
        assert_eq!(source(rig, &acme(), found.id()).await, Some(found));
    }
}

/// Asserts that all that is known is the payment with number 1.
async fn nothing_changed(rig: &dyn StoreRig) {
    assert_eq!(known(rig).await, PaymentSource::of_payment(&payment(1)));
    let second = rig.payments().payment(&acme(), payment_id(2)).await.expect("the store is there");
    assert_eq!(second, None);
    assert_eq!(sources(rig, &user("sam"), 2).await, []);
}

/// The source of `payment`, as the provider lists it, without saying whose account it is.
fn listed(at: Timestamp) -> PaymentSource {
    let paid_into = (merchant_account_id(1), Currency::GBP);
    PaymentSource::listed(payment_source_id(1), user("sam"), paid_into, (None, Vec::new()), at)
}

async fn list(rig: &dyn StoreRig, source: &PaymentSource) -> RecordedPayment {
    rig.payments().record_source(&acme(), source).await.expect("the store is there")
}

async fn known(rig: &dyn StoreRig) -> PaymentSource {
    source(rig, &acme(), payment_source_id(1)).await.expect("the source is known")
}

async fn sources(rig: &dyn StoreRig, user: &UserId, account: u64) -> Vec<PaymentSource> {
    let found = rig.payments().sources_of(&acme(), user, merchant_account_id(account)).await;
    found.expect("the store is there")
}

fn names(sources: &[PaymentSource]) -> Vec<PaymentSourceId> {
    sources.iter().map(PaymentSource::id).collect()
}

fn identifiers(texts: &[&str]) -> Vec<AccountIdentifier> {
    texts.iter().map(|text| text.parse().expect("the identifier is valid")).collect()
}
