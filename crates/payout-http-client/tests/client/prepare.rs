//! What is frozen when a payout is accepted.

use expect_test::expect_file;
use payout_conformance::fixtures::{payout_id, request};
use payout_domain::{
    Currency, MerchantAccount, Metadata, Money, Payment, PaymentSource, PayoutId, PayoutOrder,
    PayoutRequest, PayoutRules, SchemeSelection, Timestamp,
};
use payout_ports::{Instruction, PayoutGateway};

use crate::world::gateway;

/// A payout of which every value is written down here.
fn written_down(metadata: Metadata) -> (PayoutId, PayoutRequest) {
    let at = Timestamp::from_seconds(1_772_388_131);
    let payment = Payment {
        id: "d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33".parse().expect("it is a UUID"),
        user_id: "8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60".parse().expect("it is plain"),
        merchant_account_id: "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f".parse().expect("it is a UUID"),
        amount: "20.00 GBP".parse().expect("it is an amount"),
        payment_source_id: "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21".parse().expect("it is a UUID"),
        account_holder_name: Some("SAM EXAMPLE".into()),
        account_identifiers: vec!["04-06-68 00004417".parse().expect("it is an account")],
        created_at: at,
        executed_at: at,
        settled_at: at,
        metadata: Metadata::default(),
    };
    let account = MerchantAccount {
        id: payment.merchant_account_id,
        currency: Currency::GBP,
        account_identifiers: vec![],
        account_holder_name: "ACME GAMES".into(),
        available_balance: Money::zero(Currency::GBP),
        current_balance: Money::zero(Currency::GBP),
    };
    let order = PayoutOrder {
        merchant_account_id: account.id,
        user_id: payment.user_id.clone(),
        payment_source_id: payment.payment_source_id,
        amount: "12.50 GBP".parse().expect("it is an amount"),
        reference: "WD-20417".parse().expect("it is plain"),
        scheme_selection: SchemeSelection::InstantPreferred,
        metadata,
    };
    let source = PaymentSource::of_payment(&payment);
    let request = PayoutRequest::new(order, &account, &source, &PayoutRules::default());
    let id = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".parse().expect("it is a UUID");
    (id, request.expect("the order is allowed"))
}

fn text(instruction: &Instruction) -> String {
    format!(
        "profile {}\nkey {}\n{}\n",
        instruction.profile.as_str(),
        instruction.key.as_str(),
        String::from_utf8_lossy(&instruction.body),
    )
}

/// These bytes are stored with payouts that are on their way: a release that changes them sends
/// nothing wrong, but whoever changes them should know.
#[test]
fn the_golden_instruction_stays_as_it_is() {
    let gateway = gateway("http://127.0.0.1:8017");
    let metadata = Metadata::new([("withdrawal_id", "20417")]).expect("it is within the limits");
    let (id, request) = written_down(metadata);

    let instruction = gateway.prepare(id, &request);

    assert_eq!(instruction.payout_id, id);
    expect_file!["./golden/instruction.txt"].assert_eq(&text(&instruction));
}

#[test]
fn a_full_metadata_is_sent_without_our_name_in_the_golden_instruction() {
    let gateway = gateway("http://127.0.0.1:8017");
    let pairs = (0..10).map(|number| (format!("key-{number}"), number.to_string()));
    let metadata = Metadata::new(pairs).expect("ten are within the limits");
    let (id, request) = written_down(metadata);

    let instruction = gateway.prepare(id, &request);

    expect_file!["./golden/instruction_without_room.txt"].assert_eq(&text(&instruction));
}

#[test]
fn what_is_prepared_depends_on_nothing_else() {
    let first = gateway("http://127.0.0.1:8017");
    let second = gateway("http://127.0.0.1:8017/");
    for number in 1..=6 {
        let prepared = first.prepare(payout_id(number), &request(number));

        assert!(prepared == second.prepare(payout_id(number), &request(number)), "{number}");
        assert_eq!(prepared.key.as_str(), payout_id(number).to_string());
    }
}
