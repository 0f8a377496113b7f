//! What the port gives back: rows and pages, each of one snapshot.

use confab_domain::decide::Known;
use confab_domain::history::messages;
use confab_domain::{Conversation, LogEvent, MemberRow, Rules};
use confab_proto::event_data::Role;
use confab_proto::http::{Message, Replies, User};
use confab_proto::{Epoch, MessageNo, Position, Seq, SessionId, StreamId, Timestamp, UserId};

/// SHA-256 of a session token: the token itself is never stored.
pub type TokenHash = [u8; 32];

/// Where one stream ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamHead {
    pub seq: Seq,
    pub message_no: MessageNo,
}

/// Where the whole log ends, and in which life of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogHead {
    pub epoch: Epoch,
    pub position: Position,
}

/// All that a channel needs to open, read in one snapshot.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub log: LogHead,
    pub head: StreamHead,
    /// `None` for a user's own stream.
    pub conversation: Option<Conversation>,
}

/// Events after a `seq`, ascending, contiguous, of one snapshot.
#[derive(Clone, Debug)]
pub struct EventPage {
    pub log: LogHead,
    /// Head of the stream in this snapshot; events up to it may remain.
    pub head: Seq,
    pub events: Vec<LogEvent>,
}

/// Events of the whole log after a position, ascending, contiguous, of one snapshot.
#[derive(Clone, Debug)]
pub struct LogPage {
    pub log: LogHead,
    pub events: Vec<LogEvent>,
}

/// What moved since a position.
#[derive(Clone, Debug)]
pub struct Sweep {
    pub log: LogHead,
    /// How far it looked: what came after a long absence is told in steps, so that none takes too long.
    pub to: Position,
    /// Every stream with an event after the asked position and up to `to`, with the last of them. Empty if the log went back.
    pub moved: Vec<Moved>,
}

/// A stream that moved, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    pub stream: StreamId,
    /// Of the last event.
    pub seq: Seq,
    /// Of the last message among what moved; `None`: no message was posted.
    pub message_no: Option<MessageNo>,
}

/// A signed-in session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user: UserId,
    pub expires_at: Timestamp,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    pub session: Session,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// What signed in; empty if it did not say.
    pub client: String,
}

/// A row of `users`.
pub type UserRow = User;

/// For signing in. No `Debug`: the hash must not get into a log.
#[derive(Clone)]
pub struct Credentials {
    pub user: UserRow,
    /// PHC string of Argon2id.
    pub password_hash: String,
}

/// Settings and one person's row, for a decision about a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRules {
    pub epoch: Epoch,
    pub rules: Rules,
    pub own: Option<MemberRow>,
    /// Whether somebody else owns the group.
    pub other_owner: bool,
}

impl KnownRules {
    /// What a decision rests on.
    #[must_use]
    pub fn known(self) -> Known {
        Known { rules: self.rules, own: self.own, other_owner: self.other_owner }
    }
}

/// The first answer to a command, found by its `(stream, actor, clientId)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub placed: confab_domain::Placed,
    /// `None` once redacted: equals everything.
    pub request_hash: Option<confab_domain::RequestHash>,
}

/// A conversation as one person sees it, without the right check (the port has made it).
#[derive(Clone, Debug)]
pub struct ConversationRow {
    pub rules: Rules,
    /// Of the person who asks.
    pub role: Option<Role>,
    pub head: StreamHead,
    /// The other people of a direct conversation; empty for a group.
    pub receivers: Vec<UserRow>,
    pub last_message: Option<Message>,
    /// 0 for somebody who is no member.
    pub unread: u64,
    /// Unread messages that name the person, as far as they are indexed.
    pub mentions: u64,
    /// The read mark; 0 without one.
    pub read_seq: Seq,
    /// Without the banned.
    pub member_count: u64,
}

/// Whom a list of members is to show.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemberFilter<'a> {
    /// How the username or a word of the display name begins; everybody if empty.
    pub query: &'a str,
    /// Any if `None`.
    pub role: Option<Role>,
}

/// A page of a list and the cursor of the next one; `None` at the end. Cursors are opaque to callers.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
}

/// Which messages of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageWindow {
    /// The newest.
    Newest,
    /// The newest with `seq` below this.
    Before(Seq),
    /// The oldest with `seq` above this.
    After(Seq),
    /// Half of them up to this, the other half above it.
    Around(Seq),
}

/// Message events of a window and the events that target them, ascending, of one snapshot.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    pub log: LogHead,
    pub head: Seq,
    pub events: Vec<LogEvent>,
    /// The threads under the page's messages, where there are some.
    pub replies: Vec<(Seq, Replies)>,
    /// More messages in the direction asked; around a message, more older ones.
    pub has_more: bool,
    /// Of a page after or around a message: more newer ones.
    pub has_newer: bool,
}

impl HistoryPage {
    /// The messages as people see them.
    ///
    /// # Errors
    /// A stored `data` does not fit its type.
    pub fn messages(&self) -> Result<Vec<Message>, crate::StoreError> {
        let mut shown = messages(&self.events).map_err(|e| crate::StoreError::Damaged(e.to_string()))?;
        for (root, replies) in &self.replies {
            if let Ok(index) = shown.binary_search_by_key(root, |message| message.seq) {
                shown[index].replies = Some(*replies);
            }
        }
        Ok(shown)
    }
}
