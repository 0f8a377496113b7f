//! Pages of one conversation, each with the right checked in the statement that reads it, and what decisions need.

use confab_domain::{LogEvent, Placed, RequestHash, may};
use confab_proto::http::Member;
use confab_proto::{ClientId, ConversationId, EventType, MessageNo, Position, Seq, StreamId, Timestamp, UserId};

use crate::channel::{Sql, event_page, events_after};
use crate::decode::{
    self, bound, count, event_columns, log_columns, log_head, own_columns, own_row, rules, rules_columns,
};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::port::ReadMark;
use crate::read::{Earlier, EventPage, HistoryPage, KnownRules, Listed, MessageWindow};

/// The columns that say whether `viewer` may read, and the head.
macro_rules! gate_columns {
    () => {
        concat!(
            log_columns!(),
            ", coalesce((select max(x.seq) from events x where x.stream_id = s.id), 0) as head_seq, ",
            rules_columns!(),
            ", ",
            own_columns!()
        )
    };
}

/// The conversation `$1` as the user `$viewer` meets it.
macro_rules! gate {
    ($viewer:literal) => {
        concat!(
            " from log_head h join streams s on s.id = $1 and s.kind <> 'user'
              left join members m on m.stream_id = s.id and m.user_id = ",
            $viewer
        )
    };
}

const GATE: &str = concat!("select ", gate_columns!(), gate!("$2"));

const EVENTS_FOR: &str = concat!(
    "select ",
    gate_columns!(),
    ", ",
    event_columns!(),
    gate!("$5"),
    " left join ",
    events_after!(),
    " on true order by e.seq"
);

const MEMBERS: &str = concat!(
    "select ",
    gate_columns!(),
    ", o.user_id, o.username, o.display_name, o.role",
    gate!("$2"),
    " left join (select x.user_id, u.username, u.display_name, x.role
          from members x join users u on u.id = x.user_id
          where x.stream_id = $1 and x.role <> 'banned' and x.user_id > $3 order by x.user_id limit $4) o on true
      order by o.user_id"
);

/// A window `page` of messages plus the events that target them.
macro_rules! history {
    ($page:literal) => {
        concat!(
            "with page as materialized (select x.seq from events x where x.stream_id = $1 and x.type = 'message.posted' and ",
            $page,
            " limit $4),
             shown as materialized (select seq from page
                 union select t.seq from page cross join events t where t.stream_id = $1 and t.target_seq = page.seq)
             select ",
            gate_columns!(),
            ", ",
            event_columns!(),
            gate!("$2"),
            " left join (select y.* from shown cross join events y where y.stream_id = $1 and y.seq = shown.seq) e on true
              order by e.seq"
        )
    };
}

const HISTORY_BEFORE: &str = history!(
    "x.message_no <= (select y.message_no from events y where y.stream_id = $1 and y.seq < $3
                      order by y.seq desc limit 1)
     order by x.message_no desc"
);

const HISTORY_AFTER: &str = history!(
    "x.message_no > coalesce((select y.message_no from events y where y.stream_id = $1 and y.seq <= $3
                              order by y.seq desc limit 1), 0)
     order by x.message_no"
);

const EARLIER: &str = "select seq, position, message_no, at, request_hash from events
    where stream_id = $1 and actor_id = $2 and client_id = $3";

const IS_MESSAGE: &str = "select seq from events
    where stream_id = $1 and seq = $2 and type = 'message.posted' and redacted_at is null";

const MARK_READ: &str = "insert into read_marks (stream_id, user_id, seq)
    select m.stream_id, m.user_id, $3 from members m where m.stream_id = $1 and m.user_id = $2 and m.role <> 'banned'
    on conflict (stream_id, user_id) do update set seq = excluded.seq where excluded.seq > read_marks.seq";

/// The rows, unless the conversation is not there or not the viewer's to read.
fn gated<R: Columns>(rows: Vec<R>) -> Result<Option<Vec<R>>, StoreError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let Some(rules) = rules(row)? else { return Ok(None) };
    let role = own_row(row)?.map(|own| own.role);
    Ok(may::read(&rules, role).then_some(rows))
}

impl<D: Dialect> Sql<D> {
    pub(crate) async fn read_earlier(
        &self,
        stream: StreamId,
        actor: UserId,
        client_id: ClientId,
    ) -> Result<Option<Earlier>, StoreError> {
        let args = [Arg::Id(stream.uuid()), Arg::Id(actor.uuid()), Arg::Id(client_id.uuid())];
        let rows = self.0.rows(EARLIER, &args).await?;
        rows.first().map(earlier).transpose()
    }

