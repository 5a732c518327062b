//! Every body that we write, as it stands on the wire. Review a change of these files as a change of
//! the API, because it is one.

use std::collections::BTreeMap;
use std::time::Duration;

use expect_test::expect_file;
use payout_domain::{
    Evidence, FailureReason, Metadata, PaymentSource, PayoutState, Resolution, SchemeSelection,
};
use payout_wire::InvalidBody;
use payout_wire::history::HistoryBody;
use payout_wire::merchant_account::{MerchantAccountBody, MerchantAccountList};
use payout_wire::operator::{
    ClientBody, ClientList, ClientOrigin, ClientWithSecret, DeadLetterPage, NewSecretOrder,
    PauseBody, PauseOrder, ResolveOrder, StandingPage, StandingPayout,
};
use payout_wire::payment::PaymentBody;
use payout_wire::payment_source::PaymentSourceList;
use payout_wire::payout::{CreatePayout, CreatedPayout, PayoutBody, PayoutPage};
use payout_wire::problem::{Problem, ProblemKind};
use payout_wire::sandbox::{
    ClockAdvance, ClockBody, Delays, Deposit, DepositBody, FailNext, FaultCall, FaultKind,
    FaultOften, FaultReport, FaultRule, FaultRules, FaultTally, FaultTime, Lifetimes, ReturnPayout,
    WebhookTarget,
};
use payout_wire::token::{OAuthError, OAuthErrorCode, TokenRequest, TokenResponse};
use payout_wire::transaction::TransactionPage;
use payout_wire::webhook::{Balances, WebhookEvent};

use crate::fixture::{self, at, of};
use crate::provider;
use crate::registered;

const TRACE_ID: &str = "5f1c0e9d7b3a4826a1d4c7e8f90b2a63";
const EVENT_ID: &str = "a4c90e17-5d28-4b63-9e0f-7c1d3b8a6f52";

/// Every body that we write, by the name of its golden file.
pub(crate) fn all() -> BTreeMap<String, Vec<u8>> {
    let named =
        [payouts(), accounts(), webhooks(), tokens(), sandbox(), operators(), provider::bodies()]
            .into_iter()
            .flatten();
    named.map(|(name, bytes)| (name.to_owned(), bytes)).chain(problems()).collect()
}

#[test]
fn every_body_is_its_golden_file_and_there_are_no_others() {
    for (name, bytes) in all() {
        expect_file![format!("../golden/{name}.json")].assert_eq(&laid_out(&bytes));
    }

    let names = file_names();

    let bodies: Vec<String> = all().keys().map(|name| format!("{name}.json")).collect();
    assert_eq!(names, bodies);
}

