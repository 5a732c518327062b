//! What the clients of the provider send, and each gets what it means.

use payout_domain::{Currency, Money, PayoutOrder, Scheme, SchemeSelection};
use payout_wire::payout::CreatePayout;

use crate::fixture::{self, of};

fn parsed(body: &str) -> PayoutOrder {
    CreatePayout::parse(body.as_bytes()).expect("every client may say it so")
}

#[test]
fn what_we_send_is_what_we_read() {
    let order = fixture::order();

    assert_eq!(CreatePayout::parse(&CreatePayout::render(&order, None)), Ok(order));
}

#[test]
fn the_order_of_members_does_not_matter() {
    let body = r#"
        { "metadata" : { "withdrawal_id" : "20417" },
          "beneficiary" : { "reference" : "WD-20417",
            "user_id" : "8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60",
            "payment_source_id" : "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21",
            "type" : "payment_source" },
          "currency" : "GBP", "amount_in_minor" : 1250,
          "merchant_account_id" : "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f" }
    "#;

    assert_eq!(parsed(body), fixture::order());
}

#[test]
fn nulls_and_strange_members_say_nothing() {
    // The Java and .NET clients write out what is not set; newer ones will know more than we do.
    let body = r#"{"merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f",
        "amount_in_minor":1250,"currency":"GBP",
        "beneficiary":{"type":"payment_source","user_id":"8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60",
            "payment_source_id":"c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21","reference":"WD-20417",
            "account_holder_name":null,"account_identifier":null,"iban":null,"nickname":"sam"},
        "scheme_selection":null,"metadata":null,"sub_merchants":null,
        "priority":{"level":1.5e3,"tags":[true,null,"x"]},"null":null}"#;

    let order = parsed(body);

    assert!(order.metadata.is_empty());
    assert_eq!(order.scheme_selection, SchemeSelection::InstantPreferred);
    assert_eq!(PayoutOrder { metadata: fixture::order().metadata, ..order }, fixture::order());
}

#[test]
fn each_client_says_it_in_its_own_way() {
    let java = r#"{"merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","amount_in_minor":100,"currency":"GBP","beneficiary":{"type":"payment_source","user_id":"u-1","payment_source_id":"c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21","reference":"A reference with 24 char"},"scheme_selection":{"type":"preselected","scheme_id":"faster_payments_service"},"sub_merchants":{"ultimate_counterparty":{"type":"business_client","trading_name":"A Ltd","registration_number":"123"}}}"#;
    let dotnet = r#"{"merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","amount_in_minor":100,"currency":"GBP","beneficiary":{"payment_source_id":"c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21","user_id":"u-1","reference":"r","type":"payment_source"},"metadata":{"a":"custom-data"},"scheme_selection":{"type":"instant_only"}}"#;
    let php = r#"{"amount_in_minor":100,"currency":"GBP","merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","beneficiary":{"reference":"Test reference","type":"payment_source","payment_source_id":"c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21","user_id":"u-1"},"metadata":{}}"#;
    let rust = r#"{"merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","amount_in_minor":100,"currency":"GBP","beneficiary":{"type":"payment_source","user_id":"u-1","payment_source_id":"c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21","reference":"r"},"metadata":null}"#;

    for (client, body, selection) in [
        ("Java", java, SchemeSelection::Preselected(Scheme::FasterPaymentsService)),
        (".NET", dotnet, SchemeSelection::InstantOnly),
        ("PHP", php, SchemeSelection::InstantPreferred),
        ("Rust", rust, SchemeSelection::InstantPreferred),
    ] {
        let order = parsed(body);

        assert_eq!(order.scheme_selection, selection, "{client}");
        assert_eq!(Ok(order.amount), Money::from_minor(100, Currency::GBP), "{client}");
        assert_eq!(order.user_id, of("u-1"), "{client}");
    }
}

#[test]
fn the_callers_own_pairs_come_before_ours() {
    let mut order = fixture::order();
    let ten: Vec<_> = (0..10).map(|n| (format!("k{n}"), "v")).collect();
    let extra = ("payout_id", fixture::PAYOUT_ID);
    let metadata_of = |order: &PayoutOrder, extra| {
        CreatePayout::parse(&CreatePayout::render(order, Some(extra))).map(|order| order.metadata)
    };

    let with_room = metadata_of(&order, extra).expect("it is what we send");
    let taken = metadata_of(&order, ("withdrawal_id", "ours"));
    order.metadata = payout_domain::Metadata::new(ten).expect("ten are the most");
    let full = metadata_of(&order, extra);

    assert_eq!(with_room.get("payout_id"), Some(fixture::PAYOUT_ID));
    assert_eq!(with_room.get("withdrawal_id"), Some("20417"));
    assert_eq!(taken, Ok(fixture::order().metadata));
    assert_eq!(full, Ok(order.metadata));
}

#[test]
fn a_currency_that_nobody_is_paid_in_is_left_to_the_domain() {
    let body = CreatePayout::render(&fixture::order(), None);
    let body = String::from_utf8(body).expect("JSON is UTF-8").replace("GBP", "HRK");

    assert_eq!(parsed(&body).amount.currency(), of("HRK"));
}
