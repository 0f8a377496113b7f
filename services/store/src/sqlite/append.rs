//! Appending, inside the one write transaction: duplicate? then epoch and expectations, then insert.
//!
//! Numbers are read once and counted on in memory; nobody else writes before the commit.

use std::collections::HashMap;

use confab_domain::{Append, Expect, Placed, Row};
use confab_proto::{Epoch, EventType, MessageNo, Position, Seq, StreamId, Timestamp};
use sqlx::SqliteConnection;

use crate::dialect::{Arg, Columns, bind_all};
use crate::error::StoreError;
use crate::lists::fold;
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
const STREAM: &str = "select guard_seq from streams where id = $1";
const MEMBER: &str = "select guard_seq from members where stream_id = $1 and user_id = $2";
const INSERT: &str = "insert into events
    (position, stream_id, seq, message_no, type, version, actor_id, client_id, target_seq, at, data, request_hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

const NEW_STREAM: &str = "insert into streams (id, kind, guard_seq, name, name_key, visibility, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)";
const ADD_MEMBER: &str =
    "insert into members (stream_id, user_id, role, since_seq, guard_seq) values ($1, $2, $3, $4, $4)
    on conflict (stream_id, user_id) do update
    set role = excluded.role, since_seq = excluded.since_seq, guard_seq = excluded.guard_seq";
const DROP_MEMBER: &str = "delete from members where stream_id = $1 and user_id = $2";
const END_SESSION: &str = "delete from sessions where id = $1";

/// Where the log ends while the transaction goes on.
struct Log<'c> {
    connection: &'c mut SqliteConnection,
    epoch: Epoch,
    position: Position,
    at: Timestamp,
    heads: HashMap<StreamId, StreamHead>,
}

/// The outcomes and the last position.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    commands: &[Append],
) -> Result<(Vec<Outcome>, Position), StoreError> {
    let row = sqlx::query(LOG).fetch_one(&mut *connection).await?;
    let mut log = Log {
        connection,
        epoch: Epoch(row.int("epoch")?.cast_unsigned()),
        position: Position::from_i64(row.int("position")?),
        at: Timestamp(row.int("at")?).max(Timestamp::now()),
        heads: HashMap::new(),
    };
    let mut outcomes = Vec::with_capacity(commands.len());
    for command in commands {
        outcomes.push(log.append(command).await?);
    }
    Ok((outcomes, log.position))
}

impl Log<'_> {
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
            self.project(row, &placed).await?;
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

    async fn holds(&mut self, expect: Expect) -> Result<bool, StoreError> {
        Ok(match expect {
            Expect::NewStream(stream) => self.guard(STREAM, &[Arg::Id(stream.uuid())]).await?.is_none(),
            Expect::Settings { stream, guard } => {
                self.guard(STREAM, &[Arg::Id(stream.uuid())]).await? == Some(guard.as_i64())
            }
            Expect::Member { stream, user, guard } => {
                let args = [Arg::Id(stream.uuid()), Arg::Id(user.uuid())];
                self.guard(MEMBER, &args).await? == guard.map(Seq::as_i64)
            }
        })
    }

    async fn guard(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<i64>, StoreError> {
        let row = bind_all!(sqlx::query(sql), args).fetch_optional(&mut *self.connection).await?;
        Ok(row.map(|row| row.int("guard_seq")).transpose()?)
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
        let is_message = u64::from(event.event_type == EventType::MessagePosted);
        let head = StreamHead { seq: head.seq.next(), message_no: MessageNo(head.message_no.0 + is_message) };
        let position = self.position.next();
        let identity = (index == 0).then_some(command);
        let insert = sqlx::query(INSERT)
            .bind(position.as_i64())
            .bind(event.stream.uuid())
            .bind(head.seq.as_i64())
            .bind(head.message_no.as_i64())
            .bind(event.event_type.as_str())
            .bind(i64::from(confab_domain::NewEvent::VERSION))
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

    async fn project(&mut self, row: &Row, placed: &[Placed]) -> Result<(), StoreError> {
        let query = match row {
            Row::NewConversation { stream, kind, name, visibility, event } => sqlx::query(NEW_STREAM)
                .bind(stream.uuid())
                .bind(kind.as_str())
                .bind(placed[*event].seq.as_i64())
                .bind(name.as_deref())
                .bind(name.as_deref().map(fold))
                .bind(visibility.as_str())
                .bind(self.at.0),
            Row::AddMember { stream, user, role, event } => sqlx::query(ADD_MEMBER)
                .bind(stream.uuid())
                .bind(user.uuid())
                .bind(role.as_str())
                .bind(placed[*event].seq.as_i64()),
            Row::DropMember { stream, user } => sqlx::query(DROP_MEMBER).bind(stream.uuid()).bind(user.uuid()),
            Row::EndSession { session } => sqlx::query(END_SESSION).bind(session.uuid()),
        };
        query.execute(&mut *self.connection).await?;
        Ok(())
    }
}
