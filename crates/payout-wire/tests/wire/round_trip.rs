//! Whatever can be, can be written and read back.

use payout_domain::{
    AccountIdentifier, Evidence, Payment, PaymentSource, PayoutState, ProviderStatus, Refusal,
    Status, Timestamp, strategies,
};
use payout_wire::history::HistoryBody;
use payout_wire::merchant_account::{MerchantAccountBody, MerchantAccountList};
use payout_wire::payment::{PaymentBody, ReceivedPayment};
use payout_wire::payment_source::{PaymentSourceList, ReceivedPaymentSource};
use payout_wire::payout::{
    Beneficiary, CreatePayout, CreatedPayout, PaymentSourceBeneficiary, PayoutBody, PayoutPage,
    ReceivedPayout, ReceivedPayoutPage,
};
use payout_wire::sandbox::{Deposit, DepositBody};
use payout_wire::timestamp;
use payout_wire::transaction::{
    ExternalPayment, MerchantAccountPayment, PayoutTransaction, Remitter, ReturnFor, Transaction,
    TransactionPage,
};
use payout_wire::webhook::{InboundEvent, InboundSubject, WebhookEvent};
use proptest::option;
use proptest::prelude::*;

proptest! {
    #[test]
    fn an_order_is_read_as_it_was_rendered(allowed in strategies::allowed_order()) {
        let order = allowed.order;

        let read = CreatePayout::parse(&CreatePayout::render(&order, None));

        prop_assert_eq!(read, Ok(order));
    }

    #[test]
    fn an_order_of_nothing_is_refused_with_the_domains_own_words(
        allowed in strategies::allowed_order(),
    ) {
        let mut order = allowed.order;
        order.amount = payout_domain::Money::zero(order.amount.currency());

        let refused = CreatePayout::parse(&CreatePayout::render(&order, None));

        let refused = refused.expect_err("nothing is no amount");
        prop_assert_eq!(&refused.errors()["amount_in_minor"], &[Refusal::AmountZero.to_string()]);
    }

    #[test]
    fn an_extra_pair_changes_nothing_but_the_metadata(
        allowed in strategies::allowed_order(),
        key in "[a-z_]{1,40}",
        value in "[ -~]{0,500}",
    ) {
        let order = allowed.order;

        let read = CreatePayout::parse(&CreatePayout::render(&order, Some((&key, &value))));
        let mut read = read.expect("it is what we send");

        let theirs: Vec<_> = order.metadata.pairs().filter(|pair| pair.0 != key).collect();
        let kept: Vec<_> = read.metadata.pairs().filter(|pair| pair.0 != key).collect();
        prop_assert_eq!(kept, theirs);
        read.metadata = order.metadata.clone();
        prop_assert_eq!(read, order);
    }

    #[test]
    fn a_payout_is_received_as_it_stands(payout in strategies::payout()) {
        let received = ReceivedPayout::parse(&PayoutBody::from(&payout).to_bytes());
        let received = received.expect("it is what we write");

        let progress = payout.progress();
        prop_assert_eq!(received.id.as_uuid(), payout.id().as_uuid());
        prop_assert_eq!(received.amount, payout.amount());
        prop_assert_eq!(&received.metadata, &payout.request().order().metadata);
        prop_assert_eq!(received.scheme, payout.scheme());
        prop_assert_eq!(received.created_at, payout.created_at());
        prop_assert_eq!(received.authorized_at, progress.authorized_at);
        prop_assert_eq!(received.executed_at, progress.executed_at);
        prop_assert_eq!(word(&received.status), payout.state().status());
        prop_assert_eq!(
            with_equivalents(Beneficiary::PaymentSource(PaymentSourceBeneficiary::of(&payout))),
            received.beneficiary
        );
    }

    #[test]
    fn a_created_payout_is_known_by_its_id(id in strategies::payout_id()) {
        let created = CreatedPayout::parse(&CreatedPayout::new(id).to_bytes());

        let created = created.expect("it is what we write");
        prop_assert_eq!(created.gateway_payout_id().as_uuid(), id.as_uuid());
    }

    #[test]
    fn a_page_holds_its_payouts_in_their_order(
        payouts in prop::collection::vec(strategies::payout(), 0..4),
        cursor in option::of("[A-Za-z0-9_-]{1,40}"),
    ) {
        let page = PayoutPage::new(&payouts, cursor.clone());

        let read = ReceivedPayoutPage::parse(&page.to_bytes()).expect("it is what we write");

        let ids: Vec<_> = read.items.iter().map(|payout| payout.id.as_uuid()).collect();
        prop_assert_eq!(ids, payouts.iter().map(|p| p.id().as_uuid()).collect::<Vec<_>>());
        prop_assert_eq!(read.next_cursor, cursor);
    }

    #[test]
    fn a_history_is_read_as_it_was_written(
        records in prop::collection::vec(
            (any::<u32>(), strategies::timestamp(), strategies::evidence(), strategies::payout_state()),
            0..8,
        ),
    ) {
        let history = HistoryBody::new(&records);

        prop_assert_eq!(HistoryBody::parse(&history.to_bytes()), Ok(history));
    }

    #[test]
    fn a_merchant_account_is_read_as_it_was_written(
        mut account in strategies::currency().prop_flat_map(strategies::merchant_account),
    ) {
        account.account_identifiers = all_of(&account.account_identifiers);

        let one = MerchantAccountBody::from(&account).to_bytes();
        let many = MerchantAccountList::new([&account, &account]).to_bytes();

        prop_assert_eq!(MerchantAccountBody::parse(&one), Ok(account.clone()));
        prop_assert_eq!(MerchantAccountList::parse(&many), Ok(vec![account.clone(), account]));
    }

    #[test]
    fn payment_sources_are_read_as_they_were_written(
        sources in prop::collection::vec(strategies::payment_source(), 0..4),
    ) {
        let read = PaymentSourceList::parse(&PaymentSourceList::new(&sources).to_bytes());

        prop_assert_eq!(read, Ok(sources.iter().map(received).collect()));
    }

    #[test]
    fn a_payment_is_read_as_it_was_written(mut payment in strategies::payment()) {
        payment.account_identifiers = all_of(&payment.account_identifiers);

        let read = ReceivedPayment::parse(&PaymentBody::from(&payment).to_bytes());

        prop_assert_eq!(read, Ok(ReceivedPayment::Settled(Box::new(payment))));
    }

    #[test]
    fn transactions_are_read_as_they_were_written(
        items in prop::collection::vec(transaction(), 0..6),
        cursor in option::of("[A-Za-z0-9_-]{1,40}"),
    ) {
        let page = TransactionPage::new(items, cursor);

        prop_assert_eq!(TransactionPage::parse(&page.to_bytes()), Ok(page));
    }

    #[test]
    fn an_event_names_what_it_is_about(
        event_id in strategies::event_id(),
        payment in strategies::payment(),
        payout in strategies::payout(),
    ) {
        let settled = WebhookEvent::payment_settled(event_id, &payment);
        let executed = WebhookEvent::payout_executed(event_id, &payout, None);
        let failed = WebhookEvent::payout_failed(event_id, &payout);

        prop_assert_eq!(executed.is_some(), payout.progress().executed_at.is_some());
        prop_assert_eq!(failed.is_some(), payout.state().status() == Status::Failed);
        for event in executed.into_iter().chain(failed).chain([settled]) {
            let told = InboundEvent::parse(&event.to_bytes()).expect("it is what we write");
            let id = match told.subject {
                InboundSubject::Payout { gateway_payout_id } => Some(gateway_payout_id.as_uuid()),
                InboundSubject::Payment { payment_id } => Some(payment_id.as_uuid()),
                InboundSubject::Other => None,
            };
            let of_payout = event.event_type().starts_with("payout");
            let expected = if of_payout { payout.id().as_uuid() } else { payment.id.as_uuid() };
            prop_assert_eq!((told.event_id, id), (event_id, Some(expected)));
        }
    }

    #[test]
    fn a_deposit_and_what_came_of_it_are_read_as_they_were_written(
        payment in strategies::payment(),
        account_identifier in option::of(strategies::account_identifier()),
        account_holder_name in option::of("[A-Za-z]{1,140}"),
        merchant_account_id in option::of(strategies::merchant_account_id()),
    ) {
        let deposit = Deposit {
            user_id: payment.user_id.clone(),
            amount: payment.amount,
            account_identifier,
            account_holder_name,
            merchant_account_id,
        };
        let made = DepositBody {
            payment_id: payment.id,
            user_id: payment.user_id,
            payment_source_id: payment.payment_source_id,
            merchant_account_id: payment.merchant_account_id,
        };

        prop_assert_eq!(Deposit::parse(&deposit.to_bytes()), Ok(deposit));
        prop_assert_eq!(DepositBody::parse(&made.to_bytes()), Ok(made));
    }

    #[test]
    fn a_time_survives_to_its_last_digit(
        micros in -62_167_219_200_000_000_i64..253_402_207_200_000_000,
    ) {
        let at = Timestamp::from_micros(micros);
        let millis = Timestamp::from_micros(micros.saturating_sub(micros.rem_euclid(1_000)));

        prop_assert_eq!(timestamp::parse(&timestamp::to_micros(at)), Ok(at));
        prop_assert_eq!(timestamp::parse(&timestamp::to_millis(at)), Ok(millis));
        prop_assert_eq!(
            timestamp::parse(&timestamp::to_seconds(at)),
            Ok(Timestamp::from_seconds(at.as_seconds()))
        );
    }
}

