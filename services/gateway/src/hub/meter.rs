//! Counts what a channel does by what goes in and what has changed after it, so that the channel itself stays pure.

use std::sync::Arc;

use crate::channel::{Answer, Channel, Input, State, Timer};
use crate::metrics::GatewayMetrics;

pub(super) struct Meter {
    metrics: Arc<GatewayMetrics>,
    state: State,
}

impl Meter {
    /// For a channel that is new.
    pub(super) fn new(metrics: Arc<GatewayMetrics>) -> Self {
        metrics.channels.of(State::Closed).inc();
        Self { metrics, state: State::Closed }
    }

    /// Hands the input to the channel.
    pub(super) fn handle(&mut self, channel: &mut Channel, input: Input) {
        let metrics = &self.metrics;
        let repair = match input {
            Input::Timer(Timer::Gap) => &metrics.repairs.hole,
            Input::Hint(_) => &metrics.repairs.sweep,
            _ => &metrics.repairs.join,
        };
        // A page may also set free what came by the live path before its time; a snapshot moves over what nobody here waits for.
        let path = match input {
            Input::Live { .. } => Some(&metrics.events_live),
            Input::Read(_, Answer::Page(_)) => Some(&metrics.events_log),
            _ => None,
        };
        let before = channel.head();
        channel.handle(input);
        if let Some(path) = path {
            path.inc_by(channel.head().0.saturating_sub(before.0));
        }
        let state = channel.state();
        if state != self.state {
            if state == State::Repairing {
                repair.inc();
            }
            metrics.channels.of(self.state).dec();
            metrics.channels.of(state).inc();
            self.state = state;
        }
    }

    /// So many sockets were handed an event.
    pub(super) fn delivered(&self, sockets: usize) {
        self.metrics.deliveries.inc_by(u64::try_from(sockets).unwrap_or(0));
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.metrics.channels.of(self.state).dec();
    }
}
