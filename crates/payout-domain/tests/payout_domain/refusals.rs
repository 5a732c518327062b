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
