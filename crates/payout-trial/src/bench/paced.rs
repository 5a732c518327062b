//! Load at an even pace, however slowly it is answered.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::line::{Answer, whole_answer};
use super::load::{Measured, Requests};
use super::usage::Usage;

/// So many requests a second, evenly, each at its time whether or not those before it were answered.
///
/// Timers of an asynchronous runtime are a millisecond apart, which is more than most answers take. So
/// every connection has a thread here, which the kernel wakes within a few tens of microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paced {
    pub(super) address: SocketAddr,
    /// The process that answers.
    pub(super) pid: u32,
    /// How many may be unanswered at once; whoever comes then waits, and that counts.
    pub(super) connections: usize,
    /// How many are sent in a second.
    pub(super) rate: u64,
    /// The status that every answer must have.
    pub(super) status: u16,
}

impl Paced {
    /// Sends all of them. The clock of each begins when it was due.
    pub(super) fn run(&self, requests: &Arc<Requests>) -> Result<Measured> {
        let lines: Vec<_> = (0..self.connections).map(|_| self.connect()).collect::<Result<_>>()?;
        let before = Usage::of(self.pid)?;
        let begun = Instant::now();
        let drive = |line: TcpStream| self.drive(line, requests, begun);
        let drive = &drive;
        let mut spans = thread::scope(|scope| {
            let drivers: Vec<_> =
                lines.into_iter().map(|line| scope.spawn(move || drive(line))).collect();
            let mut spans = Vec::new();
            for driver in drivers {
                spans.extend(driver.join().ok().context("a thread of the load panicked")??);
            }
            anyhow::Ok(spans)
        })?;
        let elapsed = begun.elapsed();
        let cpu = Usage::of(self.pid)?.cpu.saturating_sub(before.cpu);
        spans.sort_unstable();
        let count = u64::try_from(spans.len())?;
        ensure!(count > 0, "not one request was answered");
        Ok(Measured { count, elapsed, cpu, spans, bodies: Vec::new() })
    }

    fn connect(&self) -> Result<TcpStream> {
        let line = TcpStream::connect(self.address).context("the server takes no connection")?;
        line.set_nodelay(true)?;
        Ok(line)
    }

    fn drive(
        &self,
        mut line: TcpStream,
        requests: &Requests,
        begun: Instant,
    ) -> Result<Vec<Duration>> {
        let mut spans = Vec::new();
        let mut bytes = Vec::with_capacity(4096);
        while let Some((number, request)) = requests.next() {
            let due = self.due(number)?;
            thread::sleep(due.saturating_sub(begun.elapsed()));
            let answer = ask(&mut line, request, &mut bytes)?;
            spans.push(begun.elapsed().saturating_sub(due));
            ensure!(answer.status == self.status, "{}", answer.instead_of(self.status));
        }
        Ok(spans)
    }

    /// When a request is due, after the first one.
    fn due(&self, number: usize) -> Result<Duration> {
        let nanoseconds = u64::try_from(number)?.saturating_mul(1_000_000_000);
        let nanoseconds = nanoseconds.checked_div(self.rate).context("a pace of nothing")?;
        Ok(Duration::from_nanos(nanoseconds))
    }
}

fn ask(line: &mut TcpStream, request: &[u8], bytes: &mut Vec<u8>) -> Result<Answer> {
    line.write_all(request)?;
    bytes.clear();
    let mut part = [0; 4096];
    loop {
        let read = line.read(&mut part)?;
        ensure!(read > 0, "the server has closed the connection");
        bytes.extend(part.get(..read).unwrap_or_default());
        if let Some(answer) = whole_answer(bytes)? {
            return Ok(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_due_at_even_distances() {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let paced = Paced { address, pid: 1, connections: 1, rate: 2_000, status: 200 };

        let due = [0, 1, 2_000].map(|number| paced.due(number).expect("it has a pace"));

        assert_eq!(due, [0, 500, 1_000_000].map(Duration::from_micros));
    }
}