    pub(crate) async fn read_known_rules(
        &self,
        conversation: ConversationId,
        user: UserId,
    ) -> Result<Option<KnownRules>, StoreError> {
        let rows = self.0.rows(GATE, &[Arg::Id(conversation.uuid()), Arg::Id(user.uuid())]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let Some(rules) = rules(row)? else { return Ok(None) };
        Ok(Some(KnownRules { epoch: log_head(row)?.epoch, rules, own: own_row(row)? }))
    }

    pub(crate) async fn read_is_message(&self, conversation: ConversationId, seq: Seq) -> Result<bool, StoreError> {
        let args = [Arg::Id(conversation.uuid()), Arg::Int(bound(seq.0))];
        Ok(!self.0.rows(IS_MESSAGE, &args).await?.is_empty())
    }

    pub(crate) async fn read_members(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Option<Listed<Member>>, StoreError> {
        let after = after.map_or_else(uuid::Uuid::nil, UserId::uuid);
        let limit_and_one = Arg::Int(count(limit).saturating_add(1));
        let args = [Arg::Id(conversation.uuid()), Arg::Id(viewer.uuid()), Arg::Id(after), limit_and_one];
        let Some(rows) = gated(self.0.rows(MEMBERS, &args).await?)? else { return Ok(None) };
        let mut members = Vec::new();
        for row in &rows {
            if row.maybe_id("user_id")?.is_some() {
                members.push(Member { user: decode::user(row)?, role: decode::role(&row.text("role")?)? });
            }
        }
        let more = members.len() > limit;
        members.truncate(limit);
        let next = members.last().filter(|_| more).map(|member| member.user.id.to_string());
        Ok(Some(Listed { rows: members, next }))
    }

    pub(crate) async fn read_history(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        window: MessageWindow,
        limit: usize,
    ) -> Result<Option<HistoryPage>, StoreError> {
        let (sql, seq) = match window {
            MessageWindow::Newest => (HISTORY_BEFORE, i64::MAX),
            MessageWindow::Before(seq) => (HISTORY_BEFORE, bound(seq.0)),
            MessageWindow::After(seq) => (HISTORY_AFTER, bound(seq.0)),
        };
        let limit_and_one = Arg::Int(count(limit).saturating_add(1));
        let args = [Arg::Id(conversation.uuid()), Arg::Id(viewer.uuid()), Arg::Int(seq), limit_and_one];
        let Some(rows) = gated(self.0.rows(sql, &args).await?)? else { return Ok(None) };
        let mut events = decode::events(&rows)?;
        let has_more = drop_surplus(&mut events, window, limit);
        let head = Seq::from_i64(rows[0].int("head_seq")?);
        Ok(Some(HistoryPage { log: log_head(&rows[0])?, head, events, has_more }))
    }

    pub(crate) async fn read_events_for(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        after: Seq,
        limit: usize,
        max_bytes: usize,
    ) -> Result<Option<EventPage>, StoreError> {
        let args = [
            Arg::Id(conversation.uuid()),
            Arg::Int(bound(after.0)),
            Arg::Int(count(limit)),
            Arg::Int(count(max_bytes)),
            Arg::Id(viewer.uuid()),
        ];
        let Some(rows) = gated(self.0.rows(EVENTS_FOR, &args).await?)? else { return Ok(None) };
        event_page(&rows).map(Some)
    }

    pub(crate) async fn write_read_mark(
        &self,
        conversation: ConversationId,
        user: UserId,
        seq: Seq,
    ) -> Result<ReadMark, StoreError> {
        let args = vec![Arg::Id(conversation.uuid()), Arg::Id(user.uuid()), Arg::Int(bound(seq.0))];
        let Some(rows) = gated(self.0.rows(GATE, &args[..2]).await?)? else { return Ok(ReadMark::NotThere) };
        if own_row(&rows[0])?.is_none() {
            return Ok(ReadMark::NotAMember);
        }
        // The head only grows, so this no and this yes still hold when the mark is written.
        if Seq::from_i64(rows[0].int("head_seq")?) < seq {
            return Ok(ReadMark::AboveHead);
        }
        self.0.write(&[(MARK_READ, args)]).await?;
        Ok(ReadMark::Done)
    }
}

fn earlier(row: &impl Columns) -> Result<Earlier, StoreError> {
    let hash = row.maybe_bytes("request_hash")?;
    let request_hash = hash
        .map(|bytes| <[u8; 16]>::try_from(bytes).map(RequestHash))
        .transpose()
        .map_err(|_| StoreError::Damaged("a request hash has not 16 bytes".to_owned()))?;
    Ok(Earlier { placed: placed(row)?, request_hash })
}

pub(crate) fn placed(row: &impl Columns) -> Result<Placed, StoreError> {
    let seq = Seq::from_i64(row.int("seq")?);
    let position = Position::from_i64(row.int("position")?);
    let message_no = MessageNo::from_i64(row.int("message_no")?);
    Ok(Placed { seq, position, message_no, at: Timestamp(row.int("at")?) })
}

/// One message more than asked for was read, to see whether there is one: drops it and what targets it.
fn drop_surplus(events: &mut Vec<LogEvent>, window: MessageWindow, limit: usize) -> bool {
    let mut messages = events.iter().filter(|event| event.event_type == EventType::MessagePosted);
    let count = messages.clone().count();
    if count <= limit {
        return false;
    }
    let surplus = match window {
        MessageWindow::Newest | MessageWindow::Before(_) => messages.next(),
        MessageWindow::After(_) => messages.next_back(),
    };
    let Some(surplus) = surplus.map(|event| event.seq) else { return false };
    events.retain(|event| event.seq != surplus && event.target_seq != Some(surplus));
    true
}
