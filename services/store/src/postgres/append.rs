//! Appending: the batch goes as one JSON text to a procedure that numbers, inserts and commits; see
//! `migrations/postgres/0003_append.sql`. One round trip.
//!
//! A lost connection leaves the outcome unknown. The same call again is safe: what stands in the log already answers
//! as a duplicate.

use confab_domain::{Append, Expect, NewEvent, Placed, Row};
use confab_proto::{FileId, InvitationId, MessageNo, Position, Seq, SessionId, StreamId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::connections::Connections;
use crate::dialect::{Arg, Columns};
use crate::error::StoreError;
use crate::lists::fold;
use crate::port::Outcome;

const PLAIN: &str = "call public.append_plain($1::jsonb, null)";
const RULE: &str = "call public.append_rule($1::jsonb, null)";

pub(super) async fn plain(connections: &Connections, batch: &[Append]) -> Result<Vec<Outcome>, StoreError> {
    let commands: Vec<PlainJson<'_>> = batch.iter().map(PlainJson::new).collect();
    let answers: Vec<Answer> = call(connections, PLAIN, &commands, "outcomes").await?;
    if answers.len() != batch.len() {
        return Err(StoreError::Damaged(format!("{} outcomes for {} commands", answers.len(), batch.len())));
    }
    answers.into_iter().map(Answer::outcome).collect()
}

pub(super) async fn rule(connections: &Connections, command: &Append) -> Result<Outcome, StoreError> {
    let answer: Answer = call(connections, RULE, &RuleJson::new(command), "outcome").await?;
    answer.outcome()
}

async fn call<T: for<'de> Deserialize<'de>>(
    connections: &Connections,
    sql: &'static str,
    argument: &(impl Serialize + Sync),
    column: &str,
) -> Result<T, StoreError> {
    let json = serde_json::to_string(argument).expect("commands have string keys only");
    let rows = connections.rows(sql, &[Arg::Text(&json)]).await?;
    let row = rows.first().ok_or_else(|| StoreError::Damaged("an append gave no answer".to_owned()))?;
    serde_json::from_str(&row.text(column)?).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// A plain command: the one event beside the command's own fields.
#[derive(Serialize)]
struct PlainJson<'a> {
    #[serde(flatten)]
    command: CommandJson,
    #[serde(flatten)]
    event: EventJson<'a>,
}

impl<'a> PlainJson<'a> {
    fn new(command: &'a Append) -> Self {
        Self { command: CommandJson::new(command), event: EventJson::new(&command.events[0]) }
    }
}

#[derive(Serialize)]
struct RuleJson<'a> {
    #[serde(flatten)]
    command: CommandJson,
    events: Vec<EventJson<'a>>,
    rows: Vec<RowJson<'a>>,
}

impl<'a> RuleJson<'a> {
    fn new(command: &'a Append) -> Self {
        let events = command.events.iter().map(EventJson::new).collect();
        Self { command: CommandJson::new(command), events, rows: command.rows.iter().map(RowJson::new).collect() }
    }
}

#[derive(Serialize)]
struct CommandJson {
    epoch: i64,
    actor: UserId,
    client: confab_proto::ClientId,
    hash: String,
    expect: Vec<ExpectJson>,
}

impl CommandJson {
    fn new(command: &Append) -> Self {
        let hash = command.request_hash.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let expect = command.expect.iter().map(ExpectJson::new).collect();
        let epoch = command.epoch.0.cast_signed();
        Self { epoch, actor: command.actor, client: command.client_id, hash, expect }
    }
}

/// See `confab_guard` in `migrations/postgres/0007_conversations.sql`: it holds if that gives `guard`.
#[derive(Default, Serialize)]
struct ExpectJson {
    kind: &'static str,
    stream: Option<StreamId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    guard: Option<Seq>,
}

impl ExpectJson {
    fn new(expect: &Expect) -> Self {
        const THERE: Option<Seq> = Some(Seq(1));
        let of = |kind, stream, guard| Self { kind, stream: Some(stream), guard, ..Self::default() };
        match *expect {
            Expect::NewStream(stream) => of("settings", stream, None),
            Expect::Settings { stream, guard } => of("settings", stream, Some(guard)),
            Expect::Member { stream, user, guard } => Self { user: Some(user), ..of("member", stream, guard) },
            Expect::OtherOwner { stream, user } => Self { user: Some(user), ..of("other_owner", stream, THERE) },
            Expect::Message { stream, target } => Self { target: Some(target), ..of("message", stream, Some(target)) },
            Expect::Changed { stream, target, last } => Self { target: Some(target), ..of("changed", stream, last) },
            Expect::Reacted { stream, target, user, last } => {
                Self { target: Some(target), user: Some(user), ..of("reacted", stream, last) }
            }
            Expect::Invitation { stream, invitation } => {
                Self { id: Some(invitation.uuid()), ..of("invitation", stream, THERE) }
            }
            Expect::FileUsable { file, by } => {
                Self { kind: "file", user: Some(by), id: Some(file.uuid()), guard: THERE, ..Self::default() }
            }
        }
    }
}

