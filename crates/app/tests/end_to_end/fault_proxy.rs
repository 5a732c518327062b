//! A proxy between the service and its provider that spoils connections, byte by byte.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::stage::{PATIENCE, Server};

/// Where a request for a payout is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before a byte of it is read.
    Connect,
    /// In the midst of its head.
    Head,
    /// In the midst of its body.
    Body,
    /// In the midst of the status of the answer.
    Status,
    /// In the midst of the body of the answer.
    Answer,
}

/// What is done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// The connection ends.
    Cut,
    /// The connection is reset.
    Reset,
    /// The rest comes later.
    Delay,
    /// The rest never comes, and nothing says so.
    BlackHole,
    /// A byte is another one.
    Corrupt,
    /// All of it reaches the provider twice.
    Double,
}

/// What is to be spoiled, one request for a payout after the other.
type Script = Arc<Mutex<VecDeque<(Place, Deed)>>>;

/// Half-done exchanges that are never ended.
type Held = Arc<Mutex<Vec<TcpStream>>>;

/// A proxy between the service and its provider.
pub(crate) struct FaultProxy {
    address: SocketAddr,
    posts: Arc<AtomicU64>,
    script: Script,
}

/// How long what is delayed takes: far less than the service waits.
const DELAY: Duration = Duration::from_millis(400);

/// How a request for a payout begins.
const POST: &[u8] = b"POST /v3/payouts ";

impl FaultProxy {
    /// Spoils these requests for payouts, in this order, and lets everything else pass. Without
    /// `says_so` it ends each connection after one exchange without a warning.
    pub(crate) fn before(server: &Server, script: &[(Place, Deed)], says_so: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let proxy = Self {
            address: listener.local_addr().expect("it is bound"),
            posts: Arc::default(),
            script: Arc::new(Mutex::new(script.iter().copied().collect())),
        };
        let upstream = server.url().trim_start_matches("http://").to_owned();
        let (posts, script, held) = (proxy.posts.clone(), proxy.script.clone(), Held::default());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let line = Line { stream, upstream: upstream.clone(), held: held.clone(), says_so };
                let (posts, script) = (posts.clone(), script.clone());
                thread::spawn(move || line.serve(&posts, &script));
            }
        });
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests for payouts have come, whole or not.
    pub(crate) fn posts(&self) -> u64 {
        self.posts.load(Ordering::Relaxed)
    }

    /// Whether everything was spoiled that was to be.
    pub(crate) fn is_done(&self) -> bool {
        self.script.lock().expect("nobody panics with it").is_empty()
    }
}

/// One connection of the service, for one exchange.
struct Line {
    stream: TcpStream,
    upstream: String,
    held: Held,
    says_so: bool,
}

/// A request as it was read, but for its last byte, which still lies in the socket: who closes a
/// socket with something in it resets the connection.
struct Request {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Line {
    fn serve(self, posts: &AtomicU64, script: &Script) {
        if self.stream.set_read_timeout(Some(PATIENCE)).is_err() {
            return;
        }
        let Some(is_post) = self.is_post() else { return };
        let mut spoiled = None;
        if is_post {
            posts.fetch_add(1, Ordering::Relaxed);
            spoiled = script.lock().expect("nobody panics with it").pop_front();
        }
        let _whoever_is_gone_is_gone = match spoiled {
            None => self.pass(),
            Some((Place::Connect, deed)) => self.spoil_connect(deed),
            Some((place @ (Place::Head | Place::Body), deed)) => self.spoil_request(place, deed),
            Some((place @ (Place::Status | Place::Answer), deed)) => self.spoil_answer(place, deed),
        };
    }

