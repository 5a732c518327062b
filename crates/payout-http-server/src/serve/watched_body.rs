//! A body that says when it is whole.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::HttpBody;
use hyper::body::{Frame, SizeHint};

use super::standing::Standing;

/// A body, and the connection that it comes by.
#[derive(Debug)]
pub(super) struct WatchedBody<B> {
    body: B,
    standing: Arc<Standing>,
}

impl<B: HttpBody> WatchedBody<B> {
    pub(super) fn new(body: B, standing: Arc<Standing>) -> Self {
        if body.is_end_stream() {
            standing.work();
        }
        Self { body, standing }
    }
}

impl<B: HttpBody + Unpin> HttpBody for WatchedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        if frame.is_none() || this.body.is_end_stream() {
            this.standing.work();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