fn transaction() -> impl Strategy<Value = Transaction> {
    prop_oneof![
        (strategies::transaction_id(), strategies::payment())
            .prop_map(|(id, payment)| Transaction::MerchantAccountPayment(paid_in(id, &payment))),
        (
            strategies::transaction_id(),
            strategies::payment(),
            option::of("[A-Z ]{1,18}"),
            option::of(prop_oneof![
                strategies::gateway_payout_id().prop_map(ReturnFor::Identified),
                Just(ReturnFor::Unknown),
            ]),
        )
            .prop_map(|(id, payment, reference, return_for)| {
                Transaction::ExternalPayment(ExternalPayment {
                    id,
                    amount: payment.amount,
                    settled_at: payment.settled_at,
                    remitter: Some(Remitter {
                        account_holder_name: payment.account_holder_name,
                        reference,
                        account_identifiers: all_of(&payment.account_identifiers),
                    }),
                    return_for,
                })
            }),
        (
            strategies::transaction_id(),
            strategies::gateway_payout_id(),
            strategies::payout(),
            option::of(strategies::transaction_id()),
        )
            .prop_map(|(id, payout_id, payout, returned_by)| {
                let source = PaymentSourceBeneficiary::of(&payout);
                Transaction::Payout(PayoutTransaction {
                    id,
                    payout_id,
                    amount: payout.amount(),
                    created_at: payout.created_at(),
                    executed_at: payout.progress().executed_at,
                    scheme: payout.scheme(),
                    returned_by,
                    beneficiary: with_equivalents(Beneficiary::PaymentSource(source)),
                    metadata: payout.request().order().metadata.clone(),
                })
            }),
    ]
}

