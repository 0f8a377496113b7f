//! What the store answers, computed from the truth: snapshots, pages, sweeps.

use confab_domain::decide::Known;
use confab_domain::{LogEvent, MemberRow, may};
use confab_proto::event_data::Role;
use confab_proto::{ConversationId, EventType, Position, Seq, StreamId, UserId};
use confab_store::{
    ConversationRow, EventPage, HistoryPage, KnownRules, LogHead, LogPage, MessageWindow, Moved, Session, SessionRow,
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
        let last = moved.entry(event.stream).or_insert((event.seq, None));
        last.0 = event.seq;
        if event.event_type == EventType::MessagePosted {
            last.1 = Some(event.message_no);
        }
    }
    let moved = moved.into_iter().map(|(stream, (seq, message_no))| Moved { stream, seq, message_no });
    Sweep { log, to: log.position, moved: moved.collect() }
}

pub(crate) fn conversations_joined(truth: &Truth, user: UserId) -> Vec<ConversationId> {
    let life = truth.life();
    let is_in = |stream: &StreamId| {
        life.rules(*stream).is_some_and(|rules| rules.role(user).is_some_and(|role| role != Role::Banned))
    };
    life.streams.keys().copied().filter(is_in).map(StreamId::conversation).collect()
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
    let Known { rules, own, other_owner } = Known::of(known, user);
    Some(KnownRules { epoch: truth.life().epoch, rules, own, other_owner })
}

pub(crate) fn known_about(
    truth: &Truth,
    conversation: ConversationId,
    user: UserId,
    other: UserId,
) -> Option<(KnownRules, Option<MemberRow>)> {
    let row = truth.life().rules(conversation.into())?.members.get(&other).copied();
    Some((known_rules(truth, conversation, user)?, row))
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
        read_seq: Seq::ZERO,
        mentions: 0,
        member_count: known.members.values().filter(|row| row.role != Role::Banned).count() as u64,
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

/// Messages of the timeline and what targets them; nothing is asked for around a message.
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
    let is_shown = |event: &LogEvent| {
        let shown = match window {
            MessageWindow::Newest | MessageWindow::Around(_) => true,
            MessageWindow::Before(seq) => event.seq < seq,
            MessageWindow::After(seq) => event.seq > seq,
        };
        shown && event.event_type == EventType::MessagePosted
    };
    let mut messages: Vec<Seq> = log_of(truth, conversation).filter(|e| is_shown(e)).map(|e| e.seq).collect();
    let has_more = messages.len() > limit;
    let is_after = matches!(window, MessageWindow::After(_));
    if is_after {
        messages.truncate(limit);
    } else {
        messages.drain(..messages.len().saturating_sub(limit));
    }
    Some(HistoryPage { has_more, has_newer: has_more && is_after, ..about(truth, conversation, &messages) })
}

/// One message and what targets it.
pub(crate) fn message(truth: &Truth, conversation: ConversationId, viewer: UserId, seq: Seq) -> Option<HistoryPage> {
    if !may_read(truth, conversation, viewer) {
        return None;
    }
    let is_meant = |event: &LogEvent| event.seq == seq && event.event_type.is_message();
    let messages: Vec<Seq> = log_of(truth, conversation).filter(|e| is_meant(e)).map(|e| e.seq).collect();
    Some(about(truth, conversation, &messages))
}

fn log_of(truth: &Truth, conversation: ConversationId) -> impl Iterator<Item = &LogEvent> {
    truth.life().events(conversation.into())
}

fn about(truth: &Truth, conversation: ConversationId, messages: &[Seq]) -> HistoryPage {
    let is_about = |event: &LogEvent| {
        let targets = event.event_type != EventType::MessageReplied
            && event.target_seq.is_some_and(|target| messages.contains(&target));
        messages.contains(&event.seq) || targets
    };
    let events = log_of(truth, conversation).filter(|event| is_about(event)).cloned().collect();
    let head = truth.life().head(conversation.into());
    HistoryPage { log: log_head(truth), head, events, replies: Vec::new(), has_more: false, has_newer: false }
}
