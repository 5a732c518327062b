//! Requests for payouts that are signed well and wrong in one thing: each is refused, and says so.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test that panics fails, as it should"
)]

use crate::call::Call;
use crate::house::{ACME_KEY, House};

/// How many are made by chance unless the variable `PAYOUT_ATTACK_REQUESTS` says otherwise.
const REQUESTS: u64 = 1_000;

/// What they follow from unless the variable `PAYOUT_ATTACK_SEED` says otherwise.
const SEED: u64 = 20_260_302;

/// Values that no member of the order may have.
const WRONG_ANYWHERE: &[&str] = &[
    "null",
    "true",
    "false",
    "[]",
    "[1]",
    "[\"x\"]",
    "0",
    "-0",
    "-1",
    "1.0",
    "1e3",
    "1E3",
    "01",
    "+1",
    "NaN",
    "Infinity",
    "-Infinity",
    "9007199254740992",
    "9223372036854775808",
    "18446744073709551616",
    "1e400",
    "0x10",
    "1_000",
    ".5",
    "5.",
    "\"\"",
    "\"   \"",
    "\"\\u0000\"",
    "\"a\\nb\"",
    "\"a\\u007fb\"",
    "\"a\\u0085b\"",
    "\"a\\u202eb\"",
    "\"a\\u2066b\"",
    "\"a\\u200bb\"",
    "\"\\ufeffa\"",
    "\"a\\ud800b\"",
    "\"a\\udc00\"",
    "\"\\x41\"",
    "\"unterminated",
    "'GBP'",
    "undefined",
    "",
    "\u{FEFF}1",
    "\"a\tb\"",
    "\"a\u{0}b\"",
    "TRUE",
    "Null",
    "{\"a\":1,\"a\":2}",
];

/// Values that are wrong for one member.
const WRONG_FOR: &[(&str, &[&str])] = &[
    ("merchant_account_id", IDS),
    (
        "amount_in_minor",
        &["\"1250\"", "\"1e3\"", "12.50", "{\"value\":1250}", "2147483648", "1250p"],
    ),
    (
        "currency",
        &[
            "\"gbp\"", "\"GB\"", "\"GBPP\"", "\"ABC\"", "\"XAU\"", "\"£\"", "826", "\"EUR\"",
            "\" GBP\"",
        ],
    ),
    (
        "type",
        &[
            "\"external\"",
            "\"PAYMENT_SOURCE\"",
            "\"user_determined\"",
            "\"business_account\"",
            "\"payment_source \"",
        ],
    ),
    ("payment_source_id", IDS),
    ("user_id", &["\"sam example\"", "\"sаm\"", "\"../sam\"", "\"eve\"", "\"sam\\u0000\""]),
    (
        "reference",
        &[
            "\"WD_20417\"",
            "\"żółw\"",
            "\"1234567890123456789\"",
            "\"4111111111111111\"",
            "\"5555555555554444\"",
            "\"=1+1\"",
            "\"a\\\\b\"",
        ],
    ),
];

const IDS: &[&str] = &[
    "\"00000000-0000-0000-0000-000000000000\"",
    "\"5A0E4C1D-9B72-4F86-8A3E-61C2D7F0B9A4\"",
    "\"{5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4}\"",
    "\"5a0e4c1d9b724f868a3e61c2d7f0b9a4\"",
    "\"urn:uuid:5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4\"",
    "\"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a\"",
    "\"5a0e4c1d-9b72-4f86-8a3e-61c2d7f0b9a4 \"",
    "\"../payments\"",
    "\"' or 1=1 --\"",
];

/// What may not stand as the metadata.
const METADATA: &[&str] = &[
    "[]",
    "[[\"a\",\"b\"]]",
    "\"a\"",
    "1",
    "true",
    "{\"a\":1}",
    "{\"a\":null}",
    "{\"a\":true}",
    "{\"a\":[]}",
    "{\"a\":{}}",
    "{\"\":\"b\"}",
    "{\"a\":\"1\",\"a\":\"1\"}",
    "{\"a\":\"1\",\"\\u0061\":\"2\"}",
    "{\"a\":\"\\u0000\"}",
    "{\"a\":\"\\u0007\"}",
    "{\"a\":\"4111 1111 1111 1111\"}",
    "{\"4111111111111111\":\"a\"}",
    "{\"a\":\"378282246310005\"}",
    "{1:\"a\"}",
    "{a:\"b\"}",
    "{\"a\"}",
];

