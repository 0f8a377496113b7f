//! One step of Web Push: a piece of the log, and which browsers are told what of it. Drives nothing and waits for nothing but the store.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use confab_domain::LogEvent;
use confab_domain::notice::{self, Kind, Said};
use confab_proto::{ConversationId, EventType, Timestamp, UserId};
use confab_store::{LogHead, PushMessage, PushSubscription, Store, StoreError};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use super::present::Present;
use super::seal::seal;
use crate::consumer::Progress;

const STEP_EVENTS: usize = 200;
const STEP_BYTES: usize = 256 * 1024;
/// Older messages are told to nobody: after an outage people find them themselves.
const OLDEST: Duration = Duration::from_secs(3600);
const TEXT_CHARS: usize = 120;

pub(super) struct Step {
    store: Arc<dyn Store>,
    present: Arc<Present>,
    delay: Duration,
}

/// What goes to one browser.
pub(super) struct Parcel {
    pub(super) subscription: PushSubscription,
    /// Messages of one conversation replace each other at the push service.
    pub(super) conversation: ConversationId,
    pub(super) body: Vec<u8>,
}

/// What a step did.
pub(super) enum Did {
    /// The log is looked through up to its end.
    Idle,
    /// The next event is too young, by so much.
    Early(Duration),
    /// Looked at a piece, which tells these; at a full one others wait.
    Looked { parcels: Vec<Parcel>, is_full: bool },
    /// Begins at the head: of another log, or never begun before.
    Skipped,
    /// Another one was quicker.
    Beaten,
}

/// Of the data of a message or an edit.
#[derive(Deserialize)]
struct Content {
    body: String,
    #[serde(default)]
    attachments: Vec<Named>,
    #[serde(default)]
    mentions: Vec<UserId>,
    #[serde(default)]
    everyone: bool,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

impl Step {
    pub(super) fn new(store: Arc<dyn Store>, present: Arc<Present>, delay: Duration) -> Self {
        Self { store, present, delay }
    }

    pub(super) async fn once(&self, now: Timestamp) -> Result<Progress<Did>, StoreError> {
        let from = self.store.pushed().await?;
        let page = self.store.log_after(from.position, STEP_EVENTS, STEP_BYTES).await?;
        let head = page.log;
        let progress = |step, position| Ok(Progress { step, position, head: head.position });
        if head.epoch != from.epoch || head.position < from.position {
            self.store.move_pushed(from, head).await?;
            return progress(Did::Skipped, head.position);
        }
        let due = now.0.saturating_sub(micros(self.delay));
        let ripe = page.events.iter().take_while(|event| event.at.0 <= due).count();
        let Some(last) = page.events[..ripe].last() else {
            let wait = page.events.first().map(|event| event.at.0.saturating_sub(due).max(0).cast_unsigned());
            let did = wait.map_or(Did::Idle, |micros| Did::Early(Duration::from_micros(micros)));
            return progress(did, from.position);
        };
        let mut parcels = Vec::new();
        let looked_at = if self.store.has_subscriptions().await? { &page.events[..ripe] } else { &[] };
        for event in looked_at {
            if now.0 - event.at.0 <= micros(self.delay + OLDEST) {
                self.look_at(event, now, &mut parcels).await?;
            }
        }
        let to = LogHead { epoch: head.epoch, position: last.position };
        let is_full = page.events.len() == STEP_EVENTS;
        match self.store.move_pushed(from, to).await? {
            true => progress(Did::Looked { parcels, is_full }, to.position),
            false => progress(Did::Beaten, from.position),
        }
    }

    async fn look_at(&self, event: &LogEvent, now: Timestamp, parcels: &mut Vec<Parcel>) -> Result<(), StoreError> {
        let in_thread = event.event_type == EventType::MessageReplied;
        if event.redacted || !(in_thread || event.event_type == EventType::MessagePosted) {
            return Ok(());
        }
        let conversation = event.stream.conversation();
        let Some(message) = self.store.push_message(conversation, event.seq).await? else { return Ok(()) };
        let Ok(content) = serde_json::from_str::<Content>(&message.data) else {
            tracing::error!(event.position = event.position.0, "a message cannot be read, so nobody is told of it");
            return Ok(());
        };
        // An edit has no files: they are those of the message.
        let files = serde_json::from_str::<Content>(event.data.get()).map_or(Vec::new(), |first| first.attachments);
        let said = Said {
            kind: message.kind,
            seq: event.seq,
            author: event.actor,
            mentions: content.mentions.into_iter().collect(),
            everyone: content.everyone,
            in_thread,
        };
        if !said.calls() {
            return Ok(());
        }
        let root = event.target_seq.filter(|_| in_thread);
        let readers = self.store.push_readers(conversation, event.actor, root, now).await?;
        let text = payload(conversation, event, &message, &content.body, &files);
        let instant = Instant::now();
        for reader in readers {
            let is_here = self.present.is_here(reader.reader.user, instant);
            if !notice::tells(&said, &reader.reader, is_here, now) {
                continue;
            }
            let subscription = reader.subscription;
            match sealed(&subscription, &text) {
                Some(body) => parcels.push(Parcel { subscription, conversation, body }),
                None => tracing::warn!(session.id = %subscription.session, "the keys of a browser cannot be used"),
            }
        }
        Ok(())
    }
}

fn sealed(subscription: &PushSubscription, text: &str) -> Option<Vec<u8>> {
    let theirs = URL_SAFE_NO_PAD.decode(&subscription.p256dh).ok()?;
    let auth = URL_SAFE_NO_PAD.decode(&subscription.auth).ok()?;
    seal(&theirs, &auth, text.as_bytes()).ok()
}

/// What the service worker shows. No language: names and what was said.
fn payload(id: ConversationId, event: &LogEvent, message: &PushMessage, body: &str, files: &[Named]) -> String {
    let names = files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
    let text = if body.trim().is_empty() { &names } else { body };
    let (title, body) = match message.kind {
        Kind::Direct => (message.author.as_str(), short(text)),
        Kind::Group => {
            (message.name.as_deref().unwrap_or_default(), format!("{}: {}", short(&message.author), short(text)))
        }
    };
    json!({"conversationId": id, "seq": event.seq, "title": short(title), "body": body}).to_string()
}

/// One line of at most [`TEXT_CHARS`] characters.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TEXT_CHARS {
        return line;
    }
    line.chars().take(TEXT_CHARS - 1).chain(['…']).collect()
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_short_line() {
        assert_eq!(short(" a\n\tb  c "), "a b c");
        assert_eq!(short(&"ä".repeat(120)), "ä".repeat(120));
        assert_eq!(short(&"ä".repeat(121)), format!("{}…", "ä".repeat(119)));
    }
}
