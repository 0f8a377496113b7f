//! What was found, and how it is told: each difference by the name of its check, where it is, what was expected and what is there.
//!
//! No message's text is ever shown.

use std::collections::{BTreeMap, BTreeSet};

use confab_proto::StreamId;
use confab_store::LogHead;
use serde::Serialize;

/// Differences that are told one by one; more are only counted.
const TOLD: usize = 1_000;

/// What a check is about, and so what can be done about a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// The log itself: only a backup helps.
    Log,
    /// A row that the log says: it can be written anew.
    Projection,
    /// A row of another table.
    Plain,
    /// The stream CONFAB_LOG: a relay makes it anew once it is deleted.
    LogStream,
}

macro_rules! checks {
    ($($class:ident { $($variant:ident = $name:literal),+ $(,)? })+) => {
        /// One thing that is looked at, by the name that reports give it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Check { $($($variant),+),+ }

        impl Check {
            pub(crate) const fn name(self) -> &'static str {
                match self { $($(Self::$variant => $name),+),+ }
            }

            pub(crate) const fn class(self) -> Class {
                match self { $($(Self::$variant => Class::$class),+),+ }
            }
        }
    };
}

checks! {
    Log {
        Position = "position", LogHead = "log-head", TimeOrder = "time-order", SamePosition = "same-position",
        Seq = "seq", MessageNo = "message-no", SameSeq = "same-seq", SameClientId = "same-client-id",
        EventType = "event-type", EventVersion = "event-version", EventData = "event-data", RequestHash = "request-hash",
        Target = "target", Redaction = "redaction", FirstEvent = "first-event", StreamId = "stream-id",
        RowAheadOfLog = "row-ahead-of-log", LogWithoutAccount = "log-without-account",
    }
    Projection {
        Streams = "streams", Members = "members", Sessions = "sessions", LogWithoutRow = "log-without-row",
        RowWithoutLog = "row-without-log", AccountWithoutStream = "account-without-stream",
    }
    Plain { ReadMark = "read-mark", SearchKey = "search-key", Files = "files" }
    LogStream {
        NoLogStream = "log-stream-missing", LogStreamEpoch = "log-stream-epoch", LogStreamAhead = "log-stream-ahead",
        LogStreamBehind = "log-stream-behind", LogStreamHole = "log-stream-hole", LogStreamSubject = "log-stream-subject",
        LogStreamHeaders = "log-stream-headers", LogStreamBody = "log-stream-body",
    }
}

impl Serialize for Check {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One thing that is not as it should be. Numbers as they are stored, also where they make no sense.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    pub(crate) check: Check,
    pub(crate) position: Option<i64>,
    pub(crate) stream: Option<StreamId>,
    pub(crate) seq: Option<i64>,
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl Difference {
    pub(crate) fn new(check: Check, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { check, position: None, stream: None, seq: None, expected: expected.into(), found: found.into() }
    }

    pub(crate) fn at(mut self, position: i64) -> Self {
        self.position = Some(position);
        self
    }

    pub(crate) fn in_stream(mut self, stream: StreamId, seq: Option<i64>) -> Self {
        self.stream = Some(stream);
        self.seq = seq;
        self
    }

    /// `position 7: stream 0198… seq 3: expected …, there is …`.
    pub(crate) fn line(&self) -> String {
        let mut place = Vec::new();
        place.extend(self.position.map(|position| format!("position {position}")));
        place.extend(self.stream.map(|stream| format!("stream {stream}")));
        place.extend(self.seq.map(|seq| format!("seq {seq}")));
        let place = place.join(" ");
        let gap = if place.is_empty() { "" } else { ": " };
        format!("{place}{gap}expected {}, there is {}", self.expected, self.found)
    }
}

/// All of them, in bounded room.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) told: Vec<Difference>,
    pub(crate) counts: BTreeMap<Check, u64>,
    /// Streams with projections that are to be written anew.
    pub(crate) streams: BTreeSet<StreamId>,
    /// Said beside the differences.
    pub(crate) notes: Vec<String>,
}

impl Findings {
    pub(crate) fn add(&mut self, difference: Difference) {
        *self.counts.entry(difference.check).or_default() += 1;
        if difference.check.class() == Class::Projection {
            self.streams.extend(difference.stream);
        }
        if self.told.len() < TOLD {
            self.told.push(difference);
        }
    }

    pub(crate) fn extend(&mut self, differences: impl IntoIterator<Item = Difference>) {
        differences.into_iter().for_each(|difference| self.add(difference));
    }

    pub(crate) fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(crate) fn count_of(&self, class: Class) -> u64 {
        self.counts.iter().filter(|(check, _)| check.class() == class).map(|(_, count)| count).sum()
    }
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Looked {
    pub(crate) events: u64,
    pub(crate) streams: u64,
    pub(crate) accounts: u64,
    /// The positions that were compared with CONFAB_LOG, if it was looked at.
    pub(crate) log_stream: Option<(u64, u64)>,
}

/// The report for programs.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    agrees: bool,
    epoch: confab_proto::Epoch,
    position: confab_proto::Position,
    looked_at: Looked,
    /// How many of each check.
    counts: BTreeMap<&'static str, u64>,
    differences: &'a [Difference],
    notes: &'a [String],
    /// Projection rows that were written anew before this was looked at.
    repaired: &'a [String],
}

impl<'a> Report<'a> {
    pub(crate) fn new(head: LogHead, looked_at: Looked, findings: &'a Findings, repaired: &'a [String]) -> Self {
        Self {
            agrees: findings.total() == 0,
            epoch: head.epoch,
            position: head.position,
            looked_at,
            counts: findings.counts.iter().map(|(check, count)| (check.name(), *count)).collect(),
            differences: &findings.told,
            notes: &findings.notes,
            repaired,
        }
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("a report has string keys only")
    }

    /// The lines for people, without the differences.
    pub(crate) fn summary(&self) -> String {
        let Looked { events, streams, accounts, log_stream } = self.looked_at;
        let mut text = format!("looked at {events} events in {streams} streams, {accounts} accounts");
        if let Some((first, last)) = log_stream {
            text += &format!(", CONFAB_LOG {first} to {last}");
        }
        let total: u64 = self.counts.values().sum();
        if total == 0 {
            return text + ": all agrees";
        }
        let names: Vec<_> = self.counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let more = total - self.differences.len() as u64;
        let more = if more > 0 { format!(" ({more} of them not told)") } else { String::new() };
        text + &format!(": {total} difference(s){more}: {}", names.join(", "))
    }
}
