//! What a caller reads when a payout is refused.

use expect_test::expect_file;
use payout_domain::*;

fn all() -> Vec<Refusal> {
    let [asked, held] = [Currency::EUR, Currency::GBP];
    let polish = IdentifierKind::Iban(*b"PL");
    vec![
        Refusal::AmountZero,
        Refusal::AmountAboveLimit { limit: "100.00 GBP".parse().expect("it is money") },
        Refusal::CurrencyNotPayable { currency: "XAU".parse().expect("gold is a code") },
        Refusal::UnknownMerchantAccount,
        Refusal::MerchantAccountCurrency { asked, held },
        Refusal::UnknownPaymentSource,
        Refusal::NeverPaidIn,
        Refusal::PaymentSourceCurrency { asked, held },
        Refusal::NoScheme(CurrencyAccountMismatch { currency: held, identifier: polish }),
        Refusal::SchemeSelection { reachable: Scheme::FasterPaymentsService },
        Refusal::Reference(ReferenceError::Empty),
        Refusal::Reference(ReferenceError::TooLong { limit: 18 }),
        Refusal::Reference(ReferenceError::Character { character: '_' }),
        Refusal::CardNumberInReference,
        Refusal::CardNumberInMetadata { place: 2 },
    ]
}

#[test]
fn golden_refusals_say_what_is_wrong_and_what_to_do() {
    let lines: Vec<_> =
        all().iter().map(|refusal| format!("{:?}: {refusal}\n", refusal.field())).collect();

    expect_file!["../golden/refusals.txt"].assert_eq(&lines.concat());
}

#[test]
fn several_reasons_are_printed_one_after_the_other() {
    let source = crate::fixtures::source();
    let account = crate::fixtures::merchant_account();
    let order = PayoutOrder {
        amount: Money::zero(Currency::GBP),
        user_id: "eve".parse().expect("it is a name"),
        ..crate::fixtures::order()
    };

    let refusals = PayoutRequest::new(order, &account, &source, &PayoutRules::default())
        .expect_err("the order breaks two rules");

    assert_eq!(
        refusals.to_string(),
        format!("{}; {}", Refusal::AmountZero, Refusal::UnknownPaymentSource)
    );
}

/// The refusals of an order to the account with this identifier, which paid in `held`.
fn refusals(
    order: PayoutOrder,
    held: Currency,
    identifier: &str,
    rules: &PayoutRules,
) -> Vec<Refusal> {
    let source = crate::fixtures::source();
    let account = (None, vec![identifier.parse().expect("the example is valid")]);
    let user_id = source.user_id().clone();
    let source = PaymentSource::restore(source.id(), user_id, held, account, source.proofs());
    let source = source.expect("it has a proof");
    let account = crate::fixtures::merchant_account();
    let account = MerchantAccount { currency: order.amount.currency(), ..account };
    let refused = PayoutRequest::new(order, &account, &source, rules).err();
    refused.map(|refusals| refusals.iter().cloned().collect()).unwrap_or_default()
}

#[test]
fn only_instant_means_that_no_slower_scheme_will_do() {
    let amount = "12.50 NOK".parse().expect("it is money");
    let scheme_selection = SchemeSelection::InstantOnly;
    let order = PayoutOrder { amount, scheme_selection, ..crate::fixtures::order() };

    let refusals = refusals(order, Currency::NOK, "NO9386011117947", &PayoutRules::default());

    let reachable = Scheme::NorwegianDomesticCreditTransfer;
    assert_eq!(refusals, [Refusal::SchemeSelection { reachable }]);
}

#[test]
fn another_currency_is_one_reason_not_two() {
    let amount = "12.50 EUR".parse().expect("it is money");
    let order = PayoutOrder { amount, ..crate::fixtures::order() };

    let refusals = refusals(order, Currency::GBP, "04066800004417", &PayoutRules::default());

    let [asked, held] = [Currency::EUR, Currency::GBP];
    assert_eq!(refusals, [Refusal::PaymentSourceCurrency { asked, held }]);
}

#[test]
fn an_order_without_a_source_is_checked_in_all_else() {
    let rules = PayoutRules { strict_references: true, ..PayoutRules::default() };
    let order = PayoutOrder {
        payment_source_id: "00000000-0000-4000-8000-000000000001".parse().expect("it is a UUID"),
        reference: "żółw".parse().expect("it can be read"),
        ..crate::fixtures::order()
    };

    let refusals = refusals(order, Currency::GBP, "04066800004417", &rules);

    let unclear = Refusal::Reference(ReferenceError::Character { character: 'ż' });
    assert_eq!(refusals, [Refusal::UnknownPaymentSource, unclear]);
}

#[test]
fn a_card_number_is_refused_wherever_it_is_written() {
    let number = "4111 1111 1111 1111";
    let pairs = [("a", "20417"), ("b", number), ("card 4111111111111111", "c")];
    let order = PayoutOrder {
        reference: format!("WD {number}").parse().expect("it can be read"),
        metadata: Metadata::new(pairs).expect("three pairs are few"),
        ..crate::fixtures::order()
    };

    let refusals = refusals(order, Currency::GBP, "04066800004417", &PayoutRules::default());

    let in_metadata = |place| Refusal::CardNumberInMetadata { place };
    assert_eq!(refusals, [Refusal::CardNumberInReference, in_metadata(2), in_metadata(3)]);
    assert!(refusals.iter().all(|refusal| !refusal.to_string().contains("1111")), "{refusals:?}");
}

#[test]
fn a_card_number_is_refused_also_where_there_is_no_source() {
    let order = PayoutOrder {
        payment_source_id: "00000000-0000-4000-8000-000000000001".parse().expect("it is a UUID"),
        reference: "4111111111111111".parse().expect("it can be read"),
        ..crate::fixtures::order()
    };

    let refusals = refusals(order, Currency::GBP, "04066800004417", &PayoutRules::default());

    assert_eq!(refusals, [Refusal::UnknownPaymentSource, Refusal::CardNumberInReference]);
}
