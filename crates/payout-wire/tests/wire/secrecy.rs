//! What is printed for a log says nothing that a log may not hold.

use std::fmt::Debug;
use std::time::Duration;

use payout_domain::{PaymentSource, Resolution};
use payout_wire::merchant_account::MerchantAccountBody;
use payout_wire::operator::{ResolveOrder, StandingPayout};
use payout_wire::payment::{PaymentBody, ReceivedPayment};
use payout_wire::payment_source::PaymentSourceList;
use payout_wire::payout::{CreatePayout, PayoutBody, PayoutPage, ReceivedPayout};
use payout_wire::sandbox::Deposit;
use payout_wire::token::{TokenRequest, TokenResponse};
use payout_wire::transaction::TransactionPage;
use payout_wire::webhook::WebhookEvent;

use crate::fixture::{self, of};

/// The examples' account numbers, names and secrets.
const SECRETS: [&str; 6] =
    ["04066800004417", "00004417", "00008812", "SAM EXAMPLE", "s3cret", "t0ken"];

fn says_nothing(value: &impl Debug) {
    let shown = format!("{value:?} {value:#?}");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn debug_shows_no_account_no_name_and_no_secret() {
    let payout = fixture::executed();
    let payment = fixture::payment();
    let payment_bytes = PaymentBody::from(&payment).to_bytes();
    let sources = [PaymentSource::of_payment(&payment)];

    says_nothing(&PayoutBody::from(&payout));
    says_nothing(&PayoutPage::new([&payout], None));
    says_nothing(&StandingPayout::from(&payout));
    says_nothing(&ResolveOrder { outcome: Resolution::Failed, evidence: "SAM EXAMPLE".into() });
    says_nothing(&ReceivedPayout::parse(&PayoutBody::from(&payout).to_bytes()));
    says_nothing(&PaymentBody::from(&payment));
    says_nothing(&ReceivedPayment::parse(&payment_bytes));
    says_nothing(&PaymentSourceList::new(&sources));
    says_nothing(&PaymentSourceList::parse(&PaymentSourceList::new(&sources).to_bytes()));
    says_nothing(&MerchantAccountBody::from(&fixture::merchant_account()));
    says_nothing(&TransactionPage::new(fixture::transactions(), None));
    says_nothing(&WebhookEvent::payment_settled(of(fixture::PAYMENT_ID), &payment));
    says_nothing(&TokenRequest::new("acme".into(), "s3cret".into(), None));
    says_nothing(&TokenResponse::new("t0ken".into(), Duration::from_secs(1), None));
    says_nothing(&Deposit {
        user_id: of("sam"),
        amount: of("20.00 GBP"),
        account_identifier: Some(of("040668 00004417")),
        account_holder_name: Some("SAM EXAMPLE".into()),
        merchant_account_id: None,
    });
}

#[test]
fn a_refusal_quotes_no_account_no_name_and_no_secret() {
    says_nothing(&CreatePayout::parse(
        br#"{"beneficiary":{"type":"payment_source","iban":"GB72CLRB04066800004417",
            "account_holder_name":"SAM EXAMPLE","user_id":"SAM EXAMPLE","reference":7}}"#,
    ));
    says_nothing(&Deposit::parse(
        br#"{"account_identifier":{"type":"sort_code_account_number","sort_code":"00004417",
            "account_number":"04066800004417"},"account_holder_name":"SAM EXAMPLE\u0000"}"#,
    ));
    says_nothing(&TokenRequest::parse_json(
        br#"{"client_secret":"s3cret","client_secret":"s3cret"}"#,
    ));
    says_nothing(&TokenRequest::parse_form(b"client_secret=s3cret&client_secret=s3cret"));
    says_nothing(&TokenResponse::parse(br#"{"access_token":"t0ken","token_type":"t0ken"}"#));
}