    /// Whether a request for a payout is coming, by a look that takes nothing; `None` at the end.
    fn is_post(&self) -> Option<bool> {
        let mut seen = [0; POST.len()];
        loop {
            match self.stream.peek(&mut seen) {
                Ok(0) | Err(_) => return None,
                Ok(len) if len == seen.len() || !POST.starts_with(&seen[..len]) => {
                    return Some(seen == POST);
                }
                Ok(_) => thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    fn pass(&self) -> io::Result<()> {
        let request = self.read()?;
        let answer = self.ask(&request)?;
        self.take_last_byte(&request)?;
        self.say(&answer)
    }

    fn spoil_connect(&self, deed: Deed) -> io::Result<()> {
        match deed {
            Deed::Delay => {
                thread::sleep(DELAY);
                self.pass()
            }
            Deed::BlackHole => self.hold(&self.stream),
            // What lies in the socket is never read, so the end is a reset.
            Deed::Reset | Deed::Corrupt | Deed::Double => Ok(()),
            Deed::Cut => {
                self.stream.shutdown(Shutdown::Write)?;
                thread::sleep(DELAY);
                Ok(())
            }
        }
    }

    fn spoil_request(&self, place: Place, deed: Deed) -> io::Result<()> {
        let request = self.read()?;
        let whole = request.bytes();
        let at = match place {
            Place::Connect | Place::Head => request.head.len() / 2,
            Place::Body | Place::Status | Place::Answer => {
                whole.len().saturating_sub(request.body.len() / 2)
            }
        };
        if deed == Deed::Corrupt {
            let mut whole = whole;
            // Still a visible character, but another one.
            whole[at] = if whole[at] == b'1' { b'2' } else { b'1' };
            let answer = exchange(&self.upstream, &whole)?;
            self.take_last_byte(&request)?;
            return self.say(&answer);
        }
        if deed == Deed::Double {
            let first = exchange(&self.upstream, &whole)?;
            exchange(&self.upstream, &whole)?;
            self.take_last_byte(&request)?;
            return self.say(&first);
        }
        let mut upstream = TcpStream::connect(&self.upstream)?;
        upstream.write_all(&whole[..at])?;
        match deed {
            Deed::Delay => {
                thread::sleep(DELAY);
                upstream.write_all(&whole[at..])?;
                let mut answer = Vec::new();
                upstream.read_to_end(&mut answer)?;
                self.take_last_byte(&request)?;
                self.say(&answer)
            }
            Deed::BlackHole => {
                self.hold(&upstream)?;
                self.hold(&self.stream)
            }
            Deed::Reset => Ok(()),
            Deed::Cut | Deed::Corrupt | Deed::Double => self.take_last_byte(&request),
        }
    }

    fn spoil_answer(&self, place: Place, deed: Deed) -> io::Result<()> {
        let request = self.read()?;
        let mut answer = self.warned(&self.ask(&request)?);
        let body = answer
            .windows(4)
            .position(|end| end == b"\r\n\r\n")
            .map_or(0, |at| at.saturating_add(4));
        let at = match place {
            Place::Connect | Place::Head | Place::Body | Place::Status => "HTTP/1.1 ".len(),
            Place::Answer => body.midpoint(answer.len()),
        };
        if deed == Deed::Corrupt {
            // A status that is none, a document that is none.
            answer[if place == Place::Answer { body } else { at }] = b'x';
            self.take_last_byte(&request)?;
            return (&self.stream).write_all(&answer);
        }
        (&self.stream).write_all(&answer[..at])?;
        match deed {
            Deed::Delay => {
                thread::sleep(DELAY);
                self.take_last_byte(&request)?;
                (&self.stream).write_all(&answer[at..])
            }
            Deed::BlackHole => self.hold(&self.stream),
            Deed::Reset => Ok(()),
            Deed::Cut | Deed::Corrupt | Deed::Double => self.take_last_byte(&request),
        }
    }

    fn read(&self) -> io::Result<Request> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            (&self.stream).read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        if let Some((last, before)) = body.split_last_mut() {
            (&self.stream).read_exact(before)?;
            let mut seen = [0];
            if self.stream.peek(&mut seen)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            *last = seen[0];
        }
        Ok(Request { head, body })
    }

    fn take_last_byte(&self, request: &Request) -> io::Result<()> {
        if request.body.is_empty() { Ok(()) } else { (&self.stream).read_exact(&mut [0]) }
    }

    fn ask(&self, request: &Request) -> io::Result<Vec<u8>> {
        exchange(&self.upstream, &request.bytes())
    }

    fn say(&self, answer: &[u8]) -> io::Result<()> {
        (&self.stream).write_all(&self.warned(answer))
    }

    /// The answer as the service is to see it: with or without the word that the connection ends.
    fn warned(&self, answer: &[u8]) -> Vec<u8> {
        if self.says_so {
            return answer.to_vec();
        }
        let text = String::from_utf8_lossy(answer);
        text.replacen("connection: close\r\n", "", 1).into_bytes()
    }

    fn hold(&self, stream: &TcpStream) -> io::Result<()> {
        self.held.lock().expect("nobody panics with it").push(stream.try_clone()?);
        Ok(())
    }
}

impl Request {
    /// The request as the provider gets it: it is to end the connection after its answer.
    fn bytes(&self) -> Vec<u8> {
        let first = self
            .head
            .windows(2)
            .position(|end| end == b"\r\n")
            .map_or(0, |at| at.saturating_add(2));
        let (line, rest) = self.head.split_at(first);
        [line, b"connection: close\r\n", rest, &self.body].concat()
    }
}

fn exchange(upstream: &str, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut upstream = TcpStream::connect(upstream)?;
    upstream.set_read_timeout(Some(PATIENCE))?;
    upstream.write_all(request)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    Ok(answer)
}
