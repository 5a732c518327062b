//! One payout and what surrounds it, in the life of which all the examples lie.

use std::fmt;

use payout_domain::*;
use payout_wire::history::HistoryItem;
use payout_wire::operator::{AttemptItem, DeadLetterAbout, DeadLetterItem, PayoutFile};
use payout_wire::payment_source::ReceivedPaymentSource;
use payout_wire::payout::{Beneficiary, PaymentSourceBeneficiary};
use payout_wire::timestamp;
use payout_wire::transaction::{
    ExternalPayment, MerchantAccountPayment, PayoutTransaction, Remitter, ReturnFor, Transaction,
};

/// The payout.
pub(crate) const PAYOUT_ID: &str = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4";
/// The account that it is paid from.
pub(crate) const MERCHANT_ACCOUNT_ID: &str = "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f";
/// The account that it is paid to.
pub(crate) const PAYMENT_SOURCE_ID: &str = "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21";
/// The user who is paid.
pub(crate) const USER_ID: &str = "8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60";
/// The payment that came before.
pub(crate) const PAYMENT_ID: &str = "d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33";
/// The movement by which the payout comes back.
pub(crate) const RETURN_ID: &str = "91f5e2b7-6c0d-4d38-8e4a-5b7c2a90d1f6";

/// A refund of that payment.
pub(crate) const REFUND_ID: &str = "38c76ba9-322f-46a9-b754-5b7c2a90d1f6";

/// Reads what an example surely names.
pub(crate) fn of<T: std::str::FromStr<Err: fmt::Debug>>(text: &str) -> T {
    text.parse().expect("the examples are valid")
}

pub(crate) fn at(text: &str) -> Timestamp {
    timestamp::parse(text).expect("the examples are valid")
}

pub(crate) fn order() -> PayoutOrder {
    PayoutOrder {
        merchant_account_id: of(MERCHANT_ACCOUNT_ID),
        user_id: of(USER_ID),
        payment_source_id: of(PAYMENT_SOURCE_ID),
        amount: of("12.50 GBP"),
        reference: of("WD-20417"),
        scheme_selection: SchemeSelection::InstantPreferred,
        metadata: Metadata::new([("withdrawal_id", "20417")]).expect("one short pair"),
    }
}

/// A payout just accepted, to an account whose holder is known.
pub(crate) fn record() -> PayoutRecord {
    PayoutRecord {
        id: of(PAYOUT_ID),
        client_id: of("acme"),
        idempotency_key: of("7b6f2c1e-3d0a-4a55-9c8e-5f0d1e2a3b4c"),
        order: order(),
        proof: Proof::Payment(of(PAYMENT_ID)),
        scheme: Some(Scheme::FasterPaymentsService),
        account_holder_name: Some("SAM EXAMPLE".into()),
        account_identifiers: vec![of("GB72CLRB04066800004417")],
        created_at: at("2026-03-02T09:14:07.412093Z"),
        progress: Progress {
            state: PayoutState::Accepted,
            version: 1,
            attempts: 0,
            first_sent_at: None,
            gateway_payout_id: None,
            scheme: None,
            authorized_at: None,
            executed_at: None,
            failed_at: None,
            proposed_by: None,
            returned_by: None,
        },
    }
}

pub(crate) fn pending() -> Payout {
    restored(record())
}

pub(crate) fn authorized() -> Payout {
    restored(authorized_record())
}

pub(crate) fn executed() -> Payout {
    restored(executed_record())
}

/// Executed, and sent back a day later.
pub(crate) fn returned() -> Payout {
    let mut record = executed_record();
    record.progress.state = PayoutState::Returned;
    record.progress.failed_at = Some(at("2026-03-03T07:40:00.000311Z"));
    restored(record)
}

