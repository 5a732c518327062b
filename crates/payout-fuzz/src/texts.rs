//! Texts that stand in bodies, headers and on the command line.

use payout_domain::{
    AccountIdentifier, Currency, Evidence, FailureReason, Iban, IdempotencyKey, Login, Money, Nrb,
    OperatorName, ParkReason, PaymentSourceId, PayoutState, ProviderStatus, Reference, Resolution,
    Scheme, Scope, SortCodeAccountNumber, UserId,
};
use payout_wire::timestamp;

use crate::Heard;
use crate::again::{self, shown, spelled};

/// Account numbers: what is taken fits its check digits, and is never shown as a whole.
pub(crate) fn account_identifier(bytes: &[u8]) -> Heard {
    let Some(text) = again::text(bytes) else { return Heard::Refused };
    let heard = spelled(text, |iban: &Iban| iban.printed())
        .or(spelled(text, |nrb: &Nrb| nrb.electronic().to_owned()))
        .or(spelled(text, SortCodeAccountNumber::electronic))
        .or(spelled(text, AccountIdentifier::electronic));
    let Ok(identifier) = text.parse::<AccountIdentifier>() else { return heard };
    let electronic = identifier.electronic();
    let said: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    assert_eq!(electronic, said.to_ascii_uppercase(), "it is the account that was named");
    for display in [format!("{identifier}"), format!("{identifier:?}")] {
        assert!(!display.contains(&electronic), "{display}");
    }
    match &identifier {
        AccountIdentifier::Iban(_) => assert!(fits_modulo_97(&electronic), "{electronic}"),
        AccountIdentifier::Nrb(_) => assert!(fits_modulo_97(&format!("PL{electronic}"))),
        AccountIdentifier::SortCodeAccountNumber(_) => {}
    }
    for same in identifier.clone().with_equivalents() {
        assert_eq!(same.account(), identifier.account(), "{same:?}");
    }
    heard
}

/// All other texts that have a form.
pub(crate) fn text(bytes: &[u8]) -> Heard {
    let Some(text) = again::text(bytes) else { return Heard::Refused };
    [
        shown::<Money>(text),
        shown::<Currency>(text),
        shown::<IdempotencyKey>(text),
        shown::<Scope>(text),
        shown::<Scheme>(text),
        shown::<Login>(text),
        shown::<Evidence>(text),
        shown::<ProviderStatus>(text),
        shown::<PayoutState>(text),
        shown::<FailureReason>(text),
        shown::<OperatorName>(text),
        shown::<Resolution>(text),
        shown::<PaymentSourceId>(text),
        shown::<UserId>(text),
        spelled(text, |reason: &ParkReason| reason.as_str().to_owned()),
        reference(text),
    ]
    .into_iter()
    .fold(Heard::Refused, Heard::or)
}

/// Times: what is taken is the same time when it is written.
pub(crate) fn timestamp(bytes: &[u8]) -> Heard {
    let Some(Ok(at)) = again::text(bytes).map(timestamp::parse) else { return Heard::Refused };
    assert_eq!(timestamp::parse(&timestamp::to_micros(at)), Ok(at));
    let [micros, millis, seconds] =
        [timestamp::to_micros(at), timestamp::to_millis(at), timestamp::to_seconds(at)];
    assert_eq!(micros.get(..23), millis.get(..23), "the rest is cut off");
    assert_eq!(micros.get(..19), seconds.get(..19), "the rest is cut off");
    Heard::Taken
}

/// What a scheme carries, everybody can see.
fn reference(text: &str) -> Heard {
    let heard = shown::<Reference>(text);
    for scheme in [Scheme::FasterPaymentsService, Scheme::SepaCreditTransfer] {
        if Reference::strict(text, scheme).is_ok() {
            assert_eq!(heard, Heard::Taken, "{text:?}");
        }
    }
    heard
}

/// ISO 13616: the first four characters behind the others, letters as two digits, the remainder by 97
/// is 1.
fn fits_modulo_97(electronic: &str) -> bool {
    let (head, tail) = electronic.split_at_checked(4).unwrap_or_default();
    let mut values = tail.chars().chain(head.chars()).map(|c| c.to_digit(36));
    let remainder = values.try_fold(0_u32, |remainder, value| {
        let value = value?;
        let shift = if value < 10 { 10 } else { 100 };
        remainder.checked_mul(shift)?.checked_add(value)?.checked_rem(97)
    });
    remainder == Some(1)
}
