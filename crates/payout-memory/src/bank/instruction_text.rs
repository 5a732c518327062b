//! What the bank reads: the bytes of an instruction.
//!
//! One line for each member, in this order, each ended by a line feed:
//!
//! ```text
//! payout_id: 5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4
//! merchant_account_id: 3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f
//! user_id: sam
//! payment_source_id: c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21
//! currency: GBP
//! amount_in_minor: 1250
//! reference: WD-20417
//! scheme_selection: instant_preferred
//! metadata: withdrawal_id=20417
//! ```
//!
//! `scheme_selection` is `instant_only`, `instant_preferred` or `preselected` with a scheme;
//! `metadata` occurs once for each pair, ordered by key. In the reference and the metadata a
//! backslash is written `\\`, a line feed `\n`, a carriage return `\r` and an equals sign `\e`.
//! Nothing else is read: the same payout has one text.

use std::fmt::Write as _;
use std::str::FromStr;

use payout_domain::{Currency, Metadata, Money, PayoutId, PayoutOrder, Reference, SchemeSelection};

/// What an instruction says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InstructionText {
    /// Our name for the payout.
    pub(super) payout_id: PayoutId,
    /// What is to be done.
    pub(super) order: PayoutOrder,
}

/// The bytes are no instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the instruction cannot be read")]
pub(super) struct MalformedInstruction;

/// The one text of a payout.
pub(super) fn write(payout_id: PayoutId, order: &PayoutOrder) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    };
    line("payout_id", &payout_id.to_string());
    line("merchant_account_id", &order.merchant_account_id.to_string());
    line("user_id", order.user_id.as_str());
    line("payment_source_id", &order.payment_source_id.to_string());
    line("currency", order.amount.currency().code());
    line("amount_in_minor", &order.amount.minor().to_string());
    line("reference", &escaped(order.reference.as_str()));
    line("scheme_selection", &selection_text(order.scheme_selection));
    for (key, value) in order.metadata.pairs() {
        line("metadata", &format!("{}={}", escaped(key), escaped(value)));
    }
    text
}

/// Reads a text that [`write`] could have written, and no other.
pub(super) fn parse(body: &[u8]) -> Result<InstructionText, MalformedInstruction> {
    let text = str::from_utf8(body).map_err(|_| MalformedInstruction)?;
    let mut lines = text.split_terminator('\n');
    let mut member = |name| value(lines.next(), name);
    let read = InstructionText {
        payout_id: parsed(member("payout_id")?)?,
        order: PayoutOrder {
            merchant_account_id: parsed(member("merchant_account_id")?)?,
            user_id: parsed(member("user_id")?)?,
            payment_source_id: parsed(member("payment_source_id")?)?,
            amount: amount(member("currency")?, member("amount_in_minor")?)?,
            reference: reference(member("reference")?)?,
            scheme_selection: selection(member("scheme_selection")?)?,
            metadata: metadata(lines)?,
        },
    };
    // Whatever another spelling gets past the members does not get past the whole.
    let canonical = write(read.payout_id, &read.order);
    if canonical == text { Ok(read) } else { Err(MalformedInstruction) }
}

fn value<'a>(line: Option<&'a str>, name: &str) -> Result<&'a str, MalformedInstruction> {
    let (found, value) = line.and_then(|line| line.split_once(": ")).ok_or(MalformedInstruction)?;
    if found == name { Ok(value) } else { Err(MalformedInstruction) }
}

fn parsed<T: FromStr>(text: &str) -> Result<T, MalformedInstruction> {
    text.parse().map_err(|_| MalformedInstruction)
}

fn amount(currency: &str, minor: &str) -> Result<Money, MalformedInstruction> {
    let currency: Currency = parsed(currency)?;
    Money::from_minor(parsed(minor)?, currency).map_err(|_| MalformedInstruction)
}

fn reference(text: &str) -> Result<Reference, MalformedInstruction> {
    Reference::lenient(&unescaped(text)?).map_err(|_| MalformedInstruction)
}

fn metadata<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Metadata, MalformedInstruction> {
    let mut pairs = Vec::new();
    for line in lines {
        let pair = value(Some(line), "metadata")?.split_once('=').ok_or(MalformedInstruction)?;
        pairs.push((unescaped(pair.0)?, unescaped(pair.1)?));
    }
    Metadata::new(pairs).map_err(|_| MalformedInstruction)
}

fn selection_text(selection: SchemeSelection) -> String {
    match selection {
        SchemeSelection::InstantOnly => "instant_only".into(),
        SchemeSelection::InstantPreferred => "instant_preferred".into(),
        SchemeSelection::Preselected(scheme) => format!("preselected {scheme}"),
    }
}

