//! What is printed is read back as the same value.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use payout_domain::strategies as any;
use payout_domain::*;
use proptest::prelude::*;

fn reads_back<T>(value: &T) -> Result<(), TestCaseError>
where
    T: Display + FromStr + PartialEq + Debug,
{
    let read = value.to_string().parse::<T>().ok();

    prop_assert_eq!(read.as_ref(), Some(value));
    Ok(())
}

proptest! {
    #[test]
    fn an_id_is_read_as_it_is_printed(
        payout in any::payout_id(),
        gateway_payout in any::gateway_payout_id(),
        payment in any::payment_id(),
        source in any::payment_source_id(),
        merchant_account in any::merchant_account_id(),
        transaction in any::transaction_id(),
        event in any::event_id(),
    ) {
        reads_back(&payout)?;
        reads_back(&gateway_payout)?;
        reads_back(&payment)?;
        reads_back(&source)?;
        reads_back(&merchant_account)?;
        reads_back(&transaction)?;
        reads_back(&event)?;
    }

    #[test]
    fn a_name_or_key_is_read_as_it_is_printed(
        user in any::user_id(),
        client in any::client_id(),
        key in any::idempotency_key(),
        reference in any::reference(),
    ) {
        reads_back(&user)?;
        reads_back(&client)?;
        reads_back(&key)?;
        reads_back(&reference)?;
        prop_assert_eq!(user.to_string(), user.as_str());
        prop_assert_eq!(key.to_string(), key.as_str());
    }

    #[test]
    fn money_and_its_currency_are_read_as_they_are_printed(
        money in any::money(),
        currency in any::currency(),
    ) {
        reads_back(&money)?;
        reads_back(&currency)?;
    }

    #[test]
    fn the_words_of_a_payouts_life_are_read_as_they_are_printed(
        scheme in any::scheme(),
        state in any::payout_state(),
        evidence in any::evidence(),
        status in any::provider_status(),
        reason in any::failure_reason(),
    ) {
        reads_back(&scheme)?;
        reads_back(&state)?;
        reads_back(&evidence)?;
        reads_back(&status)?;
        reads_back(&reason)?;
    }

    #[test]
    fn what_a_scheme_carries_every_provider_takes(
        (scheme, reference) in any::scheme().prop_flat_map(|scheme| {
            (Just(scheme), any::strict_reference(scheme))
        }),
    ) {
        prop_assert_eq!(Reference::strict(reference.as_str(), scheme), Ok(reference.clone()));
        prop_assert_eq!(Reference::lenient(reference.as_str()), Ok(reference));
    }

    #[test]
    fn metadata_is_given_back_unchanged(metadata in any::metadata()) {
        let again = Metadata::new(metadata.pairs());

        prop_assert_eq!(again, Ok(metadata.clone()));
        for (key, value) in metadata.pairs() {
            prop_assert_eq!(metadata.get(key), Some(value));
        }
    }

    #[test]
    fn no_other_word_is_taken_for_a_known_one(word in "[a-z_]{0,20}") {
        fn is_taken_for_another<T: FromStr + Display>(word: &str) -> bool {
            word.parse::<T>().is_ok_and(|value| value.to_string() != word)
        }

        prop_assert!(!is_taken_for_another::<PayoutState>(&word));
        prop_assert!(!is_taken_for_another::<Evidence>(&word));
        prop_assert!(!is_taken_for_another::<ProviderStatus>(&word));
        prop_assert!(!is_taken_for_another::<Resolution>(&word));
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in r"\PC{0,60}|[0-9A-Z .:-]{0,60}|.{0,60}") {
        let _ = text.parse::<Money>();
        let _ = text.parse::<AccountIdentifier>();
        let _ = text.parse::<Iban>();
        let _ = text.parse::<Nrb>();
        let _ = text.parse::<SortCodeAccountNumber>();
        let _ = text.parse::<Evidence>();
        let _ = text.parse::<PayoutState>();
        let _ = text.parse::<Reference>();
        let _ = text.parse::<PayoutId>();
        let _ = Metadata::new([(text.clone(), text)]);
    }
}

#[test]
fn evidence_has_nothing_behind_its_end() {
    for text in [
        "",
        "Accepted",
        "accepted twice",
        "transmission_begun",
        "transmission_begun x",
        "transmission_begun 1 2",
        "rejected 1",
        "acknowledged",
        "acknowledged 00000000-0000-0000-0000-000000000001 too",
        "reported 00000000-0000-0000-0000-000000000001",
        "reported 00000000-0000-0000-0000-000000000001 pending 5",
        "reported 00000000-0000-0000-0000-000000000001 authorized 5 late",
        "reported 00000000-0000-0000-0000-000000000001 executed",
        "reported 00000000-0000-0000-0000-000000000001 executed 5 pigeon",
        "reported 00000000-0000-0000-0000-000000000001 failed 5",
        "parked somewhere",
    ] {
        assert_eq!(text.parse::<Evidence>(), Err(ParseEvidenceError), "{text:?}");
    }
}

#[test]
fn a_state_is_one_of_its_words() {
    for text in ["", "Accepted", "sending:", "sending:once", "submitted:", "parked", "executed:x"] {
        assert_eq!(text.parse::<PayoutState>(), Err(ParseStateError), "{text:?}");
    }
}

#[test]
fn an_old_word_for_a_failure_is_the_same_failure() {
    assert_eq!(FailureReason::from("scan_conversion"), FailureReason::InvalidScan);
    assert_eq!(FailureReason::from("solar_flare"), FailureReason::Other("solar_flare".into()));
}

#[test]
fn a_reference_holds_no_character_that_cannot_be_seen() {
    for hidden in [
        '\0',
        '\u{1F}',
        '\u{7F}',
        '\u{9F}',
        '\u{AD}',
        '\u{61C}',
        '\u{180E}',
        '\u{200B}',
        '\u{200F}',
        '\u{2028}',
        '\u{202E}',
        '\u{2060}',
        '\u{2066}',
        '\u{206F}',
        '\u{FE0F}',
        '\u{FEFF}',
        '\u{FFF9}',
        '\u{FFFD}',
        '\u{E0041}',
    ] {
        let refused = Err(ReferenceError::Character { character: hidden });

        assert_eq!(Reference::lenient(&format!("WD{hidden}1")), refused, "{hidden:?}");
    }
}

#[test]
fn a_status_is_the_word_that_the_provider_has_for_it() {
    // docs.truelayer.com, payout and refund statuses.
    let words = ["pending", "authorized", "executed", "failed"];
    let all = [Status::Pending, Status::Authorized, Status::Executed, Status::Failed];

    for (status, word) in all.into_iter().zip(words) {
        assert_eq!((status.as_str(), &*status.to_string()), (word, word));
    }
}
