//! What the store answers, computed from the truth: snapshots, pages, sweeps.

use confab_domain::{LogEvent, may};
use confab_proto::{ConversationId, EventType, Position, Seq, StreamId, UserId};
use confab_store::{
    ConversationRow, EventPage, HistoryPage, KnownRules, LogHead, LogPage, MessageWindow, Session, SessionRow,
    Snapshot, StreamHead, Sweep, TokenHash,
};

use crate::truth::{Life, Truth};

pub(crate) fn log_head(truth: &Truth) -> LogHead {
    LogHead { epoch: truth.life().epoch, position: truth.life().position() }
}

fn stream_head(life: &Life, stream: StreamId) -> StreamHead {
    let last = life.event(stream, life.head(stream));
    last.map_or_else(StreamHead::default, |last| StreamHead { seq: last.seq, message_no: last.message_no })
}

pub(crate) fn snapshot(truth: &Truth, stream: StreamId) -> Option<Snapshot> {
    let life = truth.life();
    life.streams.get(&stream)?;
    Some(Snapshot { log: log_head(truth), head: stream_head(life, stream), conversation: life.rules(stream).cloned() })
}

/// As many as there is room for, but at least one.
fn page<'e>(events: impl Iterator<Item = &'e LogEvent>, limit: usize, max_bytes: usize) -> Vec<LogEvent> {
    let mut bytes = 0;
    let fits = |(index, event): &(usize, &LogEvent)| {
        bytes += event.data.get().len();
        *index == 0 || bytes <= max_bytes
    };
    events.take(limit).enumerate().take_while(fits).map(|(_, event)| event.clone()).collect()
}

pub(crate) fn events_after(truth: &Truth, stream: StreamId, after: Seq, limit: usize, max_bytes: usize) -> EventPage {
    let life = truth.life();
    let skipped = usize::try_from(after.0).unwrap_or(usize::MAX);
    let events = life.streams.get(&stream).map_or(&[][..], |stream| &stream.events);
    let events = page(events.iter().skip(skipped).map(|index| &life.log[*index]), limit, max_bytes);
    EventPage { log: log_head(truth), head: life.head(stream), events }
}

pub(crate) fn log_after(truth: &Truth, after: Position, limit: usize, max_bytes: usize) -> LogPage {
    let skipped = usize::try_from(after.0).unwrap_or(usize::MAX);
    LogPage { log: log_head(truth), events: page(truth.life().log.iter().skip(skipped), limit, max_bytes) }
}

pub(crate) fn sweep(truth: &Truth, position: Option<Position>) -> Sweep {
    let log = log_head(truth);
    let from = usize::try_from(position.unwrap_or(log.position).0).unwrap_or(usize::MAX);
    let mut moved = std::collections::BTreeMap::new();
    for event in truth.life().log.iter().skip(from) {
        moved.insert(event.stream, event.seq);
    }
    Sweep { log, to: log.position, moved: moved.into_iter().collect() }
}

pub(crate) fn session_row(truth: &Truth, token: &TokenHash) -> Option<SessionRow> {
    truth.sessions.get(token).filter(|row| !truth.life().has_ended(row.session.id)).cloned()
}

pub(crate) fn session(truth: &Truth, token: &TokenHash) -> Option<Session> {
    session_row(truth, token).map(|row| row.session)
}

pub(crate) fn sessions_of(truth: &Truth, user: UserId) -> Vec<SessionRow> {
    let stands = |row: &&SessionRow| row.session.user == user && !truth.life().has_ended(row.session.id);
    truth.sessions.values().filter(stands).cloned().collect()
}

pub(crate) fn known_rules(truth: &Truth, conversation: ConversationId, user: UserId) -> Option<KnownRules> {
    let known = truth.life().rules(conversation.into())?;
    let own = known.members.get(&user).copied();
    Some(KnownRules { epoch: truth.life().epoch, rules: known.rules.clone(), own })
}

fn may_read(truth: &Truth, conversation: ConversationId, viewer: UserId) -> bool {
    let known = truth.life().rules(conversation.into());
    known.is_some_and(|known| may::read(&known.rules, known.role(viewer)))
}

pub(crate) fn conversation(truth: &Truth, conversation: ConversationId, viewer: UserId) -> Option<ConversationRow> {
    let known = truth.life().rules(conversation.into()).filter(|_| may_read(truth, conversation, viewer))?;
    let head = stream_head(truth.life(), conversation.into());
    let (receivers, last_message, unread) = (Vec::new(), None, 0);
    Some(ConversationRow {
        rules: known.rules.clone(),
        role: known.role(viewer),
        head,
        receivers,
        last_message,
        unread,
    })
}

pub(crate) fn events_for(
    truth: &Truth,
    conversation: ConversationId,
    viewer: UserId,
    after: Seq,
    (limit, max_bytes): (usize, usize),
) -> Option<EventPage> {
    may_read(truth, conversation, viewer).then(|| events_after(truth, conversation.into(), after, limit, max_bytes))
}

/// Only what is asked for here: the newest, and nothing targets anything.
pub(crate) fn history(
    truth: &Truth,
    conversation: ConversationId,
    viewer: UserId,
    window: MessageWindow,
    limit: usize,
) -> Option<HistoryPage> {
    if !may_read(truth, conversation, viewer) {
        return None;
    }
    let life = truth.life();
    let events = life.streams.get(&conversation.into()).map_or(&[][..], |stream| &stream.events);
    let messages = events.iter().map(|index| &life.log[*index]).filter(|event| {
        let shown = match window {
            MessageWindow::Newest => true,
            MessageWindow::Before(seq) => event.seq < seq,
            MessageWindow::After(seq) => event.seq > seq,
        };
        shown && event.event_type == EventType::MessagePosted
    });
    let mut messages: Vec<LogEvent> = messages.cloned().collect();
    let has_more = messages.len() > limit;
    if matches!(window, MessageWindow::After(_)) {
        messages.truncate(limit);
    } else {
        messages.drain(..messages.len().saturating_sub(limit));
    }
    Some(HistoryPage { log: log_head(truth), head: life.head(conversation.into()), events: messages, has_more })
}
