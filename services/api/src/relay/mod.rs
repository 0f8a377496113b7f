//! The relay: follows the log into the JetStream stream `CONFAB_LOG`, whose own sequence is the position (L8).
//!
//! Lifecycle: one task per API process, among the support tasks. It leads while it holds the lease (`lead`), and then takes step
//! after step (`step`): takes stock of the stream, then copies page after page behind the stream's end. Nothing else is kept:
//! no outbox, no mark of what was sent. At the stop it gives its lease back, so that another goes on at once.
//!
//! Invariants:
//! - Position p is published on the condition that the stream ends at p − 1, and counts as done only when the ack says sequence p.
//!   (Without the condition, two relays or a late message would store an event twice and shift all that follow. Without waiting
//!   for the ack, a message that NATS dropped would be a gap that nobody notices.)
//! - After anything else than all acks the stream is looked at before the next publish. (A message without an ack may have been
//!   stored, or come later; guessing either way would repeat or lose it.)
//! - The lease only saves work. (A paused leader wakes up with a lease that it lost: only the condition stops it.)
//! - What a relay of another epoch left in the stream is found and the stream made anew: by the description, and whenever stock is
//!   taken by the epoch of as many last messages as relays can have in flight. (Such a message can take the place p when the
//!   stream ends at p − 1. Whoever wanted that place is refused, or died before it heard so; either way nobody who knew all up
//!   to p − 1 had more than that in flight beyond it. The last message alone would not do: behind p may stand good ones.)
//! - The description is read before the store's epoch. (A relay that believed an old epoch would remove the stream of the new one.)
//! - A stream that is ahead of the store in the same epoch, or ends with another event than the store has there, is left as it is,
//!   loudly, while it holds anything. (Somebody lost acknowledged events; whoever finds out which side is right needs both. The
//!   numbers alone do not tell: a store that was put back grows again past the end of the stream.)
//! - Whoever loses the stream to another epoch again and again takes it back later and later. (Two fleets on one NATS would refill
//!   it in turns, for ever and at full speed, and no consumer would get anywhere.)
//! - Nothing here is awaited by a request, and no failure here stops one: it is logged once and tried again.

mod lead;
mod message;
mod rival;
mod same;
mod status;
mod step;

use std::sync::Arc;

use confab_runtime::bus::{JetStream, LogStream};
use confab_runtime::config::{Config, MAX_IN_FLIGHT};
use confab_runtime::metrics::Metrics;
use confab_runtime::tasks::Tasks;
use confab_store::Follower;
use tokio::sync::Notify;

use lead::Lead;
pub use message::message as log_message;
use status::RelayStatus;
use step::{Relay, Settings};

/// The stream to relay into, if the settings ask for that.
pub(crate) fn stream_of(config: &Config) -> Option<Arc<dyn LogStream>> {
    let wanted = config.relay.on && !config.nats.url.is_empty();
    wanted.then(|| Arc::new(JetStream::new(&config.nats, &config.relay)) as Arc<dyn LogStream>)
}

/// Starts the relay if there is a stream. What it gives is to be notified after each commit.
pub(crate) fn start(
    config: &Config,
    store: Arc<dyn Follower>,
    stream: Option<Arc<dyn LogStream>>,
    metrics: &Metrics,
    tasks: &Tasks,
) -> Arc<Notify> {
    let news = Arc::new(Notify::new());
    if let Some(stream) = stream {
        let status = RelayStatus::new(metrics);
        let relay = &config.relay;
        let window = MAX_IN_FLIGHT as u64;
        let settings = Settings { in_flight: relay.in_flight, window, start: relay.start_position };
        let relay = Relay::new(Arc::clone(&store), stream, settings, Arc::clone(&status));
        let lead = Lead::new(store, relay, Arc::clone(&news), status);
        let stop = tasks.support().stop();
        tasks.support().spawn("relay", lead.run(stop));
    }
    news
}

#[cfg(test)]
#[path = "../../tests/unit/relay/mod.rs"]
mod tests;
