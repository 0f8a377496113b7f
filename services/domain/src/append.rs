//! A finished command on its way to the log: events, the expectations under which they hold, and the rows they project.
//!
//! All or nothing. The store fills in the numbers and decides nothing.

use confab_proto::event_data::{ConversationKind, Role, Visibility};
use confab_proto::{
    ClientId, Epoch, EventType, FileId, InvitationId, MessageNo, Position, Seq, SessionId, StreamId, Timestamp, UserId,
};
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::conversation::Rules;
use crate::event::LogEvent;

/// The first 16 bytes of SHA-256 over the request's content without its `clientId`: repeats compare this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestHash(pub [u8; 16]);

impl RequestHash {
    /// `kind` keeps requests of different kinds apart.
    #[must_use]
    pub fn of(kind: &str, content: &impl Serialize) -> Self {
        let json = serde_json::to_vec(&(kind, content)).expect("request contents have string keys only");
        let digest = Sha256::digest(&json);
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest[..16]);
        Self(hash)
    }
}

/// One command: `events[1..]` on `1..n` streams.
#[derive(Clone, Debug)]
pub struct Append {
    pub actor: UserId,
    /// Stands on the first event. `(its stream, actor, client_id)` is unique in the log.
    pub client_id: ClientId,
    pub request_hash: RequestHash,
    /// The epoch it was decided in; another one is a conflict.
    pub epoch: Epoch,
    pub expect: Vec<Expect>,
    /// Never empty.
    pub events: Vec<NewEvent>,
    /// Projected in the same transaction. Empty for a plain command.
    pub rows: Vec<Row>,
}

impl Append {
    /// May go in a batch with others: one event and no projection.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.events.len() == 1 && self.rows.is_empty()
    }

    /// The stream whose log carries the `client_id`.
    #[must_use]
    pub fn first_stream(&self) -> StreamId {
        self.events[0].stream
    }

    /// The events as they now stand in the log. `placed` is the store's answer to this command, one per event.
    #[must_use]
    pub fn into_log(self, placed: &[Placed]) -> Vec<LogEvent> {
        let client_id = self.client_id;
        let actor = self.actor;
        let with_place = self.events.into_iter().zip(placed).enumerate();
        let to_log = |(index, (event, place)): (usize, (NewEvent, &Placed))| LogEvent {
            stream: event.stream,
            seq: place.seq,
            position: place.position,
            message_no: place.message_no,
            event_type: event.event_type,
            version: NewEvent::VERSION,
            actor,
            client_id: (index == 0).then_some(client_id),
            target_seq: event.target_seq,
            at: place.at,
            data: event.data,
            redacted: false,
        };
        with_place.map(to_log).collect()
    }
}

/// What must still hold under the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No such stream yet.
    NewStream(StreamId),
    /// Settings, visibility, archive, ownership unmoved since.
    Settings { stream: StreamId, guard: Seq },
    /// The person's row unmoved since; `None`: still no row.
    Member { stream: StreamId, user: UserId, guard: Option<Seq> },
    /// Somebody but this person owns the group.
    OtherOwner { stream: StreamId, user: UserId },
    /// This is a message that was not taken back.
    Message { stream: StreamId, target: Seq },
    /// The last edit, deletion, pin or unpin of the message; `None`: still none.
    Changed { stream: StreamId, target: Seq, last: Option<Seq> },
    /// This person's last reaction to the message, given or taken back; `None`: still none.
    Reacted { stream: StreamId, target: Seq, user: UserId, last: Option<Seq> },
    /// The invitation may be used now.
    Invitation { stream: StreamId, invitation: InvitationId },
    /// The file may be attached: it is this person's and was not cleared, or is attached to some message already.
    FileUsable { file: FileId, by: UserId },
}

/// An event without its numbers.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub stream: StreamId,
    pub event_type: EventType,
    pub target_seq: Option<Seq>,
    pub data: Box<RawValue>,
}

impl NewEvent {
    /// Version of `data` written today.
    pub const VERSION: u16 = 1;

    /// # Panics
    /// Never: event data have string keys only.
    #[must_use]
    pub fn new(stream: impl Into<StreamId>, event_type: EventType, data: &impl Serialize) -> Self {
        let data = serde_json::value::to_raw_value(data).expect("event data have string keys only");
        Self { stream: stream.into(), event_type, target_seq: None, data }
    }

    /// The same about a message.
    #[must_use]
    pub fn about(self, target: Seq) -> Self {
        Self { target_seq: Some(target), ..self }
    }
}

/// A row of a projection. `event` is an index into the command's events: the row takes that event's `seq`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Insert into `streams`; `guard_seq` is the event's.
    NewConversation {
        stream: StreamId,
        kind: ConversationKind,
        name: Option<String>,
        visibility: Visibility,
        event: usize,
    },
    /// Write all settings of a group; `guard_seq` is the event's.
    ChangeSettings { rules: Rules, event: usize },
    /// Insert into or replace in `members`; `since_seq` and `guard_seq` are the event's. Whoever asked to join has no
    /// need to any more.
    AddMember { stream: StreamId, user: UserId, role: Role, event: usize },
    /// `guard_seq` is the event's.
    ChangeRole { stream: StreamId, user: UserId, role: Role, event: usize },
    /// Delete from `members`.
    DropMember { stream: StreamId, user: UserId },
    /// Delete from `sessions`.
    EndSession { session: SessionId },
    /// Take the content of a message and of its edits back, for good, and its files with it.
    Blank { stream: StreamId, target: Seq },
    /// One use more.
    UseInvitation { invitation: InvitationId },
    /// Attach the file to the event's message: whoever may read that may read the file.
    UseFile { file: FileId, stream: StreamId, event: usize },
}

/// Where the store put an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    pub seq: Seq,
    pub position: Position,
    pub message_no: MessageNo,
    pub at: Timestamp,
}
