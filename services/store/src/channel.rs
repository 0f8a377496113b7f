//! What a gateway reads: heads, snapshots, events, sweeps. Checks no right; the channel does that.

use std::collections::BTreeMap;

use async_trait::async_trait;
use confab_domain::{Conversation, MemberRow};
use confab_proto::{ConversationId, MessageNo, Position, Seq, SessionId, StreamId, Timestamp, UserId};

use crate::decode::{
    self, bound, count, event_columns, log_columns, log_head, own_columns, own_row, rules, rules_columns,
};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::port::Reader;
use crate::read::{EventPage, LogHead, Moved, Session, Snapshot, Sweep, TokenHash};

/// The port over a dialect.
pub(crate) struct Sql<D>(pub(crate) D);

const LOG_HEAD: &str = concat!("select ", log_columns!(), " from log_head h");

/// The head is asked for by the parameter: by the column it would be looked up again for each member.
const SNAPSHOT: &str = concat!(
    "select ",
    log_columns!(),
    ", coalesce((select max(x.seq) from events x where x.stream_id = $1), 0) as head_seq,
     coalesce((select x.message_no from events x where x.stream_id = $1 order by x.seq desc limit 1), 0)
         as head_message_no, ",
    rules_columns!(),
    ", m.user_id, ",
    own_columns!(),
    " from log_head h join streams s on s.id = $1 left join members m on m.stream_id = s.id"
);

/// The events of a page as `e`: after `$2`, at most `$3`, at most `$4` bytes, but at least one.
macro_rules! events_after {
    () => {
        "(select w.* from (select p.*, sum(octet_length(p.data)) over (order by p.seq) as bytes
             from (select x.* from events x where x.stream_id = $1 and x.seq > $2 order by x.seq limit $3) p) w
          where w.bytes <= $4 or w.seq = $2 + 1) e"
    };
}
pub(crate) use events_after;

const EVENTS_AFTER: &str = concat!(
    "select ",
    log_columns!(),
    ", coalesce((select max(x.seq) from events x where x.stream_id = $1), 0) as head_seq, ",
    event_columns!(),
    " from log_head h left join ",
    events_after!(),
    " on true order by e.seq"
);

const SWEEP: &str = concat!(
    "select ",
    log_columns!(),
    ", moved.stream_id, moved.seq, moved.message_no from log_head h
     left join (select x.stream_id, max(x.seq) as seq, max(x.message_no) filter (where x.type = 'message.posted') as message_no
                from events x where x.position > $1 and x.position <= $2 group by x.stream_id) moved
         on true"
);

/// Events that one sweep looks at: a gateway that was cut off for hours would otherwise never get an answer in time.
const SWEEP_SPAN: i64 = 100_000;

const CONVERSATIONS_JOINED: &str = "select m.stream_id from members m join streams s on s.id = m.stream_id
    where m.user_id = $1 and m.role <> 'banned' and s.kind <> 'user'";

const SESSION: &str = "select id, user_id, expires_at from sessions where token_hash = $1";

/// Of a statement that always gives a row.
pub(crate) fn first<R>(rows: &[R]) -> Result<&R, StoreError> {
    rows.first().ok_or_else(|| StoreError::Damaged("the table store has no row".to_owned()))
}

#[async_trait]
impl<D: Dialect> Reader for Sql<D> {
    async fn log_head(&self) -> Result<LogHead, StoreError> {
        log_head(first(&self.0.rows(LOG_HEAD, &[]).await?)?)
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError> {
        let rows = self.0.rows(SNAPSHOT, &[Arg::Id(stream.uuid())]).await?;
        let Some(head_row) = rows.first() else { return Ok(None) };
        let conversation = match rules(head_row)? {
            Some(rules) => Some(Conversation { rules, members: members(&rows)? }),
            None => None,
        };
        Ok(Some(Snapshot { log: log_head(head_row)?, head: decode::stream_head(head_row)?, conversation }))
    }

    async fn events_after(
        &self,
        stream: StreamId,
        after: Seq,
        limit: usize,
        max_bytes: usize,
    ) -> Result<EventPage, StoreError> {
        let args =
            [Arg::Id(stream.uuid()), Arg::Int(bound(after.0)), Arg::Int(count(limit)), Arg::Int(count(max_bytes))];
        event_page(&self.0.rows(EVENTS_AFTER, &args).await?)
    }

    async fn sweep(&self, position: Option<Position>) -> Result<Sweep, StoreError> {
        let after = position.map_or(i64::MAX, |position| bound(position.0));
        let to = after.saturating_add(SWEEP_SPAN);
        let rows = self.0.sweep_rows(SWEEP, &[Arg::Int(after), Arg::Int(to)]).await?;
        let log = log_head(first(&rows)?)?;
        let mut moved = Vec::new();
        for row in &rows {
            if let Some(stream) = row.maybe_id("stream_id")? {
                let (stream, seq) = (StreamId::from_uuid(stream), Seq::from_i64(row.int("seq")?));
                moved.push(Moved { stream, seq, message_no: row.maybe_int("message_no")?.map(MessageNo::from_i64) });
            }
        }
        Ok(Sweep { log, to: log.position.min(Position::from_i64(to)), moved })
    }

    async fn conversations_joined(&self, user: UserId) -> Result<Vec<ConversationId>, StoreError> {
        let rows = self.0.rows(CONVERSATIONS_JOINED, &[Arg::Id(user.uuid())]).await?;
        rows.iter().map(|row| Ok(ConversationId::from_uuid(row.id("stream_id")?))).collect()
    }

    async fn last_seen(&self, users: &[UserId]) -> Result<Vec<(UserId, Timestamp)>, StoreError> {
        self.read_last_seen(users).await
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<Session>, StoreError> {
        let rows = self.0.rows(SESSION, &[Arg::Bytes(token)]).await?;
        rows.first().map(session).transpose()
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

pub(crate) fn session(row: &impl Columns) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId::from_uuid(row.id("id")?),
        user: UserId::from_uuid(row.id("user_id")?),
        expires_at: Timestamp(row.int("expires_at")?),
    })
}

fn members<R: Columns>(rows: &[R]) -> Result<BTreeMap<UserId, MemberRow>, StoreError> {
    let mut members = BTreeMap::new();
    for row in rows {
        if let (Some(user), Some(member)) = (row.maybe_id("user_id")?, own_row(row)?) {
            members.insert(UserId::from_uuid(user), member);
        }
    }
    Ok(members)
}

pub(crate) fn event_page<R: Columns>(rows: &[R]) -> Result<EventPage, StoreError> {
    let row = first(rows)?;
    Ok(EventPage { log: log_head(row)?, head: Seq::from_i64(row.int("head_seq")?), events: decode::events(rows)? })
}