/// What may not stand as the scheme selection.
const SELECTIONS: &[&str] = &[
    "\"instant_only\"",
    "[]",
    "1",
    "true",
    "{}",
    "{\"type\":null}",
    "{\"type\":1}",
    "{\"type\":\"\"}",
    "{\"type\":\"slow\"}",
    "{\"type\":\"Instant_Only\"}",
    "{\"type\":[\"instant_only\"]}",
    "{\"type\":\"instant_only\",\"type\":\"instant_only\"}",
    "{\"type\":\"preselected\"}",
    "{\"type\":\"preselected\",\"scheme_id\":\"bacs\"}",
    "{\"type\":\"preselected\",\"scheme_id\":1}",
    "{\"type\":\"preselected\",\"scheme_id\":null}",
    "{\"type\":\"preselected\",\"scheme_id\":\"\"}",
    "{\"type\":\"preselected\",\"scheme_id\":\"sepa_credit_transfer\"}",
];

/// What may not stand as the merchants below a merchant.
const SUB_MERCHANTS: &[&str] = &["[]", "1", "true", "\"acme\"", "[{}]", "{\"a\":1,\"a\":2}"];

/// Members that are not for a payment source.
const FOREIGN: &[&str] = &[
    "iban",
    "nrb",
    "sort_code",
    "account_number",
    "account_holder_name",
    "account_identifier",
    "account_identifiers",
    "user",
    "verification",
    "address",
    "date_of_birth",
    "provider_selection",
];

/// Media types that are not JSON.
const TYPES: &[&str] = &[
    "",
    "text/plain",
    "text/json",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/jsonp",
    "application/octet-stream",
    "application/cbor",
    "json",
    "application",
    "*/*",
    "image/png",
];

fn is_text(member: &str) -> bool {
    member != "amount_in_minor"
}

/// The order with the value of one member replaced.
fn replaced(order: &str, member: &str, value: &str) -> String {
    let name = format!("\"{member}\":");
    let (before, rest) = order.split_once(&name).expect("the order has the member");
    let end = rest.find([',', '}']).expect("something follows");
    format!("{before}{name}{value}{}", &rest[end..])
}

fn with_metadata(order: &str, value: &str) -> String {
    let (before, _) = order.split_once("\"metadata\":").expect("the order has metadata");
    format!("{before}\"metadata\":{value}}}")
}

