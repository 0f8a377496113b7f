//! The port to the stream that holds every event once, at the sequence that is its position. JetStream is one implementation,
//! the model in the relay's tests another.
//!
//! Everything here may fail at any time and leave open whether it happened; the relay looks before it goes on.

use std::fmt;
use std::ops::RangeInclusive;

use async_trait::async_trait;
use bytes::Bytes;
use confab_proto::{Epoch, Position};

use super::LiveHeaders;

/// One event on its way into the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogMessage {
    pub position: Position,
    pub subject: String,
    pub headers: LiveHeaders,
    pub body: Bytes,
}

/// One message as it stands in the stream, whoever put it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    pub subject: String,
    /// `None`: they are not ours, or cannot be read.
    pub headers: Option<LiveHeaders>,
    pub body: Bytes,
}

/// What the stream says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamState {
    /// Differs between this stream and one that was made after this was deleted.
    pub made: i128,
    /// `None`: the description is not one of ours.
    pub epoch: Option<Epoch>,
    /// The oldest message that is still there, or one above `last`.
    pub first: Position,
    /// The highest sequence ever given out; messages up to it may be gone (age, size, purge).
    pub last: Position,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamError {
    /// A message was not taken because another stands at its place already.
    Taken,
    /// No answer, no stream, no right, no room: what NATS said, or that it said nothing.
    Failed(String),
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("another message stands at this place"),
            Self::Failed(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for StreamError {}

/// The port.
#[async_trait]
pub trait LogStream: Send + Sync + 'static {
    /// `None`: there is no stream.
    async fn state(&self) -> Result<Option<StreamState>, StreamError>;

    /// Makes the stream, empty; its first message gets the sequence `first`. Never changes one that exists.
    async fn create(&self, epoch: Epoch, first: Position) -> Result<(), StreamError>;

    /// Removes the stream with all it holds; fine if there is none.
    async fn delete(&self) -> Result<(), StreamError>;

    /// The first message within `range` that does not say this epoch and its own sequence as position. Those that are gone
    /// are passed over.
    async fn foreign(&self, epoch: Epoch, range: RangeInclusive<u64>) -> Result<Option<Position>, StreamError>;

    /// The message at this sequence; `None` if it is gone or there never was one. One without our headers is an error.
    async fn message_at(&self, position: Position) -> Result<Option<LogMessage>, StreamError>;

    /// Sends messages of ascending, contiguous positions in their order, each on the condition that the one before it is the
    /// last of the stream, and waits until each is acknowledged, refused or given up. `Ok`: each is proven to stand where it
    /// belongs. Otherwise the error of the first that is not, and nothing is known of those behind it.
    async fn publish(&self, messages: Vec<LogMessage>) -> Result<(), StreamError>;
}
