//! Which orders are allowed, and that each broken rule is named.

use payout_domain::strategies as any;
use payout_domain::strategies::AllowedOrder;
use payout_domain::*;
use proptest::prelude::*;
use uuid::Uuid;

/// Breaks one rule, and says which refusal must come; `None` if this order cannot break it alone.
type Breakage = fn(&mut AllowedOrder) -> Option<Refusal>;

const BREAKAGES: [(&str, Breakage); 13] = [
    ("nothing is paid", |all| {
        all.order.amount = Money::zero(all.order.amount.currency());
        Some(Refusal::AmountZero)
    }),
    ("the currency's own limit", |all| {
        let amount = all.order.amount;
        let limit = Money::from_minor(amount.minor() - 1, amount.currency()).ok()?;
        all.rules.limits = vec![limit];
        Some(Refusal::AmountAboveLimit { limit })
    }),
    ("the limit of all other currencies", |all| {
        let amount = all.order.amount;
        let limit = Money::from_minor(amount.minor() - 1, amount.currency()).ok()?;
        all.rules.limits = Vec::new();
        all.rules.limit_minor = limit.minor();
        Some(Refusal::AmountAboveLimit { limit })
    }),
    ("a withdrawn currency", |all| {
        let currency = "HRK".parse().ok()?;
        all.order.amount = Money::from_minor(all.order.amount.minor(), currency).ok()?;
        all.merchant_account.currency = currency;
        all.rules.limit_minor = u64::MAX;
        all.source = source_of(&all.source, currency, Vec::new());
        Some(Refusal::CurrencyNotPayable { currency })
    }),
    ("another merchant account", |all| {
        all.merchant_account.id = other_merchant_account();
        Some(Refusal::UnknownMerchantAccount)
    }),
    ("the merchant account's currency", |all| {
        let asked = all.order.amount.currency();
        let held = other_currency(asked);
        all.merchant_account.currency = held;
        Some(Refusal::MerchantAccountCurrency { asked, held })
    }),
    ("another user", |all| {
        all.order.user_id = format!("x{}", &all.order.user_id.as_str()[1..]).parse().ok()?;
        (all.order.user_id != *all.source.user_id()).then_some(Refusal::UnknownPaymentSource)
    }),
    ("another source", |all| {
        all.order.payment_source_id = PaymentSourceId::from_uuid(Uuid::from_u128(3));
        Some(Refusal::UnknownPaymentSource)
    }),
    ("a merchant account that was never paid into", |all| {
        all.order.merchant_account_id = other_merchant_account();
        all.merchant_account.id = other_merchant_account();
        Some(Refusal::NeverPaidIn)
    }),
    ("the source's currency", |all| {
        let asked = all.order.amount.currency();
        let held = other_currency(asked);
        let identifiers = all.source.account_identifiers().to_vec();
        all.source = source_of(&all.source, held, identifiers);
        Some(Refusal::PaymentSourceCurrency { asked, held })
    }),
    ("an account that no scheme reaches", |all| {
        let currency = all.order.amount.currency();
        let text = if currency == Currency::GBP { "NO9386011117947" } else { "04066800004417" };
        let identifier: AccountIdentifier = text.parse().ok()?;
        let kind = identifier.kind();
        all.source = source_of(&all.source, currency, vec![identifier]);
        Some(Refusal::NoScheme(CurrencyAccountMismatch { currency, identifier: kind }))
    }),
    ("a scheme that does not reach the account", |all| {
        let currency = all.order.amount.currency();
        let reachable =
            all.source.account_identifiers().iter().find_map(|i| i.scheme_for(currency).ok())?;
        all.order.scheme_selection = SchemeSelection::Preselected(Scheme::Unknown);
        Some(Refusal::SchemeSelection { reachable })
    }),
    ("a reference that no scheme carries", |all| {
        all.rules.strict_references = true;
        all.order.reference = Reference::lenient("żółw").ok()?;
        Some(Refusal::Reference(ReferenceError::Character { character: 'ż' }))
    }),
];

fn other_merchant_account() -> MerchantAccountId {
    MerchantAccountId::from_uuid(Uuid::from_u128(2))
}

fn other_currency(currency: Currency) -> Currency {
    if currency == Currency::EUR { Currency::GBP } else { Currency::EUR }
}

/// The same source, but of another currency or with other identifiers.
fn source_of(
    source: &PaymentSource,
    currency: Currency,
    identifiers: Vec<AccountIdentifier>,
) -> PaymentSource {
    let user_id = source.user_id().clone();
    PaymentSource::restore(source.id(), user_id, currency, (None, identifiers), source.proofs())
        .expect("it has its proofs")
}

fn refusals(all: &AllowedOrder) -> Vec<Refusal> {
    all.check().err().map(|refusals| refusals.iter().cloned().collect()).unwrap_or_default()
}

/// Whether a refusal says more of a source than that the user has none.
fn tells_of_a_source(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::NeverPaidIn
        | Refusal::PaymentSourceCurrency { .. }
        | Refusal::NoScheme(_)
        | Refusal::SchemeSelection { .. } => true,
        Refusal::AmountZero
        | Refusal::AmountAboveLimit { .. }
        | Refusal::CurrencyNotPayable { .. }
        | Refusal::UnknownMerchantAccount
        | Refusal::MerchantAccountCurrency { .. }
        | Refusal::UnknownPaymentSource
        | Refusal::Reference(_)
        | Refusal::CardNumberInReference
        | Refusal::CardNumberInMetadata { .. } => false,
    }
}

