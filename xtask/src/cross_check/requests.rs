//! The requests that are signed, and what becomes of them on the way.

use super::party::Judgement;

/// What a signature covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) headers: &'static [&'static str],
    pub(crate) body: &'static str,
}

/// A request as its sender signed it and as its receiver sees it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) signed: Request,
    pub(crate) seen: Request,
    pub(crate) forgery: Forgery,
}

/// What is forged about a case; whoever judges it must refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forgery {
    Nothing,
    Request,
    Signature,
    Key,
}

impl Case {
    pub(crate) fn expected(&self) -> Judgement {
        if self.forgery == Forgery::Nothing { Judgement::Accepted } else { Judgement::Refused }
    }
}

impl Forgery {
    /// Turns the genuine signature into the one that is shown.
    pub(crate) fn apply(self, signature: &str) -> String {
        match self {
            Self::Nothing | Self::Request | Self::Key => signature.to_owned(),
            Self::Signature => with_another_letter(signature),
        }
    }
}

/// The last letter of base64 may hold unused bits, so the one that changes is far from the end.
fn with_another_letter(signature: &str) -> String {
    let place = signature.len().saturating_sub(20);
    let exchange = |(at, letter)| match letter {
        'A' if at == place => 'B',
        _ if at == place => 'A',
        _ => letter,
    };
    signature.chars().enumerate().map(exchange).collect()
}

const PAYOUT: Request = Request {
    method: "POST",
    path: "/v3/payouts",
    headers: &["Idempotency-Key: 619410b3-b00c-406e-bb1b-2982f97edb8b"],
    body: r#"{"amount_in_minor":1234,"currency":"GBP"}"#,
};

/// Every case, the forged ones last.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = as_sent();
    cases.extend(changed_on_the_way_but_the_same());
    cases.extend(forged());
    cases
}

fn as_sent() -> Vec<Case> {
    let cases = [
        ("a payout", PAYOUT),
        ("a path with a trailing slash", Request { path: "/v3/payouts/", ..PAYOUT }),
        ("a path without a version", Request { path: "/payouts", ..PAYOUT }),
        ("a DELETE without a body", Request { method: "DELETE", body: "", ..PAYOUT }),
        ("an empty body", Request { body: "", ..PAYOUT }),
        ("a body beyond ASCII", Request { body: "{\"name\":\"Zoë Łukasz 😀\"}", ..PAYOUT }),
        ("a body that ends in a line feed", Request { body: "{}\n", ..PAYOUT }),
        // In base64 these give the two letters that differ between its alphabets.
        ("a body of the odd base64 letters", Request { body: "???>>>~~~", ..PAYOUT }),
        ("a header in lower case", Request { headers: &["idempotency-key: abc"], ..PAYOUT }),
        ("a header in upper case", Request { headers: &["IDEMPOTENCY-KEY: abc"], ..PAYOUT }),
        ("two headers", Request { headers: &["X-Custom: 1", "Idempotency-Key: abc"], ..PAYOUT }),
    ];
    cases.map(|(name, sent)| unchanged(name, sent)).into()
}

fn unchanged(name: &'static str, sent: Request) -> Case {
    Case { name, signed: sent, seen: sent, forgery: Forgery::Nothing }
}

/// Proxies respell headers and frameworks move slashes; the signature holds.
fn changed_on_the_way_but_the_same() -> Vec<Case> {
    const KEY_IN_LOWER_CASE: &[&str] = &["idempotency-key: 619410b3-b00c-406e-bb1b-2982f97edb8b"];
    let two = Request { headers: &["X-Custom: 1", "Idempotency-Key: abc"], ..PAYOUT };
    let swapped = Request { headers: &["Idempotency-Key: abc", "X-Custom: 1"], ..PAYOUT };
    let more =
        Request { headers: &["X-Custom: 1", "Idempotency-Key: abc", "Accept: a/b"], ..PAYOUT };
    let slash = Request { path: "/v3/payouts/", ..PAYOUT };
    let cases = [
        ("a header respelled", PAYOUT, Request { headers: KEY_IN_LOWER_CASE, ..PAYOUT }),
        ("headers in another order", two, swapped),
        ("a header that was not signed", two, more),
        ("a slash added", PAYOUT, slash),
        ("a slash taken away", slash, PAYOUT),
    ];
    cases.map(|(name, signed, seen)| Case { seen, ..unchanged(name, signed) }).into()
}

fn forged() -> Vec<Case> {
    let seen = [
        ("forged: another method", Request { method: "PUT", ..PAYOUT }),
        ("forged: another path", Request { path: "/v3/payments", ..PAYOUT }),
        ("forged: two slashes added", Request { path: "/v3/payouts//", ..PAYOUT }),
        ("forged: another idempotency key", Request { headers: &["Idempotency-Key: b"], ..PAYOUT }),
        ("forged: the signed header is gone", Request { headers: &["X-Custom: 1"], ..PAYOUT }),
        ("forged: another amount", Request { body: "{\"amount_in_minor\":9}", ..PAYOUT }),
        ("forged: no body", Request { body: "", ..PAYOUT }),
    ];
    let requests = seen.map(|(name, seen)| Case {
        seen,
        forgery: Forgery::Request,
        ..unchanged(name, PAYOUT)
    });
    let rest = [
        ("forged: another signature", Forgery::Signature),
        ("forged: somebody else's key", Forgery::Key),
    ];
    let rest = rest.map(|(name, forgery)| Case { forgery, ..unchanged(name, PAYOUT) });
    requests.into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_signature_differs_in_one_letter() {
        for signature in ["h..AAAAAAAAAAAAAAAAAAAAAAAA", "h..zzzzzzzzzzzzzzzzzzzzzzzz"] {
            let forged = Forgery::Signature.apply(signature);

            let differing = signature.chars().zip(forged.chars()).filter(|(a, b)| a != b);
            assert_eq!(differing.count(), 1, "{forged}");
        }
    }

    #[test]
    fn there_are_cases_to_accept_and_cases_to_refuse() {
        let (accepted, refused): (Vec<_>, Vec<_>) =
            cases().into_iter().partition(|case| case.expected() == Judgement::Accepted);

        assert!(accepted.len() > 8 && refused.len() > 8);
    }
}
