//! One connection to a server, with as little work of our own as possible.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept: requests go out as bytes that were made before.
///
/// The load generator shares its cores with the server that it measures, so it must cost little. It
/// reads answers with a `Content-Length` only, which is how our servers answer.
pub(crate) struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// More than any head or page that is asked for here.
const BUFFER_LEN: usize = 256 * 1024;

/// More headers than a server of ours sends.
const HEADERS_MAX: usize = 32;

impl Answer {
    /// Says what it is, if another status was expected.
    pub(super) fn instead_of(&self, status: u16) -> String {
        let body = String::from_utf8_lossy(&self.body);
        format!("the answer is {} instead of {status}: {body}", self.status)
    }
}

impl Line {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server takes no connection")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Asks, and waits for the whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            ensure!(self.buffer.len() < BUFFER_LEN, "the answer is too long");
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the server has closed the connection");
            if let Some(answer) = whole_answer(&self.buffer)? {
                return Ok(answer);
            }
        }
    }
}

/// The answer, if all of it is there.
pub(super) fn whole_answer(bytes: &[u8]) -> Result<Option<Answer>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head_len) = head.parse(bytes)? else { return Ok(None) };
    let status = head.code.context("a whole head has a status")?;
    let named = |header: &&httparse::Header<'_>| header.name.eq_ignore_ascii_case("content-length");
    let Some(length) = head.headers.iter().find(named) else { bail!("an answer has no length") };
    let body_len: usize = std::str::from_utf8(length.value)?.parse()?;
    let body = bytes.get(head_len..head_len.saturating_add(body_len));
    Ok(body.map(|body| Answer { status, body: body.to_vec() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_last_byte_is_there() {
        let text = b"HTTP/1.1 202 Accepted\r\nContent-Length: 3\r\n\r\nabc";

        for cut in 0..text.len() {
            let part = text.get(..cut).expect("it is within the text");
            assert!(whole_answer(part).expect("it begins well").is_none(), "{cut}");
        }
        let answer = whole_answer(text).expect("it is well-formed").expect("it is whole");
        assert_eq!((answer.status, answer.body.as_slice()), (202, b"abc".as_slice()));
    }

    #[test]
    fn an_answer_without_a_length_is_an_error() {
        assert!(whole_answer(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
