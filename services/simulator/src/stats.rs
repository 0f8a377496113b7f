//! How often each thing happened. A path that is never taken is a hole in the proof.

use std::collections::BTreeMap;
use std::fmt;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    counts: BTreeMap<&'static str, u64>,
}

/// What every few hundred seeds have to go through.
pub(crate) const PATHS: &[&str] = &[
    "api: 200 repeated",
    "api: 201",
    "api: outcome unknown",
    "api: read refused",
    "api: refused",
    "api: shows a message that is gone",
    "bus: away",
    "bus: late",
    "bus: lost",
    "bus: queue full",
    "bus: twice",
    "change: deleted",
    "change: edited",
    "change: outcome unknown",
    "change: pinned",
    "change: reacted",
    "change: reaction taken back",
    "change: refused",
    "change: unpinned",
    "client: came back elsewhere",
    "client: slow",
    "fault: api crash",
    "fault: api cut",
    "fault: api drain",
    "fault: api pause",
    "fault: gateway crash",
    "fault: gateway cut",
    "fault: gateway drain",
    "fault: gateway pause",
    "fault: restore",
    "join: bare",
    "join: more to come",
    "join: ok",
    "join: refused conflict",
    "join: refused not_found",
    "join: refused reset",
    "join: refused unavailable",
    "join: with a blank event",
    "join: with a page",
    "relay: ack lost",
    "relay: came late",
    "relay: made anew",
    "relay: refused by the fence",
    "rule: added",
    "rule: banned",
    "rule: outcome unknown",
    "rule: refused",
    "rule: removed",
    "rule: role given",
    "rule: unbanned",
    "rule: visibility changed",
    "session: refused",
    "session: revoked",
    "socket: closed by the gateway",
    "socket: dropped from a room",
    "socket: reset",
    "store: answer lost",
    "store: append outcome lost",
    "store: conflict",
    "store: duplicate",
    "store: hung",
    "store: request lost",
    "store: slow",
];

impl Stats {
    pub(crate) fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    pub(crate) fn add(&mut self, what: &'static str, number: u64) {
        *self.counts.entry(what).or_default() += number;
    }

    #[must_use]
    pub fn get(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or(0)
    }

    pub fn merge(&mut self, other: &Self) {
        for (what, number) in &other.counts {
            self.add(what, *number);
        }
    }

    /// Paths that were not taken.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        PATHS.iter().copied().filter(|path| self.get(path) == 0).collect()
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, number) in &self.counts {
            writeln!(f, "  {number:>12}  {what}")?;
        }
        Ok(())
    }
}
