//! The value types as JSON strings.

use std::fmt::Debug;

use payout_domain::strategies as any;
use payout_domain::*;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn comes_back<T>(value: &T) -> Result<(), TestCaseError>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let json = written(value);

    let read: Option<T> = serde_json::from_str(&json).ok();

    prop_assert_eq!(read.as_ref(), Some(value), "{}", json);
    Ok(())
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a string is JSON")
}

fn is_refused<T: DeserializeOwned>(json: &str) {
    assert!(serde_json::from_str::<T>(json).is_err(), "{json}");
}

proptest! {
    #[test]
    fn ids_come_back(
        payout in any::payout_id(),
        gateway_payout in any::gateway_payout_id(),
        payment in any::payment_id(),
        source in any::payment_source_id(),
        merchant_account in any::merchant_account_id(),
        transaction in any::transaction_id(),
        event in any::event_id(),
        user in any::user_id(),
        client in any::client_id(),
        key in any::idempotency_key(),
    ) {
        comes_back(&payout)?;
        comes_back(&gateway_payout)?;
        comes_back(&payment)?;
        comes_back(&source)?;
        comes_back(&merchant_account)?;
        comes_back(&transaction)?;
        comes_back(&event)?;
        comes_back(&user)?;
        comes_back(&client)?;
        comes_back(&key)?;
    }

    #[test]
    fn accounts_come_back(
        identifier in any::account_identifier(),
        iban in any::iban(),
        nrb in any::nrb(),
        number in any::sort_code_account_number(),
    ) {
        comes_back(&identifier)?;
        comes_back(&iban)?;
        comes_back(&nrb)?;
        comes_back(&number)?;
    }

    #[test]
    fn money_time_and_texts_come_back(
        money in any::money(),
        currency in any::currency(),
        at in any::timestamp(),
        reference in any::reference(),
        scheme in any::scheme(),
    ) {
        comes_back(&money)?;
        comes_back(&currency)?;
        comes_back(&at)?;
        comes_back(&reference)?;
        comes_back(&scheme)?;
    }

    #[test]
    fn the_life_of_a_payout_comes_back(
        state in any::payout_state(),
        evidence in any::evidence(),
        reason in any::failure_reason(),
    ) {
        comes_back(&state)?;
        comes_back(&evidence)?;
        comes_back(&reason)?;
    }
}

#[test]
fn each_type_is_the_text_that_it_prints() {
    let number: AccountIdentifier = "04-06-68 00004417".parse().expect("the example is valid");
    let money: Money = "12.50 GBP".parse().expect("it is money");

    assert_eq!(written(&money), r#""12.50 GBP""#);
    assert_eq!(written(&number), r#""04066800004417""#, "in full: whoever stores it must mean to");
    assert_eq!(written(&PayoutState::Unknown), r#""unknown""#);
    assert_eq!(written(&Timestamp::from_seconds(5)), "5000000");
}

#[test]
fn what_is_read_is_checked_like_any_input() {
    is_refused::<Money>(r#""12.345 GBP""#);
    is_refused::<Money>("1250");
    is_refused::<Money>(r#"{"minor":1250,"currency":"GBP"}"#);
    is_refused::<Currency>(r#""gbp""#);
    is_refused::<PayoutId>(r#""5A0E4C1D-9B72-4F86-8A3E-61C2D7F0B9A4""#);
    is_refused::<UserId>(r#""a b""#);
    is_refused::<ClientId>(r#""""#);
    is_refused::<IdempotencyKey>(r#""a b ""#);
    is_refused::<AccountIdentifier>(r#""GB73CLRB04066800004417""#);
    is_refused::<Iban>(r#""04066800004417""#);
    is_refused::<Nrb>(r#""61109010140000071219812875""#);
    is_refused::<SortCodeAccountNumber>(r#""4066800004417""#);
    is_refused::<Reference>(r#""a\nb""#);
    is_refused::<Scheme>(r#""bacs""#);
    is_refused::<PayoutState>(r#""paid""#);
    is_refused::<Evidence>(r#""rumour""#);
    is_refused::<Timestamp>(r#""2026-03-02""#);
    is_refused::<Timestamp>("1.5");
}
