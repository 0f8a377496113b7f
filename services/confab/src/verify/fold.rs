//! One stream, event by event: its numbers, and what its events fold to.
//!
//! The rows of `streams` and `members` were written by another way: `domain::decide` names them beside the events, and each
//! database projects them by SQL of its own. The fold here is the one of `domain::Conversation`, from the events' data alone,
//! which gateways use as well. So the two sides of the comparison share no code that could be wrong in both.

use std::collections::BTreeSet;

use confab_domain::decide::{direct_id, group_id};
use confab_domain::{Conversation, LogEvent, RuleChange};
use confab_proto::event_data::{ConversationKind, Posting, Role, SessionRevoked};
use confab_proto::{EventType, SessionId, StreamId};
use confab_store::{AccountRow, EventRow, MemberLine, StreamRow, key_of};

use super::event;
use super::report::{Check, Difference};

/// What the events so far say.
pub(crate) struct Fold {
    pub(crate) stream: StreamId,
    pub(crate) seq: i64,
    pub(crate) message_no: i64,
    /// `None` as long as nothing was created: the stream of a user, or an empty one.
    pub(crate) conversation: Option<Conversation>,
    created_at: i64,
    archived_at: Option<i64>,
    /// Sessions that the log has ended.
    pub(crate) revoked: BTreeSet<SessionId>,
    pub(crate) wrong: Vec<Difference>,
}

impl Fold {
    pub(crate) fn new(stream: StreamId) -> Self {
        Self {
            stream,
            seq: 0,
            message_no: 0,
            conversation: None,
            created_at: 0,
            archived_at: None,
            revoked: BTreeSet::new(),
            wrong: Vec::new(),
        }
    }

    /// Events come in the order of their `seq`. After a difference the numbers go on from what is there, so that it is told once.
    pub(crate) fn apply(&mut self, row: &EventRow) {
        let (read, wrong) = event::check(row);
        self.wrong.extend(wrong);
        if row.seq != self.seq + 1 {
            self.say(row, Check::Seq, format!("seq {}", self.seq + 1), format!("seq {}", row.seq));
        }
        let expected = self.message_no + i64::from(row.event_type == EventType::MessagePosted.as_str());
        if row.message_no != expected {
            self.say(row, Check::MessageNo, format!("message_no {expected}"), row.message_no.to_string());
        }
        self.seq = row.seq;
        self.message_no = row.message_no;
        if let Some(event) = read {
            self.change(row, &event);
        }
    }

    fn say(&mut self, row: &EventRow, check: Check, expected: String, found: String) {
        let difference = Difference::new(check, expected, found);
        self.wrong.push(difference.at(row.position).in_stream(row.stream_id, Some(row.seq)));
    }

    fn change(&mut self, row: &EventRow, event: &LogEvent) {
        if event.event_type == EventType::SessionRevoked {
            // Data that do not fit were told already.
            let revoked = serde_json::from_str::<SessionRevoked>(event.data.get());
            self.revoked.extend(revoked.map(|data| data.session_id));
        }
        let Ok(change) = RuleChange::read(event.event_type, event.data.get()) else { return };
        if let Some(RuleChange::Created { kind, name, visibility }) = &change {
            if self.conversation.is_some() {
                return self.say(row, Check::FirstEvent, "one conversation.created".to_owned(), "another".to_owned());
            }
            self.created_at = row.at;
            self.conversation = Some(Conversation::created(row.stream_id, *kind, name.clone(), *visibility, event.seq));
            return self.check_group_id(row, *kind);
        }
        if self.conversation.is_none() != event.event_type.is_internal() {
            let expected =
                if self.conversation.is_none() { "conversation.created before it" } else { "no internal event" };
            self.say(row, Check::FirstEvent, expected.to_owned(), event.event_type.to_string());
        }
        let (Some(conversation), Some(change)) = (&mut self.conversation, change) else { return };
        if let RuleChange::Archived(archived) = change {
            self.archived_at = archived.then_some(row.at);
        }
        conversation.apply(&change, event.seq);
    }

    /// A repeated request finds its group by this.
    fn check_group_id(&mut self, row: &EventRow, kind: ConversationKind) {
        let expected = row.client_id.map(|client_id| StreamId::from(group_id(row.actor_id, client_id)));
        if kind == ConversationKind::Group && expected != Some(row.stream_id) {
            let expected = expected.map_or_else(|| "a client_id".to_owned(), |id| id.to_string());
            self.say(row, Check::StreamId, expected, row.stream_id.to_string());
        }
    }

    /// After the last event.
    pub(crate) fn end(&mut self) {
        let Some(conversation) = &self.conversation else { return };
        if conversation.rules.kind != ConversationKind::Direct {
            return;
        }
        let people: Vec<_> = conversation.members.keys().copied().collect();
        let is_theirs = matches!(people[..], [one, other] if StreamId::from(direct_id(one, other)) == self.stream);
        if !is_theirs {
            let difference = Difference::new(
                Check::StreamId,
                "the id of its two people",
                format!("that of others ({} people)", people.len()),
            );
            self.wrong.push(difference.in_stream(self.stream, None));
        }
    }

    /// The row of `streams` as it should be; `None` if there should be none.
    pub(crate) fn stream_row(&self, account: Option<&AccountRow>) -> Option<StreamRow> {
        let Some(Conversation { rules, members }) = &self.conversation else {
            return account.map(|account| StreamRow {
                id: self.stream,
                kind: "user".to_owned(),
                guard_seq: 0,
                name: None,
                name_key: None,
                visibility: "private".to_owned(),
                archived_at: None,
                created_at: account.created_at,
                topic: String::new(),
                posting: Posting::Members.as_str().to_owned(),
                slow_mode_seconds: 0,
                member_count: 0,
            });
        };
        Some(StreamRow {
            id: self.stream,
            kind: rules.kind.as_str().to_owned(),
            guard_seq: rules.guard.as_i64(),
            name: rules.name.clone(),
            name_key: rules.name.as_deref().map(key_of),
            visibility: rules.visibility.as_str().to_owned(),
            archived_at: self.archived_at,
            created_at: self.created_at,
            topic: rules.topic.clone(),
            posting: rules.posting.as_str().to_owned(),
            slow_mode_seconds: i64::from(rules.slow_mode_seconds),
            member_count: members.values().map(|row| i64::from(row.role != Role::Banned)).sum(),
        })
    }

    /// The rows of `members` as they should be, by user.
    pub(crate) fn member_rows(&self) -> Vec<MemberLine> {
        let members = self.conversation.iter().flat_map(|conversation| &conversation.members);
        let line = |(user, row): (&confab_proto::UserId, &confab_domain::MemberRow)| MemberLine {
            stream_id: self.stream,
            user_id: *user,
            role: row.role.as_str().to_owned(),
            since_seq: row.since.as_i64(),
            guard_seq: row.guard.as_i64(),
        };
        members.map(line).collect()
    }
}
