//! One key, one payout, for as long as the bank remembers the key.

use std::time::Duration;

use payout_domain::GatewayPayoutId;
use payout_memory::BankConfiguration;
use payout_ports::{PayoutGateway, SubmitOutcome};
use proptest::prelude::*;

use crate::rig::{Rig, START, at_once, configuration, money, order};

const WINDOW: Duration = Duration::from_hours(6);

fn rig() -> Rig {
    Rig::with(BankConfiguration { key_window: WINDOW, ..configuration() })
}

proptest! {
    #[test]
    fn the_same_key_gives_the_same_payout_within_its_window(
        spans in prop::collection::vec(0..WINDOW.as_secs(), 1..8),
    ) {
        let rig = rig();
        let deposit = rig.deposit("sam", "20.00 GBP");
        let instruction = rig.instruction(&order(&deposit, "sam", money("1.00 GBP")));
        let (mut first_seen, mut now, mut payouts) = (0, 0, 0);
        let mut latest = None;

        for span in spans {
            now += span;
            rig.clock.set(START.plus(Duration::from_secs(now)));
            let id = rig.accepted(&instruction);

            if latest.is_none() || now - first_seen >= WINDOW.as_secs() {
                prop_assert_ne!(latest, Some(id));
                (first_seen, payouts) = (now, payouts + 1);
                latest = Some(id);
            }
            prop_assert_eq!(latest, Some(id));
            prop_assert_eq!(rig.bank.executions(instruction.payout_id), payouts);
        }
    }
}

#[test]
fn a_key_is_forgotten_at_the_end_of_its_window_and_not_before() {
    let rig = rig();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let instruction = rig.instruction(&order(&deposit, "sam", money("1.00 GBP")));
    let first = rig.accepted(&instruction);

    rig.clock.set(START.plus(WINDOW).minus(Duration::from_micros(1)));
    let remembered = rig.accepted(&instruction);
    rig.clock.advance(Duration::from_micros(1));
    let forgotten = rig.accepted(&instruction);

    assert_eq!(first, GatewayPayoutId::from_uuid(instruction.payout_id.as_uuid()));
    assert_eq!(remembered, first);
    assert_ne!(forgotten, first);
    assert_eq!(rig.bank.executions(instruction.payout_id), 2, "the accident is counted");
    assert_eq!(rig.accepted(&instruction), forgotten);
    for id in [first, forgotten] {
        let found = at_once(rig.bank.find_payout(id)).expect("answers").expect("is found");
        assert_eq!((found.id, found.payout_id), (id, Some(instruction.payout_id)));
        assert_eq!(found.amount, money("1.00 GBP"));
    }
}

#[test]
fn a_key_is_not_used_for_other_bytes() {
    let rig = rig();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let first = rig.instruction(&order(&deposit, "sam", money("1.00 GBP")));
    let mut other = rig.instruction(&order(&deposit, "sam", money("1.00 GBP")));
    other.key = first.key.clone();
    rig.accepted(&first);

    assert_eq!(rig.submit(&other), SubmitOutcome::KeyReused);

    assert_eq!(rig.bank.executions(other.payout_id), 0);
}

#[test]
fn a_key_is_remembered_after_its_payout_has_failed() {
    let rig = rig();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let instruction = rig.instruction(&order(&deposit, "sam", money("500.00 GBP")));
    let failed = rig.accepted(&instruction);

    rig.deposit("sam", "600.00 GBP");

    assert_eq!(rig.accepted(&instruction), failed);
    assert_eq!(rig.bank.executions(instruction.payout_id), 0);
}

#[test]
fn a_restart_does_not_make_the_bank_forget_a_key() {
    let rig = rig();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let instruction = rig.instruction(&order(&deposit, "sam", money("1.00 GBP")));
    let first = rig.accepted(&instruction);

    let again = Rig::replay(rig.configuration.clone(), rig.journal.operations()).expect("its own");

    assert_eq!(again.accepted(&instruction), first);
    assert_eq!(again.bank.executions(instruction.payout_id), 1);
}

#[test]
fn what_is_prepared_depends_on_nothing_but_the_payout() {
    let rig = rig();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let order = order(&deposit, "sam", money("1.00 GBP"));
    let (first, second) = (rig.instruction(&order), rig.instruction(&order));

    assert_eq!(first.key.as_str(), first.payout_id.to_string());
    assert_ne!((&first.key, &first.body), (&second.key, &second.body));
    let same = self::rig();
    assert_eq!(same.instruction(&order), first, "another bank, another time");
}

#[test]
fn an_expired_token_moves_nothing() {
    let rig = rig();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let instruction = rig.instruction(&order(&deposit, "sam", money("1.00 GBP")));
    let authorisation = at_once(rig.bank.authorise()).expect("the bank gives leave");
    let life = authorisation.life;

    rig.clock.set(life.expires_at);
    let too_late = at_once(rig.bank.submit(&instruction, &authorisation));

    assert_eq!(life.expires_at, life.issued_at.plus(rig.configuration.token_life));
    assert!(matches!(too_late, SubmitOutcome::NotProcessed { .. }));
    assert_eq!(rig.bank.executions(instruction.payout_id), 0);
}

#[test]
fn a_token_is_good_until_it_expires() {
    let rig = rig();
    let deposit = rig.deposit("sam", "20.00 GBP");
    let instruction = rig.instruction(&order(&deposit, "sam", money("1.00 GBP")));
    let authorisation = at_once(rig.bank.authorise()).expect("the bank gives leave");

    rig.clock.set(authorisation.life.expires_at.minus(Duration::from_micros(1)));
    let in_time = at_once(rig.bank.submit(&instruction, &authorisation));

    assert!(matches!(in_time, SubmitOutcome::Accepted(_)));
}
