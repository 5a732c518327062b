//! A connection that does not wait for ever.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::Line;
use super::standing::Standing;
use crate::Limits;

/// A connection that is closed when its peer keeps us waiting.
///
/// It sees bytes, and is told when there is a request. Between what we wrote last and the first byte of
/// the next request it may be quiet for a while. From that byte on the clock runs, for the head and then
/// until we answer, and no further byte stops it: who sends one byte a second is as late as who sends
/// none.
pub(super) struct PatientStream<S> {
    stream: S,
    standing: Arc<Standing>,
    quiet_time_max: Duration,
    head_time_max: Duration,
    request_time_max: Duration,
    phase: Phase,
    patience: Pin<Box<Sleep>>,
    line: Line,
}

/// What the clock of a connection runs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// For the first byte of a request.
    Quiet,
    /// For the rest of its head.
    Head,
    /// For its answer.
    Request,
}

impl<S> PatientStream<S> {
    pub(super) fn new(stream: S, standing: Arc<Standing>, limits: &Limits) -> Self {
        Self {
            stream,
            standing,
            quiet_time_max: limits.idle_time_max,
            head_time_max: limits.head_time_max,
            request_time_max: limits.request_time_max,
            phase: Phase::Quiet,
            patience: Box::pin(sleep(limits.head_time_max)),
            line: Line::new(),
        }
    }

    /// What can make it break off.
    pub(super) fn line(&self) -> &Line {
        &self.line
    }

    fn begin(&mut self) {
        if self.phase == Phase::Quiet {
            self.phase = Phase::Head;
            self.wait_at_most(self.head_time_max);
        }
    }

    fn progress(&mut self, written: usize) {
        self.line.has_let_out(written);
        self.phase = Phase::Quiet;
        self.wait_at_most(self.quiet_time_max);
    }

    /// Gives the request its time, if the head was all that there was time for until now.
    fn has_more_time(&mut self) -> bool {
        let more = self.phase == Phase::Head && self.standing.has_request();
        if more {
            self.phase = Phase::Request;
            self.wait_at_most(self.request_time_max);
        }
        more
    }

    fn wait_at_most(&mut self, span: Duration) {
        // A span that no clock can hold leaves the limit that was there.
        if let Some(end) = Instant::now().checked_add(span) {
            self.patience.as_mut().reset(end);
        }
    }

    /// What a peer that keeps us waiting gets: an end.
    fn or_end<T>(
        &mut self,
        poll: Poll<io::Result<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        while poll.is_pending() && self.patience.as_mut().poll(cx).is_ready() {
            if !self.has_more_time() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        poll
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for PatientStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let poll = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            this.begin();
        }
        this.or_end(poll, cx)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for PatientStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let allowed = this.line.lets_out(bytes.len())?;
        let bytes = bytes.get(..allowed).unwrap_or(bytes);
        let poll = Pin::new(&mut this.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(written @ 1..)) = poll {
            this.progress(written);
        }
        this.or_end(poll, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let whole = slices.iter().map(|slice| slice.len()).fold(0, usize::saturating_add);
        let poll = if this.line.lets_out(whole)? == whole {
            Pin::new(&mut this.stream).poll_write_vectored(cx, slices)
        } else {
            // The rest is written slice by slice, as far as it goes.
            let first = slices.iter().find(|slice| !slice.is_empty());
            let first = first.map(|slice| &**slice).unwrap_or_default();
            let allowed = this.line.lets_out(first.len())?;
            Pin::new(&mut this.stream).poll_write(cx, first.get(..allowed).unwrap_or(first))
        };
        if let Poll::Ready(Ok(written @ 1..)) = poll {
            this.progress(written);
        }
        this.or_end(poll, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_flush(cx);
        this.or_end(poll, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.stream).poll_shutdown(cx);
        this.or_end(poll, cx)
    }
}