/// `data` goes as a JSON string, so that its text arrives as it was written.
#[derive(Serialize)]
struct EventJson<'a> {
    stream: StreamId,
    #[serde(rename = "type")]
    event_type: &'static str,
    version: u16,
    target: Option<Seq>,
    data: &'a str,
}

impl<'a> EventJson<'a> {
    fn new(event: &'a NewEvent) -> Self {
        Self {
            stream: event.stream,
            event_type: event.event_type.as_str(),
            version: NewEvent::VERSION,
            target: event.target_seq,
            data: event.data.get(),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "row", rename_all = "snake_case")]
enum RowJson<'a> {
    NewConversation {
        stream: StreamId,
        kind: &'static str,
        name: Option<&'a str>,
        name_key: Option<String>,
        visibility: &'static str,
        event: usize,
    },
    ChangeSettings {
        stream: StreamId,
        name: Option<&'a str>,
        name_key: Option<String>,
        topic: &'a str,
        visibility: &'static str,
        archived: bool,
        posting: &'static str,
        slow_mode_seconds: u32,
        event: usize,
    },
    AddMember {
        stream: StreamId,
        user: UserId,
        role: &'static str,
        event: usize,
    },
    ChangeRole {
        stream: StreamId,
        user: UserId,
        role: &'static str,
        event: usize,
    },
    DropMember {
        stream: StreamId,
        user: UserId,
    },
    EndSession {
        session: SessionId,
    },
    Blank {
        stream: StreamId,
        target: Seq,
    },
    UseInvitation {
        invitation: InvitationId,
    },
    UseFile {
        file: FileId,
        stream: StreamId,
        event: usize,
    },
}

impl<'a> RowJson<'a> {
    fn new(row: &'a Row) -> Self {
        match row {
            Row::NewConversation { stream, kind, name, visibility, event } => Self::NewConversation {
                stream: *stream,
                kind: kind.as_str(),
                name: name.as_deref(),
                name_key: name.as_deref().map(fold),
                visibility: visibility.as_str(),
                event: *event,
            },
            Row::ChangeSettings { rules, event } => Self::ChangeSettings {
                stream: rules.stream,
                name: rules.name.as_deref(),
                name_key: rules.name.as_deref().map(fold),
                topic: &rules.topic,
                visibility: rules.visibility.as_str(),
                archived: rules.archived,
                posting: rules.posting.as_str(),
                slow_mode_seconds: rules.slow_mode_seconds,
                event: *event,
            },
            Row::ChangeRole { stream, user, role, event } => {
                Self::ChangeRole { stream: *stream, user: *user, role: role.as_str(), event: *event }
            }
            Row::AddMember { stream, user, role, event } => {
                Self::AddMember { stream: *stream, user: *user, role: role.as_str(), event: *event }
            }
            Row::DropMember { stream, user } => Self::DropMember { stream: *stream, user: *user },
            Row::EndSession { session } => Self::EndSession { session: *session },
            Row::Blank { stream, target } => Self::Blank { stream: *stream, target: *target },
            Row::UseInvitation { invitation } => Self::UseInvitation { invitation: *invitation },
            Row::UseFile { file, stream, event } => Self::UseFile { file: *file, stream: *stream, event: *event },
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    outcome: OutcomeName,
    /// One per event when appended, the first when a duplicate.
    placed: Vec<PlacedJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeName {
    Appended,
    Duplicate,
    Conflict,
    Reused,
}

#[derive(Deserialize)]
struct PlacedJson {
    seq: Seq,
    position: Position,
    message_no: MessageNo,
    at: i64,
}

impl Answer {
    fn outcome(self) -> Result<Outcome, StoreError> {
        let mut placed = self.placed.into_iter().map(|place| Placed {
            seq: place.seq,
            position: place.position,
            message_no: place.message_no,
            at: Timestamp(place.at),
        });
        Ok(match self.outcome {
            OutcomeName::Appended => Outcome::Appended(placed.collect()),
            OutcomeName::Duplicate => Outcome::Duplicate(
                placed.next().ok_or_else(|| StoreError::Damaged("a duplicate without a place".to_owned()))?,
            ),
            OutcomeName::Conflict => Outcome::Conflict,
            OutcomeName::Reused => Outcome::Reused,
        })
    }
}
