//! The instruments of the API: what is sent, appended, published and refused.
//!
//! Lookups by label are for what happens once per request or command.

use confab_domain::Append;
use confab_runtime::metrics::{By, Counter, Gauge, Histogram, Metrics};
use confab_store::{Outcome, StoreError};

use crate::error::RefusedFor;

/// As the largest batch is 256 commands.
const BATCH_BOUNDS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

pub(crate) struct ApiMetrics {
    /// Messages posted, by what became of them.
    pub(crate) sends: By<Counter>,
    pub(crate) appends: By<Counter>,
    pub(crate) append_retries: Counter,
    plain_seconds: Histogram,
    rule_seconds: Histogram,
    pub(crate) batch_commands: Histogram,
    pub(crate) queue: Gauge,
    pub(crate) live_published: Counter,
    refusals: By<Counter>,
    rate_limited: By<Counter>,
}

impl ApiMetrics {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        let append_help =
            "Time of one append with its retries: messages and the like (plain), members and settings (rule)";
        let append_seconds = metrics.seconds_by("confab_append_duration_seconds", append_help, "kind");
        Self {
            sends: metrics.counters("confab_sends", "Requests to post a message", "outcome"),
            appends: metrics.counters("confab_appends", "Commands that reached the log's store", "outcome"),
            append_retries: metrics
                .counter("confab_append_retries", "Appends asked again since their outcome was unknown"),
            plain_seconds: append_seconds.of("plain"),
            rule_seconds: append_seconds.of("rule"),
            batch_commands: metrics.histogram("confab_append_batch_commands", "Commands of one append", BATCH_BOUNDS),
            queue: metrics.gauge("confab_append_queue_commands", "Commands that wait for their append"),
            live_published: metrics.counter("confab_live_published", "Events handed to the bus for gateways"),
            refusals: metrics.counters("confab_api_refusals", "Requests to the API refused, by code", "code"),
            rate_limited: metrics.counters("confab_api_rate_limited", "Requests above a limit", "limit"),
        }
    }

    pub(crate) fn refused(&self, refused: RefusedFor) {
        self.refusals.of(refused.code.as_str()).inc();
        if let Some(limit) = refused.limit {
            self.rate_limited.of(limit).inc();
        }
    }

    /// For the time of one call to the store.
    pub(crate) fn append_seconds(&self, batch: &[Append]) -> &Histogram {
        if batch.iter().all(Append::is_plain) { &self.plain_seconds } else { &self.rule_seconds }
    }
}

/// What became of one command, in a word.
pub(crate) fn word_of(end: Result<&Outcome, &StoreError>) -> &'static str {
    match end {
        Ok(Outcome::Appended(_)) => "appended",
        Ok(Outcome::Duplicate(_)) => "duplicate",
        Ok(Outcome::Conflict) => "conflict",
        Ok(Outcome::Reused) => "reused",
        Err(StoreError::Unavailable(_)) => "unavailable",
        Err(_) => "failed",
    }
}