fn file_names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let files = std::fs::read_dir(folder).expect("the folder is part of the crate");
    let mut names: Vec<String> = files
        .map(|file| file.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

type Named = Vec<(&'static str, Vec<u8>)>;

fn payouts() -> Named {
    let body = |payout| PayoutBody::from(&payout).to_bytes();
    let mut instant_only = fixture::order();
    instant_only.scheme_selection = SchemeSelection::InstantOnly;
    instant_only.metadata = Metadata::default();
    let mut preselected = fixture::order();
    preselected.scheme_selection =
        SchemeSelection::Preselected(payout_domain::Scheme::FasterPaymentsService);
    let extra = Some(("payout_id", fixture::PAYOUT_ID));
    let page = [fixture::executed(), fixture::failed()];
    vec![
        ("create_payout", CreatePayout::render(&fixture::order(), None)),
        ("create_payout_with_extra_pair", CreatePayout::render(&preselected, extra)),
        ("create_payout_without_metadata", CreatePayout::render(&instant_only, None)),
        ("created_payout", CreatedPayout::new(of(fixture::PAYOUT_ID)).to_bytes()),
        ("payout_pending", body(fixture::pending())),
        ("payout_authorized", body(fixture::authorized())),
        ("payout_executed", body(fixture::executed())),
        ("payout_failed", body(fixture::failed())),
        ("payout_returned", body(fixture::returned())),
        ("payout_of_euros", body(fixture::euros())),
        ("payout_page", PayoutPage::new(&page, Some("NWEwZTRjMWQ".into())).to_bytes()),
        ("payout_page_last", PayoutPage::new(&[], None).to_bytes()),
        ("payout_history", history().to_bytes()),
    ]
}

fn history() -> HistoryBody {
    let id = of("1d7e5f30-c2b9-4a84-8f61-0e3a9b5c7d26");
    let rejected = Evidence::Rejected { attempt: 1, detail: "say \"please\"".into() };
    HistoryBody::new(&[
        (1, at("2026-03-02T09:14:07.412093Z"), Evidence::Accepted, PayoutState::Accepted),
        (
            2,
            at("2026-03-02T09:14:07.500000Z"),
            Evidence::TransmissionBegun { attempt: 1 },
            PayoutState::Sending { earlier_unresolved: false },
        ),
        (
            3,
            at("2026-03-02T09:14:07.980114Z"),
            Evidence::Acknowledged { gateway_payout_id: id },
            PayoutState::Submitted { authorized: false },
        ),
        (4, at("2026-03-02T09:14:08Z"), rejected, PayoutState::Failed(FailureReason::Rejected)),
    ])
}

fn accounts() -> Named {
    let account = fixture::merchant_account();
    let source = PaymentSource::of_payment(&fixture::payment());
    let accounts = [fixture::merchant_account(), fixture::euro_account()];
    let cursor = "MjAyNi0wMy0wMlQwOToxNDowOS4yMjZaLDVhMGU0YzFk";
    let transactions = TransactionPage::new(fixture::transactions(), Some(cursor.into()));
    vec![
        ("merchant_account", MerchantAccountBody::from(&account).to_bytes()),
        ("merchant_account_list", MerchantAccountList::new(&accounts).to_bytes()),
        ("payment_source_list", PaymentSourceList::new(&[source]).to_bytes()),
        ("payment_source_list_empty", PaymentSourceList::new(&[]).to_bytes()),
        ("payment_settled", PaymentBody::from(&fixture::payment()).to_bytes()),
        ("transaction_page", transactions.to_bytes()),
        ("transaction_page_last", TransactionPage::new(vec![], None).to_bytes()),
    ]
}

fn webhooks() -> Named {
    let id = of(EVENT_ID);
    let balances = Some(Balances::of(&fixture::merchant_account()));
    let executed = |payout, balances| {
        let event = WebhookEvent::payout_executed(id, &payout, balances);
        event.expect("it was executed").to_bytes()
    };
    let failed = |payout| {
        let event = WebhookEvent::payout_failed(id, &payout);
        event.expect("it failed or came back").to_bytes()
    };
    let settled = WebhookEvent::payment_settled(id, &fixture::payment());
    vec![
        ("webhook_payout_executed", executed(fixture::executed(), balances)),
        ("webhook_payout_executed_without_balances", executed(fixture::returned(), None)),
        ("webhook_payout_failed", failed(fixture::failed())),
        ("webhook_payout_returned", failed(fixture::returned())),
        ("webhook_payment_settled", settled.to_bytes()),
    ]
}

fn tokens() -> Named {
    let request = |scope: Option<&str>| {
        let scope = scope.map(str::to_owned);
        TokenRequest::new("sandbox-acme-1a2b3c".into(), "2f0c8a1e-secret".into(), scope).to_bytes()
    };
    let response = |scope: Option<&str>| {
        let life = Duration::from_hours(1);
        TokenResponse::new("eyJhbGciOiJSUzI1NiIs".into(), life, scope.map(str::to_owned)).to_bytes()
    };
    let unsupported =
        OAuthError::new(OAuthErrorCode::UnsupportedGrantType, "no such grant".to_owned());
    vec![
        ("token_request", request(Some("payments"))),
        ("token_request_without_scope", request(None)),
        ("token_response", response(Some("payments"))),
        ("token_response_without_scope", response(None)),
        ("token_error_invalid_client", OAuthError::invalid_client().to_bytes()),
        ("token_error_unsupported_grant_type", unsupported.to_bytes()),
    ]
}

fn sandbox() -> Named {
    let deposit = Deposit {
        user_id: of(fixture::USER_ID),
        amount: of("20.00 GBP"),
        account_identifier: Some(of("040668 00004417")),
        account_holder_name: Some("SAM EXAMPLE".into()),
        merchant_account_id: Some(of(fixture::MERCHANT_ACCOUNT_ID)),
    };
    let bare = Deposit {
        account_identifier: None,
        account_holder_name: None,
        merchant_account_id: None,
        ..deposit.clone()
    };
    let made = DepositBody {
        payment_id: of(fixture::PAYMENT_ID),
        user_id: of(fixture::USER_ID),
        payment_source_id: of(fixture::PAYMENT_SOURCE_ID),
        merchant_account_id: of(fixture::MERCHANT_ACCOUNT_ID),
    };
    let lifetimes = Lifetimes {
        token_life: Some(Duration::from_secs(20)),
        key_window: Some(Duration::from_secs(30)),
    };
    let delays = Delays { execution: Some(Duration::from_millis(250)), settlement: None };
    let target = WebhookTarget { url: "http://127.0.0.1:8080/webhooks".into() };
    vec![
        ("sandbox_deposit", deposit.to_bytes()),
        ("sandbox_deposit_bare", bare.to_bytes()),
        ("sandbox_deposit_made", made.to_bytes()),
        ("sandbox_fail_next", FailNext { reason: FailureReason::InsufficientFunds }.to_bytes()),
        ("sandbox_fault_rules", fault_rules().to_bytes()),
        ("sandbox_fault_report", fault_report().to_bytes()),
        ("sandbox_return_payout", ReturnPayout { payout_id: of(fixture::PAYOUT_ID) }.to_bytes()),
        ("sandbox_delays", delays.to_bytes()),
        ("sandbox_lifetimes", lifetimes.to_bytes()),
        ("sandbox_clock_advance", ClockAdvance { by: Duration::from_hours(24) }.to_bytes()),
        ("sandbox_clock", ClockBody { now: at("2026-03-02T09:14:07.412093Z") }.to_bytes()),
        ("sandbox_webhook_target", target.to_bytes()),
    ]
}

fn operators() -> Named {
    let waiting = [fixture::parked(), fixture::proposed()];
    let resolve = |outcome| {
        let evidence = "statement of 2 March: not there, ticket 4711".into();
        ResolveOrder { outcome, evidence }.to_bytes()
    };
    let executed = Resolution::Executed { at: at("2026-03-02T09:14:09.226871Z") };
    let because = "the bank is under attack";
    let paused = PauseBody::Paused {
        by: of("alice"),
        because: because.into(),
        at: at("2026-03-02T09:14:07.412093Z"),
    };
    let letters = DeadLetterPage { items: fixture::dead_letters(), next_cursor: None };
    vec![
        (
            "operator_payouts",
            StandingPage::new(&waiting, Some(fixture::PAYOUT_ID.into())).to_bytes(),
        ),
        ("operator_payouts_none", StandingPage::new(&[], None).to_bytes()),
        ("operator_payout", fixture::file().to_bytes()),
        ("operator_decided", StandingPayout::from(&fixture::proposed()).to_bytes()),
        ("operator_resolve", resolve(Resolution::NeverSubmitted)),
        ("operator_resolve_failed", resolve(Resolution::Failed)),
        ("operator_resolve_executed", resolve(executed)),
        ("operator_pause_order", PauseOrder { because: because.into() }.to_bytes()),
        ("operator_paused", paused.to_bytes()),
        ("operator_sending", PauseBody::Sending.to_bytes()),
        ("operator_dead_letters", letters.to_bytes()),
    ]
    .into_iter()
    .chain(clients())
    .collect()
}

fn clients() -> [(&'static str, Vec<u8>); 6] {
    let listed = vec![
        ClientBody::new(&registered::configured(), ClientOrigin::Configuration),
        ClientBody::new(&registered::bets(), ClientOrigin::Register),
    ];
    let added = ClientWithSecret {
        client_secret: registered::SECRET.to_owned(),
        client: ClientBody::new(&registered::bets(), ClientOrigin::Register),
    };
    [
        ("operator_client_order", registered::order().to_bytes()),
        ("operator_client_added", added.to_bytes()),
        ("operator_client_change", registered::change().to_bytes()),
        ("operator_client", listed.last().expect("there are two").to_bytes()),
        ("operator_client_secret", NewSecretOrder { overlap: Duration::from_hours(24) }.to_bytes()),
        ("operator_clients", ClientList { items: listed }.to_bytes()),
    ]
}

fn problems() -> Vec<(String, Vec<u8>)> {
    let one_of_each = ProblemKind::ALL.into_iter().map(|kind| {
        let problem = Problem::new(kind, kind.detail(), TRACE_ID);
        let (_, name) = problem.type_uri.split_once('#').expect("types have a fragment");
        (format!("problem_{}", name.replace('-', "_")), problem.to_bytes())
    });
    let invalid: InvalidBody =
        CreatePayout::parse(br#"{"amount_in_minor":"1250","beneficiary":{"type":"iban"}}"#)
            .expect_err("hardly anything of it is right");
    let with_errors = Problem::invalid_body(invalid, TRACE_ID).to_bytes();
    one_of_each.chain([("problem_with_errors".to_owned(), with_errors)]).collect()
}

/// Breaks the lines of compact JSON for the eye. Members keep their order, which a parser would lose.
fn laid_out(compact: &[u8]) -> String {
    let mut text = String::new();
    let (mut depth, mut in_text, mut escaped, mut previous) = (0_usize, false, false, ' ');
    for c in std::str::from_utf8(compact).expect("JSON is UTF-8").chars() {
        assert!(in_text || !c.is_whitespace(), "what we write is compact");
        let closes = !in_text && matches!(c, '}' | ']');
        let opened = !in_text && matches!(previous, '{' | '[');
        depth = depth.saturating_sub(closes.into());
        if opened != closes || (!in_text && previous == ',') {
            text.push('\n');
            text.push_str(&"  ".repeat(depth));
        }
        text.push(c);
        if !in_text && c == ':' {
            text.push(' ');
        }
        depth = depth.saturating_add((!in_text && matches!(c, '{' | '[')).into());
        previous = if in_text { '"' } else { c };
        in_text = (c == '"' && !escaped) != in_text;
        escaped = in_text && c == '\\' && !escaped;
    }
    text + "\n"
}

/// A provider that loses answers to payouts, then has too much to do now and then, and tells of
/// somebody else's payouts.
fn fault_rules() -> FaultRules {
    let answer = FaultRule {
        on: FaultCall::CreatePayout,
        kind: FaultKind::Answer,
        when: None,
        status: Some(429),
        retry_after: Some(3),
        after_bytes: None,
        milliseconds: None,
        location: None,
        skip: 1,
        often: FaultOften::Percent(25),
    };
    let cut = FaultRule {
        kind: FaultKind::Cut,
        when: Some(FaultTime::After),
        status: None,
        retry_after: None,
        after_bytes: Some(20),
        skip: 0,
        often: FaultOften::Next(2),
        ..answer.clone()
    };
    let foreign = FaultRule {
        on: FaultCall::Webhook,
        kind: FaultKind::Foreign,
        when: None,
        after_bytes: None,
        often: FaultOften::Every,
        ..cut.clone()
    };
    FaultRules { seed: 7, rules: vec![cut, answer, foreign] }
}

fn fault_report() -> FaultReport {
    let FaultRules { seed, rules } = fault_rules();
    let calls = [("create_payout".to_owned(), 5), ("webhook".to_owned(), 1)];
    let rules = rules.into_iter().zip([2, 1, 1]);
    let rules = rules.map(|(rule, injected)| FaultTally { rule, injected }).collect();
    FaultReport { seed, calls: calls.into_iter().collect(), rules }
}
