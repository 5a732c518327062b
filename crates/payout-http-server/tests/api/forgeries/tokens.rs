//! Tokens that we have not issued, or not for this.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::forger::{TOKEN_HEAD, TOKEN_SECRET, encode, token};
use super::{Forgery, Scene};
use crate::call::Call;
use crate::house::ACME_KEY;

const CLAIMS: &str = r#"{"iss":"payout","aud":"payments_api","client_id":"acme","scope":["payments","info"],"iat":1772442847,"nbf":1772442847,"exp":1772446447,"jti":"a"}"#;

/// Heads of tokens, each signed with the right secret.
const HEADS: &[&str] = &[
    r#"{"alg":"none","typ":"at+jwt","kid":"token-key"}"#,
    r#"{"alg":"None","typ":"at+jwt","kid":"token-key"}"#,
    r#"{"alg":"hs256","typ":"at+jwt","kid":"token-key"}"#,
    r#"{"alg":"HS384","typ":"at+jwt","kid":"token-key"}"#,
    r#"{"alg":"HS512","typ":"at+jwt","kid":"token-key"}"#,
    r#"{"alg":"ES512","typ":"at+jwt","kid":"token-key"}"#,
    r#"{"alg":"ES256","typ":"at+jwt","kid":"acme-key"}"#,
    r#"{"alg":"RS256","typ":"at+jwt","kid":"token-key"}"#,
    r#"{"alg":["HS256"],"typ":"at+jwt","kid":"token-key"}"#,
    r#"{"alg":"HS256","typ":"JWT","kid":"token-key"}"#,
    r#"{"alg":"HS256","typ":"AT+JWT","kid":"token-key"}"#,
    r#"{"alg":"HS256","typ":"application/at+jwt","kid":"token-key"}"#,
    r#"{"alg":"HS256","typ":"dpop+jwt","kid":"token-key"}"#,
    r#"{"alg":"HS256","typ":"logout+jwt","kid":"token-key"}"#,
    r#"{"alg":"HS256","kid":"token-key"}"#,
    r#"{"alg":"HS256","typ":"at+jwt"}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":null}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":""}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":"acme-key"}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":"TOKEN-KEY"}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":"../../dev/null"}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":"token-key","crit":["x"],"x":1}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":"token-key","b64":false}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":"token-key","jku":"https://evil.example"}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":"token-key","jwk":{"kty":"oct","k":"AA"}}"#,
    r#"{"alg":"HS256","typ":"at+jwt","kid":"token-key","zip":"DEF"}"#,
    r#"{"alg":"HS256","alg":"none","typ":"at+jwt","kid":"token-key"}"#,
    r#"{"typ":"at+jwt","alg":"HS256","kid":"token-key"}"#,
    r#"{"alg": "HS256","typ":"at+jwt","kid":"token-key"}"#,
    r#"{"alg":"dir","enc":"A256GCM","typ":"at+jwt","kid":"token-key"}"#,
    "{}",
    "",
];

