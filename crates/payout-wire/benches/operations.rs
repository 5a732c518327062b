//! What it costs to read and to write bodies.

use std::hint::black_box;

use criterion::Criterion;
use payout_wire::payout::CreatePayout;
use payout_wire::webhook::InboundEvent;

/// A request for a payout, as clients send it.
const ORDER: &[u8] = br#"{
    "merchant_account_id": "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f",
    "amount_in_minor": 1250,
    "currency": "GBP",
    "beneficiary": {
        "type": "payment_source",
        "payment_source_id": "c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21",
        "user_id": "sam",
        "reference": "WD-20417"
    },
    "scheme_selection": { "type": "instant_preferred" },
    "metadata": { "withdrawal": "20417" }
}"#;

/// The same with two mistakes.
const MISTAKEN: &[u8] = br#"{
    "merchant_account_id": "3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f",
    "amount_in_minor": "1250",
    "currency": "GBP",
    "beneficiary": { "type": "external_account" }
}"#;

/// An event of the provider.
const EVENT: &[u8] = br#"{
    "type": "payout_executed",
    "event_version": 1,
    "event_id": "b8d4dda0-ff2c-4d77-a6da-4615e4bad941",
    "payout_id": "1d7e5f30-c2b9-4a84-8f61-0e3a9b5c7d26",
    "executed_at": "2026-03-02T09:14:07.412Z",
    "beneficiary": { "type": "payment_source", "user_id": "sam" }
}"#;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let order = CreatePayout::parse(ORDER).expect("it is well-formed");
    assert!(CreatePayout::parse(MISTAKEN).is_err(), "it has two mistakes");
    assert!(InboundEvent::parse(EVENT).is_ok(), "it is well-formed");
    criterion.bench_function("wire/body of a create is read", |bencher| {
        bencher.iter(|| CreatePayout::parse(black_box(ORDER)));
    });
    criterion.bench_function("wire/body of a create is refused", |bencher| {
        bencher.iter(|| CreatePayout::parse(black_box(MISTAKEN)));
    });
    criterion.bench_function("wire/body of a create is written", |bencher| {
        let extra = Some(("payout_id", "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"));
        bencher.iter(|| CreatePayout::render(black_box(&order), extra));
    });
    criterion.bench_function("wire/event is read", |bencher| {
        bencher.iter(|| InboundEvent::parse(black_box(EVENT)));
    });
    criterion.final_summary();
}
