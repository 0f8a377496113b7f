//! The traced events of one channel: from the bus until they are handed to sockets. Empty unless a message says it is sampled.
//!
//! One span for the way to the event's turn, which shows how long it waited for those before it, and one for all its sockets.

use confab_proto::Seq;
use confab_runtime::bus::Message;
use confab_runtime::traces::{Span, Traces};

/// Beyond it the oldest is given up: traces are samples.
const MOST: usize = 64;

pub(super) struct TracedEvents {
    traces: Traces,
    received: Vec<(Seq, Span)>,
}

impl TracedEvents {
    pub(super) fn new(traces: Traces) -> Self {
        Self { traces, received: Vec::new() }
    }

    /// To be called before the channel takes the message.
    pub(super) fn receive(&mut self, message: &Message) {
        let Some(headers) = &message.headers else { return };
        let Some(parent) = headers.traceparent.as_deref().and_then(|text| self.traces.join(text)) else { return };
        if self.received.len() == MOST {
            self.received.remove(0);
        }
        self.received.push((Seq(headers.seq), parent.receiving("gateway receive")));
    }

    /// It is the event's turn.
    pub(super) fn write(&mut self, seq: Seq) -> Option<Span> {
        let index = self.received.iter().position(|(received, _)| *received == seq)?;
        let (_, received) = self.received.remove(index);
        Some(received.parent().child("socket write"))
    }

    /// Forgets what the channel has moved over without anybody listening.
    pub(super) fn forget(&mut self, head: Seq) {
        self.received.retain(|(seq, _)| *seq > head);
    }
}
