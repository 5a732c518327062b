//! A server that does what it is told.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with a request that it has read.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Says this, and waits for the next request.
    Say(Vec<u8>),
    /// Says this, and cuts the connection.
    SayAndCut(Vec<u8>),
    /// Says this a byte at a time, this far apart.
    Drip(Vec<u8>, Duration),
    /// Says nothing for ever.
    Hang,
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A server that does what it is told.
pub(crate) struct ScriptedServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

type Script = Arc<dyn Fn(&Seen) -> Act + Send + Sync>;

impl ScriptedServer {
    /// Answers each request as the script says.
    pub(crate) async fn new(script: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let (seen, connections) = (Arc::default(), Arc::default());
        let server = Self { address, seen, connections };
        let (seen, connections) = (Arc::clone(&server.seen), Arc::clone(&server.connections));
        let script: Script = Arc::new(script);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(converse(stream, Arc::clone(&script), Arc::clone(&seen)));
            }
        });
        server
    }

    /// Answers every request in the same way.
    pub(crate) async fn always(act: Act) -> Self {
        Self::new(move |_| act.clone()).await
    }

    /// Cuts every connection when so many bytes have come in.
    pub(crate) async fn cutting_after(bytes: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let server = Self { address, seen: Arc::default(), connections: Arc::default() };
        let connections = Arc::clone(&server.connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let mut buffer = vec![0; bytes];
                let _read_or_not = stream.read_exact(&mut buffer).await;
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request that was read to its end.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests to this path, query and all, were read to their end.
    pub(crate) fn count(&self, target: &str) -> usize {
        self.seen().iter().filter(|seen| seen.target == target).count()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        let value = values.next();
        assert!(values.next().is_none(), "{name} came twice");
        value.map(|(_, value)| value.as_str())
    }
}

/// An answer with a body of JSON.
pub(crate) fn json(status: u16, body: &str) -> Act {
    Act::Say(response(status, &[("Content-Type", "application/json")], body))
}

/// An answer with a problem document.
pub(crate) fn problem(status: u16, body: &str) -> Act {
    Act::Say(response(status, &[("Content-Type", "application/problem+json")], body))
}

/// An answer, byte for byte.
pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        text = format!("{text}{name}: {value}\r\n");
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// An address of this machine at which nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    format!("http://{}", listener.local_addr().expect("it is bound"))
}

async fn converse(mut stream: TcpStream, script: Script, seen: Arc<Mutex<Vec<Seen>>>) {
    let mut unread = Vec::new();
    while let Some(request) = read(&mut stream, &mut unread).await {
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        match script(&request) {
            Act::Say(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Act::SayAndCut(bytes) => {
                let _said_or_not = stream.write_all(&bytes).await;
                return;
            }
            Act::Drip(bytes, pause) => {
                for byte in bytes {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(pause).await;
                }
            }
            Act::Hang => std::future::pending().await,
        }
    }
}

/// Reads one request; `None` if the connection ends first.
async fn read(stream: &mut TcpStream, unread: &mut Vec<u8>) -> Option<Seen> {
    let head_len = loop {
        if let Some(at) = unread.windows(4).position(|window| window == b"\r\n\r\n") {
            break at.saturating_add(4);
        }
        more(stream, unread).await?;
    };
    let head: Vec<u8> = unread.drain(..head_len).collect();
    let head = String::from_utf8(head).expect("our requests are text");
    let mut lines = head.trim_end().split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut request = Seen { method, target, headers, body: Vec::new() };
    let body_len = request.header("content-length").map_or(0, |len| len.parse().expect("a number"));
    while unread.len() < body_len {
        more(stream, unread).await?;
    }
    request.body = unread.drain(..body_len).collect();
    Some(request)
}

async fn more(stream: &mut TcpStream, unread: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 4096];
    let read = stream.read(&mut buffer).await.ok()?;
    unread.extend_from_slice(buffer.get(..read)?);
    (read > 0).then_some(())
}

/// Answers token requests with one token, and every other request as the script says.
pub(crate) async fn provider(
    script: impl Fn(&Seen) -> Act + Send + Sync + 'static,
) -> ScriptedServer {
    ScriptedServer::new(move |seen| match &*seen.target {
        "/connect/token" => {
            json(200, r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#)
        }
        _ => script(seen),
    })
    .await
}
