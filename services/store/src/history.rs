//! Messages as people see them: windows of the timeline, threads, pins and single messages, each with the right checked in the
//! statement that reads it, and each of one snapshot.
//!
//! A page is messages and the events that target them; the reducer of the domain makes the rest. The replies under a message are
//! never among them, since a thread may be long: of it a page says how long it is.

use async_trait::async_trait;
use confab_domain::LogEvent;
use confab_proto::http::Replies;
use confab_proto::{ConversationId, EventType, Seq, Timestamp, UserId};

use crate::channel::Sql;
use crate::decode::{self, bound, count, event_columns, log_columns, log_head, own_columns, rules_columns};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::pages::{gate, gate_columns, gated};
use crate::read::{HistoryPage, MessageWindow};

/// Messages one by one, in threads and as they are pinned. `Ok(None)`: no such conversation, or none that `viewer` may see.
#[async_trait]
pub trait Messages: Send + Sync + 'static {
    /// One message of the timeline or of a thread; a page without messages if it is none.
    async fn message(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        seq: Seq,
    ) -> Result<Option<HistoryPage>, StoreError>;

    /// The replies under a message. `Around` is as `Newest`.
    async fn thread(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        root: Seq,
        window: MessageWindow,
        limit: usize,
    ) -> Result<Option<HistoryPage>, StoreError>;

    /// What is pinned, at most `limit`, by `seq`; `order` of the answer names them by when they were pinned, the last first.
    async fn pins(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        limit: usize,
    ) -> Result<Option<(HistoryPage, Vec<Seq>)>, StoreError>;

    /// Those of these usernames that are members, without the banned.
    async fn named_members(&self, conversation: ConversationId, usernames: &[&str]) -> Result<Vec<UserId>, StoreError>;
}

/// The events of `page (stream_id, seq)` and what targets them. They are joined by both columns: with the parameter in place of the first, all
/// that targets anything in the conversation is one possible answer to start from.
macro_rules! shown {
    ($page:expr) => {
        concat!(
            "with page as materialized (",
            $page,
            "), shown as materialized (select stream_id, seq from page
                 union select t.stream_id, t.seq from page cross join events t
                     where t.stream_id = page.stream_id and t.target_seq = page.seq and t.type <> 'message.replied')
             select ",
            gate_columns!(),
            ", ",
            event_columns!(),
            ", case when e.type = 'message.posted' then (select count(*) from events r
                 where r.stream_id = $1 and r.target_seq = e.seq and r.type = 'message.replied' and r.redacted_at is null)
                 end as reply_count,
               case when e.type = 'message.posted' then (select r.at from events r
                 where r.stream_id = $1 and r.target_seq = e.seq and r.type = 'message.replied' order by r.seq desc limit 1)
                 end as replied_at",
            gate!("$2"),
            " left join (select y.* from shown cross join events y where y.stream_id = shown.stream_id and y.seq = shown.seq) e on true
              order by e.seq"
        )
    };
}

/// Up to the message at or before `$3`, if the comparison says so.
macro_rules! before {
    ($compare:literal) => {
        concat!(
            "select x.stream_id, x.seq from events x where x.stream_id = $1 and x.type = 'message.posted'
                 and x.message_no <= (select y.message_no from events y where y.stream_id = $1 and y.seq ",
            $compare,
            " $3 order by y.seq desc limit 1)
             order by x.message_no desc limit $4"
        )
    };
}

macro_rules! after {
    () => {
        "select x.stream_id, x.seq from events x where x.stream_id = $1 and x.type = 'message.posted'
             and x.message_no > coalesce((select y.message_no from events y where y.stream_id = $1 and y.seq <= $3
                                          order by y.seq desc limit 1), 0)
         order by x.message_no limit $4"
    };
}

const BEFORE: &str = shown!(before!("<"));
const AFTER: &str = shown!(after!());
const AROUND: &str =
    shown!(concat!("select * from (", before!("<="), ") o union all select * from (", after!(), ") n"));

const ONE: &str = shown!(
    "select x.stream_id, x.seq from events x where x.stream_id = $1 and x.seq = $3 and x.type in ('message.posted', 'message.replied')"
);

const THREAD_BEFORE: &str = shown!(
    "select x.stream_id, x.seq from events x where x.stream_id = $1 and x.target_seq = $5 and x.type = 'message.replied' and x.seq < $3
     order by x.seq desc limit $4"
);
const THREAD_AFTER: &str = shown!(
    "select x.stream_id, x.seq from events x where x.stream_id = $1 and x.target_seq = $5 and x.type = 'message.replied' and x.seq > $3
     order by x.seq limit $4"
);

const PINS: &str = shown!(
    "select p.stream_id, p.target_seq as seq from (
         select x.target_seq, max(x.seq) as seq from events x
         where x.stream_id = $1 and x.type in ('message.pinned', 'message.unpinned') group by x.target_seq) l
     cross join events p
     where p.stream_id = $1 and p.seq = l.seq and p.type = 'message.pinned'
     order by l.seq desc limit $3"
);

const NAMED_MEMBERS: &str = "select u.id as user_id from users u cross join members m
    where u.username = $2 and m.stream_id = $1 and m.user_id = u.id and m.role <> 'banned'";