/// Failed before anything moved, to an account of which only the id is known.
pub(crate) fn failed() -> Payout {
    let mut record = record();
    record.id = of("e7c3b1f2-54a9-4d06-93be-8f20a1c6d7e5");
    record.order.amount = of("9000000.00 GBP");
    record.order.reference = of("WD-20418");
    record.order.metadata = Metadata::default();
    record.scheme = None;
    record.account_holder_name = None;
    record.account_identifiers = vec![];
    record.created_at = at("2026-03-02T09:20:00.100200Z");
    record.progress.state = PayoutState::Failed(FailureReason::InsufficientFunds);
    record.progress.failed_at = Some(at("2026-03-02T09:20:00.734001Z"));
    restored(record)
}

/// Euros to Germany.
pub(crate) fn euros() -> Payout {
    let mut record = authorized_record();
    record.order.amount = of("12.50 EUR");
    record.order.metadata = Metadata::default();
    record.order.scheme_selection = SchemeSelection::InstantOnly;
    record.scheme = Some(Scheme::SepaCreditTransferInstant);
    record.account_identifiers = vec![of("DE89370400440532013000")];
    restored(record)
}

/// Sent once, without an answer, until its key was forgotten.
pub(crate) fn parked() -> Payout {
    let mut record = record();
    record.progress.state = PayoutState::Parked(ParkReason::WindowClosed);
    record.progress.version = 4;
    record.progress.attempts = 1;
    record.progress.first_sent_at = Some(at("2026-03-02T09:14:07.500000Z"));
    restored(record)
}

/// The same, and one of two people says that the provider never had it.
pub(crate) fn proposed() -> Payout {
    let mut payout = parked();
    let proposal = Evidence::NeverSubmittedProposed { by: of("alice"), because: WHY.into() };
    assert_eq!(payout.apply(&proposal, at("2026-03-02T16:00:00Z")), Applied::Changed);
    payout
}

/// All that is known of it.
pub(crate) fn file() -> PayoutFile {
    let payout = proposed();
    let token =
        TokenLife { issued_at: at("2026-03-02T09:10:00Z"), expires_at: at("2026-03-02T10:10:00Z") };
    let lost = (at("2026-03-02T09:14:27.500000Z"), "unknown: the answer is lost");
    let learned =
        |version, time, evidence, state| HistoryItem { version, at: at(time), evidence, state };
    let sending = PayoutState::Sending { earlier_unresolved: false };
    let waiting = PayoutState::Parked(ParkReason::WindowClosed);
    let proposal = Evidence::NeverSubmittedProposed { by: of("alice"), because: WHY.into() };
    let begun = Evidence::TransmissionBegun { attempt: 1 };
    let unknown = Evidence::OutcomeUnknown { attempt: 1 };
    let closed = Evidence::Parked(ParkReason::WindowClosed);
    PayoutFile {
        payout: (&payout).into(),
        items: vec![
            learned(1, "2026-03-02T09:14:07.412093Z", Evidence::Accepted, PayoutState::Accepted),
            learned(2, "2026-03-02T09:14:07.500000Z", begun, sending),
            learned(3, "2026-03-02T09:14:27.500000Z", unknown, PayoutState::Unknown),
            learned(4, "2026-03-02T15:00:00Z", closed, waiting.clone()),
            learned(5, "2026-03-02T16:00:00Z", proposal, waiting),
        ],
        attempts: vec![AttemptItem::new(1, at("2026-03-02T09:14:07.5Z"), token, Some(lost))],
        dead_letters: vec![],
    }
}

pub(crate) fn dead_letters() -> Vec<DeadLetterItem> {
    let letter = |event_id, event: &str, about| DeadLetterItem {
        event_id: of(event_id),
        client_id: of("acme"),
        event: event.to_owned(),
        about,
        created_at: at("2026-03-02T09:14:09.3Z"),
        given_up_at: at("2026-03-05T09:14:10Z"),
        failures: 79,
    };
    let payout = DeadLetterAbout::Payout(of(PAYOUT_ID));
    let payment = DeadLetterAbout::Payment(of(PAYMENT_ID));
    vec![
        letter("a4c90e17-5d28-4b63-9e0f-7c1d3b8a6f52", "payout_executed", payout),
        letter("b4c90e17-5d28-4b63-9e0f-7c1d3b8a6f52", "payment_settled", payment),
    ]
}

/// What the operator of the examples goes by.
const WHY: &str = "statement of 2 March: not there, ticket 4711";

