//! The header's value in other forms, and other numbers in it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

use super::forger::{HEAD, decode, encode, forge, payload, sign, sign_on_p256};
use super::{Forgery, Scene};

/// The order of P-521 (FIPS 186-4, appendix D.1.2.5).
const ORDER: [u8; 66] = [
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,
    0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38,
    0x64, 0x09,
];

pub(super) fn forgeries(scene: &Scene) -> Vec<Forgery> {
    let value = forge(HEAD, &payload(&scene.good));
    let (head, signature) = value.split_once("..").expect("it is a detached JWS");
    let mut rows = forms(scene, head, signature);
    rows.extend(spellings(head, signature));
    rows.extend(numbers(&decode(signature)).map(|(name, s)| (name, format!("{head}..{s}"))));
    let rows = rows.into_iter();
    rows.map(|(name, value)| (name.to_owned(), scene.with("Tl-Signature", &value))).collect()
}

/// The signature of the good request with its second number negated, which verifies as well.
pub(super) fn twin(scene: &Scene) -> String {
    let value = forge(HEAD, &payload(&scene.good));
    let (head, signature) = value.split_once("..").expect("it is a detached JWS");
    let signature = decode(signature);
    let (r, s) = signature.split_at(66);
    format!("{head}..{}", encode([r, &minus(&ORDER, s)].concat()))
}

