//! CONFAB_LOG against the log: the message at sequence p is the event at position p, with its subject, headers and body (L8).
//!
//! What has aged out at the stream's front is no difference, and a stream that is behind gets some time. The body of an event that
//! was taken back is not compared: a redaction does not reach into the stream.

use std::time::Duration;

use anyhow::{Context as _, bail};
use confab_api::log_message;
use confab_proto::{Epoch, Position};
use confab_runtime::bus::{JetStream, StoredMessage, StreamError, StreamState};
use confab_runtime::config::Config;
use confab_store::{EventRow, LogHead, StoreOptions};
use tokio::time::{Instant, sleep};

use super::event;
use super::report::{Check, Difference, Findings};

/// For a relay that is at work, and for a connection to come.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The part of the stream that is compared.
pub(crate) struct LogStreamCheck {
    stream: JetStream,
    made: i128,
    epoch: Epoch,
    first: u64,
    last: u64,
    compared: Option<(u64, u64)>,
}

impl LogStreamCheck {
    /// Waits for the stream to reach `head`, for a while. `None`: there is nothing to compare, and the findings say why.
    pub(crate) async fn begin(
        config: &Config,
        options: &StoreOptions,
        head: LogHead,
        findings: &mut Findings,
    ) -> anyhow::Result<Option<Self>> {
        let stream = JetStream::new(&config.nats, &config.relay);
        let state = wait_for(&stream, head).await.context("cannot look at CONFAB_LOG (nats.url)")?;
        let Some(state) = state else {
            if head.position > Position::ZERO {
                findings.add(Difference::new(Check::NoLogStream, "a stream CONFAB_LOG", "none"));
            }
            return Ok(None);
        };
        if state.epoch != Some(head.epoch) {
            let found = state.epoch.map_or_else(|| "none".to_owned(), |epoch| epoch.to_string());
            findings.add(Difference::new(
                Check::LogStreamEpoch,
                format!("epoch {}", head.epoch),
                format!("epoch {found}"),
            ));
            return Ok(None);
        }
        // The log may have gone on since the snapshot, but it was never behind the stream.
        let mut db = confab_store::snapshot(options).await?;
        let now = db.log_head().await?;
        db.close().await?;
        if state.last > now.position {
            let (end, last) = (now.position, state.last);
            findings.add(Difference::new(
                Check::LogStreamAhead,
                format!("an end at {end}"),
                format!("an end at {last}"),
            ));
        }
        if state.last < head.position {
            let (expected, last) = (head.position, state.last);
            let behind =
                Difference::new(Check::LogStreamBehind, format!("an end at {expected}"), format!("an end at {last}"));
            findings.add(behind.at(last.as_i64() + 1));
        }
        let last = state.last.min(head.position).0;
        Ok(Some(Self { stream, made: state.made, epoch: head.epoch, first: state.first.0, last, compared: None }))
    }

    /// The positions that were compared.
    pub(crate) fn compared(&self, findings: &mut Findings) -> Option<(u64, u64)> {
        if self.first > 1 {
            let first = self.first;
            findings.notes.push(format!("CONFAB_LOG begins at {first}: what stood before it has aged out"));
        }
        self.compared
    }

    /// `page`: events by position.
    pub(crate) async fn compare(&mut self, page: &[EventRow], findings: &mut Findings) -> anyhow::Result<()> {
        let position = |row: &EventRow| u64::try_from(row.position).unwrap_or_default();
        let within = |row: &&EventRow| (self.first..=self.last).contains(&position(row));
        let rows: Vec<_> = page.iter().filter(within).collect();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
        let (first, last) = (position(first), position(last));
        let stored = self.stream.read(first..=last).await.context("cannot read CONFAB_LOG")?;
        for row in rows {
            let offset = usize::try_from(position(row) - first).context("a page of positions is short")?;
            match &stored[offset] {
                Some(message) => findings.extend(differences(self.epoch, row, message)),
                None => self.hole(row, findings).await?,
            }
        }
        self.compared = Some((self.compared.map_or(first, |(first, _)| first), last));
        Ok(())
    }

    async fn hole(&mut self, row: &EventRow, findings: &mut Findings) -> anyhow::Result<()> {
        let state = self.stream.look().await.context("cannot look at CONFAB_LOG")?;
        match state {
            Some(StreamState { made, first, .. }) if made == self.made => {
                self.first = self.first.max(first.0);
            }
            _ => bail!("CONFAB_LOG was removed or made anew meanwhile: run this again"),
        }
        if row.position >= Position(self.first).as_i64() {
            findings.add(place(Difference::new(Check::LogStreamHole, "a message", "none"), row));
        }
        Ok(())
    }
}

/// As long as the stream comes nearer.
async fn wait_for(stream: &JetStream, head: LogHead) -> Result<Option<StreamState>, StreamError> {
    let mut give_up = Instant::now() + PATIENCE;
    let mut reached = None;
    loop {
        let state = stream.look().await;
        let now = state.as_ref().ok().and_then(|state| state.filter(|state| state.epoch == Some(head.epoch)));
        let last = now.map(|state| state.last);
        if last > reached {
            give_up = Instant::now() + PATIENCE;
            reached = last;
        }
        if last.is_some_and(|last| last >= head.position) || Instant::now() > give_up {
            return state;
        }
        sleep(LOOK_EVERY).await;
    }
}

fn place(difference: Difference, row: &EventRow) -> Difference {
    difference.at(row.position).in_stream(row.stream_id, Some(row.seq))
}

fn differences(epoch: Epoch, row: &EventRow, stored: &StoredMessage) -> Vec<Difference> {
    // An event that cannot be read was told already.
    let (Some(event), _) = event::check(row) else { return Vec::new() };
    let expected = log_message(epoch, &event);
    let mut wrong = Vec::new();
    let mut say =
        |check, expected: String, found: String| wrong.push(place(Difference::new(check, expected, found), row));
    if stored.subject != expected.subject {
        say(Check::LogStreamSubject, expected.subject, stored.subject.clone());
    }
    match &stored.headers {
        None => say(Check::LogStreamHeaders, "the headers of an event".to_owned(), "none that can be read".to_owned()),
        Some(headers) => {
            let text = |headers: &confab_runtime::bus::LiveHeaders| {
                let confab_runtime::bus::LiveHeaders { seq, position, event_type, epoch, .. } = headers;
                format!("seq {seq}, position {position}, type {event_type}, epoch {epoch}")
            };
            let (expected, found) = (text(&expected.headers), text(headers));
            if expected != found {
                say(Check::LogStreamHeaders, expected, found);
            }
        }
    }
    if row.redacted_at.is_none() && stored.body != expected.body {
        let (expected, found) = (expected.body.len(), stored.body.len());
        say(Check::LogStreamBody, format!("the envelope, {expected} bytes"), format!("other bytes, {found}"));
    }
    wrong
}
