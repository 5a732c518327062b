//! A hand on the wire between a store and its server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// When the next COMMIT is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It does not reach the server.
    BeforeTheServer,
    /// The server has committed, and its answer is lost.
    BeforeTheAnswer,
}

/// Passes everything on, until it is told to cut.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    next: Arc<AtomicU8>,
}

const NOTHING: u8 = 0;
const BEFORE_THE_SERVER: u8 = 1;
const BEFORE_THE_ANSWER: u8 = 2;

impl Proxy {
    /// Stands before the server at this address.
    pub(crate) async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let next = Arc::new(AtomicU8::new(NOTHING));
        let cutting = Arc::clone(&next);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, cutting) = (server.clone(), Arc::clone(&cutting));
                tokio::spawn(async move {
                    // Whatever ends it ends both sides.
                    let server = TcpStream::connect(server).await;
                    let _ = pass(client, server.expect("the server is there"), &cutting).await;
                });
            }
        });
        Self { address, next }
    }

    /// Cuts the connection that commits next.
    pub(crate) fn cut_next(&self, cut: Cut) {
        let cut = match cut {
            Cut::BeforeTheServer => BEFORE_THE_SERVER,
            Cut::BeforeTheAnswer => BEFORE_THE_ANSWER,
        };
        self.next.store(cut, Ordering::SeqCst);
    }

    /// Whether it has cut since it was told to.
    pub(crate) fn has_cut(&self) -> bool {
        self.next.load(Ordering::SeqCst) == NOTHING
    }
}

async fn pass(client: TcpStream, server: TcpStream, next: &AtomicU8) -> std::io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    // The first message has no type.
    let mut start = vec![0; 4];
    from_client.read_exact(&mut start).await?;
    to_server.write_all(&start).await?;
    let rest = read(&mut from_client, length(&start)).await?;
    to_server.write_all(&rest).await?;
    let silent = AtomicU8::new(NOTHING);
    tokio::select! {
        ended = ask(&mut from_client, &mut to_server, next, &silent) => ended,
        ended = answer(&mut from_server, &mut to_client, &silent) => ended,
    }
}

/// Passes on what the store says, message by message.
async fn ask(
    client: &mut OwnedReadHalf,
    server: &mut OwnedWriteHalf,
    next: &AtomicU8,
    silent: &AtomicU8,
) -> std::io::Result<()> {
    loop {
        let message = message(client).await?;
        let commits = message.first() == Some(&b'Q') && has(&message, b"COMMIT");
        if commits {
            match next.swap(NOTHING, Ordering::SeqCst) {
                BEFORE_THE_SERVER => return Ok(()),
                BEFORE_THE_ANSWER => silent.store(BEFORE_THE_ANSWER, Ordering::SeqCst),
                _ => {}
            }
        }
        server.write_all(&message).await?;
    }
}

/// Passes on what the server says, message by message.
async fn answer(
    server: &mut OwnedReadHalf,
    client: &mut OwnedWriteHalf,
    silent: &AtomicU8,
) -> std::io::Result<()> {
    loop {
        let message = message(server).await?;
        let committed = message.first() == Some(&b'C') && has(&message, b"COMMIT");
        if committed && silent.load(Ordering::SeqCst) == BEFORE_THE_ANSWER {
            return Ok(());
        }
        client.write_all(&message).await?;
    }
}

/// A message: its type, its length without the type, and the rest.
async fn message(from: &mut OwnedReadHalf) -> std::io::Result<Vec<u8>> {
    let mut message = vec![0; 5];
    from.read_exact(&mut message).await?;
    let length = length(message.get(1..).unwrap_or_default());
    message.extend(read(from, length).await?);
    Ok(message)
}

/// How much follows a length, which counts itself.
fn length(bytes: &[u8]) -> usize {
    let bytes: [u8; 4] = bytes.try_into().expect("it is four bytes");
    usize::try_from(u32::from_be_bytes(bytes)).expect("it fits").saturating_sub(4)
}

async fn read(from: &mut OwnedReadHalf, length: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).await?;
    Ok(bytes)
}

fn has(message: &[u8], word: &[u8]) -> bool {
    message.windows(word.len()).any(|window| window == word)
}