fn forms(scene: &Scene, h: &str, s: &str) -> Vec<(&'static str, String)> {
    let p = encode(payload(&scene.good));
    let attached = format!("{h}.{p}.{s}");
    vec![
        ("nothing", String::new()),
        ("dots alone", "..".to_owned()),
        ("the head alone", h.to_owned()),
        ("the head and dots", format!("{h}..")),
        ("the signature alone", s.to_owned()),
        ("dots and the signature", format!("..{s}")),
        ("no dots", format!("{h}{s}")),
        ("one dot", format!("{h}.{s}")),
        ("three dots", format!("{h}...{s}")),
        ("an attached payload", attached.clone()),
        ("an attached payload, then the detached form", format!("{attached}..{s}")),
        ("the detached form of an attached one", format!("{h}.{p}..{s}")),
        ("a payload after the dots", format!("{h}..{p}.{s}")),
        ("four parts", format!("{h}.{p}.{s}.{s}")),
        ("five parts, as if encrypted", format!("{h}.{p}.{p}.{p}.{s}")),
        ("a dot at the end", format!("{h}..{s}.")),
        ("a dot at the beginning", format!(".{h}..{s}")),
        ("two signatures", format!("{h}..{s}..{s}")),
        ("two values in one line", format!("{h}..{s}, {h}..{s}")),
        ("the parts exchanged", format!("{s}..{h}")),
        ("the JSON form", format!(r#"{{"protected":"{h}","signature":"{s}"}}"#)),
        ("quotes around it", format!("\"{h}..{s}\"")),
        ("a scheme before it", format!("JWS {h}..{s}")),
        ("a name before it", format!("sig1={h}..{s}")),
        ("more than eight kilobytes", format!("{}..{s}", encode(HEAD.replace('}', &pad())))),
    ]
}

fn pad() -> String {
    format!(r#","x":"{}"}}"#, "x".repeat(8_000))
}

fn spellings(h: &str, s: &str) -> Vec<(&'static str, String)> {
    let bytes = decode(s);
    let padded_head = URL_SAFE.encode(format!("{HEAD} "));
    vec![
        ("padding after the head", format!("{h}=..{s}")),
        ("padding after the signature", format!("{h}..{s}=")),
        ("honest padding of a head", format!("{padded_head}..{s}")),
        (
            "the other alphabet, padded",
            format!("{h}..{}", STANDARD.encode(&bytes).replace('A', "+")),
        ),
        (
            "the other alphabet",
            format!("{h}..{}", STANDARD_NO_PAD.encode([&bytes[..131], &[0xff]].concat())),
        ),
        ("a space before it", format!(" {h}..{s}")),
        ("a space after it", format!("{h}..{s} ")),
        ("a tab after it", format!("{h}..{s}\t")),
        ("a space around the dots", format!("{h} .. {s}")),
        ("a space in it", format!("{h}..{} {}", &s[..80], &s[80..])),
        ("its letters in upper case", format!("{h}..{}", s.to_uppercase())),
        ("its letters in lower case", format!("{h}..{}", s.to_lowercase())),
        ("its numbers in hexadecimal", format!("{h}..{}", hexadecimal(&bytes))),
        ("encoded twice", format!("{h}..{}", encode(s))),
        ("percent signs", format!("{h}..%{s}")),
        ("full stops of another script", format!("{h}．．{s}")),
        ("a head with stray bits", format!("{}..{s}", strayed(h))),
        ("a character less", format!("{h}..{}", &s[..s.len() - 1])),
        ("a character more", format!("{h}..{s}A")),
    ]
}

/// The same bytes with a bit set that no byte needs, if the text has such a bit.
fn strayed(text: &str) -> String {
    let text = encode([decode(text), b" ".to_vec()].concat());
    let text = if text.len().is_multiple_of(4) {
        encode([decode(&text), b" ".to_vec()].concat())
    } else {
        text
    };
    let last = text.chars().last().expect("it is not empty");
    let next = char::from(u8::try_from(last).expect("it is ASCII").wrapping_add(1));
    format!("{}{next}", &text[..text.len() - 1])
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |digit| char::from_digit(u32::from(digit), 16).expect("it is below 16");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Other numbers than those that verify.
fn numbers(signature: &[u8]) -> impl Iterator<Item = (&'static str, String)> {
    let (r, s) = signature.split_at(66);
    let (zero, n) = ([0; 66], ORDER);
    let one = [&zero[..65], &[1]].concat();
    let rows = [
        ("a byte less", signature[..131].to_vec()),
        ("a byte more", [signature, &[0]].concat()),
        ("a byte before", [&[0], signature].concat()),
        ("no bytes", Vec::new()),
        ("one number only", r.to_vec()),
        ("twice as long", [signature, signature].concat()),
        ("the form of certificates", der(r, s)),
        ("r without its first byte", [&r[1..], s].concat()),
        ("numbers exchanged", [s, r].concat()),
        ("r is nothing", [&zero, s].concat()),
        ("s is nothing", [r, &zero].concat()),
        ("both are nothing", vec![0; 132]),
        ("both are one", [one.as_slice(), &one].concat()),
        ("r is the order", [&n, s].concat()),
        ("s is the order", [r, &n].concat()),
        ("both are the order", [n, n].concat()),
        ("r is the order and one", [plus(&n, &one).as_slice(), s].concat()),
        ("s is the order and one", [r, &plus(&n, &one)].concat()),
        ("r is one less than the order", [&minus(&n, &one), s].concat()),
        ("r once around", [plus(&n, r).as_slice(), s].concat()),
        ("s once around", [r, &plus(&n, s)].concat()),
        ("r is all ones", [&[0xff; 66], s].concat()),
        ("both are all ones", vec![0xff; 132]),
        ("r negated", [minus(&n, r).as_slice(), s].concat()),
        ("both negated", [minus(&n, r), minus(&n, s)].concat()),
        ("r twice", [r, r].concat()),
        ("backwards", signature.iter().rev().copied().collect()),
        ("of another message", sign(b"another message")),
        ("on the smaller curve", sign_on_p256(b"any")),
    ];
    rows.into_iter().map(|(name, bytes)| (name, encode(bytes)))
}

fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| [&[0x02, 66], bytes].concat();
    let body = [integer(r), integer(s)].concat();
    [&[0x30, 0x81, u8::try_from(body.len()).expect("it is short")], body.as_slice()].concat()
}

/// Subtracts big-endian integers of one width.
fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    digit_by_digit(a, b, |a, b, borrow| {
        let difference = 256 + a - b - borrow;
        (difference % 256, u16::from(difference < 256))
    })
}

/// Adds big-endian integers of one width.
fn plus(a: &[u8], b: &[u8]) -> Vec<u8> {
    digit_by_digit(a, b, |a, b, carry| ((a + b + carry) % 256, (a + b + carry) / 256))
}

fn digit_by_digit(a: &[u8], b: &[u8], step: impl Fn(u16, u16, u16) -> (u16, u16)) -> Vec<u8> {
    let (mut carried, mut digits) = (0, Vec::new());
    for (a, b) in a.iter().zip(b).rev() {
        let (digit, carry) = step(u16::from(*a), u16::from(*b), carried);
        digits.push(u8::try_from(digit).expect("it is one byte"));
        carried = carry;
    }
    digits.reverse();
    digits
}
