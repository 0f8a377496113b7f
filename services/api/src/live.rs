//! The live path: committed events go to the bus at once, unawaited and without promise.
//!
//! What is lost here is found by holes and by the sweep. Nothing is published that is not committed (L6): only the
//! writer calls this, with what the store has answered.

use std::sync::Arc;

use bytes::Bytes;
use confab_domain::LogEvent;
use confab_proto::{Epoch, subject};
use confab_runtime::bus::{Bus, LiveHeaders, Message};
use confab_runtime::metrics::Counter;
use confab_runtime::traces::Parent;
use tokio::sync::Notify;

/// Publishes what was committed.
#[derive(Clone)]
pub(crate) struct Live {
    bus: Arc<dyn Bus>,
    published: Counter,
    /// Wakes those who follow the log in this process.
    news: Arc<[Arc<Notify>]>,
}

impl Live {
    pub(crate) fn new(bus: Arc<dyn Bus>, published: Counter, news: impl Into<Arc<[Arc<Notify>]>>) -> Self {
        Self { bus, published, news: news.into() }
    }

    /// Hands each event to the bus and wakes who follows the log; never waits. With a `parent` gateways go on with its trace.
    pub(crate) fn publish(&self, epoch: Epoch, events: &[LogEvent], parent: Option<&Parent>) {
        let mut span = parent.map(|parent| parent.sending("live publish"));
        if let Some(span) = &mut span {
            span.number("events", events.len());
        }
        let traceparent = span.as_ref().map(|span| span.parent().traceparent());
        for event in events {
            match event.live_body() {
                Ok(body) => {
                    self.bus.publish(message(epoch, event, body.get(), traceparent.clone()));
                    self.published.inc();
                }
                Err(error) => tracing::error!(%error, event.position = event.position.0, "cannot encode an event"),
            }
        }
        for follower in &*self.news {
            follower.notify_one();
        }
    }
}

fn message(epoch: Epoch, event: &LogEvent, body: &str, traceparent: Option<String>) -> Message {
    let headers = LiveHeaders {
        seq: event.seq.0,
        position: event.position.0,
        event_type: event.event_type.as_str().to_owned(),
        epoch: epoch.to_string(),
        traceparent,
    };
    Message { subject: subject_of(event), headers: Some(headers), body: Bytes::copy_from_slice(body.as_bytes()) }
}

fn subject_of(event: &LogEvent) -> String {
    if event.event_type.is_internal() {
        subject::live_user(event.stream.user())
    } else {
        subject::live(event.stream.conversation())
    }
}
