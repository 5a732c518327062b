//! A call as a client makes it, and what it gets.

use std::fmt::Write;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use http::{HeaderMap, Request, StatusCode};
use payout_http_server::Peer;
use payout_signature::{Request as SignedRequest, SigningKey, sign};
use payout_wire::problem::Problem;
use tower::ServiceExt;

use crate::contract::Contract;
use crate::house::House;

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) peer: Option<SocketAddr>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Call {
    pub(crate) fn new(method: &str, path: &str, body: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            peer: Some(([127, 0, 0, 1], 40_000).into()),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path, "")
    }

    /// A JSON body.
    pub(crate) fn post(path: &str, body: &str) -> Self {
        Self::new("POST", path, body).header("Content-Type", "application/json")
    }

    /// A payout as `acme` asks for it, with everything in place.
    pub(crate) async fn payout(house: &House, key: &str, body: &str) -> Self {
        let token = house.token("acme").await;
        Self::post("/v3/payouts", body)
            .bearer(&token)
            .header("Idempotency-Key", key)
            .signed(&crate::house::ACME_KEY)
    }

    /// Adds a header, even if there is one of that name.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self
    }

    pub(crate) fn sent_by(mut self, peer: Option<SocketAddr>) -> Self {
        self.peer = peer;
        self
    }

    /// Signs the call as it stands now, with the idempotency key covered.
    pub(crate) fn signed(self, key: &SigningKey) -> Self {
        self.signed_over(key, &["Idempotency-Key"], None)
    }

    /// Signs the call as it stands now.
    pub(crate) fn signed_over(self, key: &SigningKey, covered: &[&str], jku: Option<&str>) -> Self {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let path = self.path.split('?').next().unwrap_or_default();
        let request =
            SignedRequest { method: &self.method, path, headers: &headers, body: &self.body };
        let signature = sign(key, &request, covered, jku).expect("the tests sign what can be");
        self.without("Tl-Signature").header("Tl-Signature", &signature)
    }

    /// Sends it, and holds the answer against what the server says of itself.
    pub(crate) async fn send(self, house: &House) -> Answer {
        let answer = self.clone().send_to(&house.router).await;
        Contract::of(house.face).check(&self, &answer);
        answer
    }

    /// Sends it to a server that is told to misbehave, and answers as nobody says that it does.
    pub(crate) async fn send_whatever_comes(self, house: &House) -> Answer {
        self.send_to(&house.router).await
    }

    pub(crate) async fn send_to(self, router: &Router) -> Answer {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(peer) = self.peer {
            request = request.extension(ConnectInfo(Peer(peer)));
        }
        let request = request.body(Body::from(self.body)).expect("the tests write valid requests");
        let response = router.clone().oneshot(request).await.expect("a router never fails");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body in memory never fails");
        let body = String::from_utf8(body.to_vec()).expect("everything we write is UTF-8");
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The call as text, without what differs from run to run.
    pub(crate) fn as_text(&self) -> String {
        let mut text = format!("{} {} HTTP/1.1\n", self.method, self.path);
        for (name, value) in &self.headers {
            let value = match name.as_str() {
                "Tl-Signature" => "<signature>",
                "Authorization" => "Bearer <token>",
                _ => value,
            };
            let _infallible = writeln!(text, "{name}: {value}");
        }
        with_body(text, &String::from_utf8_lossy(&self.body))
    }
}

impl Answer {
    /// All of it but what names the request.
    pub(crate) fn without_trace(&self) -> (StatusCode, Vec<String>, String) {
        let trace_id = self.header("tl-trace-id").expect("every answer has one");
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value:?}"));
        let headers = headers.map(|line| line.replace(trace_id, "…")).collect();
        (self.status, headers, self.body.replace(trace_id, "…"))
    }

    /// A header's one value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        assert!(values.next().is_none(), "{name} occurs more than once");
        value
    }

    /// A member of the body that is a string, wherever it is.
    pub(crate) fn member(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("\"{name}\":\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    }

    /// The problem document, with everything that every one of them has.
    pub(crate) fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = Problem::parse(self.body.as_bytes()).expect("it is a problem document");
        assert_eq!(problem.status, self.status.as_u16());
        assert!(problem.type_uri.starts_with("https://"), "{problem:?}");
        assert!(!problem.title.is_empty() && !problem.detail.is_empty(), "{problem:?}");
        assert_eq!(problem.trace_id.len(), 32, "{problem:?}");
        assert_eq!(self.header("tl-trace-id"), Some(problem.trace_id.as_str()));
        assert!(matches!(self.header("tl-should-retry"), Some("true" | "false")), "{self:?}");
        problem
    }

    /// The sentences about a field or header.
    pub(crate) fn sentences(&self, path: &str) -> Vec<String> {
        self.problem().errors.and_then(|mut errors| errors.remove(path)).unwrap_or_default()
    }

    /// The answer as text.
    pub(crate) fn as_text(&self) -> String {
        let mut text = format!("HTTP/1.1 {}\n", self.status);
        for (name, value) in &self.headers {
            let _infallible = writeln!(text, "{name}: {}", value.to_str().unwrap_or("?"));
        }
        let token = self.member("access_token").unwrap_or_default();
        let body =
            if token.is_empty() { self.body.clone() } else { self.body.replace(&token, "<token>") };
        with_body(text, &body)
    }
}

fn with_body(head: String, body: &str) -> String {
    if body.is_empty() { head } else { format!("{head}\n{body}\n") }
}
