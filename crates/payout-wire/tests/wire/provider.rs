//! What is written and read of payments, refunds and payouts to any account.

use payout_domain::{
    FlowSupport, Login, Metadata, PayInStep, ProviderSelection, ProviderStatus, TransferPurpose,
};
use payout_wire::payment::{
    CreatePayment, CreatedPayment, FlowBody, PayInBody, ReceivedPayment, SelectProvider,
    SettledFrom, StartFlow, SubmitForm,
};
use payout_wire::payment_source::ReceivedPaymentSource;
use payout_wire::payout::{AnyPayout, CreatePayout, OpenPayoutBody};
use payout_wire::refund::{CreateRefund, CreatedRefund, RefundBody, RefundList};
use payout_wire::sandbox::BankLogin;
use payout_wire::transaction::{Transaction, TransactionPage, TransferTransaction};
use payout_wire::webhook::{InboundEvent, InboundSubject, WebhookEvent};
use proptest::prelude::*;

use crate::fixture::{self, of};

const PAGES: &str = "http://127.0.0.1:8080/sandbox/banks";
const EVENT_ID: &str = "a4c90e17-5d28-4b63-9e0f-7c1d3b8a6f52";

fn create_payment() -> CreatePayment {
    let made = fixture::pay_in();
    let order = made.order().clone();
    CreatePayment {
        user_id: Some(order.user_id),
        merchant_account_id: order.merchant_account_id,
        amount: order.amount,
        provider_selection: order.provider_selection,
        metadata: order.metadata,
    }
}

fn create_refund() -> CreateRefund {
    let order = fixture::refund(ProviderStatus::Pending).order;
    CreateRefund {
        amount_in_minor: Some(500),
        reference: order.reference,
        metadata: order.metadata,
    }
}

/// Every body of these, by the name of its golden file.
pub(crate) fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    [payments(), transfers(), events()].concat()
}

fn payments() -> Vec<(&'static str, Vec<u8>)> {
    let standing = |steps: &[PayInStep], source: Option<SettledFrom<'_>>| {
        PayInBody::new(&fixture::pay_in_after(steps), source, PAGES).to_bytes()
    };
    let flow = |steps: &[PayInStep]| FlowBody::new(&fixture::pay_in_after(steps), PAGES).to_bytes();
    let by_form = FlowSupport { return_uri: None, form: true, ..fixture::support() };
    let form = [PayInStep::Start(by_form.clone()), PayInStep::SelectProvider(of(PROVIDER))];
    let arrived =
        [fixture::steps_to_bank(Some(Login::Executed)), vec![PayInStep::Execute]].concat();
    let settled = [arrived.clone(), vec![PayInStep::Settle]].concat();
    let account = [of("GB72CLRB04066800004417")];
    let source = (of(fixture::PAYMENT_SOURCE_ID), None, (Some("SAM EXAMPLE"), &account[..]));
    let user_id = of(fixture::USER_ID);
    let made =
        CreatedPayment::new(of(fixture::PAYMENT_ID), &user_id, "0a1b2c3d4e5f60718293a4b5c6d7e8f9");
    let begun = [PayInStep::Start(fixture::support())];
    let consent = FlowSupport { consent: true, ..by_form };
    let consent = [PayInStep::Start(consent), PayInStep::SelectProvider(of(PROVIDER))];
    vec![
        ("create_payment", create_payment().to_bytes()),
        ("created_payment", made.to_bytes()),
        ("start_flow", StartFlow::render(&fixture::support())),
        ("select_provider", SelectProvider::render(&of(PROVIDER))),
        ("submit_form", SubmitForm::render(Login::Executed)),
        ("flow_provider_selection", flow(&begun)),
        ("flow_consent", flow(&consent)),
        ("flow_redirect", flow(&fixture::steps_to_bank(None))),
        ("flow_form", flow(&form)),
        ("flow_failed", flow(&fixture::steps_to_bank(Some(Login::AuthorisationFailed)))),
        ("payment_authorization_required", standing(&[], None)),
        ("payment_authorizing", standing(&begun, None)),
        ("payment_authorized", standing(&fixture::steps_to_bank(Some(Login::Executed)), None)),
        ("payment_executed", standing(&arrived, None)),
        ("payment_settled_by_client", standing(&settled, Some(source))),
        ("payment_failed", standing(&fixture::steps_to_bank(Some(Login::Cancelled)), None)),
        (
            "sandbox_login",
            BankLogin { payment_id: of(fixture::PAYMENT_ID), login: Login::Executed }.to_bytes(),
        ),
    ]
}

