//! Changes by chance of what is valid: nothing verifies but what was not changed.
//!
//! A change follows from a seed, so each can be had again. `cargo xtask attack --forgeries N` tries as
//! many as one likes; a test run tries a few thousand.

mod change;

use payout_signature::access_token::{Claims, Leeway, TokenKey, TokenKeys};
use payout_signature::{Request, SigningKey, TlSignature, sign};

use crate::chance::Chance;

/// How many are tried unless the variable `PAYOUT_ATTACK_FORGERIES` says otherwise.
const FORGERIES: u64 = 4_000;

/// What they follow from unless the variable `PAYOUT_ATTACK_SEED` says otherwise.
const SEED: u64 = 20_260_302;

const NOW: i64 = 1_790_000_000;

/// A signed request, with all of it owned, so that all of it can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Signed {
    key: usize,
    value: String,
    method: String,
    path: String,
    idempotency_key: String,
    body: Vec<u8>,
}

/// Whether a forgery was refused for its form, or by the cryptography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Malformed,
    Mismatch,
    Verified,
}

#[test]
fn nothing_verifies_but_what_was_not_changed() {
    let count = variable("PAYOUT_ATTACK_FORGERIES").unwrap_or(FORGERIES);
    let seed = variable("PAYOUT_ATTACK_SEED").unwrap_or(SEED);
    let mut forger = Forger::new(seed);
    let mut reached = 0_u64;

    for number in 0..count {
        let verdict = if number % 2 == 0 { forger.signature() } else { forger.token() };
        reached += u64::from(verdict == Verdict::Mismatch);
    }

    println!(
        "forgeries: {count} tried from seed {seed}, {reached} of them as far as the cryptography, \
         0 accepted"
    );
    assert!(reached >= count / 4, "a forger who is refused for his spelling alone proves little");
}

struct Forger {
    chance: Chance,
    keys: Vec<SigningKey>,
    signed: Vec<Signed>,
    token_keys: TokenKeys,
    tokens: Vec<String>,
}

impl Forger {
    fn new(seed: u64) -> Self {
        let keys: Vec<_> =
            (0..3).map(|_| SigningKey::generate("key").expect("entropy").0).collect();
        let signed: Vec<_> = (0..12).map(|number| Signed::new(&keys, number)).collect();
        let token_keys = TokenKeys::new(TokenKey::new("now", &[3; 32]).expect("it is long enough"))
            .with_previous(TokenKey::new("before", &[5; 32]).expect("it is long enough"))
            .expect("they have names of their own");
        let tokens = (0..12).map(|number| token_keys.issue(&claims(number))).collect();
        let forger = Self { chance: Chance(seed), keys, signed, token_keys, tokens };
        forger.check_originals();
        forger
    }

    fn check_originals(&self) {
        for signed in &self.signed {
            assert_eq!(signed.verdict(&self.keys), Verdict::Verified, "{signed:?}");
        }
        for token in &self.tokens {
            assert_eq!(self.judge_token(token), Verdict::Verified, "{token}");
        }
    }

    fn signature(&mut self) -> Verdict {
        let at = self.chance.below(self.signed.len());
        let other = self.chance.below(self.signed.len());
        let forged = change::signed(&mut self.chance, &self.signed[at], &self.signed[other]);
        let verdict = forged.verdict(&self.keys);
        let is_one = self.signed.iter().any(|signed| signed.is_same_request(&forged));
        assert_eq!(verdict == Verdict::Verified, is_one, "{forged:?}");
        verdict
    }

    fn token(&mut self) -> Verdict {
        let at = self.chance.below(self.tokens.len());
        let other = self.chance.below(self.tokens.len());
        let forged = change::token(&mut self.chance, &self.tokens[at], &self.tokens[other]);
        let verdict = self.judge_token(&forged);
        assert_eq!(verdict == Verdict::Verified, self.tokens.contains(&forged), "{forged}");
        verdict
    }

    fn judge_token(&self, token: &str) -> Verdict {
        use payout_signature::access_token::TokenError;
        match self.token_keys.verify(token, NOW, Leeway::NONE) {
            Ok(_) => Verdict::Verified,
            Err(TokenError::WrongSignature) => Verdict::Mismatch,
            Err(_) => Verdict::Malformed,
        }
    }
}

impl Signed {
    fn new(keys: &[SigningKey], number: usize) -> Self {
        let paths = ["/v3/payouts", "/payouts", "/v3/payments/1/refunds", "/v3/payouts/"];
        let mut signed = Self {
            key: number % keys.len(),
            value: String::new(),
            method: if number % 5 == 4 { "DELETE" } else { "POST" }.to_owned(),
            path: paths[number % paths.len()].to_owned(),
            idempotency_key: format!("7b6f2c1e-3d0a-4a55-9c8e-{number:012}"),
            body: format!(r#"{{"amount_in_minor":{number},"currency":"GBP"}}"#).into_bytes(),
        };
        let value =
            sign(&keys[signed.key], &signed.request(&signed.headers()), &["Idempotency-Key"], None);
        signed.value = value.expect("the request is well-formed");
        signed
    }

    fn headers(&self) -> [(&str, &[u8]); 1] {
        [("Idempotency-Key", self.idempotency_key.as_bytes())]
    }

    fn request<'a>(&'a self, headers: &'a [(&'a str, &'a [u8])]) -> Request<'a> {
        Request { method: &self.method, path: &self.path, headers, body: &self.body }
    }

    fn verdict(&self, keys: &[SigningKey]) -> Verdict {
        use payout_signature::SignatureError;
        let Ok(signature) = TlSignature::parse(&self.value) else { return Verdict::Malformed };
        let headers = self.headers();
        match signature.verify(keys[self.key].verifying_key(), &self.request(&headers)) {
            Ok(()) => Verdict::Verified,
            Err(SignatureError::Mismatch) => Verdict::Mismatch,
            Err(_) => Verdict::Malformed,
        }
    }

    /// Whether this is `other` but for one slash at the end of its path, which is no difference by the
    /// provider's rules.
    fn is_same_request(&self, other: &Self) -> bool {
        let path = |path: &str| path.strip_suffix('/').unwrap_or(path).to_owned();
        let same_path = self.path == other.path
            || path(&self.path) == other.path
            || path(&other.path) == self.path;
        same_path && Self { path: other.path.clone(), ..self.clone() } == *other
    }
}

fn claims(number: i64) -> Claims {
    Claims {
        iss: "payout".to_owned(),
        aud: "payments_api".to_owned(),
        client_id: format!("client-{number}"),
        scope: vec!["payments".to_owned()],
        iat: NOW,
        nbf: NOW,
        exp: NOW + 3_600 + number,
        jti: format!("{number:032x}"),
    }
}

pub(crate) fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("it is a number"))
}
