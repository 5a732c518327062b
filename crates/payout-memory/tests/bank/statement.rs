//! The movements on an account, page by page.

use std::time::Duration;

use payout_domain::{FailureReason, MerchantAccountId, Timestamp};
use payout_memory::BankConfiguration;
use payout_ports::{
    PayoutGateway, ReadError, SandboxBank, SandboxDelays, Transaction, TransactionKind,
    TransactionQuery, TransactionType,
};
use proptest::prelude::*;

use crate::rig::{NO_DELAYS, Rig, START, at_once, configuration, merchant_account_id};

const AGES: Duration = Duration::from_hours(24 * 365);

fn everything() -> TransactionQuery {
    TransactionQuery { from: START, to: START.plus(AGES), only: None, cursor: None }
}

fn list(rig: &Rig, id: MerchantAccountId, query: &TransactionQuery) -> (Vec<Transaction>, usize) {
    let (mut all, mut pages) = (Vec::new(), 0);
    let mut query = query.clone();
    loop {
        let page = at_once(rig.bank.transactions(id, &query)).expect("answers").expect("exists");
        pages += 1;
        assert!(page.items.len() <= rig.configuration.page_size);
        all.extend(page.items);
        let Some(cursor) = page.next_cursor else { return (all, pages) };
        assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b)));
        query.cursor = Some(cursor);
    }
}

/// When a movement is listed: once it has settled or was executed then, and before that when it began.
fn listed_at(transaction: &Transaction) -> Timestamp {
    match &transaction.kind {
        TransactionKind::Payment { settled_at, .. }
        | TransactionKind::ExternalPayment { settled_at, .. } => *settled_at,
        TransactionKind::Payout { created_at, executed_at, .. } => {
            executed_at.unwrap_or(*created_at)
        }
        TransactionKind::Transfer { transfer, .. } => transfer.created_at,
    }
}