pub(crate) fn payment() -> Payment {
    Payment {
        id: of(PAYMENT_ID),
        user_id: of(USER_ID),
        merchant_account_id: of(MERCHANT_ACCOUNT_ID),
        amount: of("20.00 GBP"),
        payment_source_id: of(PAYMENT_SOURCE_ID),
        account_holder_name: Some("SAM EXAMPLE".into()),
        account_identifiers: vec![of("GB72CLRB04066800004417")],
        created_at: at("2026-03-01T18:01:20.551002Z"),
        executed_at: at("2026-03-01T18:01:58.100431Z"),
        settled_at: at("2026-03-01T18:02:11.310227Z"),
        metadata: Metadata::new([("order", "991")]).expect("one short pair"),
    }
}

pub(crate) fn merchant_account() -> MerchantAccount {
    MerchantAccount {
        id: of(MERCHANT_ACCOUNT_ID),
        currency: Currency::GBP,
        account_identifiers: vec![of("GB38CLRB04066800008812")],
        account_holder_name: "ACME GAMES".into(),
        available_balance: of("1842.00 GBP"),
        current_balance: of("1854.50 GBP"),
    }
}

/// Euros in an account with a British IBAN, as sandboxes have them.
pub(crate) fn euro_account() -> MerchantAccount {
    MerchantAccount {
        id: of("00000000-0000-4000-8000-0000000000e0"),
        currency: Currency::EUR,
        account_identifiers: vec![of("DE89370400440532013000")],
        account_holder_name: "ACME GAMES".into(),
        available_balance: of("0.00 EUR"),
        current_balance: of("0.00 EUR"),
    }
}

/// A payment, a return of the payout, the payout itself and one that is still pending.
pub(crate) fn transactions() -> Vec<Transaction> {
    vec![
        Transaction::MerchantAccountPayment(paid_in()),
        Transaction::ExternalPayment(sent_back()),
        Transaction::Payout(paid_out()),
        Transaction::Payout(PayoutTransaction {
            executed_at: None,
            returned_by: None,
            scheme: None,
            metadata: Metadata::default(),
            ..paid_out()
        }),
    ]
}

fn paid_in() -> MerchantAccountPayment {
    MerchantAccountPayment {
        id: of("0b9d4c63-1e57-4a80-bf2c-93d6e7a15f08"),
        payment_id: of(PAYMENT_ID),
        amount: of("20.00 GBP"),
        settled_at: at("2026-03-01T18:02:11.310227Z"),
        payment_source: ReceivedPaymentSource {
            id: of(PAYMENT_SOURCE_ID),
            user_id: Some(of(USER_ID)),
            account_holder_name: Some("SAM EXAMPLE".into()),
            account_identifiers: vec![of("040668 00004417")],
        },
        metadata: Metadata::default(),
    }
}

fn sent_back() -> ExternalPayment {
    ExternalPayment {
        id: of(RETURN_ID),
        amount: of("12.50 GBP"),
        settled_at: at("2026-03-03T07:40:00.000311Z"),
        remitter: Some(Remitter {
            account_holder_name: Some("SAM EXAMPLE".into()),
            reference: Some("RETURN".into()),
            account_identifiers: vec![of("040668 00004417")],
        }),
        return_for: Some(ReturnFor::Identified(of(PAYOUT_ID))),
    }
}

fn paid_out() -> PayoutTransaction {
    PayoutTransaction {
        id: of(PAYOUT_ID),
        payout_id: of(PAYOUT_ID),
        amount: of("12.50 GBP"),
        created_at: at("2026-03-02T09:14:07.412093Z"),
        executed_at: Some(at("2026-03-02T09:14:09.226871Z")),
        scheme: Some(Scheme::FasterPaymentsService),
        returned_by: Some(of(RETURN_ID)),
        beneficiary: Beneficiary::PaymentSource(PaymentSourceBeneficiary::of(&executed())),
        metadata: Metadata::new([("withdrawal_id", "20417")]).expect("one short pair"),
    }
}

