//! HTTP/1.1 by hand, to send what no client of ours would send.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value as Json, json};
use truelayer_signing::Method;

use crate::stage::{PATIENCE, Server};

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The sentences of a problem about one place in the request.
    #[track_caller]
    pub(crate) fn sentences(&self, place: &str) -> String {
        let problem = self.json();
        problem["errors"][place].as_array().map_or_else(
            || panic!("nothing is said about `{place}`: {problem}"),
            |sentences| sentences.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" "),
        )
    }
}

/// Sends one request on a connection of its own.
pub(crate) fn send(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head = format!("{head}{name}: {value}\r\n");
    }
    head = format!("{head}Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).expect("the server reads");
    read_answer(stream)
}

fn read_answer(stream: TcpStream) -> Answer {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).expect("the server answers");
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status line: {line:?}"));
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line).expect("the head ends");
    }
    let mut body = String::new();
    reader.read_to_string(&mut body).expect("the server says that it closes, and closes");
    Answer { status, body }
}

/// A token of a server's own client.
pub(crate) fn token(server: &Server, scope: &str) -> String {
    let secret = std::fs::read_to_string(server.member("client_secret_file"));
    let body = json!({
        "grant_type": "client_credentials",
        "client_id": server.member("client_id"),
        "client_secret": secret.expect("the server wrote it").trim_end(),
        "scope": scope,
    });
    let json = [("Content-Type", "application/json")];
    let answer = send(server.url(), "POST", "/connect/token", &json, body.to_string().as_bytes());
    let token = answer.json();
    token["access_token"].as_str().expect("the credentials are right").to_owned()
}

/// Signs a `POST /v3/payouts` as the provider's own crate does.
pub(crate) fn signature(server: &Server, key: &str, body: &[u8]) -> String {
    let pem = std::fs::read(server.member("private_key_file")).expect("the server wrote it");
    truelayer_signing::sign_with_pem(server.member("kid"), &pem)
        .method(Method::Post)
        .path("/v3/payouts")
        .header("Idempotency-Key", key.as_bytes())
        .body(body)
        .build_signer()
        .sign()
        .expect("the key is right")
}

/// Sends a write of the server's own client, signed by the provider's own crate.
pub(crate) fn write(server: &Server, path: &str, key: &str, body: &Json) -> Answer {
    let body = body.to_string();
    let pem = std::fs::read(server.member("private_key_file")).expect("the server wrote it");
    let signature = truelayer_signing::sign_with_pem(server.member("kid"), &pem)
        .method(Method::Post)
        .path(path)
        .header("Idempotency-Key", key.as_bytes())
        .body(body.as_bytes())
        .build_signer()
        .sign()
        .expect("the key is right");
    let bearer = format!("Bearer {}", token(server, "payments"));
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json; charset=UTF-8"),
        ("Idempotency-Key", key),
        ("Tl-Signature", &signature),
    ];
    send(server.url(), "POST", path, &headers, body.as_bytes())
}

/// Sends a payout with these headers beside the content type.
pub(crate) fn post_payout(server: &Server, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    send(server.url(), "POST", "/v3/payouts", &headers, body)
}

/// Sends a payout as a client does that does everything right.
pub(crate) fn pay_out(server: &Server, key: &str, body: &Json) -> Answer {
    let body = body.to_string();
    let bearer = format!("Bearer {}", token(server, "payments"));
    let signature = signature(server, key, body.as_bytes());
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Idempotency-Key", key),
        ("Tl-Signature", &signature),
    ];
    post_payout(server, &headers, body.as_bytes())
}
