//! The settings of hub, channels and sweep, in one place.

use std::time::Duration;

use confab_runtime::config::Config;

use crate::channel::Limits;

/// No page of an ack is larger, and none is begun while more than this is on its way to the socket.
const PAGE_BYTES: usize = 256 * 1024;

/// How patient a hub is, and how much it keeps.
#[derive(Clone, Copy, Debug)]
pub struct HubSettings {
    /// Between two sweeps, ± 20 %.
    pub sweep: Duration,
    /// For a hole to be filled by the live path.
    pub repair_wait: Duration,
    /// For a join to be answered.
    pub join_wait: Duration,
    /// For somebody to listen again.
    pub idle_close: Duration,
    /// Between two times that the other gateways are told who is here.
    pub presence_beat: Duration,
    pub limits: Limits,
}

impl HubSettings {
    /// Sections `[gateway]` and `[limits]`.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let gateway = &config.gateway;
        Self {
            sweep: gateway.sweep,
            repair_wait: gateway.repair_wait,
            join_wait: gateway.join_wait,
            idle_close: gateway.idle_close,
            presence_beat: gateway.presence_beat,
            limits: Limits {
                tail_events: gateway.tail_events,
                tail_bytes: gateway.tail_bytes,
                pending_events: gateway.pending_events,
                page_events: config.limits.page_events,
                page_bytes: PAGE_BYTES,
            },
        }
    }
}