/// What is changed in the claims, and into what; each is signed with the right secret, as nobody but
/// we could. It is the second line, behind the secret.
const CHANGES: &[(&str, &str)] = &[
    (r#""exp":1772446447"#, r#""exp":"1772446447""#),
    (r#""exp":1772446447"#, r#""exp":1772446447.0"#),
    (r#""exp":1772446447"#, r#""exp":1.78e9"#),
    (r#""exp":1772446447"#, r#""exp":null"#),
    (r#""exp":1772446447"#, r#""exp":true"#),
    (r#""exp":1772446447"#, r#""exp":[1772446447]"#),
    (r#""exp":1772446447"#, r#""exp":{}"#),
    (r#""exp":1772446447"#, r#""exp":"never""#),
    (r#""exp":1772446447"#, r#""exp":1e400"#),
    (r#""exp":1772446447"#, r#""exp":9223372036854775808"#),
    (r#""exp":1772446447"#, r#""exp":0"#),
    (r#""exp":1772446447"#, r#""exp":-1"#),
    (r#""exp":1772446447"#, r#""exp":1772442847"#),
    (r#""exp":1772446447"#, r#""exp":1772442846"#),
    (r#""exp":1772446447,"#, ""),
    (r#""exp":1772446447"#, r#""exp":1,"exp":1772446447"#),
    (r#""exp":1772446447"#, r#""Exp":1772446447"#),
    (r#""nbf":1772442847"#, r#""nbf":1772442848"#),
    (r#""nbf":1772442847"#, r#""nbf":9223372036854775807"#),
    (r#""nbf":1772442847"#, r#""nbf":"1772442847""#),
    (r#""nbf":1772442847"#, r#""nbf":null"#),
    (r#""nbf":1772442847,"#, ""),
    (r#""iat":1772442847"#, r#""iat":1772442848"#),
    (r#""iat":1772442847"#, r#""iat":1772442847.5"#),
    (r#""iat":1772442847,"#, ""),
    (r#""payments_api""#, r#""other_api""#),
    (r#""payments_api""#, r#""operators""#),
    (r#""payments_api""#, r#""PAYMENTS_API""#),
    (r#""payments_api""#, r#""payments_api ""#),
    (r#""payments_api""#, r#""""#),
    (r#""payments_api""#, "null"),
    (r#""payments_api""#, r#"["payments_api"]"#),
    (r#""aud":"payments_api","#, ""),
    (r#""iss":"payout""#, r#""iss":"payout.example""#),
    (r#""iss":"payout""#, r#""iss":"Payout""#),
    (r#""iss":"payout""#, r#""iss":"""#),
    (r#""iss":"payout""#, r#""iss":null"#),
    (r#""iss":"payout","#, ""),
    (r#""acme""#, r#""ACME""#),
    (r#""acme""#, r#""acme ""#),
    (r#""acme""#, r#""""#),
    (r#""acme""#, "null"),
    (r#""acme""#, r#"["acme"]"#),
    (r#""acme""#, r#""nobody""#),
    (r#""acme""#, r#""bets""#),
    (r#""acme""#, r#""watcher""#),
    (r#""acme""#, r#""operator:alice""#),
    (r#""acme""#, r#""operator:alice/0000000000000000""#),
    (r#""acme""#, r#""../acme""#),
    (r#""client_id":"acme","#, ""),
    (r#""client_id":"acme""#, r#""client_id":"bets","client_id":"acme""#),
    (r#""client_id""#, r#""sub""#),
    (r#"["payments","info"]"#, r#""payments""#),
    (r#"["payments","info"]"#, r#""payments info""#),
    (r#"["payments","info"]"#, "[]"),
    (r#"["payments","info"]"#, r#"["info"]"#),
    (r#"["payments","info"]"#, r#"["PAYMENTS"]"#),
    (r#"["payments","info"]"#, r#"["payments:read"]"#),
    (r#"["payments","info"]"#, r#"["operator"]"#),
    (r#"["payments","info"]"#, "[1]"),
    (r#"["payments","info"]"#, "null"),
    (r#","jti":"a""#, ""),
    (r#""jti":"a""#, r#""jti":7"#),
    (r#""jti":"a""#, r#""jti":"a","admin":true"#),
    (r#""jti":"a""#, r#""jti":"a","cnf":{"jkt":"x"}"#),
    (CLAIMS, "{}"),
    (CLAIMS, "null"),
    (CLAIMS, "[]"),
    (CLAIMS, ""),
    (CLAIMS, "\u{FEFF}{}"),
];

pub(super) fn forgeries(scene: &Scene) -> Vec<Forgery> {
    let honest = token(TOKEN_HEAD, CLAIMS, &TOKEN_SECRET);
    let mut rows: Vec<Forgery> = Vec::new();
    for head in HEADS {
        rows.push((format!("head {head}"), scene.bearing(&token(head, CLAIMS, &TOKEN_SECRET))));
    }
    for (part, other) in CHANGES {
        assert_eq!(CLAIMS.matches(part).count(), 1, "{part} is where the claims change");
        let claims = CLAIMS.replacen(part, other, 1);
        let call = scene.bearing(&token(TOKEN_HEAD, &claims, &TOKEN_SECRET));
        rows.push((format!("{part} -> {other}"), call));
    }
    rows.extend(secrets(scene));
    rows.extend(spellings(scene, &honest));
    rows.extend(headers(scene, &honest));
    rows.extend(others(scene));
    rows.extend(at_operators(&honest));
    rows
}

fn secrets(scene: &Scene) -> Vec<Forgery> {
    let secrets: [(&str, Vec<u8>); 9] = [
        ("no secret", Vec::new()),
        ("a secret of zeros", vec![0; 32]),
        ("a part of the secret", TOKEN_SECRET[..31].to_vec()),
        ("more than the secret", [TOKEN_SECRET.as_slice(), &[7]].concat()),
        ("the secret's encoding", encode(TOKEN_SECRET).into_bytes()),
        ("the client's secret", b"secret of acme".to_vec()),
        ("the client's public key", ACME_KEY.public_key_pem().into_bytes()),
        ("the client's public JWK", ACME_KEY.jwk_json().into_bytes()),
        ("the key's id", b"token-key".to_vec()),
    ];
    let rows = secrets.into_iter();
    rows.map(|(name, secret)| {
        (format!("signed with {name}"), scene.bearing(&token(TOKEN_HEAD, CLAIMS, &secret)))
    })
    .collect()
}

fn spellings(scene: &Scene, honest: &str) -> Vec<Forgery> {
    let parts: Vec<&str> = honest.split('.').collect();
    let [head, claims, tag] = parts[..] else { panic!("a token has three parts") };
    let richer = encode(CLAIMS.replace("acme", "bets"));
    let none = encode(r#"{"alg":"none","typ":"at+jwt","kid":"token-key"}"#);
    let rows = [
        ("no signature", format!("{head}.{claims}.")),
        ("two parts", format!("{head}.{claims}")),
        ("one part", head.to_owned()),
        ("four parts", format!("{honest}.{tag}")),
        ("five parts", format!("{honest}.{tag}.{tag}")),
        ("a dot at the end", format!("{honest}.")),
        ("a dot at the beginning", format!(".{honest}")),
        ("no claims", format!("{head}..{tag}")),
        ("other claims", format!("{head}.{richer}.{tag}")),
        ("no algorithm, no signature", format!("{none}.{claims}.")),
        ("no algorithm, an honest signature", format!("{none}.{claims}.{tag}")),
        ("padding", format!("{honest}=")),
        ("padding in the claims", format!("{head}.{claims}=.{tag}")),
        ("padding in the head", format!("{head}=.{claims}.{tag}")),
        ("half a signature", format!("{head}.{claims}.{}", &tag[..22])),
        ("a character less", honest[..honest.len() - 1].to_owned()),
        ("a character more", format!("{honest}A")),
        ("stray bits", strayed(honest)),
        ("zeros for a signature", format!("{head}.{claims}.{}", encode([0; 32]))),
        ("two spaces before it", format!(" {honest}")),
        ("a space after it", format!("{honest} ")),
        ("a space in it", format!("{head}. {claims}.{tag}")),
        ("quotes", format!("\"{honest}\"")),
        ("two tokens", format!("{honest},{honest}")),
        ("encoded once more", encode(honest)),
        ("the claims alone", encode(CLAIMS)),
        ("the claims as text", CLAIMS.to_owned()),
        (
            "the head in the other alphabet",
            format!("{}.{claims}.{tag}", STANDARD.encode(TOKEN_HEAD) + "="),
        ),
        ("the claims with honest padding", {
            let claims = URL_SAFE.encode(format!("{CLAIMS} "));
            format!("{head}.{claims}.{tag}")
        }),
        ("more than four kilobytes", format!("{head}.{}.{tag}", "A".repeat(4_096))),
    ];
    rows.map(|(name, value)| (format!("token: {name}"), scene.bearing(&value))).into()
}

/// The last character has two bits that no byte needs; one of them is set.
fn strayed(honest: &str) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = honest.chars().last().and_then(|last| LETTERS.find(last)).expect("it is base64url");
    format!("{}{}", &honest[..honest.len() - 1], &LETTERS[last + 1..last + 2])
}

fn headers(scene: &Scene, honest: &str) -> Vec<Forgery> {
    let rows = [
        ("nothing", String::new()),
        ("no scheme", honest.to_owned()),
        ("a scheme and nothing", "Bearer".to_owned()),
        ("a scheme and a space", "Bearer ".to_owned()),
        ("another scheme", format!("Basic {honest}")),
        ("a client's secret", format!("Basic {}", STANDARD.encode("acme:secret of acme"))),
        ("a scheme of demonstrators", format!("DPoP {honest}")),
        ("a colon", format!("Bearer: {honest}")),
        ("a tab", format!("Bearer\t{honest}")),
        ("a name", format!("Bearer token={honest}")),
        ("the client's id", "Bearer acme".to_owned()),
        ("the secret as a token", "Bearer secret of acme".to_owned()),
        ("null", "Bearer null".to_owned()),
    ];
    let rows = rows.map(|(name, value)| {
        (format!("authorization: {name}"), scene.with("Authorization", &value))
    });
    let unsent = scene.good.clone().without("Authorization");
    let elsewhere = [
        ("in no header", unsent.clone()),
        ("in the query", unsent.clone().path(&format!("/v3/payouts?access_token={honest}"))),
        ("in a cookie", unsent.clone().header("Cookie", &format!("access_token={honest}"))),
        (
            "in another header",
            unsent.clone().header("X-Authorization", &format!("Bearer {honest}")),
        ),
        ("for a proxy", unsent.header("Proxy-Authorization", &format!("Bearer {honest}"))),
    ];
    let elsewhere = elsewhere.map(|(name, call)| (format!("authorization: {name}"), call));
    rows.into_iter().chain(elsewhere).collect()
}

/// Honest tokens, of somebody else.
fn others(scene: &Scene) -> Vec<Forgery> {
    let signature = scene.good.headers.iter().find(|(name, _)| name == "Tl-Signature");
    let signature = &signature.expect("the call is signed").1;
    vec![
        ("another client's token".to_owned(), scene.bearing(&scene.bets)),
        ("the token of one who may only watch".to_owned(), scene.bearing(&scene.watcher)),
        ("an operator's token".to_owned(), scene.bearing(&scene.alice)),
        ("the signature as a token".to_owned(), scene.bearing(signature)),
        ("a token's tag as a signature".to_owned(), {
            let tag = scene.alice.rsplit('.').next().unwrap_or_default();
            scene.with("Tl-Signature", &format!("{}..{tag}", encode(TOKEN_HEAD)))
        }),
    ]
}

/// Tokens at the routes of operators.
fn at_operators(honest: &str) -> Vec<Forgery> {
    let claims = |client: &str, audience: &str, scope: &str| {
        let claims = CLAIMS.replace("acme", client).replace("payments_api", audience);
        token(TOKEN_HEAD, &claims.replace(r#""payments","info""#, scope), &TOKEN_SECRET)
    };
    let operator = r#""operator""#;
    let rows = [
        ("a client's token", honest.to_owned()),
        ("a client's token for operators", claims("acme", "operators", operator)),
        ("an operator without a mark", claims("operator:alice", "operators", operator)),
        (
            "an operator with another mark",
            claims("operator:alice/0000000000000000", "operators", operator),
        ),
        ("an operator of no name", claims("operator:", "operators", operator)),
        (
            "an operator whom nobody knows",
            claims("operator:eve/0000000000000000", "operators", operator),
        ),
        (
            "an operator for clients",
            claims("operator:alice/0000000000000000", "payments_api", operator),
        ),
    ];
    let calls = |token: &str| {
        [
            ("read", Call::get("/operator/pause").bearer(token)),
            ("stop", Call::new("PUT", "/operator/pause", "{}").bearer(token)),
            ("resume", Call::new("DELETE", "/operator/pause", "").bearer(token)),
        ]
    };
    rows.iter()
        .flat_map(|(name, token)| {
            calls(token).map(|(what, call)| (format!("operators: {name}, to {what}"), call))
        })
        .collect()
}
