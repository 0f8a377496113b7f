//! The section `[relay]`: the stream CONFAB_LOG and how fast it is filled.

use std::time::Duration;

use confab_proto::{Position, numbers};

use super::read::Reader;

/// The most events that any relay of a fleet has in flight: so many at the end of the stream are looked at when another takes over.
pub const MAX_IN_FLIGHT: usize = 1_000;

const TEN_YEARS_IN_HOURS: i64 = 10 * 365 * 24;
const PETABYTE: i64 = 1 << 50;

#[derive(Clone, Debug)]
pub struct RelayConfig {
    /// Whether there is a relay, once there is NATS.
    pub on: bool,
    pub max_age: Option<Duration>,
    pub max_bytes: Option<i64>,
    pub replicas: usize,
    pub in_flight: usize,
    pub start_position: Position,
}

impl RelayConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let on = r.parsed("relay.mode", "\"on\" or \"off\"", |text| match text {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        });
        let hours: u64 = r.number("relay.max_age_hours", 0..=TEN_YEARS_IN_HOURS);
        let max_bytes: i64 = r.number("relay.max_bytes", 0..=PETABYTE);
        Self {
            on: on.unwrap_or(false),
            max_age: (hours > 0).then(|| Duration::from_secs(hours * 3600)),
            max_bytes: (max_bytes > 0).then_some(max_bytes),
            replicas: r.number("relay.replicas", 1..=5),
            in_flight: r.number("relay.in_flight", 1..=MAX_IN_FLIGHT as i64),
            start_position: Position(r.number("relay.start_position", 1..=numbers::MAX.cast_signed())),
        }
    }
}
