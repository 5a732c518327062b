//! The paths. Each checks its answers: what refuses is fast, and its count is worth nothing.

use std::hint::black_box;
use std::sync::Arc;

use payout_domain::{Applied, Evidence, PayoutRequest, PayoutRules, ProviderStatus};
use payout_signature::{Request, TlSignature, VerifyingKey};
use payout_wire::payout::{CreatePayout, PayoutBody};

use crate::things::{self, BODY, NOW};

/// Takes a path this often.
type Path = fn(u32);

/// The paths, by their names.
pub(crate) const PATHS: &[(&str, Path)] = &[
    ("body of a create is read", read),
    ("order is decided", decide),
    ("body to send is written", write),
    ("signature header is read", read_signature),
    ("signed text is put together", frame),
    ("payout moves", apply),
    ("answer is written", answer),
    ("payout is accepted in memory", accept),
];

/// The provider's own example of a signature, and the key that it is by.
const SIGNATURE: &str = include_str!("../../../payout-signature/tests/vectors/tl-signature.txt");
const KEY: &[u8] = include_bytes!("../../../payout-signature/tests/vectors/ec512-public.pem");

fn read(times: u32) {
    for _ in 0..times {
        assert!(black_box(CreatePayout::parse(black_box(BODY))).is_ok(), "it is well-formed");
    }
}

fn decide(times: u32) {
    let (order, account, source) = (things::order(), things::account(), things::source());
    let rules = PayoutRules::default();
    for _ in 0..times {
        let decided = PayoutRequest::new(black_box(&order).clone(), &account, &source, &rules);
        assert!(black_box(decided).is_ok(), "it breaks no rule");
    }
}

fn write(times: u32) {
    let order = things::order();
    let extra = Some(("payout_id", "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"));
    for _ in 0..times {
        assert!(!black_box(CreatePayout::render(black_box(&order), extra)).is_empty());
    }
}

fn read_signature(times: u32) {
    let value = SIGNATURE.trim();
    for _ in 0..times {
        assert!(black_box(TlSignature::parse(black_box(value))).is_ok(), "it is well-formed");
    }
}

fn frame(times: u32) {
    let signature = TlSignature::parse(SIGNATURE.trim()).expect("it is well-formed");
    let key = VerifyingKey::from_public_pem(signature.kid(), KEY).expect("it is a key");
    let headers: &[(&str, &[u8])] = &[
        ("Idempotency-Key", b"idemp-2076717c-9005-4811-a321-9e0787fa0382"),
        ("X-Whatever", b"aoitbeh"),
    ];
    let request = Request { method: "POST", path: "/v3/payouts", headers, body: BODY };
    for _ in 0..times {
        let text = signature.signing_input(&key, black_box(&request));
        assert!(black_box(text).is_ok(), "all signed headers are there");
    }
}

fn apply(times: u32) {
    let payout = things::payout();
    let evidence = Evidence::Reported {
        gateway_payout_id: "1d7e5f30-c2b9-4a84-8f61-0e3a9b5c7d26".parse().expect("it is an id"),
        status: ProviderStatus::Executed { at: NOW, scheme: None },
    };
    for _ in 0..times {
        let mut moved = black_box(&payout).clone();
        assert_eq!(black_box(moved.apply(&evidence, NOW)), Applied::Changed);
    }
}

fn answer(times: u32) {
    let payout = things::payout();
    for _ in 0..times {
        assert!(!black_box(PayoutBody::from(black_box(&payout)).to_bytes()).is_empty());
    }
}

/// The use case over the store in memory, each payout under a key of its own.
fn accept(times: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("it needs nothing");
    runtime.block_on(async {
        let request_payout = things::request_payout().await;
        let order = Arc::new(things::order());
        for number in 0..times {
            let application = things::application(&order, number);
            assert!(black_box(request_payout.run(application).await).is_ok(), "it breaks no rule");
        }
    });
}