/// Each row: its name, and a body that is wrong in one thing.
fn bodies(order: &str) -> Vec<(String, Vec<u8>)> {
    let mut rows = Vec::new();
    let mut row = |name: String, body: String| rows.push((name, body.into_bytes()));
    for (member, own) in WRONG_FOR {
        for value in WRONG_ANYWHERE.iter().chain(*own) {
            row(format!("{member} = {value:?}"), replaced(order, member, value));
        }
        let escaped = format!("\\u{:04x}{}", u32::from(member.as_bytes()[0]), &member[1..]);
        for twin in [*member, &escaped] {
            let name = format!("\"{member}\":");
            let twice = order.replacen(&name, &format!("\"{twin}\":1,{name}"), 1);
            row(format!("{member} twice, as {twin}"), twice);
        }
        row(
            format!("{member} under another name"),
            order.replacen(member, &member.to_uppercase(), 1),
        );
        if is_text(member) {
            let long = format!("\"{}\"", "x".repeat(400));
            row(format!("{member} is long"), replaced(order, member, &long));
        }
    }
    for value in METADATA {
        row(format!("metadata = {value}"), with_metadata(order, value));
    }
    for (member, values) in [("scheme_selection", SELECTIONS), ("sub_merchants", SUB_MERCHANTS)] {
        for value in values {
            let body = order.replacen('{', &format!("{{\"{member}\":{value},"), 1);
            row(format!("{member} = {value}"), body);
        }
    }
    for member in FOREIGN {
        let body = order.replacen("\"type\":", &format!("\"{member}\":\"x\",\"type\":"), 1);
        row(format!("beneficiary.{member}"), body);
    }
    for value in
        ["", " ", "null", "[]", "1", "\"x\"", "{", "}", "{}", "{}{}", "[{}]", "{,}", "{\"a\"}"]
    {
        row(format!("body = {value:?}"), value.to_owned());
    }
    let deep = format!("{}{}", "[".repeat(100_000 / 4), "]".repeat(100_000 / 4));
    row("very deep".to_owned(), order.replacen('{', &format!("{{\"x\":{deep},"), 1));
    row("a byte order mark".to_owned(), format!("\u{FEFF}{order}"));
    row("a second order".to_owned(), format!("{order}{order}"));
    row("a comment".to_owned(), format!("{order}//"));
    rows.push((
        "invalid UTF-8".to_owned(),
        order.replacen("WD", "\u{1}", 1).bytes().map(|b| if b == 1 { 0xff } else { b }).collect(),
    ));
    rows.push(("UTF-16".to_owned(), order.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    rows.push(("compressed".to_owned(), [&[0x1f, 0x8b, 8, 0], order.as_bytes()].concat()));
    rows
}

async fn assert_refused(house: &House, name: &str, call: Call) {
    let answer = call.signed(&ACME_KEY).send(house).await;
    assert!(answer.status.is_client_error(), "{name}: {answer:?}");
    let problem = answer.problem();
    assert!([400, 413, 415, 422].contains(&problem.status), "{name}: {answer:?}");
}

async fn good(house: &House) -> (String, Call) {
    let order = house.paid_in().await.order();
    let call = Call::payout(house, "key-1", &order).await;
    (order, call)
}

async fn assert_untouched(house: &House, good: Call) {
    let token = house.token("acme").await;
    let listed = Call::get("/v3/payouts").bearer(&token).send(house).await;
    assert_eq!(listed.body, r#"{"items":[]}"#);
    assert_eq!(good.send(house).await.status.as_u16(), 202, "it was not the house");
}

#[tokio::test]
async fn no_invalid_request_is_accepted() {
    let house = House::new();
    let (order, call) = good(&house).await;
    let bodies = bodies(&order);
    assert_eq!(bodies.len() + TYPES.len(), 503);

    for (name, body) in bodies {
        assert_refused(&house, &name, Call { body, ..call.clone() }).await;
    }
    for media_type in TYPES {
        let call = call.clone().without("Content-Type").header("Content-Type", media_type);
        assert_refused(&house, media_type, call).await;
    }
    assert_refused(&house, "no type", call.clone().without("Content-Type")).await;
    assert_refused(&house, "two types", call.clone().header("Content-Type", "text/plain")).await;
    assert_refused(&house, "too large", call.clone().body(&" ".repeat(64 * 1024 + 1))).await;

    assert_untouched(&house, call).await;
}

#[tokio::test]
async fn no_request_made_by_chance_is_accepted() {
    let variable = |name| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let count: u64 = variable("PAYOUT_ATTACK_REQUESTS").unwrap_or(REQUESTS);
    let mut chance = Chance(variable("PAYOUT_ATTACK_SEED").unwrap_or(SEED));
    let house = House::new();
    let (order, call) = good(&house).await;
    let rows = bodies(&order);

    for _ in 0..count {
        let row = &rows[chance.below(rows.len())].1;
        let body = match chance.below(4) {
            0 => chance.broken(order.as_bytes()),
            1 => order.as_bytes()[..chance.below(order.len())].to_vec(),
            2 => chance.spaced(row),
            _ => chance.amount(&order),
        };
        let name = String::from_utf8_lossy(&body).into_owned();
        assert_refused(&house, &name, Call { body, ..call.clone() }).await;
    }

    assert_untouched(&house, call).await;
    println!("invalid requests: {count} tried, 0 accepted");
}

/// `SplitMix64`: the same on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).expect("it fits")).expect("it fits")
    }

    /// A byte more that no JSON has, or a sign less that JSON needs.
    fn broken(&mut self, order: &[u8]) -> Vec<u8> {
        const NOT_JSON: [u8; 8] = [0, 1, 7, 0x1b, 0x1f, 0xc0, 0xf5, 0xff];
        let mut body = order.to_vec();
        let signs: Vec<_> = (0..body.len()).filter(|at| b"{}:,\"".contains(&body[*at])).collect();
        if self.below(2) == 0 {
            body.remove(signs[self.below(signs.len())]);
        } else {
            body.insert(self.below(order.len() + 1), NOT_JSON[self.below(NOT_JSON.len())]);
        }
        body
    }

    /// The same with spaces around, which change nothing.
    fn spaced(&mut self, row: &[u8]) -> Vec<u8> {
        let spaces = |count| b" ".repeat(count);
        [spaces(self.below(9)), row.to_vec(), spaces(self.below(9))].concat()
    }

    /// An amount that is no whole number, or none that may be.
    fn amount(&mut self, order: &str) -> Vec<u8> {
        let (whole, part) = (self.next() >> 12, self.next() % 1_000);
        let literal = match self.below(5) {
            0 => format!("{whole}.{part}"),
            1 => format!("-{whole}"),
            2 => format!("{}", u128::from(self.next()) + (1 << 53)),
            3 => format!("{whole}e{part}"),
            _ => format!("\"{whole}\""),
        };
        replaced(order, "amount_in_minor", &literal).into_bytes()
    }
}
