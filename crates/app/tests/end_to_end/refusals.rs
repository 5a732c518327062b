//! What is refused, as whoever typed it sees it.

use serde_json::Value as Json;

use crate::stage::Outcome;
use crate::world::{PaidIn, World};

/// Asks for what must be refused, in words and as a problem document.
#[track_caller]
fn refused(world: &World, order: &PaidIn, amount: &str) -> (Outcome, Json) {
    let words = world.create(order, amount, &[]).ended_with(4);
    let problem = world.create(order, amount, &["--json"]).ended_with(4).problem();
    assert_eq!(problem["status"], 400, "{problem}");
    assert_eq!(problem["title"], "Invalid Parameters", "{problem}");
    let listed = world.ask(&["list", "--json"]).ended_with(0).json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(0), "{listed}");
    (words, problem)
}

fn places(problem: &Json) -> Vec<&str> {
    let places = problem["errors"].as_object();
    places.map(|places| places.keys().map(String::as_str).collect()).unwrap_or_default()
}

#[test]
fn pounds_do_not_go_to_an_account_that_paid_in_euros() {
    let world = World::new();
    let pounds = world.paid_in("sam", "25.00 GBP");
    let euros = world.paid_in("sam", "25.00 EUR");
    let order = PaidIn { source: euros.source, ..pounds };

    let (words, problem) = refused(&world, &order, "10.00 GBP");

    words.said("currency: GBP cannot be paid to an account that paid in EUR").said("pay in EUR");
    assert!(places(&problem).contains(&"currency"), "{problem}");
}

#[test]
fn the_source_of_another_user_takes_nothing() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let kim = world.paid_in("kim", "25.00 GBP");
    let order = PaidIn { source: sam.source, ..kim };

    let (words, problem) = refused(&world, &order, "10.00 GBP");

    words
        .said("beneficiary.payment_source_id: this user has no payment source with this id")
        .said("list the user's payment sources");
    assert_eq!(places(&problem), ["beneficiary.payment_source_id"]);
}

#[test]
fn a_source_that_nobody_knows_takes_nothing() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let order = PaidIn { source: "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".to_owned(), ..sam };

    let (words, problem) = refused(&world, &order, "10.00 GBP");

    words.said("beneficiary.payment_source_id: this user has no payment source with this id");
    assert_eq!(places(&problem), ["beneficiary.payment_source_id"]);
}

#[test]
fn a_source_whose_payment_has_not_settled_takes_nothing() {
    let world = World::with(&["--settlement-delay-ms", "3600000"], &[]);
    let sam = world.paid_in("sam", "25.00 GBP");

    let (words, problem) = refused(&world, &sam, "10.00 GBP");

    words.said("beneficiary.payment_source_id: ");
    assert_eq!(places(&problem), ["beneficiary.payment_source_id"]);
}

#[test]
fn a_source_that_paid_into_another_merchant_account_takes_nothing() {
    let accounts = ["--merchant-account", "50.00 GBP", "--merchant-account", "70.00 GBP"];
    let world = World::with(&accounts, &[]);
    let sam = world.paid_in("sam", "25.00 GBP");
    let listed = world.balances(&world.service);
    let ids = listed["items"].as_array().into_iter().flatten().filter_map(|a| a["id"].as_str());
    let other = ids.into_iter().find(|id| *id != sam.merchant_account).expect("there are two");
    let order = PaidIn { merchant_account: other.to_owned(), ..sam };

    let (words, problem) = refused(&world, &order, "10.00 GBP");

    words.said(
        "beneficiary.payment_source_id: no settled payment from this account has reached this \
         merchant account",
    );
    assert_eq!(places(&problem), ["beneficiary.payment_source_id"]);
}

#[test]
fn a_merchant_account_that_nobody_knows_pays_nothing() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");
    let id = "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4".to_owned();
    let order = PaidIn { merchant_account: id, ..sam };

    let (words, problem) = refused(&world, &order, "10.00 GBP");

    words.said("merchant_account_id: no merchant account of yours has this id; list them");
    assert_eq!(places(&problem), ["merchant_account_id"]);
}

#[test]
fn nothing_is_no_amount() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");

    let (words, problem) = refused(&world, &sam, "0 GBP");

    words.said("amount_in_minor: must be at least 1 minor unit");
    assert_eq!(places(&problem), ["amount_in_minor"]);
}

#[test]
fn more_than_the_limit_is_refused_with_the_limit() {
    let world = World::with(&[], &["--limit", "50.00 GBP", "--limit", "60.00 EUR"]);
    let sam = world.paid_in("sam", "500.00 GBP");

    let (words, problem) = refused(&world, &sam, "50.01 GBP");

    words.said("amount_in_minor: is above the limit of 50.00 GBP").said("ask for less");
    assert_eq!(places(&problem), ["amount_in_minor"]);
    world.create(&sam, "50.00 GBP", &[]).ended_with(0);
}

#[test]
fn what_is_no_amount_is_said_before_anything_is_asked() {
    let world = World::new();
    let sam = world.paid_in("sam", "25.00 GBP");

    for (amount, fix) in [
        ("12.345 GBP", "GBP has 2 decimals, so write at most that many"),
        ("12.34 GBX", "`GBX` is not a currency code of ISO 4217; write three capital letters"),
        ("-5.00 GBP", "an amount is never negative"),
        ("99999999999999999.99 GBP", "an amount is at most"),
        ("12.34", "such as"),
    ] {
        world.create(&sam, amount, &[]).ended_with(2).said("--amount").said(fix);
    }
}

#[test]
fn an_iban_with_a_typing_error_is_named() {
    let world = World::new();
    let deposit = ["deposit", "--user", "sam", "--amount", "25.00 GBP", "--account"];

    let wrong = [&deposit[..], &["GB72 CLRB 0406 6800 0044 18"]].concat();
    let right = [&deposit[..], &["GB72 CLRB 0406 6800 0044 17"]].concat();

    world
        .ask_sandbox(&wrong)
        .ended_with(2)
        .said("--account")
        .said("the check digits of the IBAN do not fit; look for a typing error");
    world.ask_sandbox(&right).ended_with(0);
}

#[test]
fn what_is_not_there_is_not_found() {
    let world = World::new();

    for verb in ["get", "history", "watch"] {
        let asked = world.ask(&[verb, "5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4"]);

        asked.ended_with(3).said("could not be found");
    }
}

#[test]
fn a_service_is_no_sandbox() {
    let world = World::new();

    for verb in [
        &["deposit", "--user", "sam", "--amount", "25.00 GBP"][..],
        &["steer", "clock", "--advance", "1"],
        &["steer", "clock"],
    ] {
        world.ask(verb).ended_with(3).said("not a sandbox");
    }
}

#[test]
fn a_disk_with_too_little_room_takes_no_new_payout_and_everything_else_goes_on() {
    let more_than_any = [("PAYOUT_SERVE_DISK_FREE_MIB_MIN", "999999999999")];
    let world = World::with_environment(&[], &[], &more_than_any);
    let order = world.paid_in("sam", "25.00 GBP");

    let refused = world.create(&order, "10.00 GBP", &[]);

    // To whoever asks, no 503 is a proof that nothing was done.
    refused.ended_with(6).said("status 503: The disk of the store has").said("MiB free");
    let listed = world.ask(&["list", "--json"]).ended_with(0).json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(0), "{listed}");
}
