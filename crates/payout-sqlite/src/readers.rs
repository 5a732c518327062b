//! The threads that read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::{mpsc, oneshot};

use crate::connection::Connection;
use crate::failure::{Failure, Outage};

type LookUp = Box<dyn FnOnce(&Connection) + Send>;

/// What a reader is told.
enum Message {
    /// Look this up.
    LookUp(LookUp),
    /// End. Each reader takes one of these.
    End,
}

/// The way to the readers.
#[derive(Clone, Debug)]
pub(crate) struct Reads {
    queue: mpsc::Sender<Message>,
    readers: usize,
}

impl Reads {
    /// Starts a thread for each connection.
    pub(crate) fn start(
        connections: Vec<Connection>,
        queue_max: usize,
    ) -> std::io::Result<(Self, Vec<JoinHandle<()>>)> {
        let (sender, queue) = mpsc::channel(queue_max);
        let (queue, readers) = (Arc::new(Mutex::new(queue)), connections.len());
        let mut threads = Vec::with_capacity(readers);
        for connection in connections {
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new().name("payout-read".to_owned());
            threads.push(thread.spawn(move || read(&connection, &queue))?);
        }
        Ok((Self { queue: sender, readers }, threads))
    }

    /// Looks something up, in what is committed.
    pub(crate) async fn read<T, W>(&self, work: W) -> Result<T, Failure>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let look_up = Box::new(move |connection: &Connection| {
            // Whoever asked may have gone away meanwhile.
            let _ = reply.send(work(connection));
        });
        self.queue.send(Message::LookUp(look_up)).await.map_err(|_| Outage::Closed)?;
        answer.await.map_err(|_| Outage::Closed)?
    }

    /// Tells every reader to end when it has done what was asked before.
    pub(crate) async fn end(&self) {
        for _reader in 0..self.readers {
            // If nobody is there to hear it, there is nobody to end.
            let _ = self.queue.send(Message::End).await;
        }
    }
}

fn read(connection: &Connection, queue: &Mutex<mpsc::Receiver<Message>>) {
    while let Some(Message::LookUp(look_up)) = next(queue) {
        // A look-up that panics is answered by its absence; the thread goes on.
        if catch_unwind(AssertUnwindSafe(|| look_up(connection))).is_err() {
            tracing::error!("a look-up has panicked");
        }
    }
}

/// Waits for the next message. Whichever reader waits holds the queue; the others wait behind it.
fn next(queue: &Mutex<mpsc::Receiver<Message>>) -> Option<Message> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
}
