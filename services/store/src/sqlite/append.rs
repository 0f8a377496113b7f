//! Appending, inside the one write transaction: duplicate? then epoch and expectations, then insert.
//!
//! Numbers are read once and counted on in memory; nobody else writes before the commit. Commands that change rules go one by one, plain
//! ones set by set: see [`super::plain`].

use std::collections::HashMap;

use confab_domain::{Append, Expect, NewEvent, Placed};
use confab_proto::{Epoch, EventType, MessageNo, Position, Seq, StreamId, Timestamp};
use sqlx::SqliteConnection;

use super::plain;
use super::project::project;
use crate::dialect::{Arg, Columns, bind_all};
use crate::error::StoreError;
use crate::pages::placed;
use crate::port::Outcome;
use crate::read::StreamHead;

const LOG: &str =
    "select h.epoch, h.position, coalesce((select e.at from events e where e.position = h.position), 0) as at
    from log_head h";
const EARLIER: &str = "select seq, position, message_no, at, request_hash is null or request_hash = $4 as same
    from events where stream_id = $1 and actor_id = $2 and client_id = $3";
const HEAD: &str = "select seq as head_seq, message_no as head_message_no from events
    where stream_id = $1 order by seq desc limit 1";

const STREAM: &str = "select guard_seq as guard from streams where id = $1";
const MEMBER: &str = "select guard_seq as guard from members where stream_id = $1 and user_id = $2";
const OTHER_OWNER: &str = "select 1 as guard from members
    where stream_id = $1 and user_id <> $2 and role = 'owner' limit 1";
const MESSAGE: &str = "select seq as guard from events
    where stream_id = $1 and seq = $2 and type in ('message.posted', 'message.replied') and redacted_at is null";
const CHANGED: &str = "select max(seq) as guard from events
    where stream_id = $1 and target_seq = $2 and type <> 'message.replied'
        and type in ('message.edited', 'message.deleted', 'message.pinned', 'message.unpinned')";
const REACTED: &str = "select max(seq) as guard from events
    where stream_id = $1 and target_seq = $2 and type <> 'message.replied'
        and type in ('reaction.added', 'reaction.removed') and actor_id = $3";
const INVITATION: &str = "select 1 as guard from invitations
    where id = $1 and stream_id = $2 and revoked_at is null and (max_uses is null or uses < max_uses)
        and (expires_at is null or expires_at > $3)";
const FILE: &str = "select 1 as guard from files
    where id = $1 and (state = 'used' or state = 'unused' and owner_id = $2)";

const INSERT: &str = "insert into events
    (position, stream_id, seq, message_no, type, version, actor_id, client_id, target_seq, at, data, request_hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// Where the log ends while the transaction goes on.
pub(super) struct Log<'c> {
    pub(super) connection: &'c mut SqliteConnection,
    pub(super) epoch: Epoch,
    pub(super) position: Position,
    pub(super) at: Timestamp,
    heads: HashMap<StreamId, StreamHead>,
}

/// The outcomes and the last position.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    commands: &[Append],
) -> Result<(Vec<Outcome>, Position), StoreError> {
    if commands.iter().all(Append::is_plain) {
        return plain::append(connection, commands).await;
    }
    let row = sqlx::query(LOG).fetch_one(&mut *connection).await?;
    let (epoch, position) = (Epoch(row.int("epoch")?.cast_unsigned()), Position::from_i64(row.int("position")?));
    let mut log = Log::new(connection, epoch, position, Timestamp(row.int("at")?).max(Timestamp::now()));
    let mut outcomes = Vec::with_capacity(commands.len());
    for command in commands {
        outcomes.push(log.append(command).await?);
    }
    Ok((outcomes, log.position))
}

impl<'c> Log<'c> {
    pub(super) fn new(connection: &'c mut SqliteConnection, epoch: Epoch, position: Position, at: Timestamp) -> Self {
        Self { connection, epoch, position, at, heads: HashMap::new() }
    }

    async fn append(&mut self, command: &Append) -> Result<Outcome, StoreError> {
        if let Some(outcome) = self.earlier(command).await? {
            return Ok(outcome);
        }
        if command.epoch != self.epoch {
            return Ok(Outcome::Conflict);
        }
        for expect in &command.expect {
            if !self.holds(*expect).await? {
                return Ok(Outcome::Conflict);
            }
        }
        let mut placed = Vec::with_capacity(command.events.len());
        for index in 0..command.events.len() {
            placed.push(self.insert(command, index).await?);
        }
        for row in &command.rows {
            project(self.connection, row, &placed, self.at).await?;
        }
        Ok(Outcome::Appended(placed))
    }

