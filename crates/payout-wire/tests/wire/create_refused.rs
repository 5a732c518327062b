//! What is not let in as a payout, and where it is said to be wrong.

use payout_wire::InvalidBody;
use payout_wire::payout::CreatePayout;

const GOOD: &str = r#"{"merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f","amount_in_minor":1250,"currency":"GBP","beneficiary":{"type":"payment_source","payment_source_id":"c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21","user_id":"8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60","reference":"WD-20417"},"scheme_selection":{"type":"instant_preferred"},"metadata":{"withdrawal_id":"20417"}}"#;

const AMOUNT: &str = r#""amount_in_minor":1250"#;
const CURRENCY: &str = r#""currency":"GBP""#;
const ACCOUNT: &str = r#""merchant_account_id":"3d1f0c52-7c1e-4f3b-8d55-0a9b7c6d5e4f""#;
const TYPE: &str = r#""type":"payment_source""#;
const SOURCE: &str = r#""payment_source_id":"c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21""#;
const USER: &str = r#""user_id":"8f2b6a14-0d3c-4e97-b5a8-2c9e1f7d4b60""#;
const REFERENCE: &str = r#""reference":"WD-20417""#;
const SELECTION: &str = r#"{"type":"instant_preferred"}"#;
const METADATA: &str = r#"{"withdrawal_id":"20417"}"#;
const PAIR: &str = r#""withdrawal_id":"20417""#;

