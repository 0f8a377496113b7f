//! The instruments of the gateway: channels, the sweep, sockets, and what is delivered.
//!
//! What is touched per event or delivery is resolved here, once; lookups by label are for what happens once per join or socket.

use confab_runtime::metrics::{By, Counter, Gauge, Histogram, Metrics, SECONDS};

use crate::channel::State;

/// One per gateway, made before its hub.
pub struct GatewayMetrics {
    pub(crate) channels: ByState,
    pub(crate) repairs: Repairs,
    /// Events that moved a channel's head, by the path they came on.
    pub(crate) events_live: Counter,
    pub(crate) events_log: Counter,
    pub(crate) deliveries: Counter,
    pub(crate) sweep_seconds: Histogram,
    pub(crate) sweep_failures: Counter,
    pub(crate) resets: Counter,
    pub(crate) joins: By<Counter>,
    pub(crate) connects: By<Counter>,
    pub(crate) closed: By<Counter>,
}

/// How many channels are in each state.
pub(crate) struct ByState {
    opening: Gauge,
    live: Gauge,
    repairing: Gauge,
    closed: Gauge,
}

/// Why channels went over to read from the log.
pub(crate) struct Repairs {
    /// The live path left a hole that nothing filled in time.
    pub(crate) hole: Counter,
    /// The sweep told of events that the live path had not brought.
    pub(crate) sweep: Counter,
    /// A join asked for what only the store can tell.
    pub(crate) join: Counter,
}

impl GatewayMetrics {
    #[must_use]
    pub fn new(metrics: &Metrics) -> Self {
        let channels = metrics.gauges("confab_channels", "Conversations and user streams that are open here", "state");
        let repairs = metrics.counters("confab_channel_repairs", "Times that a channel read on from the log", "reason");
        let events = metrics.counters("confab_channel_events", "Events that channels applied, by their way", "path");
        let deliveries_help = "Events handed to sockets, each counted once per socket";
        Self {
            channels: ByState {
                opening: channels.of("opening"),
                live: channels.of("live"),
                repairing: channels.of("repairing"),
                closed: channels.of("closed"),
            },
            repairs: Repairs { hole: repairs.of("hole"), sweep: repairs.of("sweep"), join: repairs.of("join") },
            events_live: events.of("live"),
            events_log: events.of("log"),
            deliveries: metrics.counter("confab_deliveries", deliveries_help),
            sweep_seconds: metrics.histogram(
                "confab_sweep_duration_seconds",
                "Time of one read of what moved, successful or not",
                SECONDS,
            ),
            sweep_failures: metrics.counter("confab_sweep_failures", "Sweeps that could not read the store"),
            resets: metrics.counter("confab_resets", "Times that the store began another life"),
            joins: metrics.counters("confab_joins", "Joins of conversations, by their answer", "answer"),
            connects: metrics.counters("confab_socket_connects", "Sockets that asked to be let in", "answer"),
            closed: metrics.counters("confab_sockets_closed", "Sockets that ended, by the reason", "reason"),
        }
    }
}

impl ByState {
    pub(crate) fn of(&self, state: State) -> &Gauge {
        match state {
            State::Closed => &self.closed,
            State::Opening => &self.opening,
            State::Live => &self.live,
            State::Repairing => &self.repairing,
        }
    }
}