fn authorized_record() -> PayoutRecord {
    let mut record = record();
    record.progress.state = PayoutState::Submitted { authorized: true };
    record.progress.gateway_payout_id = Some(of("1d7e5f30-c2b9-4a84-8f61-0e3a9b5c7d26"));
    record.progress.authorized_at = Some(at("2026-03-02T09:14:07.980114Z"));
    record
}

fn executed_record() -> PayoutRecord {
    let mut record = authorized_record();
    record.progress.state = PayoutState::Executed;
    record.progress.executed_at = Some(at("2026-03-02T09:14:09.226871Z"));
    record
}

fn restored(record: PayoutRecord) -> Payout {
    Payout::restore(record).expect("the states have the facts that led to them")
}

/// A payment that a client has its user make, before anything was done with it.
pub(crate) fn pay_in() -> PayIn {
    let order = PayInOrder {
        user_id: of(USER_ID),
        merchant_account_id: of(MERCHANT_ACCOUNT_ID),
        amount: of("20.00 GBP"),
        provider_selection: ProviderSelection::UserSelected(vec![of("mock-payments-gb-redirect")]),
        metadata: Metadata::new([("order", "991")]).expect("one short pair"),
    };
    PayIn::new(of(PAYMENT_ID), of("acme"), order, at("2026-03-01T18:01:20.551002Z"))
}

/// What its client can do.
pub(crate) fn support() -> FlowSupport {
    FlowSupport {
        provider_selection: true,
        consent: false,
        return_uri: Some("https://shop.example/back".into()),
        form: false,
    }
}

/// The same after these steps, each taken half a minute after it was made.
pub(crate) fn pay_in_after(steps: &[PayInStep]) -> PayIn {
    let mut pay_in = pay_in();
    for step in steps {
        pay_in.take(step, at("2026-03-01T18:01:58.100431Z")).expect("the examples fit");
    }
    pay_in
}

/// All that a user does until the bank has the word.
pub(crate) fn steps_to_bank(login: Option<Login>) -> Vec<PayInStep> {
    let chosen = PayInStep::SelectProvider(of("mock-payments-gb-redirect"));
    let visit = login.map(|login| PayInStep::LogIn { login, by_form: false });
    [PayInStep::Start(support()), chosen].into_iter().chain(visit).collect()
}

/// A refund of the payment.
pub(crate) fn refund(status: ProviderStatus) -> Transfer {
    let authorized_at = match status {
        ProviderStatus::Pending => None,
        ProviderStatus::Authorized { .. }
        | ProviderStatus::Executed { .. }
        | ProviderStatus::Failed { .. } => Some(at("2026-03-02T10:00:01.000002Z")),
    };
    Transfer {
        id: of(REFUND_ID),
        client_id: of("acme"),
        order: TransferOrder {
            merchant_account_id: of(MERCHANT_ACCOUNT_ID),
            amount: of("5.00 GBP"),
            reference: of("Refund 991"),
            purpose: TransferPurpose::Refund(of(PAYMENT_ID)),
            metadata: Metadata::new([("order", "991")]).expect("one short pair"),
        },
        scheme: Some(Scheme::FasterPaymentsService),
        created_at: at("2026-03-02T10:00:00.000001Z"),
        authorized_at,
        status,
    }
}

pub(crate) fn transfer_executed() -> ProviderStatus {
    let scheme = Some(Scheme::FasterPaymentsService);
    ProviderStatus::Executed { at: at("2026-03-02T10:00:02.000003Z"), scheme }
}

pub(crate) fn transfer_failed() -> ProviderStatus {
    let reason = FailureReason::InsufficientFunds;
    ProviderStatus::Failed { at: at("2026-03-02T10:00:02.000003Z"), reason }
}

/// A payout to an account that has never paid in.
pub(crate) fn open_payout(status: ProviderStatus) -> Transfer {
    let refund = refund(status);
    let purpose = TransferPurpose::Payout {
        account_holder_name: "KIM EXAMPLE".into(),
        account_identifier: of("GB33BUKB20201555555555"),
    };
    Transfer { order: TransferOrder { purpose, ..refund.order }, ..refund }
}
