//! Certificates: shown, exchanged, and believed only if they are the right ones.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, version,
};

use crate::stage::{Outcome, Server, Stage, eventually};

/// A certificate of this machine, and its key, both as PEM.
struct Pair {
    certificate: String,
    key: String,
}

type Line = StreamOwned<ClientConnection, TcpStream>;

impl Pair {
    fn new() -> Self {
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("there is entropy");
        Self { certificate: made.cert.pem(), key: made.signing_key.serialize_pem() }
    }

    /// Puts both where the server looks for them, the key first.
    fn put(&self, stage: &Stage) {
        for (name, text) in [("key.pem", &self.key), ("chain.pem", &self.certificate)] {
            let path = stage.write(&format!("new-{name}"), text);
            let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(&path, private).expect("it is ours");
            std::fs::rename(&path, stage.path(name)).expect("it is ours");
        }
    }

    /// A connection of somebody who believes this certificate and no other.
    fn connect(
        &self,
        address: SocketAddr,
        version: &'static SupportedProtocolVersion,
    ) -> Result<Line, std::io::Error> {
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes());
        let mut roots = RootCertStore::empty();
        roots.add(certificate.expect("it was made so")).expect("it was made so");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("the provider knows it")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").expect("it is an address");
        let connection = ClientConnection::new(Arc::new(config), name).expect("it is configured");
        let socket = TcpStream::connect(address)?;
        socket.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut line = StreamOwned::new(connection, socket);
        line.conn.complete_io(&mut line.sock)?;
        Ok(line)
    }
}

/// Asks whether it is alive, and gives the head of the answer.
fn ask(line: &mut (impl Read + Write)) -> Result<String, std::io::Error> {
    line.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut bytes = Vec::new();
    let mut part = [0; 1024];
    // The answer is shorter than one part, and comes as one or two.
    while !String::from_utf8_lossy(&bytes).contains("\r\n\r\n") {
        let read = line.read(&mut part)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend(&part[..read]);
    }
    Ok(String::from_utf8_lossy(&bytes).to_lowercase())
}

fn address(server: &Server) -> SocketAddr {
    let address = server.url().strip_prefix("https://").expect("it is encrypted");
    address.parse().expect("it is an address")
}

fn encrypted(stage: &Stage, pair: &Pair) -> Server {
    pair.put(stage);
    let arguments = ["--in-memory", "--tls-cert", "chain.pem", "--tls-key", "key.pem"];
    Server::start(stage, "sandbox", "sandbox", &arguments, &[])
}

#[test]
fn who_believes_the_certificate_is_answered_and_nobody_else_hears_a_word() {
    let stage = Stage::new();
    let (pair, other) = (Pair::new(), Pair::new());
    let server = encrypted(&stage, &pair);

    for version in [&version::TLS12, &version::TLS13] {
        let mut line = pair.connect(address(&server), version).expect("it is believed");
        for _ in 0..2 {
            let head = ask(&mut line).expect("it answers");
            assert!(head.starts_with("http/1.1 200"), "{head}");
            assert!(head.contains("strict-transport-security: max-age=31536000"), "{head}");
        }
    }
    assert!(other.connect(address(&server), &version::TLS13).is_err(), "it is not believed");
    let mut plain = TcpStream::connect(address(&server)).expect("it listens");
    plain.set_read_timeout(Some(Duration::from_secs(20))).expect("it is a socket");
    let answer = ask(&mut plain).unwrap_or_default();
    assert!(!answer.contains("http/1.1"), "{answer}");
}

#[test]
fn another_certificate_is_shown_while_connections_go_on_and_a_bad_one_never() {
    let stage = Stage::new();
    let (first, second) = (Pair::new(), Pair::new());
    let server = encrypted(&stage, &first);
    let mut line = first.connect(address(&server), &version::TLS13).expect("it is believed");
    ask(&mut line).expect("it answers");

    second.put(&stage);

    eventually("the second certificate", || second.connect(address(&server), &version::TLS13).ok());
    assert!(first.connect(address(&server), &version::TLS13).is_err(), "nobody sees it any more");
    ask(&mut line).expect("who was there before goes on");

    let mixed = Pair { certificate: first.certificate.clone(), key: second.key.clone() };
    mixed.put(&stage);

    eventually("the bad pair in the log", || {
        server.log().contains("other certificates cannot be used").then_some(())
    });
    second.connect(address(&server), &version::TLS13).expect("the one before is shown");
    ask(&mut line).expect("who was there before goes on");
}