/// A bank where something happened every few seconds, and much of it at the same time.
fn busy(gaps: &[u64], page_size: usize) -> (Rig, MerchantAccountId) {
    let rig = Rig::with(BankConfiguration { page_size, ..configuration() });
    let deposit = rig.deposit("sam", "20.00 GBP");
    for (n, gap) in gaps.iter().enumerate() {
        rig.clock.advance(Duration::from_millis(gap * 400));
        match n % 5 {
            0 => drop(rig.deposit("kim", "1.00 GBP")),
            1 => at_once(rig.bank.fail_next(FailureReason::Blocked)).expect("kept"),
            2 => {
                rig.set_delays(SandboxDelays { execution: Duration::from_secs(*gap), ..NO_DELAYS });
            }
            3 => drop(rig.deposit("ola", "1.00 EUR")),
            _ => {}
        }
        rig.pay(&deposit, "sam", "0.10 GBP");
        let id = rig.pay(&deposit, "sam", "0.10 GBP");
        if n % 3 == 0 {
            at_once(rig.bank.return_payout(id)).expect("kept");
        }
    }
    (rig, deposit.merchant_account_id)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_pages_together_are_the_whole_list(
        gaps in prop::collection::vec(0..6_u64, 1..20),
        page_size in 1..9_usize,
    ) {
        let (paged, id) = busy(&gaps, page_size);
        let (unpaged, _) = busy(&gaps, 1000);

        let (all, pages) = list(&paged, id, &everything());
        let (whole, one) = list(&unpaged, id, &everything());

        prop_assert_eq!(&all, &whole);
        prop_assert_eq!((pages, one), (all.len().div_ceil(page_size), 1));
        prop_assert!(all.is_sorted_by_key(listed_at));
    }

    #[test]
    fn both_ends_count_to_the_second(
        gaps in prop::collection::vec(0..6_u64, 1..20),
        from in 0..60_000_u64,
        span in 0..60_000_u64,
        page_size in 1..9_usize,
    ) {
        let (rig, id) = busy(&gaps, page_size);
        let from = START.plus(Duration::from_millis(from));
        let to = from.plus(Duration::from_millis(span));

        let (found, _) = list(&rig, id, &TransactionQuery { from, to, ..everything() });

        let (mut expected, _) = list(&rig, id, &everything());
        expected.retain(|transaction| {
            let second = listed_at(transaction).as_seconds();
            (from.as_seconds()..=to.as_seconds()).contains(&second)
        });
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn each_kind_is_listed_alone(
        gaps in prop::collection::vec(0..6_u64, 1..20),
        page_size in 1..9_usize,
    ) {
        let (rig, id) = busy(&gaps, page_size);
        let only = |kind| list(&rig, id, &TransactionQuery { only: Some(kind), ..everything() }).0;
        let is_out = |transaction: &Transaction| matches!(transaction.kind, TransactionKind::Payout { .. });

        let (paid_in, paid_out) = (only(TransactionType::Payment), only(TransactionType::Payout));

        let (all, _) = list(&rig, id, &everything());
        let (out, inward): (Vec<_>, Vec<_>) = all.into_iter().partition(is_out);
        prop_assert_eq!((paid_in, paid_out), (inward, out));
    }
}

#[test]
fn a_failed_payout_is_not_listed_and_a_pending_one_is() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    rig.set_delays(SandboxDelays { authorization: Duration::from_mins(1), ..NO_DELAYS });
    at_once(rig.bank.fail_next(FailureReason::Blocked)).expect("kept");
    let failing = rig.pay(&deposit, "sam", "1.00 GBP");
    let going = rig.pay(&deposit, "sam", "2.00 GBP");
    let listed = || {
        let query = TransactionQuery { only: Some(TransactionType::Payout), ..everything() };
        let (items, _) = list(&rig, deposit.merchant_account_id, &query);
        items.iter().map(|item| (item.id.as_uuid(), listed_at(item))).collect::<Vec<_>>()
    };

    assert_eq!(listed(), [(failing.as_uuid(), START), (going.as_uuid(), START)]);

    rig.clock.advance(Duration::from_mins(1));
    assert_eq!(listed(), [(going.as_uuid(), START.plus(Duration::from_mins(1)))]);
}

#[test]
fn a_payments_movement_has_a_name_of_its_own() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");

    let (items, _) = list(&rig, deposit.merchant_account_id, &everything());

    let [item] = &items[..] else { panic!("one movement: {items:?}") };
    assert_ne!(item.id.as_uuid(), deposit.payment_id.as_uuid());
    let TransactionKind::Payment { payment_id, account, .. } = &item.kind else {
        panic!("a payment: {item:?}")
    };
    assert_eq!(*payment_id, deposit.payment_id);
    assert_eq!(account.account_holder_name.as_deref(), Some("SAM EXAMPLE"));
    assert_eq!(account.account_identifiers.len(), 2);
}

#[test]
fn an_empty_span_and_an_unknown_account_are_no_errors() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let backwards = TransactionQuery { from: START.plus(AGES), to: START, ..everything() };

    let (items, pages) = list(&rig, deposit.merchant_account_id, &backwards);
    let nowhere = at_once(rig.bank.transactions(merchant_account_id(404), &everything()));

    assert_eq!((items.len(), pages), (0, 1));
    assert_eq!(nowhere.expect("answers"), None);
}

#[test]
fn a_cursor_of_somebody_else_is_refused() {
    let rig = Rig::new();
    let deposit = rig.deposit("sam", "20.00 GBP");
    for cursor in ["", "1", "1.", "1.x", "+1.1", "01.1", "1.1.1", "99999999999999999999.1"] {
        let query = TransactionQuery { cursor: Some(cursor.into()), ..everything() };

        let page = at_once(rig.bank.transactions(deposit.merchant_account_id, &query));

        assert!(matches!(page, Err(ReadError::UnknownCursor)), "{cursor:?}");
    }
}