    async fn earlier(&mut self, command: &Append) -> Result<Option<Outcome>, StoreError> {
        let args = [
            Arg::Id(command.first_stream().uuid()),
            Arg::Id(command.actor.uuid()),
            Arg::Id(command.client_id.uuid()),
            Arg::Bytes(&command.request_hash.0),
        ];
        let row = bind_all!(sqlx::query(EARLIER), &args).fetch_optional(&mut *self.connection).await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(if row.flag("same")? { Outcome::Duplicate(placed(&row)?) } else { Outcome::Reused }))
    }

    pub(super) async fn holds(&mut self, expect: Expect) -> Result<bool, StoreError> {
        let now = self.at.0;
        let id = |stream: StreamId| Arg::Id(stream.uuid());
        let seq = |seq: Seq| Arg::Int(seq.as_i64());
        let there = Some(Seq(1));
        let (sql, args, expected): (_, &[Arg<'_>], _) = match expect {
            Expect::NewStream(stream) => (STREAM, &[id(stream)], None),
            Expect::Settings { stream, guard } => (STREAM, &[id(stream)], Some(guard)),
            Expect::Member { stream, user, guard } => (MEMBER, &[id(stream), Arg::Id(user.uuid())], guard),
            Expect::OtherOwner { stream, user } => (OTHER_OWNER, &[id(stream), Arg::Id(user.uuid())], there),
            Expect::Message { stream, target } => (MESSAGE, &[id(stream), seq(target)], Some(target)),
            Expect::Changed { stream, target, last } => (CHANGED, &[id(stream), seq(target)], last),
            Expect::Reacted { stream, target, user, last } => {
                (REACTED, &[id(stream), seq(target), Arg::Id(user.uuid())], last)
            }
            Expect::Invitation { stream, invitation } => {
                (INVITATION, &[Arg::Id(invitation.uuid()), id(stream), Arg::Int(now)], there)
            }
            Expect::FileUsable { file, by } => (FILE, &[Arg::Id(file.uuid()), Arg::Id(by.uuid())], there),
        };
        Ok(self.guard(sql, args).await? == expected.map(Seq::as_i64))
    }

    async fn guard(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<i64>, StoreError> {
        let row = bind_all!(sqlx::query(sql), args).fetch_optional(&mut *self.connection).await?;
        Ok(row.map(|row| row.maybe_int("guard")).transpose()?.flatten())
    }

    async fn head(&mut self, stream: StreamId) -> Result<StreamHead, StoreError> {
        if let Some(head) = self.heads.get(&stream) {
            return Ok(*head);
        }
        let row = sqlx::query(HEAD).bind(stream.uuid()).fetch_optional(&mut *self.connection).await?;
        row.as_ref().map_or(Ok(StreamHead::default()), crate::decode::stream_head)
    }

    async fn insert(&mut self, command: &Append, index: usize) -> Result<Placed, StoreError> {
        let event = &command.events[index];
        let head = self.head(event.stream).await?;
        let head = next_head(head, event);
        let position = self.position.next();
        let identity = (index == 0).then_some(command);
        let insert = sqlx::query(INSERT)
            .bind(position.as_i64())
            .bind(event.stream.uuid())
            .bind(head.seq.as_i64())
            .bind(head.message_no.as_i64())
            .bind(event.event_type.as_str())
            .bind(i64::from(NewEvent::VERSION))
            .bind(command.actor.uuid())
            .bind(identity.map(|command| command.client_id.uuid()))
            .bind(event.target_seq.map(Seq::as_i64))
            .bind(self.at.0)
            .bind(event.data.get())
            .bind(identity.map(|command| command.request_hash.0.as_slice()));
        insert.execute(&mut *self.connection).await?;
        self.position = position;
        self.heads.insert(event.stream, head);
        Ok(Placed { seq: head.seq, position, message_no: head.message_no, at: self.at })
    }
}

/// Where the stream ends once the event is in it.
pub(super) fn next_head(head: StreamHead, event: &NewEvent) -> StreamHead {
    let is_message = u64::from(event.event_type == EventType::MessagePosted);
    StreamHead { seq: head.seq.next(), message_no: MessageNo(head.message_no.0 + is_message) }
}
