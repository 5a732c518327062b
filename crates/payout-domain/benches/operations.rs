//! What single operations of the domain cost.

use std::hint::black_box;

use criterion::Criterion;
use payout_domain::{
    AccountIdentifier, Applied, Currency, Evidence, MerchantAccount, Metadata, Money, Payment,
    PaymentSource, Payout, PayoutOrder, PayoutRequest, PayoutRules, ProviderStatus,
    SchemeSelection, Timestamp,
};

/// When everything happens.
const NOW: Timestamp = Timestamp::from_seconds(1_772_442_847);

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    money(&mut criterion);
    accounts(&mut criterion);
    decisions(&mut criterion);
    life(&mut criterion);
    criterion.final_summary();
}

fn money(criterion: &mut Criterion) {
    criterion.bench_function("domain/money is parsed", |bencher| {
        bencher.iter(|| black_box("12.50 GBP").parse::<Money>());
    });
    let (one, other) = (pounds("1842.00 GBP"), pounds("12.50 GBP"));
    assert!(one.checked_add(other).is_ok(), "both are pounds");
    criterion.bench_function("domain/money is added", |bencher| {
        bencher.iter(|| black_box(one).checked_add(black_box(other)));
    });
    criterion.bench_function("domain/money is printed", |bencher| {
        bencher.iter(|| black_box(other).to_string());
    });
}

fn accounts(criterion: &mut Criterion) {
    let texts = [
        ("domain/IBAN is checked", "GB38CLRB04066800008812"),
        ("domain/sort code and number are checked", "04-06-68 00004417"),
    ];
    for (name, text) in texts {
        assert!(text.parse::<AccountIdentifier>().is_ok(), "it is an account");
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| black_box(text).parse::<AccountIdentifier>());
        });
    }
}

fn decisions(criterion: &mut Criterion) {
    let (order, account, source, rules) =
        (order(), account(), PaymentSource::of_payment(&payment()), PayoutRules::default());
    let decided = PayoutRequest::new(order.clone(), &account, &source, &rules);
    assert!(decided.is_ok(), "it breaks no rule");
    criterion.bench_function("domain/order of text is decided", |bencher| {
        bencher.iter(|| PayoutRequest::new(self::order(), &account, &source, &rules));
    });
    criterion.bench_function("domain/order is decided", |bencher| {
        bencher.iter(|| PayoutRequest::new(black_box(&order).clone(), &account, &source, &rules));
    });
    let other_user = PayoutOrder { user_id: "eve".parse().expect("it is a name"), ..order };
    let refused = PayoutRequest::new(other_user.clone(), &account, &source, &rules);
    assert!(refused.is_err(), "it is somebody else's source");
    criterion.bench_function("domain/order is refused", |bencher| {
        let asked = || black_box(&other_user).clone();
        bencher.iter(|| PayoutRequest::new(asked(), &account, &source, &rules));
    });
}

fn life(criterion: &mut Criterion) {
    let payout = payout();
    let evidence = Evidence::Reported {
        gateway_payout_id: "1d7e5f30-c2b9-4a84-8f61-0e3a9b5c7d26".parse().expect("it is an id"),
        status: ProviderStatus::Executed { at: NOW, scheme: None },
    };
    assert_eq!(payout.clone().apply(&evidence, NOW), Applied::Changed);
    criterion.bench_function("domain/payout is copied", |bencher| {
        bencher.iter(|| black_box(&payout).clone());
    });
    criterion.bench_function("domain/payout is copied and moves", |bencher| {
        bencher.iter(|| {
            let mut moved = black_box(&payout).clone();
            let applied = moved.apply(black_box(&evidence), NOW);
            (moved, applied)
        });
    });
}

fn pounds(text: &str) -> Money {
    text.parse().expect("it is money")
}

fn payment() -> Payment {
    Payment {
        id: "d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33".parse().expect("it is an id"),
        user_id: "sam".parse().expect("it is a name"),
        merchant_account_id: account().id,
        amount: pounds("20.00 GBP"),
        payment_source_id: "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21".parse().expect("it is an id"),
        account_holder_name: Some("SAM EXAMPLE".into()),
        account_identifiers: vec!["04-06-68 00004417".parse().expect("it is an account")],
        created_at: NOW,
        executed_at: NOW,
        settled_at: NOW,
        metadata: Metadata::default(),
    }
}

fn account() -> MerchantAccount {
    MerchantAccount {
        id: "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f".parse().expect("it is an id"),
        currency: Currency::GBP,
        account_identifiers: vec!["GB38CLRB04066800008812".parse().expect("it is an account")],
        account_holder_name: "ACME GAMES".into(),
        available_balance: pounds("1842.00 GBP"),
        current_balance: pounds("1842.00 GBP"),
    }
}

fn order() -> PayoutOrder {
    PayoutOrder {
        merchant_account_id: black_box("3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f")
            .parse()
            .expect("it is an id"),
        user_id: black_box("sam").parse().expect("it is a name"),
        payment_source_id: black_box("c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21")
            .parse()
            .expect("it is an id"),
        amount: pounds(black_box("12.50 GBP")),
        reference: black_box("WD-20417").parse().expect("it is a reference"),
        scheme_selection: SchemeSelection::InstantPreferred,
        metadata: Metadata::default(),
    }
}

fn payout() -> Payout {
    let source = PaymentSource::of_payment(&payment());
    let request = PayoutRequest::new(order(), &account(), &source, &PayoutRules::default());
    let request = request.expect("it breaks no rule");
    let id = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".parse().expect("it is an id");
    let (client, key) = ("acme".parse(), "withdrawal-20417".parse());
    Payout::accept(id, client.expect("it is a name"), key.expect("it is a key"), request, NOW)
}