const PROVIDER: &str = "mock-payments-gb-redirect";

fn transfers() -> Vec<(&'static str, Vec<u8>)> {
    let pending = fixture::refund(ProviderStatus::Pending);
    let executed = fixture::refund(fixture::transfer_executed());
    let failed = fixture::refund(fixture::transfer_failed());
    let open = fixture::open_payout(fixture::transfer_executed());
    vec![
        ("create_refund", create_refund().to_bytes()),
        ("created_refund", CreatedRefund::new(of(fixture::REFUND_ID)).to_bytes()),
        ("refund_pending", RefundBody::from(&pending).to_bytes()),
        ("refund_executed", RefundBody::from(&executed).to_bytes()),
        ("refund_failed", RefundBody::from(&failed).to_bytes()),
        ("refund_list", RefundList::new([&executed]).to_bytes()),
        ("open_payout_executed", OpenPayoutBody::from(&open).to_bytes()),
        ("transaction_page_of_transfers", transactions().to_bytes()),
    ]
}

fn transactions() -> TransactionPage {
    let source = ReceivedPaymentSource {
        id: of(fixture::PAYMENT_SOURCE_ID),
        user_id: Some(of(fixture::USER_ID)),
        account_holder_name: Some("SAM EXAMPLE".into()),
        account_identifiers: vec![of("GB72CLRB04066800004417")],
    };
    let moved = |transfer, source| {
        let id = of(fixture::REFUND_ID);
        Transaction::Transfer(TransferTransaction { id, transfer: Box::new(transfer), source })
    };
    let refund = moved(fixture::refund(fixture::transfer_executed()), Some(source));
    let payout = moved(fixture::open_payout(ProviderStatus::Pending), None);
    TransactionPage::new(vec![refund, payout], None)
}

fn events() -> Vec<(&'static str, Vec<u8>)> {
    let pay_in = |steps: &[PayInStep]| {
        let event = WebhookEvent::pay_in(of(EVENT_ID), &fixture::pay_in_after(steps));
        event.expect("it was executed or has failed").to_bytes()
    };
    let transfer = |transfer| {
        let event = WebhookEvent::transfer(of(EVENT_ID), &transfer);
        event.expect("it was executed or has failed").to_bytes()
    };
    let executed =
        [fixture::steps_to_bank(Some(Login::Executed)), vec![PayInStep::Execute]].concat();
    vec![
        ("webhook_payment_executed", pay_in(&executed)),
        ("webhook_payment_failed", pay_in(&[PayInStep::Cancel])),
        ("webhook_refund_executed", transfer(fixture::refund(fixture::transfer_executed()))),
        ("webhook_refund_failed", transfer(fixture::refund(fixture::transfer_failed()))),
        (
            "webhook_open_payout_executed",
            transfer(fixture::open_payout(fixture::transfer_executed())),
        ),
        ("webhook_open_payout_failed", transfer(fixture::open_payout(fixture::transfer_failed()))),
    ]
}

