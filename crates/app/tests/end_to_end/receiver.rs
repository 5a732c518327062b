//! Somebody who listens on loopback and answers as told.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver as Queue};
use std::thread;

use serde_json::Value as Json;

use crate::http;
use crate::stage::{PATIENCE, Server};

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What is done with a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// It is answered with this status and this JSON.
    Say(u16, String),
    /// The connection is cut without an answer.
    Cut,
    /// Nothing comes back, and nothing says so.
    Hold,
}

/// Somebody who listens on loopback and answers as told.
pub(crate) struct Receiver {
    address: SocketAddr,
    seen: Mutex<Queue<Seen>>,
}

impl Receiver {
    /// Does with each request what `answer` says, for ever.
    pub(crate) fn answering(mut answer: impl FnMut(&Seen) -> Act + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let (sender, seen) = mpsc::channel();
        thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(request) = read(&stream) else { continue };
                match answer(&request) {
                    Act::Say(status, body) => say(&stream, status, &body),
                    Act::Cut => drop(stream),
                    Act::Hold => held.push(stream),
                }
                if sender.send(request).is_err() {
                    return;
                }
            }
        });
        Self { address, seen: Mutex::new(seen) }
    }

    /// Answers with these statuses in turn, and with 200 when they are over.
    pub(crate) fn with_statuses(statuses: &[u16]) -> Self {
        let mut statuses: VecDeque<u16> = statuses.iter().copied().collect();
        Self::answering(move |_| Act::Say(statuses.pop_front().unwrap_or(200), "{}".to_owned()))
    }

    /// Passes each request on to a server and its answer back, unless `instead` says otherwise.
    /// The server has the request in any case.
    pub(crate) fn before(
        server: &Server,
        mut instead: impl FnMut(&Seen) -> Option<Act> + Send + 'static,
    ) -> Self {
        let url = server.url().to_owned();
        Self::answering(move |seen| {
            let own = ["host", "connection", "content-length"];
            let headers = seen.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let headers: Vec<_> = headers
                .filter(|(name, _)| !own.iter().any(|own| name.eq_ignore_ascii_case(own)))
                .collect();
            let answer = http::send(&url, &seen.method, &seen.path, &headers, &seen.body);
            instead(seen).unwrap_or(Act::Say(answer.status, answer.body))
        })
    }

    /// All that came in and was not looked at yet.
    pub(crate) fn so_far(&self) -> Vec<Seen> {
        self.seen.lock().expect("nobody panics while reading").try_iter().collect()
    }

    /// Whether nothing has come in.
    pub(crate) fn saw_nothing(&self) -> bool {
        self.so_far().is_empty()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next request.
    #[track_caller]
    pub(crate) fn next(&self) -> Seen {
        let seen = self.seen.lock().expect("nobody panics while reading");
        seen.recv_timeout(PATIENCE).expect("a request comes")
    }

    /// The next request that tells an event of this type.
    #[track_caller]
    pub(crate) fn next_event(&self, event_type: &str) -> (Seen, Json) {
        loop {
            let seen = self.next();
            let event = seen.json();
            if event["type"] == event_type {
                return (seen, event);
            }
        }
    }
}

impl Seen {
    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).expect("it is JSON")
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).expect("it has that header")
    }
}

fn read(stream: &TcpStream) -> Option<Seen> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (method, rest) = line.split_once(' ')?;
    let (path, _) = rest.split_once(' ')?;
    let (method, path) = (method.to_owned(), path.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Seen { method, path, headers, body })
}

fn say(mut stream: &TcpStream, status: u16, body: &str) {
    let head = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    let answer = [head.as_bytes(), body.as_bytes()].concat();
    let _the_other_side_may_have_gone = stream.write_all(&answer);
}
