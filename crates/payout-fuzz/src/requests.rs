//! Bodies that callers send to us.

use payout_wire::operator::{ClientChange, ClientOrder, NewSecretOrder, PauseOrder, ResolveOrder};
use payout_wire::payment::{CreatePayment, SelectProvider, StartFlow, SubmitForm};
use payout_wire::payout::{AnyPayout, CreatePayout};
use payout_wire::refund::CreateRefund;
use payout_wire::sandbox::{
    BankLogin, ClockAdvance, Delays, Deposit, FailNext, FaultRules, Lifetimes, ReturnPayout,
    WebhookTarget,
};
use payout_wire::token::TokenRequest;
use serde_json::Value;

use crate::Heard;
use crate::again::{self, bodies};

/// The order of a payout: another reader of JSON sees the same order, and so does the sandbox, which
/// takes more than the service.
pub(crate) fn payout_order(bytes: &[u8]) -> Heard {
    let any = again::read(bytes, CreatePayout::parse_any);
    let Some(order) = again::read(bytes, CreatePayout::parse) else {
        let is_open = matches!(any, Some(AnyPayout::Open(_)));
        assert!(any.is_none() || is_open, "the service refuses what the sandbox takes: {any:?}");
        return if is_open { Heard::Taken } else { Heard::Refused };
    };
    assert_eq!(any.as_ref(), Some(&AnyPayout::ClosedLoop(order.clone())));
    let value: Value = serde_json::from_slice(bytes).expect("what was taken is JSON");
    let respelled = serde_json::to_vec(&value).expect("a value is JSON");
    assert_eq!(CreatePayout::parse(&respelled).as_ref(), Ok(&order));
    again::body(bytes, CreatePayout::parse, |order| CreatePayout::render(order, None))
}

/// Payments, the steps of their authorisation, and refunds.
pub(crate) fn payment_request(bytes: &[u8]) -> Heard {
    bodies!(bytes: CreatePayment, CreateRefund)
        .or(again::body(bytes, StartFlow::parse, StartFlow::render))
        .or(again::body(bytes, SelectProvider::parse, SelectProvider::render))
        .or(again::body(bytes, SubmitForm::parse, |login| SubmitForm::render(*login)))
}

/// What operators order.
pub(crate) fn operator_order(bytes: &[u8]) -> Heard {
    bodies!(bytes: ClientOrder, ClientChange, NewSecretOrder, PauseOrder, ResolveOrder)
}

/// What a sandbox is told to do.
pub(crate) fn sandbox_control(bytes: &[u8]) -> Heard {
    bodies!(bytes:
        BankLogin, ClockAdvance, Delays, Deposit, FailNext, FaultRules, Lifetimes, ReturnPayout,
        WebhookTarget,
    )
}

/// The request for a token, in both of its forms; what came as a form is the same as JSON.
pub(crate) fn token_request(bytes: &[u8]) -> Heard {
    let forms = [TokenRequest::parse_json(bytes), TokenRequest::parse_form(bytes)];
    let mut heard = Heard::Refused;
    for request in forms.into_iter().flatten() {
        let written = request.to_bytes();
        assert_eq!(TokenRequest::parse_json(&written).as_ref(), Ok(&request));
        heard = Heard::Taken;
    }
    heard
}