#[test]
fn what_a_caller_asks_for_is_read_as_it_was_written() {
    let preselected = CreatePayment {
        provider_selection: ProviderSelection::Preselected(of(PROVIDER)),
        user_id: None,
        metadata: Metadata::default(),
        ..create_payment()
    };
    let whole = CreateRefund { amount_in_minor: None, ..create_refund() };
    let login = BankLogin { payment_id: of(fixture::PAYMENT_ID), login: Login::Cancelled };

    for asked in [create_payment(), preselected] {
        assert_eq!(CreatePayment::parse(&asked.to_bytes()), Ok(asked));
    }
    for asked in [create_refund(), whole] {
        assert_eq!(CreateRefund::parse(&asked.to_bytes()), Ok(asked));
    }
    assert_eq!(StartFlow::parse(&StartFlow::render(&fixture::support())), Ok(fixture::support()));
    assert_eq!(SelectProvider::parse(&SelectProvider::render(&of(PROVIDER))), Ok(of(PROVIDER)));
    assert_eq!(SubmitForm::parse(&SubmitForm::render(Login::Executed)), Ok(Login::Executed));
    assert_eq!(BankLogin::parse(&login.to_bytes()), Ok(login));
}

#[test]
fn what_a_sandbox_shows_of_a_settled_payment_is_proof_to_a_service() {
    let all: std::collections::BTreeMap<_, _> = payments().into_iter().collect();

    let settled = ReceivedPayment::parse(&all["payment_settled_by_client"]);
    let executed = ReceivedPayment::parse(&all["payment_executed"]);

    let Ok(ReceivedPayment::Settled(payment)) = settled else {
        panic!("a service must be able to read it: {settled:?}");
    };
    assert_eq!(payment.payment_source_id, of(fixture::PAYMENT_SOURCE_ID));
    assert_eq!(executed, Ok(ReceivedPayment::NotSettled { status: "executed".into() }));
}

#[test]
fn a_service_passes_over_refunds_and_payouts_to_any_account() {
    let page = TransactionPage::parse(&transactions().to_bytes()).expect("it is a page");

    assert_eq!(page.passed_over, ["refund"]);
    assert_eq!(page.items.len(), 1, "the payout is of another type, which its reader sees");
}

#[test]
fn a_service_is_told_of_payments_and_of_nothing_to_follow_in_a_refund() {
    let all: std::collections::BTreeMap<_, _> = events().into_iter().collect();
    let subject = |name: &str| InboundEvent::parse(&all[name]).expect("it is an event").subject;

    let payment_id = of(fixture::PAYMENT_ID);
    assert_eq!(subject("webhook_payment_failed"), InboundSubject::Payment { payment_id });
    assert_eq!(subject("webhook_refund_executed"), InboundSubject::Other);
}

#[test]
fn a_sandbox_reads_both_kinds_of_payouts_and_mixes_them_up_in_none() {
    let closed = CreatePayout::render(&fixture::order(), None);
    let open = String::from_utf8(closed.clone()).expect("JSON is UTF-8");
    let to_account = r#""type":"external_account","account_holder_name":"KIM EXAMPLE","account_identifier":{"type":"iban","iban":"GB33BUKB20201555555555"}"#;
    let mixed = open.replace(r#""type":"payment_source""#, to_account);
    let source = format!(
        r#""payment_source_id":"{}","user_id":"{}","#,
        fixture::PAYMENT_SOURCE_ID,
        fixture::USER_ID
    );
    let pure = mixed.replace(&source, "");

    assert_eq!(CreatePayout::parse_any(&closed), Ok(AnyPayout::ClosedLoop(fixture::order())));
    let refused = CreatePayout::parse_any(mixed.as_bytes()).expect_err("it names two accounts");
    assert_eq!(refused.errors().len(), 2, "{refused:?}");
    let Ok(AnyPayout::Open(order)) = CreatePayout::parse_any(pure.as_bytes()) else {
        panic!("a sandbox pays out to any account: {pure}");
    };
    assert!(matches!(order.purpose, TransferPurpose::Payout { .. }));
    assert!(CreatePayout::parse(pure.as_bytes()).is_err(), "a service does not");
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _read = (CreatePayment::parse(&bytes), CreateRefund::parse(&bytes), StartFlow::parse(&bytes));
        let _read = (SelectProvider::parse(&bytes), SubmitForm::parse(&bytes), CreatePayout::parse_any(&bytes));
    }
}