proptest! {
    #[test]
    fn an_allowed_order_stays_what_it_was(all in any::allowed_order()) {
        let request = all.check().expect("the order breaks no rule");

        prop_assert_eq!(request.order(), &all.order);
        prop_assert_eq!(request.amount(), all.order.amount);
        prop_assert_eq!(Some(request.proof()), all.source.proof(all.merchant_account.id));
        prop_assert_eq!(request.account_holder_name(), all.source.account_holder_name());
        prop_assert_eq!(request.account_identifiers(), all.source.account_identifiers());
        prop_assert_eq!(all.check(), Ok(request));
    }

    #[test]
    fn an_allowed_order_has_one_currency_and_a_scheme(all in any::allowed_order()) {
        let request = all.check().expect("the order breaks no rule");
        let currency = request.amount().currency();

        prop_assert!(currency.payable().is_ok());
        prop_assert_eq!(all.merchant_account.currency, currency);
        prop_assert_eq!(all.source.currency(), currency);
        prop_assert!(!request.amount().is_zero());
        prop_assert_eq!(request.scheme().is_none(), request.account_identifiers().is_empty());
        if all.order.scheme_selection == SchemeSelection::InstantOnly {
            prop_assert!(request.scheme().is_none_or(Scheme::is_instant));
        }
        if let (Some(scheme), SchemeSelection::Preselected(wanted)) =
            (request.scheme(), all.order.scheme_selection)
        {
            prop_assert_eq!(scheme, wanted);
        }
    }

    #[test]
    fn each_broken_rule_is_named_and_no_other(
        all in any::allowed_order(), which in 0..BREAKAGES.len(),
    ) {
        let (name, broken) = BREAKAGES[which];
        let mut all = all;
        let expected = broken(&mut all);
        prop_assume!(expected.is_some());

        prop_assert_eq!(refusals(&all), Vec::from_iter(expected), "{}", name);
    }

    #[test]
    fn somebody_elses_source_cannot_be_told_from_none(
        all in any::allowed_order(),
        theirs in any::payment_source(),
        which in 0..BREAKAGES.len(),
        strict in any::<bool>(),
    ) {
        let mut all = all;
        let (_, broken) = BREAKAGES[which];
        broken(&mut all);
        all.rules.strict_references |= strict;
        // Eve names a source that exists, but not for her.
        all.order.payment_source_id = theirs.id();
        prop_assume!(all.order.user_id != *theirs.user_id());
        let AllowedOrder { order, merchant_account, rules, .. } = &all;

        let of_theirs = PayoutRequest::new(order.clone(), merchant_account, &theirs, rules);
        let of_none = PayoutRequest::refuse_without_source(order, merchant_account, rules);

        prop_assert_eq!(of_theirs, Err(of_none.clone()));
        prop_assert!(of_none.iter().any(|refusal| *refusal == Refusal::UnknownPaymentSource));
        prop_assert!(!of_none.iter().any(tells_of_a_source));
    }

    #[test]
    fn two_broken_rules_are_both_named(all in any::allowed_order()) {
        let mut all = all;
        all.order.amount = Money::zero(all.order.amount.currency());
        all.merchant_account.id = other_merchant_account();

        prop_assert_eq!(refusals(&all), [Refusal::AmountZero, Refusal::UnknownMerchantAccount]);
    }
}

#[test]
fn every_rule_can_be_broken_alone() {
    use crate::fixtures;
    for (name, broken) in BREAKAGES {
        let mut all = AllowedOrder {
            order: fixtures::order(),
            merchant_account: fixtures::merchant_account(),
            source: fixtures::source(),
            rules: PayoutRules::default(),
        };
        let expected = broken(&mut all).expect("the example can break every rule");

        assert_eq!(refusals(&all), [expected], "{name}");
    }
}

#[test]
fn a_limit_above_all_money_is_no_limit() {
    use crate::fixtures;
    let rules = PayoutRules { limit_minor: u64::MAX, ..PayoutRules::default() };
    let amount = Money::from_minor(Money::MAX_MINOR, Currency::GBP).expect("it is the most");
    let order = PayoutOrder { amount, ..fixtures::order() };

    let request =
        PayoutRequest::new(order, &fixtures::merchant_account(), &fixtures::source(), &rules);

    assert!(request.is_ok(), "{request:?}");
}

#[test]
fn the_limit_itself_may_be_paid() {
    use crate::fixtures;
    let limit = Money::from_minor(PayoutRules::LIMIT_MINOR, Currency::GBP).expect("it is money");
    let asked = |amount| {
        let order = PayoutOrder { amount, ..fixtures::order() };
        let (account, source) = (fixtures::merchant_account(), fixtures::source());
        PayoutRequest::new(order, &account, &source, &PayoutRules::default())
    };
    let penny = Money::from_minor(1, Currency::GBP).expect("it is money");

    assert!(asked(limit).is_ok());
    assert!(asked(limit.checked_add(penny).expect("it is money")).is_err());
}
