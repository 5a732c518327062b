//! Whatever comes in, nothing falls over.

use std::sync::LazyLock;

use payout_wire::history::HistoryBody;
use payout_wire::merchant_account::{MerchantAccountBody, MerchantAccountList};
use payout_wire::operator::{
    DeadLetterPage, PauseBody, PauseOrder, PayoutFile, ResolveOrder, StandingPage, StandingPayout,
};
use payout_wire::payment::ReceivedPayment;
use payout_wire::payment_source::PaymentSourceList;
use payout_wire::payout::{CreatePayout, CreatedPayout, ReceivedPayout, ReceivedPayoutPage};
use payout_wire::problem::Problem;
use payout_wire::sandbox::{
    ClockAdvance, ClockBody, Delays, Deposit, DepositBody, FailNext, ReturnPayout, WebhookTarget,
};
use payout_wire::token::{OAuthError, TokenRequest, TokenResponse};
use payout_wire::transaction::TransactionPage;
use payout_wire::webhook::InboundEvent;
use payout_wire::{InvalidBody, timestamp};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::golden;

/// Reads a body and keeps what is wrong with it.
type Reader = fn(&[u8]) -> Option<InvalidBody>;

/// Every reader of a body; what it makes of it does not matter here.
const READERS: [Reader; 26] = [
    |bytes| CreatePayout::parse(bytes).err(),
    |bytes| CreatedPayout::parse(bytes).err(),
    |bytes| ReceivedPayout::parse(bytes).err(),
    |bytes| ReceivedPayoutPage::parse(bytes).err(),
    |bytes| HistoryBody::parse(bytes).err(),
    |bytes| MerchantAccountBody::parse(bytes).err(),
    |bytes| MerchantAccountList::parse(bytes).err(),
    |bytes| PaymentSourceList::parse(bytes).err(),
    |bytes| ReceivedPayment::parse(bytes).err(),
    |bytes| TransactionPage::parse(bytes).err(),
    |bytes| InboundEvent::parse(bytes).err(),
    |bytes| Problem::parse(bytes).err(),
    |bytes| TokenResponse::parse(bytes).err(),
    |bytes| OAuthError::parse(bytes).err(),
    |bytes| Deposit::parse(bytes).err(),
    |bytes| DepositBody::parse(bytes).err(),
    |bytes| FailNext::parse(bytes).err(),
    |bytes| ReturnPayout::parse(bytes).err().or(Delays::parse(bytes).err()),
    |bytes| ClockAdvance::parse(bytes).err().or(ClockBody::parse(bytes).err()),
    |bytes| WebhookTarget::parse(bytes).err(),
    |bytes| StandingPage::parse(bytes).err(),
    |bytes| StandingPayout::parse(bytes).err(),
    |bytes| PayoutFile::parse(bytes).err(),
    |bytes| ResolveOrder::parse(bytes).err().or(PauseOrder::parse(bytes).err()),
    |bytes| PauseBody::parse(bytes).err(),
    |bytes| DeadLetterPage::parse(bytes).err(),
];

static BODIES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| golden::all().into_values().collect());

fn read_by_all(bytes: &[u8]) {
    for read in READERS {
        if let Some(invalid) = read(bytes) {
            assert!(!invalid.errors().is_empty(), "a refusal has a reason");
            assert!(invalid.errors().values().all(|sentences| !sentences.is_empty()));
        }
    }
    let _ = TokenRequest::parse_json(bytes);
    let _ = TokenRequest::parse_form(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_any_kind_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_by_all(&bytes);
    }

    #[test]
    fn json_of_any_kind_is_answered(text in r#"[\[\]{}:,"\\0-9eE.+\-tfn a-z]{0,200}"#) {
        read_by_all(text.as_bytes());
    }

    #[test]
    fn a_body_with_any_bytes_changed_is_answered(
        which in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let mut body = which.get(&BODIES).clone();
        for (place, byte) in changes {
            let place = place.index(body.len());
            body[place] = byte;
        }
        read_by_all(&body);
    }

    #[test]
    fn a_body_cut_short_is_refused(which in any::<Index>(), cut in any::<Index>()) {
        let body = which.get(&BODIES);
        let (head, _) = body.split_at(cut.index(body.len()));

        for read in READERS {
            prop_assert!(read(head).is_some(), "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_member_that_occurs_twice_is_refused_by_everybody(which in any::<Index>()) {
        let body = String::from_utf8(which.get(&BODIES).clone()).expect("JSON is UTF-8");
        let doubled = body.replacen('{', r#"{"twice":1,"t\u0077ice":1,"#, 1).replace(",}", "}");

        for read in READERS {
            let refused = read(doubled.as_bytes()).expect("it cannot be read");
            prop_assert!(refused.errors().contains_key("twice"), "{refused}");
        }
    }

    #[test]
    fn a_text_of_any_kind_is_a_time_or_not(text in r"\PC{0,40}|[0-9TZ:+\-. ]{19,32}") {
        if let Ok(at) = timestamp::parse(&text) {
            prop_assert_eq!(timestamp::parse(&timestamp::to_micros(at)), Ok(at));
        }
    }
}