fn selection(text: &str) -> Result<SchemeSelection, MalformedInstruction> {
    Ok(match text.split_once(' ') {
        None if text == "instant_only" => SchemeSelection::InstantOnly,
        None if text == "instant_preferred" => SchemeSelection::InstantPreferred,
        Some(("preselected", scheme)) => SchemeSelection::Preselected(parsed(scheme)?),
        None | Some(_) => return Err(MalformedInstruction),
    })
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str(r"\\"),
            '\n' => escaped.push_str(r"\n"),
            '\r' => escaped.push_str(r"\r"),
            '=' => escaped.push_str(r"\e"),
            plain => escaped.push(plain),
        }
    }
    escaped
}

fn unescaped(text: &str) -> Result<String, MalformedInstruction> {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        plain.push(match c {
            '\\' => match characters.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('e') => '=',
                Some(_) | None => return Err(MalformedInstruction),
            },
            plain => plain,
        });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use payout_domain::{Scheme, UserId};
    use proptest::prelude::*;

    use super::*;

    const EXAMPLE: &str = "\
        payout_id: 5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4\n\
        merchant_account_id: 3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f\n\
        user_id: sam\n\
        payment_source_id: c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21\n\
        currency: GBP\n\
        amount_in_minor: 1250\n\
        reference: WD-20417\n\
        scheme_selection: instant_preferred\n\
        metadata: a=1\n\
        metadata: b\\e=\\n\\\\\n";

    fn selections() -> impl Strategy<Value = SchemeSelection> {
        prop_oneof![
            Just(SchemeSelection::InstantOnly),
            Just(SchemeSelection::InstantPreferred),
            proptest::sample::select(&Scheme::ALL[..]).prop_map(SchemeSelection::Preselected),
        ]
    }

    prop_compose! {
        fn orders()(
            merchant_account_id in any::<u128>(),
            user_id in "[A-Za-z0-9._-]{1,64}",
            payment_source_id in any::<u128>(),
            minor in 0..=Money::MAX_MINOR,
            reference in r"[a-zA-Z=\\:ż /-]{0,30}x",
            scheme_selection in selections(),
            pairs in proptest::collection::btree_map(r"[a-c=\\:\n\t ]{1,6}", r"[a-c=\\:\r\n\tż ]{0,9}", 0..10),
        ) -> PayoutOrder {
            let uuid = uuid::Uuid::from_u128;
            PayoutOrder {
                merchant_account_id: payout_domain::MerchantAccountId::from_uuid(uuid(merchant_account_id)),
                user_id: user_id.parse::<UserId>().expect("the pattern is the rule"),
                payment_source_id: payout_domain::PaymentSourceId::from_uuid(uuid(payment_source_id)),
                amount: Money::from_minor(minor, Currency::EUR).expect("within the limit"),
                reference: Reference::lenient(&reference).expect("visible and not empty"),
                scheme_selection,
                metadata: Metadata::new(pairs).expect("within the limits"),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(order in orders(), bits in any::<u128>()) {
            let payout_id = PayoutId::from_uuid(uuid::Uuid::from_u128(bits));

            let text = write(payout_id, &order);

            prop_assert_eq!(parse(text.as_bytes()), Ok(InstructionText { payout_id, order }));
        }

        #[test]
        fn a_changed_byte_is_refused_or_says_something_else(
            at in 0..EXAMPLE.len(),
            byte in any::<u8>(),
        ) {
            let mut body = EXAMPLE.as_bytes().to_vec();
            prop_assume!(body[at] != byte);
            body[at] = byte;

            let read = parse(&body);

            prop_assert_ne!(read, parse(EXAMPLE.as_bytes()));
        }
    }

    #[test]
    fn the_documented_form_is_read() {
        let read = parse(EXAMPLE.as_bytes()).expect("the example is canonical");

        assert_eq!(read.order.amount.to_string(), "12.50 GBP");
        assert_eq!(read.order.metadata.get("b="), Some("\n\\"));
    }

    #[test]
    fn no_second_spelling_is_read() {
        for (canonical, other) in [
            ("1250", "01250"),
            ("1250", "+1250"),
            ("metadata: a=1\n", ""),
            ("user_id: sam\n", ""),
            ("user_id: sam\n", "user_id: sam\nuser_id: sam\n"),
            ("user_id", "user"),
            ("sam\n", "sam\r\n"),
            ("WD-20417", "WD\\x20417"),
            ("instant_preferred", "instant"),
            ("a=1", "c=1"),
            ("\\\\\n", "\\\\"),
            ("\\\\\n", "\\\\\n\n"),
        ] {
            let text = EXAMPLE.replacen(canonical, other, 1);

            let read = parse(text.as_bytes());

            let is_the_pair = canonical == "metadata: a=1\n";
            assert_eq!(read.is_ok(), is_the_pair, "{other:?} instead of {canonical:?}");
        }
    }
}
