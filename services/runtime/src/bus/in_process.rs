//! The embedded bus: NATS core's contract inside one process — bounded, drops the newest when full, no history.
//!
//! It promises no more than NATS does on purpose, so the repair path is in use in the default, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_channel::mpsc;
use futures_util::StreamExt as _;

use super::{Bus, BusStatus, Message, SUBSCRIPTION_QUEUE, Subscription, is_literal, is_sendable};

#[derive(Clone)]
pub struct InProcess {
    board: Arc<Mutex<Board>>,
    capacity: usize,
}

#[derive(Default)]
struct Board {
    next_id: u64,
    dropped: u64,
    subjects: HashMap<String, Vec<(u64, mpsc::Sender<Message>)>>,
}

impl Default for InProcess {
    fn default() -> Self {
        Self::new()
    }
}

impl InProcess {
    pub fn new() -> Self {
        Self::with_capacity(SUBSCRIPTION_QUEUE)
    }

    /// With room for `capacity` messages in each subscription; small ones provoke losses in tests.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { board: Arc::default(), capacity }
    }
}

fn lock(board: &Mutex<Board>) -> MutexGuard<'_, Board> {
    // No change of the board can panic half-way, so a poisoned one is whole.
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bus for InProcess {
    fn publish(&self, message: Message) {
        let mut board = lock(&self.board);
        if !is_sendable(&message) {
            board.dropped += 1;
            return;
        }
        let Some(listeners) = board.subjects.get_mut(&message.subject) else {
            return;
        };
        let is_full = |(_, listener): &mut (u64, mpsc::Sender<Message>)| {
            listener.try_send(message.clone()).is_err_and(|error| error.is_full())
        };
        let full = listeners.iter_mut().map(is_full).filter(|is_full| *is_full).count();
        board.dropped += u64::try_from(full).unwrap_or(u64::MAX);
    }

    fn subscribe(&self, subject: &str) -> Subscription {
        if !is_literal(subject) {
            tracing::error!(bus.subject = subject, "cannot subscribe: not a literal subject");
            return Subscription(super::Feed::Never);
        }
        // Each sender has room for one more. An empty queue of this kind takes a few words only: each user has two.
        let (sender, receiver) = mpsc::channel(self.capacity.saturating_sub(1));
        let mut board = lock(&self.board);
        board.next_id += 1;
        let id = board.next_id;
        board.subjects.entry(subject.to_owned()).or_default().push((id, sender));
        let feed = Feed { receiver, board: self.board.clone(), subject: subject.to_owned(), id };
        Subscription(super::Feed::InProcess(feed))
    }

    fn status(&self) -> BusStatus {
        BusStatus::Ok
    }

    fn dropped(&self) -> u64 {
        lock(&self.board).dropped
    }
}

pub(super) struct Feed {
    receiver: mpsc::Receiver<Message>,
    board: Arc<Mutex<Board>>,
    subject: String,
    id: u64,
}

impl Feed {
    pub(super) async fn next(&mut self) -> Option<Message> {
        self.receiver.next().await
    }

    pub(super) fn try_next(&mut self) -> Option<Message> {
        self.receiver.try_recv().ok()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        let mut board = lock(&self.board);
        if let Some(listeners) = board.subjects.get_mut(&self.subject) {
            listeners.retain(|(id, _)| *id != self.id);
            if listeners.is_empty() {
                board.subjects.remove(&self.subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_subscription_leaves_nothing_behind() {
        let bus = InProcess::new();
        let (one, two) = (bus.subscribe("a.b"), bus.subscribe("a.b"));
        drop(one);
        assert_eq!(lock(&bus.board).subjects["a.b"].len(), 1);
        drop(two);
        assert!(lock(&bus.board).subjects.is_empty());
    }
}
