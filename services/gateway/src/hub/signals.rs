//! Signals of one stream, beside its channel: what the bus brings goes to the listeners as the channel knows them, and what
//! somebody types goes out.
//!
//! Invariants: nothing here touches the channel, so a signal moves no event, delays none and closes no socket. The rate of one
//! stream is bounded in signals and in packets, whoever sends them: a room of 10,000 that types would else take the thread.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use confab_proto::Signal;
use confab_runtime::bus::{Bus, Message, Subscription};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::live;
use crate::channel::{Listener, Source};
use crate::socket::{Socket, SocketId};

/// 50 signals a second …
const EACH: Duration = Duration::from_millis(20);
/// … and 50,000 packets a second …
const EACH_SOCKET: Duration = Duration::from_micros(20);
/// … of which so much may come at once.
const BURST: Duration = Duration::from_secs(1);

/// A bucket that is one moment: when it will be full again.
#[derive(Debug, Default)]
struct Budget(Option<Instant>);

impl Budget {
    fn take(&mut self, cost: Duration, now: Instant) -> bool {
        let full_at = self.0.map_or(now, |full_at| full_at.max(now));
        let fits = full_at <= now + BURST;
        if fits {
            self.0 = Some(full_at + cost);
        }
        fits
    }
}

/// The signals of one stream.
pub(super) struct Signals {
    bus: Arc<dyn Bus>,
    source: Source,
    feed: Option<Subscription>,
    relayed: Budget,
    published: Budget,
}

impl Signals {
    pub(super) fn of(source: Source, bus: &Arc<dyn Bus>) -> Self {
        let feed = Some(bus.subscribe(&source.signal_subject()));
        Self { bus: bus.clone(), source, feed, relayed: Budget::default(), published: Budget::default() }
    }

    /// Waits for ever once the subscription has ended.
    pub(super) async fn next(&mut self) -> Option<Message> {
        let message = live::next(&mut self.feed).await;
        if message.is_none() {
            self.feed = None;
        }
        message
    }

    /// Hands one message to those who listen, and says how many packets that were.
    pub(super) fn relay(
        &mut self,
        message: &Message,
        listeners: &[Listener],
        sockets: &HashMap<SocketId, Arc<dyn Socket>>,
    ) -> usize {
        let Some((signal, body)) = read(&message.body) else {
            tracing::debug!(bus.subject = message.subject, "a signal that this version does not relay");
            return 0;
        };
        let many = u32::try_from(listeners.len()).unwrap_or(u32::MAX);
        if listeners.is_empty() || !self.relayed.take(EACH.max(EACH_SOCKET * many), Instant::now()) {
            return 0;
        }
        // To the own devices it goes by the own stream, if they need it.
        let author = signal.author().filter(|_| matches!(self.source, Source::Conversation(_)));
        let to = listeners.iter().filter(|listener| author != Some(listener.user));
        let to = to.filter_map(|listener| sockets.get(&listener.socket));
        to.filter(|socket| socket.signal(signal.name(), &body)).count()
    }

    /// To all gateways, this one included.
    pub(super) fn publish(&mut self, signal: &Signal) {
        if self.published.take(EACH, Instant::now()) {
            let body = serde_json::to_vec(signal).expect("types of confab-proto have string keys only");
            self.bus.publish(Message { subject: self.source.signal_subject(), headers: None, body: Bytes::from(body) });
        }
    }
}

/// What gateways make themselves is taken from nobody.
fn read(body: &Bytes) -> Option<(Signal, Box<RawValue>)> {
    let signal = serde_json::from_slice(body).ok()?;
    match signal {
        Signal::PresenceChanged { .. } | Signal::ConversationActivity { .. } => None,
        relayed => Some((relayed, serde_json::from_slice(body).ok()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_thinned_to_the_rate() {
        let (mut budget, start) = (Budget::default(), Instant::now());
        let taken = |budget: &mut Budget, now| (0..1000).filter(|_| budget.take(EACH, now)).count();
        assert_eq!(taken(&mut budget, start), 51);
        assert_eq!(taken(&mut budget, start), 0);
        assert_eq!(taken(&mut budget, start + Duration::from_millis(100)), 5);
        assert_eq!(taken(&mut budget, start + Duration::from_secs(60)), 51, "not more than the burst after a pause");
    }
}