fn paid_in(id: payout_domain::TransactionId, payment: &Payment) -> MerchantAccountPayment {
    MerchantAccountPayment {
        id,
        payment_id: payment.id,
        amount: payment.amount,
        settled_at: payment.settled_at,
        payment_source: received(&PaymentSource::of_payment(payment)),
        metadata: payment.metadata.clone(),
    }
}

fn received(source: &PaymentSource) -> ReceivedPaymentSource {
    ReceivedPaymentSource {
        id: source.id(),
        user_id: Some(source.user_id().clone()),
        account_holder_name: source.account_holder_name().map(str::to_owned),
        account_identifiers: all_of(source.account_identifiers()),
    }
}

fn with_equivalents(beneficiary: Beneficiary) -> Beneficiary {
    match beneficiary {
        Beneficiary::PaymentSource(mut source) => {
            source.account_identifiers = all_of(&source.account_identifiers);
            Beneficiary::PaymentSource(source)
        }
        Beneficiary::Other(kind) => Beneficiary::Other(kind),
    }
}

/// The same accounts, by every name that they are written with.
fn all_of(identifiers: &[AccountIdentifier]) -> Vec<AccountIdentifier> {
    let mut all = Vec::new();
    for identifier in identifiers.iter().cloned().flat_map(AccountIdentifier::with_equivalents) {
        if !all.contains(&identifier) {
            all.push(identifier);
        }
    }
    all
}

fn word(status: &ProviderStatus) -> Status {
    match status {
        ProviderStatus::Pending => Status::Pending,
        ProviderStatus::Authorized { .. } => Status::Authorized,
        ProviderStatus::Executed { .. } => Status::Executed,
        ProviderStatus::Failed { .. } => Status::Failed,
    }
}

#[test]
fn what_a_return_tells_ends_in_a_return() {
    let returned = crate::fixture::returned();
    let received = ReceivedPayout::parse(&PayoutBody::from(&returned).to_bytes());
    let mut payout = crate::fixture::pending();
    let now = payout.created_at();

    for evidence in received.expect("it is what we write").evidence() {
        let applied = payout.apply(&evidence, now);
        assert_eq!(applied, payout_domain::Applied::Changed, "{evidence}");
        assert!(matches!(evidence, Evidence::Reported { .. }));
    }

    assert_eq!(payout.state(), &PayoutState::Returned);
    assert_eq!(payout.progress().executed_at, returned.progress().executed_at);
}
