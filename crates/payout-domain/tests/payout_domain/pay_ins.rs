//! The life of a payment on its way in, and how much of it can be refunded.

use std::fmt::Write as _;

use expect_test::expect_file;
use payout_domain::*;
use proptest::prelude::*;

fn of<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("the examples are valid")
}

fn pay_in(provider_selection: ProviderSelection) -> PayIn {
    let order = PayInOrder {
        user_id: of("sam"),
        merchant_account_id: of("3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f"),
        amount: of("20.00 GBP"),
        provider_selection,
        metadata: Metadata::default(),
    };
    let id = of("d2a6f7e1-83c4-4b59-a0d7-16e9c5b84f33");
    PayIn::new(id, of("acme"), order, Timestamp::from_seconds(0))
}

fn user_selected() -> PayIn {
    pay_in(ProviderSelection::UserSelected(vec![of("bank-a"), of("bank-b")]))
}

fn support(consent: bool, by_page: bool) -> FlowSupport {
    FlowSupport {
        provider_selection: true,
        consent,
        return_uri: by_page.then(|| "https://shop.example".into()),
        form: !by_page,
    }
}

/// One of every step, with every login.
fn steps() -> Vec<PayInStep> {
    let mut steps = vec![
        PayInStep::Start(support(true, true)),
        PayInStep::SelectProvider(of("bank-a")),
        PayInStep::SelectProvider(of("bank-c")),
        PayInStep::Consent,
        PayInStep::Cancel,
        PayInStep::Execute,
        PayInStep::Settle,
    ];
    for login in Login::ALL {
        steps.extend([true, false].map(|by_form| PayInStep::LogIn { login, by_form }));
    }
    steps
}

fn name_of(pay_in: &PayIn) -> String {
    let next = pay_in.next_action().map(|action| format!(" ({action:?} is next)"));
    let failed = match pay_in.state() {
        PayInState::Failed { stage, reason, .. } => Some(format!(" ({reason} while {stage})")),
        PayInState::AuthorizationRequired
        | PayInState::Authorizing
        | PayInState::Authorized
        | PayInState::Executed { .. }
        | PayInState::Settled { .. } => None,
    };
    format!("{}{}{}", pay_in.state().as_str(), next.unwrap_or_default(), failed.unwrap_or_default())
}

/// Every place that a payment can stand at, reached by the shortest way.
fn places() -> Vec<PayIn> {
    let mut places: Vec<PayIn> = vec![user_selected()];
    let mut at = 0_usize;
    while let Some(place) = places.get(at).cloned() {
        for step in steps() {
            let mut then = place.clone();
            let taken = then.take(&step, Timestamp::from_seconds(1)).is_ok();
            if taken && !places.iter().any(|known| name_of(known) == name_of(&then)) {
                places.push(then);
            }
        }
        at = at.saturating_add(1);
    }
    places
}

#[test]
fn golden_every_place_of_a_payment_against_every_step() {
    let mut table = String::new();

    for place in places() {
        let _infallible = writeln!(table, "{}", name_of(&place));
        for step in steps() {
            let mut then = place.clone();
            let outcome = then.take(&step, Timestamp::from_seconds(1));
            let becomes =
                outcome.map_or_else(|refused| format!("! {refused}"), |()| name_of(&then));
            let _infallible = writeln!(table, "    {step:?} -> {becomes}");
        }
    }

    expect_file!["../golden/pay_in.txt"].assert_eq(&table);
}

#[test]
fn a_preselected_bank_is_not_chosen_again() {
    let mut payment = pay_in(ProviderSelection::Preselected(of("bank-a")));

    payment.take(&PayInStep::Start(support(false, true)), Timestamp::from_seconds(1)).expect("new");

    assert_eq!(payment.next_action(), Some(NextAction::Redirect));
    assert_eq!(payment.provider_id(), Some(&of("bank-a")));
    assert_eq!(payment.scheme(), Some(Scheme::FasterPaymentsService));
}

#[test]
fn a_caller_that_can_do_nothing_cannot_begin() {
    let nothing = FlowSupport { provider_selection: true, ..FlowSupport::default() };
    let no_choice = FlowSupport { form: true, ..FlowSupport::default() };
    let mut payment = user_selected();

    let at = Timestamp::from_seconds(1);
    assert_eq!(payment.take(&PayInStep::Start(nothing), at), Err(PayInRefused::NoWayToBank));
    assert_eq!(
        payment.take(&PayInStep::Start(no_choice), at),
        Err(PayInRefused::NoProviderSelection)
    );
    assert_eq!(payment.state(), PayInState::AuthorizationRequired);
}

#[test]
fn the_last_penny_of_a_payment_can_be_refunded_and_not_one_more() {
    let pounds = |text: &str| of::<Money>(text);
    let refunded = [pounds("5.00 GBP"), pounds("4.99 GBP")];

    let last = refund_amount(pounds("10.00 GBP"), &refunded, Some(1));
    let more = refund_amount(pounds("10.00 GBP"), &refunded, Some(2));

    assert_eq!(last, Ok(pounds("0.01 GBP")));
    assert_eq!(more, Err(RefundRefused::AboveRest { rest: pounds("0.01 GBP") }));
}

proptest! {
    #[test]
    fn what_has_ended_moves_no_more_and_what_is_refused_changes_nothing(
        walk in proptest::collection::vec(proptest::sample::select(steps()), 0..30),
    ) {
        let mut payment = user_selected();
        for step in walk {
            let before = payment.clone();

            let taken = payment.take(&step, Timestamp::from_seconds(1));

            prop_assert!(taken.is_ok() || payment == before);
            let had_ended =
                matches!(before.state(), PayInState::Settled { .. } | PayInState::Failed { .. });
            prop_assert!(!had_ended || taken.is_err());
            let is_open = payment.state() == PayInState::Authorizing;
            prop_assert_eq!(payment.next_action().is_some(), is_open);
        }
    }

    #[test]
    fn no_refund_is_above_what_the_others_have_left(
        payment in 1_u64..1_000_000,
        parts in proptest::collection::vec(0_u64..500_000, 0..6),
        asked in proptest::option::of(0_u64..1_200_000),
    ) {
        let pounds = |minor| Money::from_minor(minor, Currency::GBP).expect("within the limit");
        let refunded: Vec<Money> = parts.iter().map(|part| pounds(*part)).collect();
        let left = payment.saturating_sub(parts.iter().sum());

        let amount = refund_amount(pounds(payment), &refunded, asked);

        match amount {
            Ok(amount) => {
                prop_assert_eq!(amount.minor(), asked.unwrap_or(left));
                prop_assert!(!amount.is_zero() && amount.minor() <= left);
            }
            Err(RefundRefused::NothingLeft) => prop_assert_eq!(left, 0),
            Err(RefundRefused::AmountZero) => prop_assert!(asked == Some(0) && left > 0),
            Err(RefundRefused::AboveRest { rest }) => {
                prop_assert!(rest.minor() == left && asked.is_some_and(|asked| asked > left));
            }
        }
    }
}
