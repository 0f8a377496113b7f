//! The bus: carries committed events to gateways fast and without promise. The port, and which implementation serves it.
//! Beside it the port to the log stream, which promises much and is in no hurry: see `log_stream`.
//!
//! Lifecycle: `connect` returns at once, also while NATS is away; a subscription lives until it is dropped.
//!
//! Invariants: nothing here ever waits for the bus (a slow NATS would slow writes). Every queue is bounded and drops when full
//! (an unbounded one would fill the memory of a process that lags). A loss is silent but for a count: readers find it by
//! `seq` and by the sweep, so the embedded bus may lose as NATS does. Subjects are literal, without wildcards.

mod headers;
mod in_process;
mod jetstream;
mod log_stream;
mod nats;

use std::sync::Arc;

use bytes::Bytes;

pub use in_process::InProcess;
pub use jetstream::JetStream;
pub use log_stream::{LogMessage, LogStream, StoredMessage, StreamError, StreamState};
pub use nats::Nats;

use crate::config::NatsConfig;
use crate::tasks::Tasks;

/// Messages that may wait to be published.
pub const PUBLISH_QUEUE: usize = 8_192;
/// Messages that may wait in one subscription.
pub const SUBSCRIPTION_QUEUE: usize = 4_096;

/// One message. Live messages have headers and an envelope as body; signals have no headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub subject: String,
    pub headers: Option<LiveHeaders>,
    pub body: Bytes,
}

/// What a gateway must know of an event before it reads the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveHeaders {
    pub seq: u64,
    pub position: u64,
    pub event_type: String,
    pub epoch: String,
    pub traceparent: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BusStatus {
    Ok,
    Away,
}

/// The port. Publishing and subscribing are plain calls, so that nobody can wait for the bus by mistake.
pub trait Bus: Send + Sync + 'static {
    /// Hands the message over, or drops and counts it when the queue is full, the bus away or the message unfit to send.
    fn publish(&self, message: Message);

    /// Starts at once in the background; what is published before the server knows of the subscription does not come.
    fn subscribe(&self, subject: &str) -> Subscription;

    fn status(&self) -> BusStatus;

    /// Messages dropped so far, as far as this process can know.
    fn dropped(&self) -> u64;
}

/// The bus of the settings: NATS when `nats.url` is set, else inside the process. Fails only on settings that cannot work.
pub async fn connect(config: &NatsConfig, tasks: &Tasks) -> anyhow::Result<Arc<dyn Bus>> {
    if config.url.is_empty() {
        return Ok(Arc::new(InProcess::new()));
    }
    Ok(Arc::new(Nats::connect(config, tasks).await?))
}

/// Messages of one subject, in the order in which the bus gives them. Bounded; the newest is dropped when full.
/// Dropping it unsubscribes.
pub struct Subscription(Feed);

enum Feed {
    InProcess(in_process::Feed),
    Nats(nats::Feed),
    /// The subject could not be subscribed to.
    Never,
}

impl Subscription {
    /// The next message; waits for it, and loses none when the wait is cancelled. `None` when no more can come.
    pub async fn next(&mut self) -> Option<Message> {
        match &mut self.0 {
            Feed::InProcess(feed) => feed.next().await,
            Feed::Nats(feed) => feed.next().await,
            Feed::Never => None,
        }
    }

    /// A message that is already here. Does not yield, so a loop over it takes all that the bus has in one go.
    pub fn try_next(&mut self) -> Option<Message> {
        match &mut self.0 {
            Feed::InProcess(feed) => feed.try_next(),
            Feed::Nats(feed) => feed.try_next(),
            Feed::Never => None,
        }
    }
}

/// A subject without wildcards that NATS takes: tokens of visible ASCII between dots.
fn is_literal(subject: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && byte != b'*' && byte != b'>';
    subject.split('.').all(|token| !token.is_empty() && token.bytes().all(fits))
}

/// What both buses take; the embedded one is as strict as NATS, so that a mistake shows without a fleet.
fn is_sendable(message: &Message) -> bool {
    let one_line = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_literal(&message.subject)
        && message.headers.as_ref().is_none_or(|headers| {
            one_line(&headers.event_type)
                && one_line(&headers.epoch)
                && headers.traceparent.as_deref().is_none_or(one_line)
        })
}
