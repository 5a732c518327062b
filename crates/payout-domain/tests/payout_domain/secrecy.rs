//! Nothing that is printed by accident shows an account number or a name.

use std::fmt::Debug;

use payout_domain::strategies as any;
use payout_domain::*;
use proptest::prelude::*;

use crate::fixtures::record;

/// Whether the text shows a number in any form, or the name of an account holder.
fn shows(text: &str, identifiers: &[AccountIdentifier]) -> bool {
    // Every name that a strategy makes holds this.
    text.contains("ZZNAME") || identifiers.iter().any(|identifier| shows_number(text, identifier))
}

fn shows_number(text: &str, identifier: &AccountIdentifier) -> bool {
    let number = identifier.electronic();
    // Ten characters are too much already; fewer can stand in a UUID or a time by chance.
    let tail = &number[number.len() - 10..];
    let apart = match identifier {
        AccountIdentifier::Iban(iban) => text.contains(&iban.printed()),
        AccountIdentifier::SortCodeAccountNumber(number) => {
            text.contains(&number.sort_code()) && text.contains(&number.account_number())
        }
        AccountIdentifier::Nrb(nrb) => text.contains(&nrb.iban().printed()),
    };
    apart || text.contains(tail)
}

fn keeps_quiet(value: &impl Debug, identifiers: &[AccountIdentifier]) -> Result<(), TestCaseError> {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        prop_assert!(!shows(&text, identifiers), "{}", text);
    }
    Ok(())
}

proptest! {
    #[test]
    fn an_account_identifier_is_masked(identifier in any::account_identifier()) {
        let one = std::slice::from_ref(&identifier);

        keeps_quiet(&identifier, one)?;
        keeps_quiet(&identifier.account(), one)?;
        keeps_quiet(&identifier.scheme_for(Currency::JPY), one)?;
        prop_assert!(!shows(&identifier.to_string(), one), "{}", identifier);
        prop_assert!(!shows(&identifier.kind().to_string(), one));
        match &identifier {
            AccountIdentifier::Iban(iban) => keeps_quiet(iban, one)?,
            AccountIdentifier::SortCodeAccountNumber(number) => keeps_quiet(number, one)?,
            AccountIdentifier::Nrb(nrb) => keeps_quiet(nrb, one)?,
        }
    }

    #[test]
    fn payments_and_accounts_are_masked(
        payment in any::payment(),
        source in any::payment_source(),
        account in any::payable_currency().prop_flat_map(any::merchant_account),
    ) {
        keeps_quiet(&payment, &payment.account_identifiers)?;
        keeps_quiet(&source, source.account_identifiers())?;
        keeps_quiet(&account, &account.account_identifiers)?;
    }

    #[test]
    fn orders_and_payouts_are_masked(allowed in any::allowed_order(), payout in any::payout()) {
        let identifiers = payout.request().account_identifiers();

        keeps_quiet(&allowed, allowed.source.account_identifiers())?;
        keeps_quiet(&allowed.check(), allowed.source.account_identifiers())?;
        keeps_quiet(&payout, identifiers)?;
        keeps_quiet(&payout.request(), identifiers)?;
        keeps_quiet(&record(&payout), identifiers)?;
    }

    #[test]
    fn what_is_masked_still_says_which_one_it_is(
        source in any::payment_source(), request in any::payout_request(), money in any::money(),
        payout in any::payout(),
    ) {
        let stored = record(&payout);
        let printed = [
            format!("{source:?}"), format!("{request:?}"), format!("{money:?}"), format!("{stored:?}"),
        ];

        let ordered = request.order().payment_source_id.to_string();
        let names =
            [source.id().to_string(), ordered, money.to_string(), payout.id().to_string()];
        for (text, name) in printed.iter().zip(names) {
            prop_assert!(text.contains(&name), "{} says nothing of {}", text, name);
        }
    }

    #[test]
    fn a_masked_number_still_shows_its_end(identifier in any::account_identifier()) {
        let number = identifier.electronic();
        let end = &number[number.len() - 2..];
        let own = match &identifier {
            AccountIdentifier::Iban(iban) => format!("{iban:?}"),
            AccountIdentifier::SortCodeAccountNumber(number) => format!("{number:?}"),
            AccountIdentifier::Nrb(nrb) => format!("{nrb:?}"),
        };

        for text in [own, format!("{identifier:?}"), format!("{:?}", identifier.account())] {
            prop_assert!(text.contains(end), "{} says nothing", text);
        }
    }

    #[test]
    fn a_number_with_a_typing_error_is_not_repeated(identifier in any::account_identifier()) {
        let mistyped = identifier.electronic() + "7";

        let error = mistyped.parse::<AccountIdentifier>().expect_err("it is too long");

        prop_assert!(!shows(&error.to_string(), std::slice::from_ref(&identifier)));
        keeps_quiet(&error, &[identifier])?;
    }

    #[test]
    fn the_values_of_metadata_are_not_shown(value in "[A-Z]{20,40}") {
        let metadata = Metadata::new([("note", value.as_str())]).expect("it is within the limits");

        let printed = format!("{metadata:?}");

        prop_assert!(!printed.contains(&value));
    }
}

#[test]
fn what_is_looked_for_would_be_found() {
    let iban = AccountIdentifier::Iban("GB72CLRB04066800004417".parse().expect("it is valid"));
    let domestic: AccountIdentifier = "04066800004417".parse().expect("it is valid");
    for text in ["GB72CLRB04066800004417", "GB72 CLRB 0406 6800 0044 17", "…6800004417"] {
        assert!(shows(text, std::slice::from_ref(&iban)), "{text}");
    }
    for text in ["04066800004417", "040668, 00004417", "SAM ZZNAMESAM"] {
        assert!(shows(text, std::slice::from_ref(&domestic)), "{text}");
    }
    assert!(!shows("GB******************17", &[iban, domestic]));
}
