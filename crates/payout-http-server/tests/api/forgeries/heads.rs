//! Heads that no honest signer writes, each signed well.

use payout_signature::SigningKey;
use payout_signature::digest::hmac_sha256;

use super::forger::{HEAD, encode, forge, payload};
use super::{Forgery, Scene};
use crate::call::Call;
use crate::house::{ACME_KEY, BETS_KEY, PROVIDER_KEY, STRANGE_KEY};

const ALG: &str = r#""alg":"ES512""#;
const KID: &str = r#""kid":"acme-key""#;
const VERSION: &str = r#""tl_version":"2""#;
const NAMES: &str = r#""tl_headers":"Idempotency-Key""#;

/// What is changed in the head, and into what.
const CHANGES: &[(&str, &str)] = &[
    (ALG, r#""alg":"none""#),
    (ALG, r#""alg":"None""#),
    (ALG, r#""alg":"NONE""#),
    (ALG, r#""alg":"nOnE""#),
    (ALG, r#""alg":"""#),
    (ALG, r#""alg":null"#),
    (ALG, r#""alg":true"#),
    (ALG, r#""alg":512"#),
    (ALG, r#""alg":["ES512"]"#),
    (ALG, r#""alg":{"name":"ES512"}"#),
    (ALG, r#""alg":"es512""#),
    (ALG, r#""alg":"Es512""#),
    (ALG, r#""alg":" ES512""#),
    (ALG, r#""alg":"ES512 ""#),
    (ALG, r#""alg":"ES512\u0000""#),
    (ALG, r#""alg":"ES256""#),
    (ALG, r#""alg":"ES256K""#),
    (ALG, r#""alg":"ES384""#),
    (ALG, r#""alg":"EdDSA""#),
    (ALG, r#""alg":"HS256""#),
    (ALG, r#""alg":"HS384""#),
    (ALG, r#""alg":"HS512""#),
    (ALG, r#""alg":"RS256""#),
    (ALG, r#""alg":"RS512""#),
    (ALG, r#""alg":"PS512""#),
    (ALG, r#""Alg":"ES512""#),
    (ALG, r#""x":1"#),
    (ALG, r#""alg":"ES512","alg":"ES512""#),
    (ALG, r#""alg":"none","alg":"ES512""#),
    (ALG, r#""alg":"ES512","\u0061lg":"none""#),
    (ALG, r#""alg":"ES512","crit":["b64"]"#),
    (ALG, r#""alg":"ES512","crit":["exp"],"exp":1"#),
    (ALG, r#""alg":"ES512","crit":[]"#),
    (ALG, r#""alg":"ES512","crit":null"#),
    (ALG, r#""alg":"ES512","b64":false"#),
    (ALG, r#""alg":"ES512","b64":true"#),
    (ALG, r#""alg":"ES512","b64":false,"crit":["b64"]"#),
    (KID, r#""kid":"""#),
    (KID, r#""kid":null"#),
    (KID, r#""kid":0"#),
    (KID, r#""kid":["acme-key"]"#),
    (KID, r#""x":1"#),
    (KID, r#""kid":"ACME-KEY""#),
    (KID, r#""kid":"acme-key ""#),
    (KID, r#""kid":" acme-key""#),
    (KID, r#""kid":"acme-key\u0000""#),
    (KID, r#""kid":"acme-key\n""#),
    (KID, r#""kid":"acme-key/../bets-key""#),
    (KID, r#""kid":"../../../../dev/null""#),
    (KID, r#""kid":"/proc/sys/kernel/randomize_va_space""#),
    (KID, r#""kid":"' OR '1'='1""#),
    (KID, r#""kid":"'OR(1=1)--""#),
    (KID, r#""kid":"__proto__""#),
    (KID, r#""kid":"constructor""#),
    (KID, r#""kid":"*""#),
    (KID, r#""kid":"%""#),
    (KID, r#""kid":"https://evil.example/key""#),
    (KID, r#""kid":"token-key""#),
    (KID, r#""kid":"provider-key""#),
    (KID, r#""kid":"strange-key""#),
    (KID, r#""kid":"acme-kеy""#),
    (KID, r#""kid":"acme-key","kid":"strange-key""#),
    (KID, r#""kid":"strange-key","kid":"acme-key""#),
    (KID, r#""KID":"acme-key""#),
    (VERSION, r#""tl_version":"1""#),
    (VERSION, r#""tl_version":"3""#),
    (VERSION, r#""tl_version":2"#),
    (VERSION, r#""tl_version":"2.0""#),
    (VERSION, r#""tl_version":"02""#),
    (VERSION, r#""tl_version":" 2""#),
    (VERSION, r#""tl_version":null"#),
    (VERSION, r#""x":1"#),
    (VERSION, r#""tl_version":"1","tl_version":"2""#),
    (NAMES, r#""tl_headers":"""#),
    (NAMES, r#""tl_headers":null"#),
    (NAMES, r#""tl_headers":["Idempotency-Key"]"#),
    (NAMES, r#""x":1"#),
    (NAMES, r#""tl_headers":"Content-Type""#),
    (NAMES, r#""tl_headers":"Idempotency-Key,""#),
    (NAMES, r#""tl_headers":",Idempotency-Key""#),
    (NAMES, r#""tl_headers":"Idempotency-Key,,Content-Type""#),
    (NAMES, r#""tl_headers":"Idempotency-Key, Content-Type""#),
    (NAMES, r#""tl_headers":"Idempotency-Key;Content-Type""#),
    (NAMES, r#""tl_headers":"Idempotency-Key,idempotency-key""#),
    (NAMES, r#""tl_headers":"Idempotency-Key,X-Not-There""#),
    (NAMES, r#""tl_headers":"Idempotency-Key\n""#),
    (NAMES, r#""tl_headers":"Idempotency-Key: key-1\nX""#),
    (NAMES, r#""tl_headers":"(request-target)""#),
    (NAMES, r#""tl_headers":"Idempotency_Key""#),
    (NAMES, r#""tl_headers":"Idempotency-Key2""#),
    (NAMES, r#""tl_headers":"Idempotency-Kеy""#),
    (HEAD, ""),
    (HEAD, "null"),
    (HEAD, "[]"),
    (HEAD, "{}"),
    (HEAD, "2"),
    (HEAD, r#""ES512""#),
    (HEAD, "{"),
    (HEAD, "ES512"),
];

pub(super) fn forgeries(scene: &Scene) -> Vec<Forgery> {
    let payload = payload(&scene.good);
    let changed = CHANGES.iter().map(|(part, other)| {
        assert_eq!(HEAD.matches(part).count(), 1, "{part} is where the head changes");
        (format!("{part} -> {other}"), HEAD.replacen(part, other, 1))
    });
    let broken = [
        ("a byte order mark", format!("\u{FEFF}{HEAD}")),
        ("a second object", format!("{HEAD}{{}}")),
        ("a comma too many", HEAD.replace('}', ",}")),
        ("single quotes", HEAD.replace('"', "'")),
        ("a comment", HEAD.replace('{', "{/* */")),
        ("an array around it", format!("[{HEAD}]")),
        ("a kid of 129 characters", HEAD.replace("acme-key", &"k".repeat(129))),
        ("33 names", HEAD.replace("Idempotency-Key", &names(33))),
        (
            "very deep",
            HEAD.replace('}', &format!(r#","x":{}{}}}"#, "[".repeat(500), "]".repeat(500))),
        ),
    ];
    let broken = broken.map(|(name, head)| (name.to_owned(), head));
    let signed = changed.chain(broken).map(|(name, head)| (name, forge(head, &payload)));
    let mut values: Vec<_> = signed.collect();
    values.push(("bytes that are no text".to_owned(), forge(b"{\"alg\":\"ES512\xff\"}", &payload)));
    values.extend(confusions(&payload));
    let rows = values.into_iter().map(|(name, value)| (name, scene.with("Tl-Signature", &value)));
    rows.chain(by_others(&scene.good)).collect()
}

fn names(count: usize) -> String {
    let names: Vec<_> = (1..count).map(|n| format!("X-{n}")).collect();
    format!("Idempotency-Key,{}", names.join(","))
}

/// Public things taken for a shared secret, and no signature at all.
fn confusions(payload: &[u8]) -> Vec<(String, String)> {
    let secrets = [
        ("the public key as PEM", ACME_KEY.public_key_pem()),
        ("the public key as a JWK", ACME_KEY.jwk_json()),
        ("the key's thumbprint", ACME_KEY.verifying_key().thumbprint()),
        ("the key's id", "acme-key".to_owned()),
        ("the client's secret", "secret of acme".to_owned()),
        ("nothing", String::new()),
    ];
    let mut rows = Vec::new();
    for (name, secret) in secrets {
        for alg in ["HS256", "HS512", "ES512"] {
            let head = encode(HEAD.replace("ES512", alg));
            let input = format!("{head}.{}", encode(payload));
            let tag = hmac_sha256(secret.as_bytes(), input.as_bytes());
            rows.push((
                format!("{alg} with {name} as the secret"),
                format!("{head}..{}", encode(tag)),
            ));
        }
    }
    let unsigned = encode(HEAD.replace("ES512", "none"));
    rows.push(("no algorithm and no signature".to_owned(), format!("{unsigned}..")));
    rows
}

/// Good signatures by keys of somebody else, also by those that the signature brings along.
fn by_others(good: &Call) -> Vec<Forgery> {
    let (thief, _pem) = SigningKey::generate("acme-key").expect("there is entropy");
    let signed = |key: &SigningKey, jku| good.clone().signed_over(key, &["Idempotency-Key"], jku);
    let jwk = HEAD.replace('}', &format!(r#","jwk":{}}}"#, thief.jwk_json()));
    let (_, by_thief) = value_of(&signed(&thief, None));
    vec![
        ("by another client's key of the same id".to_owned(), signed(&BETS_KEY, None)),
        ("by a stranger's key".to_owned(), signed(&STRANGE_KEY, None)),
        ("by the key of our own webhooks".to_owned(), signed(&PROVIDER_KEY, None)),
        ("by a thief's key of the same id".to_owned(), signed(&thief, None)),
        (
            "by a thief's key, to be fetched".to_owned(),
            signed(&thief, Some("https://evil.example/")),
        ),
        ("by a thief's key, brought along".to_owned(), {
            let value = format!("{}..{by_thief}", encode(jwk));
            good.clone().without("Tl-Signature").header("Tl-Signature", &value)
        }),
        ("a thief's signature under an honest head".to_owned(), {
            let value = format!("{}..{by_thief}", encode(HEAD));
            good.clone().without("Tl-Signature").header("Tl-Signature", &value)
        }),
    ]
}

fn value_of(call: &Call) -> (String, String) {
    let value = call.headers.iter().find(|(name, _)| name == "Tl-Signature");
    let (head, signature) =
        value.and_then(|(_, value)| value.split_once("..")).expect("the call is signed");
    (head.to_owned(), signature.to_owned())
}
