//! The client's own receiver of webhooks, which remembers what it is told.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use payout_domain::{EventId, GatewayPayoutId};
use payout_http_client::JwksCache;
use payout_signature::{Request, TlSignature};
use payout_wire::webhook::{InboundEvent, InboundSubject};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The client's own receiver of webhooks.
pub(crate) struct Receiver {
    url: String,
    heard: Arc<Mutex<Heard>>,
}

/// What was heard.
#[derive(Debug, Default)]
struct Heard {
    deliveries: u64,
    events: BTreeMap<EventId, (InboundEvent, Vec<u8>)>,
    /// What no honest service says.
    complaints: Vec<String>,
    /// The first deliveries whose signatures nobody has looked at yet.
    unverified: Vec<Delivery>,
}

/// A request as it came in.
#[derive(Debug)]
struct Delivery {
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

/// The most that a webhook may be.
const BODY_MAX: usize = 1 << 20;

/// Where webhooks go to.
const PATH: &str = "/events";

impl Receiver {
    /// Listens on a free port for as long as the trial lasts.
    pub(crate) async fn listen() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}{PATH}", listener.local_addr()?);
        let heard = Arc::new(Mutex::new(Heard::default()));
        let ear = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let ear = Arc::clone(&ear);
                tokio::spawn(async move {
                    let _whoever_says_nothing_is_not_heard = converse(stream, &ear).await;
                });
            }
        });
        Ok(Self { url, heard })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many deliveries there were, repeated ones included.
    pub(crate) fn deliveries(&self) -> u64 {
        lock(&self.heard).deliveries
    }

    /// What was told of each payout: type and event.
    pub(crate) fn by_payout(&self) -> BTreeMap<GatewayPayoutId, BTreeSet<(String, EventId)>> {
        let mut told: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (event, _) in lock(&self.heard).events.values() {
            if let InboundSubject::Payout { gateway_payout_id } = event.subject {
                let said = (event.event_type.clone(), event.event_id);
                told.entry(gateway_payout_id).or_default().insert(said);
            }
        }
        told
    }

    /// Looks at the signatures of what came in since the last time, while the services can be asked
    /// for their keys, and gives everything there is to complain about.
    pub(crate) async fn complaints(&self, keys: &JwksCache) -> Vec<String> {
        let unverified = std::mem::take(&mut lock(&self.heard).unverified);
        let mut complaints = std::mem::take(&mut lock(&self.heard).complaints);
        for delivery in unverified {
            if let Err(complaint) = delivery.verify(keys).await {
                complaints.push(complaint);
            }
        }
        complaints
    }
}

impl Heard {
    fn hear(&mut self, delivery: Delivery) {
        self.deliveries = self.deliveries.saturating_add(1);
        let Ok(event) = InboundEvent::parse(&delivery.body) else {
            self.complaints.push("a webhook that cannot be read".to_owned());
            return;
        };
        match self.events.get(&event.event_id) {
            Some((_, body)) if *body != delivery.body => {
                let id = event.event_id;
                self.complaints.push(format!("event {id} was told with two different bodies"));
            }
            Some(_) => {}
            None => {
                self.events.insert(event.event_id, (event, delivery.body.clone()));
                self.unverified.push(delivery);
            }
        }
    }
}

impl Delivery {
    async fn verify(&self, keys: &JwksCache) -> Result<(), String> {
        let header = |name: &str| {
            let mut found = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
            found.next().and_then(|(_, value)| std::str::from_utf8(value).ok())
        };
        let signature = header("Tl-Signature").ok_or("a webhook without a signature")?;
        let signature = TlSignature::parse(signature).map_err(|error| error.to_string())?;
        let jku = signature.jku().ok_or("a webhook that does not name its keys")?;
        let key = keys.key(jku, signature.kid()).await;
        let key = key.ok_or_else(|| format!("a webhook by a key that {jku} does not show"))?;
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let request =
            Request { method: "POST", path: &self.path, headers: &headers, body: &self.body };
        let verified = signature.verify_exact(&key, &request);
        verified.map_err(|error| format!("a webhook with a wrong signature: {error}"))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads requests and says that they have been heard, until the other side has no more.
async fn converse(mut stream: TcpStream, ear: &Mutex<Heard>) -> Result<()> {
    let (input, mut output) = stream.split();
    let mut input = BufReader::new(input);
    loop {
        let reading = tokio::time::timeout(Duration::from_secs(30), read(&mut input)).await;
        let Some(delivery) = reading?? else { return Ok(()) };
        lock(ear).hear(delivery);
        output.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await?;
    }
}

async fn read<R: tokio::io::AsyncRead + Unpin>(
    input: &mut BufReader<R>,
) -> Result<Option<Delivery>> {
    let mut line = String::new();
    input.read_line(&mut line).await?;
    let Some(path) = line.split(' ').nth(1).map(str::to_owned) else { return Ok(None) };
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().as_bytes().to_vec()));
    }
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|(_, value)| std::str::from_utf8(value).ok()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0).min(BODY_MAX)];
    input.read_exact(&mut body).await?;
    Ok(Some(Delivery { path, headers, body }))
}
