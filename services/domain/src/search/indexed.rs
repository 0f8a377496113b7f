//! What a piece of the log changes in the index, folded: later events of the piece win over earlier ones.

use std::collections::{BTreeMap, BTreeSet};

use confab_proto::{Epoch, EventType, Position, Seq, StreamId, UserId};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::words::terms;
use crate::event::LogEvent;

/// Events after `from` up to `to`, as the index takes them: all of it or nothing, and once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexBatch {
    pub epoch: Epoch,
    pub from: Position,
    pub to: Position,
    pub added: Vec<Added>,
    /// Messages of earlier pieces with another text.
    pub changed: Vec<Changed>,
    /// Messages that were taken back.
    pub removed: Vec<(StreamId, Seq)>,
    /// Of what was added and changed. Those of what was changed before go.
    pub mentions: Vec<Mention>,
    /// Events whose data could not be read; the messages are not found.
    pub unreadable: Vec<Position>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    pub position: Position,
    pub has_file: bool,
    pub terms: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    pub stream: StreamId,
    pub seq: Seq,
    pub terms: BTreeSet<String>,
}

/// Somebody who was named in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub stream: StreamId,
    pub seq: Seq,
    /// `None`: everyone.
    pub user: Option<UserId>,
}

/// Of the data of a message or an edit.
#[derive(Deserialize)]
struct Content {
    body: String,
    #[serde(default)]
    attachments: Vec<IgnoredAny>,
    #[serde(default)]
    mentions: Vec<UserId>,
    #[serde(default)]
    everyone: bool,
}

/// What becomes of one message.
enum Fate {
    Added(Position, bool, Content),
    Changed(Content),
    Removed,
}

impl IndexBatch {
    /// `events` follow `from` without a gap.
    #[must_use]
    pub fn of(epoch: Epoch, from: Position, events: &[LogEvent]) -> Self {
        let to = events.last().map_or(from, |event| event.position);
        let mut unreadable = Vec::new();
        let mut fates: BTreeMap<(StreamId, Seq), Fate> = BTreeMap::new();
        for event in events {
            match fate(event) {
                Ok(Some((seq, fate))) => {
                    let known = fates.remove(&(event.stream, seq));
                    fates.insert((event.stream, seq), fate.after(known));
                }
                Ok(None) => {}
                Err(_) => unreadable.push(event.position),
            }
        }
        let mut batch = Self {
            epoch,
            from,
            to,
            added: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            mentions: Vec::new(),
            unreadable,
        };
        for ((stream, seq), fate) in fates {
            batch.take(stream, seq, fate);
        }
        batch.added.sort_unstable_by_key(|added| added.position);
        batch
    }

    fn take(&mut self, stream: StreamId, seq: Seq, fate: Fate) {
        let content = match fate {
            Fate::Removed => return self.removed.push((stream, seq)),
            Fate::Added(position, has_file, content) => {
                self.added.push(Added { position, has_file, terms: terms(&content.body) });
                content
            }
            Fate::Changed(content) => {
                self.changed.push(Changed { stream, seq, terms: terms(&content.body) });
                content
            }
        };
        let people: BTreeSet<UserId> = content.mentions.into_iter().collect();
        let people = people.into_iter().map(Some).chain(content.everyone.then_some(None));
        self.mentions.extend(people.map(|user| Mention { stream, seq, user }));
    }
}

impl Fate {
    fn after(self, known: Option<Self>) -> Self {
        match (known, self) {
            (Some(Self::Added(position, has_file, _)), Self::Changed(content)) => {
                Self::Added(position, has_file, content)
            }
            (_, later) => later,
        }
    }
}

/// What one event does to which message. Of what was taken back nothing is left to read, and the event that did it follows.
fn fate(event: &LogEvent) -> Result<Option<(Seq, Fate)>, serde_json::Error> {
    Ok(match (event.event_type, event.target_seq) {
        (EventType::MessageDeleted, Some(target)) => Some((target, Fate::Removed)),
        _ if event.redacted => None,
        (EventType::MessagePosted | EventType::MessageReplied, _) => {
            let content: Content = serde_json::from_str(event.data.get())?;
            Some((event.seq, Fate::Added(event.position, !content.attachments.is_empty(), content)))
        }
        (EventType::MessageEdited, Some(target)) => {
            Some((target, Fate::Changed(serde_json::from_str(event.data.get())?)))
        }
        _ => None,
    })
}
