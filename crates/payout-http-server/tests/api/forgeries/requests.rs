//! The signature of one request on another.

use super::{Forgery, Scene};
use crate::call::Call;
use crate::house::ACME_KEY;

const METHODS: [&str; 8] =
    ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "POSTS", "post", "PROPFIND"];

const PATHS: [&str; 26] = [
    "/payouts",
    "/payouts/",
    "/",
    "/v3",
    "/v3/",
    "/v3/payout",
    "/v3/payouts//",
    "//v3/payouts",
    "/v3//payouts",
    "/v3/./payouts",
    "/v3/x/../payouts",
    "/v3/%2e/payouts",
    "/v3/p%61youts",
    "/v3%2Fpayouts",
    "/v3/payouts%2F",
    "/v3/payouts%3Fa=b",
    "/v3/payouts%00",
    "/v3/payouts;a=b",
    "/v3/payouts.json",
    "/V3/payouts",
    "/v3/PAYOUTS",
    "/v2/payouts",
    "/v3/refunds",
    "/v3/payouts?",
    "/v3/payouts?x=1",
    "/v3/payouts?access_token=x",
];

/// Values of the header `Idempotency-Key`, which is covered as `key-1`.
const KEYS: [&str; 9] =
    ["key-2", "KEY-1", "key-1 ", " key-1", "\"key-1\"", "key-1,key-1", "key-1\t", "", "kеy-1"];

pub(super) fn forgeries(scene: &Scene) -> Vec<Forgery> {
    let good = &scene.good;
    let methods = METHODS.map(|method| {
        let call = Call { method: method.to_owned(), ..good.clone() };
        (format!("method {method}"), call)
    });
    let paths = PATHS.map(|path| (format!("path {path}"), good.clone().path(path)));
    let keys = KEYS.map(|key| (format!("key {key:?}"), scene.with("Idempotency-Key", key)));
    let mut rows: Vec<Forgery> = methods.into_iter().chain(paths).chain(keys).collect();
    rows.extend(bodies(good));
    rows.extend(headers(scene));
    rows
}

fn bodies(good: &Call) -> Vec<Forgery> {
    let body = String::from_utf8(good.body.clone()).expect("an order is text");
    let key_line = "Idempotency-Key: key-1\n";
    let rows = [
        ("no body", String::new()),
        ("a larger amount", body.replace("1250", "9250")),
        ("another reference", body.replace("WD-20417", "WD-20418")),
        ("another user", body.replace("sam", "eve")),
        ("a line break after it", format!("{body}\n")),
        ("a line break before it", format!("\n{body}")),
        ("a space in it", body.replace(':', ": ")),
        ("a byte less", body[..body.len() - 1].to_owned()),
        ("twice", format!("{body}{body}")),
        ("a byte order mark", format!("\u{FEFF}{body}")),
        ("a header line at its beginning", format!("{key_line}{body}")),
        ("an escaped letter", body.replacen("GBP", "\\u0047BP", 1)),
        ("members in another order", reordered(&body)),
    ];
    rows.map(|(name, body)| (format!("body: {name}"), good.clone().body(&body))).into()
}

fn reordered(body: &str) -> String {
    let amount = r#""amount_in_minor":1250,"#;
    assert!(body.contains(amount), "{body}");
    body.replacen(amount, "", 1).replacen('{', &format!("{{{amount}"), 1)
}

fn headers(scene: &Scene) -> Vec<Forgery> {
    let good = &scene.good;
    let covered = &["Idempotency-Key", "Content-Type"];
    let both = good.clone().signed_over(&ACME_KEY, covered, None);
    let other_type = "application/json; charset=utf-8";
    let rows = vec![
        ("a covered header has another value", {
            both.clone().without("Content-Type").header("Content-Type", other_type)
        }),
        ("a covered header is missing", both.clone().without("Content-Type")),
        ("a covered header is there twice", both.header("Content-Type", "application/json")),
        ("no signature", good.clone().without("Tl-Signature")),
        ("no key", good.clone().without("Idempotency-Key")),
        ("the signature under another name", {
            let value = value(good, "Tl-Signature");
            good.clone().without("Tl-Signature").header("X-Tl-Signature", &value)
        }),
        ("version and names as headers", {
            let call = good.clone().without("Tl-Signature");
            let call = call.header("Tl-Signature", "e30..AAAA");
            call.header("Tl-Signature-Version", "2")
                .header("Tl-Signature-Headers", "Idempotency-Key")
        }),
        ("the key under a name with an underscore", {
            good.clone().without("Idempotency-Key").header("Idempotency_Key", "key-1")
        }),
        ("of another path, signed well", resigned(good, "/v3/merchant-accounts")),
        ("of no path, signed well", resigned(good, "/")),
    ];
    let mut rows: Vec<Forgery> =
        rows.into_iter().map(|(name, call)| (name.to_owned(), call)).collect();
    for name in ["Tl-Signature", "Idempotency-Key", "Authorization"] {
        let same = value(good, name);
        let title = |what: &str| format!("{name} {what}");
        rows.push((title("twice"), good.clone().header(name, &same)));
        rows.push((
            title("twice, once in lower case"),
            good.clone().header(&name.to_lowercase(), &same),
        ));
        rows.push((title("and another after it"), good.clone().header(name, "another")));
        rows.push((title("and another before it"), {
            good.clone().without(name).header(name, "another").header(name, &same)
        }));
        rows.push((title("and an empty one"), good.clone().header(name, "")));
    }
    rows
}

fn value(call: &Call, name: &str) -> String {
    let header = call.headers.iter().find(|(found, _)| found == name);
    header.expect("the call has it").1.clone()
}

/// Signed for one path, sent to the other.
fn resigned(good: &Call, path: &str) -> Call {
    good.clone().path(path).signed(&ACME_KEY).path(&good.path)
}