#[test]
fn the_verbs_and_the_service_believe_the_authorities_of_the_system() {
    let stage = Stage::new();
    let pair = Pair::new();
    let sandbox = encrypted(&stage, &pair);
    let trusted = stage.text("chain.pem");
    let deposit = ["deposit", "--url", sandbox.url(), "--user", "sam", "--amount", "25.00 GBP"];

    let stranger = Outcome::of(&mut stage.command(&deposit)).ended_with(8);
    Outcome::of(stage.command(&deposit).env("SSL_CERT_FILE", &trusted)).ended_with(0);
    let believes = [("SSL_CERT_FILE", trusted.as_str())];
    let gateway = ["--gateway", sandbox.url()];
    let service = Server::start(&stage, "serve", "service", &gateway, &believes);
    let sources = ["sources", "--url", service.url(), "--user", "sam", "--json"];
    let sources = Outcome::of(&mut stage.command(&sources)).ended_with(0).json();

    stranger.said("certificate");
    assert_eq!(sources["items"].as_array().map(Vec::len), Some(1), "{sources}");
}

#[test]
fn a_system_without_certificates_serves_all_but_clients_who_are_told_over_tls() {
    let stage = Stage::new();
    let without = [("SSL_CERT_FILE", "/dev/null"), ("SSL_CERT_DIR", "/nonexistent")];
    let encrypted = ["--webhook", "https://example.com/hook"];
    let encrypted = [&["sandbox", "--listen", "127.0.0.1:0"][..], &encrypted].concat();

    let refused = Outcome::of(stage.command(&encrypted).envs(without)).ended_with(7);
    let webhook = ["--webhook", "http://127.0.0.1:9/hook"];
    let sandbox = Server::start(&stage, "sandbox", "sandbox", &webhook, &without);
    let accounts = stage.run(&["accounts", "--url", sandbox.url()]).ended_with(0);

    refused.said("--webhook: is https").said("ca-certificates").said("SSL_CERT_FILE");
    assert!(accounts.stdout.contains("GBP"), "{}", accounts.stdout);
}

#[test]
fn a_key_that_others_can_read_or_that_is_another_certificates_is_refused() {
    let stage = Stage::new();
    let (pair, other) = (Pair::new(), Pair::new());
    let start = || {
        let fixed = ["sandbox", "--in-memory", "--data", "data", "--listen", "127.0.0.1:0"];
        let files = ["--tls-cert", "chain.pem", "--tls-key", "key.pem"];
        stage.run(&[&fixed[..], &files].concat()).ended_with(7)
    };

    Pair { certificate: pair.certificate.clone(), key: other.key.clone() }.put(&stage);
    start().said("--tls-cert, --tls-key").said("do not belong together");
    pair.put(&stage);
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(stage.path("key.pem"), open).expect("it is ours");
    start().said("key.pem: others can read this secret");
}

#[test]
fn behind_a_proxy_only_the_proxy_is_heard() {
    let stage = Stage::new();
    let sandbox = Server::start(&stage, "sandbox", "sandbox", &["--in-memory"], &[]);
    let proxies = [("PAYOUT_SERVE_TRUSTED_PROXIES", "127.0.0.2")];
    let arguments = ["--gateway", sandbox.url(), "--behind-proxy"];
    let service = Server::start(&stage, "serve", "service", &arguments, &proxies);
    let plain = service.url().strip_prefix("http://").expect("nothing is encrypted here");
    let there: SocketAddr = plain.parse().expect("it is an address");
    let from = |last: u8| {
        let socket = rustix::net::socket(
            rustix::net::AddressFamily::INET,
            rustix::net::SocketType::STREAM,
            None,
        )
        .expect("there are sockets");
        let here = SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0));
        rustix::net::bind(&socket, &here).expect("all of 127.0.0.0/8 is this machine");
        rustix::net::connect(&socket, &there).expect("it listens");
        TcpStream::from(socket)
    };

    let proxy = ask(&mut from(2));
    let stranger = ask(&mut from(1));

    assert!(proxy.expect("it answers").starts_with("http/1.1 200"));
    assert!(stranger.is_err(), "nobody else hears a word: {stranger:?}");
}