impl<D: Dialect> Sql<D> {
    pub(crate) async fn read_history(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        window: MessageWindow,
        limit: usize,
    ) -> Result<Option<HistoryPage>, StoreError> {
        let (sql, seq, limit) = match window {
            MessageWindow::Newest => (BEFORE, i64::MAX, limit),
            MessageWindow::Before(seq) => (BEFORE, bound(seq.0), limit),
            MessageWindow::After(seq) => (AFTER, bound(seq.0), limit),
            MessageWindow::Around(seq) => (AROUND, bound(seq.0), limit.div_ceil(2)),
        };
        let ids = [Arg::Id(conversation.uuid()), Arg::Id(viewer.uuid())];
        let limit_and_one = Arg::Int(count(limit).saturating_add(1));
        self.read_page(sql, &[ids[0], ids[1], Arg::Int(seq), limit_and_one], window, limit).await
    }

    async fn read_page(
        &self,
        sql: &'static str,
        args: &[Arg<'_>],
        window: MessageWindow,
        limit: usize,
    ) -> Result<Option<HistoryPage>, StoreError> {
        let Some(rows) = gated(self.0.rows(sql, args).await?)? else { return Ok(None) };
        let mut page = page(&rows)?;
        cut(&mut page, window, limit);
        Ok(Some(page))
    }
}

#[async_trait]
impl<D: Dialect> Messages for Sql<D> {
    async fn message(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        seq: Seq,
    ) -> Result<Option<HistoryPage>, StoreError> {
        let args = [Arg::Id(conversation.uuid()), Arg::Id(viewer.uuid()), Arg::Int(bound(seq.0))];
        self.read_page(ONE, &args, MessageWindow::Newest, 1).await
    }

    async fn thread(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        root: Seq,
        window: MessageWindow,
        limit: usize,
    ) -> Result<Option<HistoryPage>, StoreError> {
        let (sql, seq) = match window {
            MessageWindow::Newest | MessageWindow::Around(_) => (THREAD_BEFORE, i64::MAX),
            MessageWindow::Before(seq) => (THREAD_BEFORE, bound(seq.0)),
            MessageWindow::After(seq) => (THREAD_AFTER, bound(seq.0)),
        };
        let args = [
            Arg::Id(conversation.uuid()),
            Arg::Id(viewer.uuid()),
            Arg::Int(seq),
            Arg::Int(count(limit).saturating_add(1)),
            Arg::Int(bound(root.0)),
        ];
        let window = if matches!(window, MessageWindow::Around(_)) { MessageWindow::Newest } else { window };
        self.read_page(sql, &args, window, limit).await
    }

    async fn pins(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        limit: usize,
    ) -> Result<Option<(HistoryPage, Vec<Seq>)>, StoreError> {
        let args = [Arg::Id(conversation.uuid()), Arg::Id(viewer.uuid()), Arg::Int(count(limit))];
        let Some(page) = self.read_page(PINS, &args, MessageWindow::Newest, limit).await? else { return Ok(None) };
        let mut pinned: Vec<Seq> = Vec::new();
        let pins = page.events.iter().rev().filter(|event| event.event_type == EventType::MessagePinned);
        for target in pins.filter_map(|event| event.target_seq) {
            if !pinned.contains(&target) {
                pinned.push(target);
            }
        }
        Ok(Some((page, pinned)))
    }

    async fn named_members(&self, conversation: ConversationId, usernames: &[&str]) -> Result<Vec<UserId>, StoreError> {
        let mut named = Vec::new();
        for username in usernames {
            let rows = self.0.rows(NAMED_MEMBERS, &[Arg::Id(conversation.uuid()), Arg::Text(username)]).await?;
            for row in &rows {
                named.push(UserId::from_uuid(row.id("user_id")?));
            }
        }
        Ok(named)
    }
}

fn page<R: Columns>(rows: &[R]) -> Result<HistoryPage, StoreError> {
    let mut replies = Vec::new();
    for row in rows {
        if let Some(last_at) = row.maybe_int("replied_at")? {
            let count = row.int("reply_count")?.cast_unsigned();
            replies.push((Seq::from_i64(row.int("seq")?), Replies { count, last_at: Timestamp(last_at) }));
        }
    }
    let head = Seq::from_i64(rows[0].int("head_seq")?);
    let events = decode::events(rows)?;
    Ok(HistoryPage { log: log_head(&rows[0])?, head, events, replies, has_more: false, has_newer: false })
}

/// In each direction one message more than asked for was read, to see whether there is one: drops it and what targets it.
fn cut(page: &mut HistoryPage, window: MessageWindow, limit: usize) {
    let messages: Vec<Seq> =
        page.events.iter().filter(|event| event.event_type.is_message()).map(|event| event.seq).collect();
    let older = match window {
        MessageWindow::Newest | MessageWindow::Before(_) => messages.len(),
        MessageWindow::After(_) => 0,
        MessageWindow::Around(seq) => messages.iter().filter(|message| **message <= seq).count(),
    };
    let (oldest, newest) = (messages.first().copied(), messages.last().copied());
    let (has_older, has_newer) = (older > limit, messages.len() - older > limit);
    if let Some(oldest) = oldest.filter(|_| has_older) {
        drop_message(&mut page.events, oldest);
    }
    if let Some(newest) = newest.filter(|_| has_newer) {
        drop_message(&mut page.events, newest);
    }
    page.has_more = has_older || (has_newer && matches!(window, MessageWindow::After(_)));
    page.has_newer = has_newer;
}

fn drop_message(events: &mut Vec<LogEvent>, message: Seq) {
    events.retain(|event| event.seq != message && event.target_seq != Some(message));
}