/// What is changed in the good body, into what, and the paths that are then wrong.
const WRONG: &[(&str, &str, &[&str])] = &[
    // Members that must be there.
    (ACCOUNT, r#""x":1"#, &["merchant_account_id"]),
    (AMOUNT, r#""x":1"#, &["amount_in_minor"]),
    (CURRENCY, r#""x":1"#, &["currency"]),
    (TYPE, r#""x":1"#, &["beneficiary.type"]),
    (SOURCE, r#""x":1"#, &["beneficiary.payment_source_id"]),
    (USER, r#""x":1"#, &["beneficiary.user_id"]),
    (REFERENCE, r#""x":1"#, &["beneficiary.reference"]),
    // A null is as good as nothing.
    (ACCOUNT, r#""merchant_account_id":null"#, &["merchant_account_id"]),
    (AMOUNT, r#""amount_in_minor":null"#, &["amount_in_minor"]),
    (CURRENCY, r#""currency":null"#, &["currency"]),
    (TYPE, r#""type":null"#, &["beneficiary.type"]),
    (SOURCE, r#""payment_source_id":null"#, &["beneficiary.payment_source_id"]),
    (USER, r#""user_id":null"#, &["beneficiary.user_id"]),
    (REFERENCE, r#""reference":null"#, &["beneficiary.reference"]),
    // Other types of value.
    (ACCOUNT, r#""merchant_account_id":1"#, &["merchant_account_id"]),
    (AMOUNT, r#""amount_in_minor":[1250]"#, &["amount_in_minor"]),
    (AMOUNT, r#""amount_in_minor":{"value":1250}"#, &["amount_in_minor"]),
    (AMOUNT, r#""amount_in_minor":true"#, &["amount_in_minor"]),
    (CURRENCY, r#""currency":826"#, &["currency"]),
    (TYPE, r#""type":["payment_source"]"#, &["beneficiary.type"]),
    (USER, r#""user_id":7"#, &["beneficiary.user_id"]),
    (REFERENCE, r#""reference":20417"#, &["beneficiary.reference"]),
    (SELECTION, r#""instant_preferred""#, &["scheme_selection"]),
    (METADATA, r#"[["withdrawal_id","20417"]]"#, &["metadata"]),
    (METADATA, r#""20417""#, &["metadata"]),
    // Identifiers have one spelling.
    (ACCOUNT, r#""merchant_account_id":"""#, &["merchant_account_id"]),
    (
        ACCOUNT,
        r#""merchant_account_id":"3D1F0C52-7C1E-4F3B-8D55-0A9B7C6D5E4F""#,
        &["merchant_account_id"],
    ),
    (
        SOURCE,
        r#""payment_source_id":"{c41e7d90-2b6f-4c8a-9f13-7a5d0e8b6c21}""#,
        &["beneficiary.payment_source_id"],
    ),
    (SOURCE, r#""payment_source_id":"../payments""#, &["beneficiary.payment_source_id"]),
    (USER, r#""user_id":"""#, &["beneficiary.user_id"]),
    (USER, r#""user_id":"sam example""#, &["beneficiary.user_id"]),
    (USER, r#""user_id":"sаm""#, &["beneficiary.user_id"]),
    // Currencies.
    (CURRENCY, r#""currency":"gbp""#, &["currency"]),
    (CURRENCY, r#""currency":"ABC""#, &["currency"]),
    (CURRENCY, r#""currency":"£""#, &["currency"]),
    (CURRENCY, r#""currency":"""#, &["currency"]),
    // The loop is closed.
    (TYPE, r#""type":"external_account""#, &["beneficiary.type"]),
    (TYPE, r#""type":"business_account""#, &["beneficiary.type"]),
    (TYPE, r#""type":"user_determined""#, &["beneficiary.type"]),
    (TYPE, r#""type":"Payment_Source""#, &["beneficiary.type"]),
    (TYPE, r#""type":"""#, &["beneficiary.type"]),
    (TYPE, r#""type":"payment_source","iban":"GB72""#, &["beneficiary.iban"]),
    (TYPE, r#""type":"payment_source","nrb":"6110""#, &["beneficiary.nrb"]),
    (
        TYPE,
        r#""type":"payment_source","account_identifier":{"type":"iban","iban":"GB72"}"#,
        &["beneficiary.account_identifier"],
    ),
    (
        TYPE,
        r#""type":"payment_source","account_identifiers":[]"#,
        &["beneficiary.account_identifiers"],
    ),
    (
        TYPE,
        r#""type":"payment_source","sort_code":"040668","account_number":"00004417""#,
        &["beneficiary.account_number", "beneficiary.sort_code"],
    ),
    (
        TYPE,
        r#""type":"payment_source","account_holder_name":"EVE""#,
        &["beneficiary.account_holder_name"],
    ),
    (TYPE, r#""type":"payment_source","user":{"id":"eve"}"#, &["beneficiary.user"]),
    (TYPE, r#""type":"payment_source","verification":{}"#, &["beneficiary.verification"]),
    // References.
    (REFERENCE, r#""reference":"""#, &["beneficiary.reference"]),
    (REFERENCE, r#""reference":"  ""#, &["beneficiary.reference"]),
    (REFERENCE, r#""reference":"a\u0000b""#, &["beneficiary.reference"]),
    (REFERENCE, r#""reference":"a\nb""#, &["beneficiary.reference"]),
    (REFERENCE, r#""reference":"a\u202Eb""#, &["beneficiary.reference"]),
    (REFERENCE, r#""reference":"a\ud800b""#, &["beneficiary.reference"]),
    // Scheme selection.
    (SELECTION, "{}", &["scheme_selection.type"]),
    (SELECTION, r#"{"type":"slow"}"#, &["scheme_selection.type"]),
    (SELECTION, r#"{"type":"preselected"}"#, &["scheme_selection.scheme_id"]),
    (SELECTION, r#"{"type":"preselected","scheme_id":"bacs"}"#, &["scheme_selection.scheme_id"]),
    (SELECTION, r#"{"type":"preselected","scheme_id":1}"#, &["scheme_selection.scheme_id"]),
    (SELECTION, r#"{"type":"instant_only"},"sub_merchants":"acme""#, &["sub_merchants"]),
    // Metadata.
    (PAIR, r#""withdrawal_id":20417"#, &["metadata.withdrawal_id"]),
    (PAIR, r#""withdrawal_id":null"#, &["metadata.withdrawal_id"]),
    (PAIR, r#""withdrawal_id":{"a":"b"}"#, &["metadata.withdrawal_id"]),
    (PAIR, r#""a":1,"b":[]"#, &["metadata.a", "metadata.b"]),
    (PAIR, r#""":"20417""#, &["metadata"]),
    (PAIR, r#""withdrawal_id":"\u0007""#, &["metadata"]),
    (
        METADATA,
        r#"{"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":"","i":"","j":"","k":""}"#,
        &["metadata"],
    ),
    // The same member twice.
    (AMOUNT, r#""amount_in_minor":1,"amount_in_minor":1250"#, &["amount_in_minor"]),
    (AMOUNT, r#""amount_in_minor":1250,"amount_in_minor":1250"#, &["amount_in_minor"]),
    (AMOUNT, r#""amount_in_minor":1250,"amount\u005fin_minor":1"#, &["amount_in_minor"]),
    (AMOUNT, r#""amount_in_minor":1250,"amount_in_minor":null"#, &["amount_in_minor"]),
    (CURRENCY, r#""currency":"GBP","\u0063urrency":"EUR""#, &["currency"]),
    (TYPE, r#""type":"payment_source","type":"external_account""#, &["beneficiary.type"]),
    (USER, r#""user_id":"sam","user\u005Fid":"eve""#, &["beneficiary.user_id"]),
    (PAIR, r#""a":"1","a":"2""#, &["metadata.a"]),
    (PAIR, r#""a":"1","\u0061":"1""#, &["metadata.a"]),
    (METADATA, r#"{},"metadata":{"a":"1"}"#, &["metadata"]),
    (AMOUNT, r#""amount_in_minor":1250,"x":{"y":[{"z":1,"z":2}]}"#, &["x.y[0].z"]),
    // Several at once.
    (GOOD, "{}", &["amount_in_minor", "beneficiary", "currency", "merchant_account_id"]),
    (
        GOOD,
        r#"{"amount_in_minor":"1","currency":"gbp","beneficiary":{"type":"iban"},"metadata":7}"#,
        &["amount_in_minor", "beneficiary.type", "currency", "merchant_account_id", "metadata"],
    ),
    (
        r#""amount_in_minor":1250,"currency":"GBP""#,
        r#""amount_in_minor":9007199254740992,"currency":"gbp""#,
        &["amount_in_minor", "currency"],
    ),
    // Not what a body is.
    (GOOD, "", &["body"]),
    (GOOD, "   ", &["body"]),
    (GOOD, "[]", &["body"]),
    (GOOD, "null", &["body"]),
    (GOOD, "1250", &["body"]),
    (GOOD, r#""{}""#, &["body"]),
    (GOOD, "{", &["body"]),
    (GOOD, "{}{}", &["body"]),
    (GOOD, "{} x", &["body"]),
    (GOOD, "{'currency':'GBP'}", &["body"]),
    (GOOD, r#"{"currency":"GBP",}"#, &["body"]),
    (GOOD, r#"{/* hello */"currency":"GBP"}"#, &["body"]),
    (GOOD, "\u{FEFF}{}", &["body"]),
    (r#""GBP""#, "GBP", &["currency"]),
    (r#""GBP""#, "\"G\nBP\"", &["currency"]),
    (r#""GBP""#, r#""\x47BP""#, &["currency"]),
];

/// The ways to write something that is not a number of minor units from 1 to 2⁵³ − 1.
const WRONG_AMOUNTS: [&str; 22] = [
    "0",
    "-0",
    "-1",
    "-9007199254740991",
    "1.0",
    "12.5",
    "0.1",
    "1e3",
    "1E3",
    "1e-1",
    "1e400",
    "9007199254740992",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999",
    "01",
    "+1",
    "NaN",
    "Infinity",
    "-Infinity",
];

#[test]
fn every_wrong_body_is_refused_where_it_is_wrong() {
    assert!(CreatePayout::parse(GOOD.as_bytes()).is_ok(), "the body is good before it is changed");
    assert!(WRONG.len() >= 60);

    for (part, replacement, paths) in WRONG {
        assert_eq!(GOOD.matches(part).count(), 1, "{part} is where the body changes");
        let body = GOOD.replacen(part, replacement, 1);

        assert_eq!(paths_of(&refused(&body)), *paths, "{replacement}");
    }
}

#[test]
fn an_amount_is_a_plain_whole_number_or_nothing() {
    for literal in WRONG_AMOUNTS {
        let body = with_amount(literal);

        assert_eq!(paths_of(&refused(&body)), ["amount_in_minor"], "{literal}");
    }
    // After these the number is over, and what follows is no JSON.
    for literal in ["0x10", "1_250", "1250p"] {
        assert_eq!(paths_of(&refused(&with_amount(literal))), [InvalidBody::WHOLE], "{literal}");
    }
    for literal in ["\"1250\"", "\"\"", "\"1e3\""] {
        let refused = refused(&with_amount(literal));

        let sentence =
            "must be a whole number of minor units, such as 1250; a string is not accepted";
        assert_eq!(refused.errors()["amount_in_minor"], [sentence]);
    }
    for literal in ["1", "1250", "2147483648", "9007199254740991"] {
        let order = CreatePayout::parse(with_amount(literal).as_bytes());

        assert_eq!(order.map(|order| order.amount.minor().to_string()), Ok(literal.to_owned()));
    }
}

#[test]
fn bytes_that_are_no_utf_8_are_refused() {
    for bytes in [&b"\xFF"[..], b"\xC3", b"\xED\xA0\x80", b"\xC0\xAF", b"\xF5\x80\x80\x80"] {
        let (before, after) = GOOD.split_once("WD-20417").expect("it is the reference");
        let body = [before.as_bytes(), bytes, after.as_bytes()].concat();

        let refused = CreatePayout::parse(&body).expect_err("no text has these bytes");

        assert_eq!(paths_of(&refused), [InvalidBody::WHOLE], "{bytes:?}");
    }
    assert!(CreatePayout::parse(b"\xEF\xBB\xBF{}").is_err(), "a byte order mark");
    assert!(CreatePayout::parse(b"\xFF\xFE{\0}\0").is_err(), "UTF-16");
}

#[test]
fn sixteen_levels_are_read_and_seventeen_are_not() {
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        GOOD.replacen(AMOUNT, &format!("{AMOUNT},\"x\":{open}{close}"), 1)
    };

    assert!(CreatePayout::parse(nested(payout_wire::DEPTH_MAX).as_bytes()).is_ok());
    let refused = refused(&nested(payout_wire::DEPTH_MAX + 1));
    assert_eq!(paths_of(&refused), [format!("x{}", "[0]".repeat(15))]);
    assert!(CreatePayout::parse(nested(100_000).as_bytes()).is_err(), "no stack is lost on it");
}

#[test]
fn a_name_that_stands_twice_is_found_however_many_stand_beside_it() {
    for many in 1..40_usize {
        for (first, again) in [(0, many), (many / 2, many), (many - 1, many), (0, 1)] {
            let mut members: Vec<_> = (0..many).map(|n| format!("\"m{n}\":1")).collect();
            members.insert(again, format!("\"m{first}\":1"));
            let body = format!("{{\"x\":{{{}}}}}", members.join(","));

            let refused = refused(&body);

            let twice: Vec<_> =
                paths_of(&refused).into_iter().filter(|path| path.starts_with('x')).collect();
            assert_eq!(twice, [format!("x.m{first}")], "{body}");
        }
    }
}

#[test]
fn lengths_are_counted_in_characters() {
    let reference = |n| GOOD.replacen("WD-20417", &"ż".repeat(n), 1);
    let value = |n| GOOD.replacen("\"20417\"", &format!("\"{}\"", "ż".repeat(n)), 1);
    let key = |n| GOOD.replacen("withdrawal_id", &"ż".repeat(n), 1);

    for (good, bad, path) in [
        (reference(140), reference(141), "beneficiary.reference"),
        (value(500), value(501), "metadata"),
        (key(40), key(41), "metadata"),
    ] {
        assert!(CreatePayout::parse(good.as_bytes()).is_ok(), "{path}");
        assert_eq!(paths_of(&refused(&bad)), [path]);
    }
}

#[test]
fn a_refusal_is_short_however_much_is_wrong() {
    let members: Vec<String> = (0..10_000).map(|_| "\"a\":1".to_owned()).collect();
    let many = format!("{{{}}}", members.join(","));
    let distinct: Vec<String> = (0..10_000).map(|n| format!("\"{n}\":1,\"{n}\":2")).collect();
    let distinct = format!("{{{}}}", distinct.join(","));
    let long = format!("{{\"{0}\":1,\"{0}\":2}}", "k".repeat(60_000));

    for body in [many, distinct, long] {
        assert!(refused(&body).to_string().len() < 5_000);
    }
}

#[test]
fn every_sentence_says_what_to_do() {
    let refused = refused(r#"{"beneficiary":{"type":"external_account"},"amount_in_minor":1.0}"#);

    let sentences: Vec<String> = refused
        .errors()
        .iter()
        .map(|(path, sentences)| format!("{path}: {}", sentences.join(", ")))
        .collect();

    assert_eq!(
        sentences,
        [
            "amount_in_minor: must be a whole number of minor units, such as 1250, up to \
             9007199254740991; write it without sign, fraction or exponent",
            "beneficiary.type: must be payment_source: this is a closed loop, money goes back only \
             to an account that has paid in",
            "currency: is required; add it",
            "merchant_account_id: is required; add it",
        ]
    );
}

fn with_amount(literal: &str) -> String {
    GOOD.replacen("1250", literal, 1)
}

fn refused(body: &str) -> InvalidBody {
    CreatePayout::parse(body.as_bytes()).expect_err(body)
}

fn paths_of(refused: &InvalidBody) -> Vec<&str> {
    refused.errors().keys().map(String::as_str).collect()
}
