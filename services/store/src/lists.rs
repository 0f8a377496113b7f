//! Lists of conversations as one person sees them: each list is one statement.
//!
//! First the page is chosen, then everything that is shown is looked up for the chosen ones only. `cross join` keeps
//! SQLite in that order: it takes it literally, and would else read all events to find those of a page.

use confab_domain::history::messages;
use confab_domain::{LogEvent, may};
use confab_proto::{ConversationId, Seq, UserId};
use uuid::Uuid;

use crate::channel::Sql;
use crate::decode::{self, bound, count, event_columns, own_columns, rules_columns, user_columns};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::read::{ConversationRow, Listed, UserRow};

/// Conversations out of `chosen (id, place)`, as the user `$1` sees them; further rows of the same conversation
/// carry the events that edit its last message. Of a group the other members are not looked at, however many there are: the condition stands in
/// the value that is looked up.
macro_rules! conversations {
    ($chosen:literal, $order:literal) => {
        concat!(
            "with ",
            $chosen,
            ", page as materialized (
                 select c.place, ",
            rules_columns!(),
            ", ",
            own_columns!(),
            ", s.member_count, coalesce(r.seq, 0) as read_seq,
                 coalesce((select max(x.seq) from events x where x.stream_id = s.id), 0) as head_seq,
                 coalesce((select x.message_no from events x where x.stream_id = s.id order by x.seq desc limit 1), 0)
                     as head_message_no,
                 coalesce((select x.message_no from events x where x.stream_id = s.id and x.seq = m.since_seq), 0)
                     as since_message_no,
                 coalesce((select x.message_no from events x where x.stream_id = s.id and x.seq = r.seq), 0)
                     as read_message_no,
                 (select count(*) from (
                     select y.seq from mentions y where y.stream_id = s.id and y.user_id = $1
                         and y.seq > m.since_seq and y.seq > coalesce(r.seq, 0) and y.actor_id <> $1
                     union
                     select y.seq from mentions y where y.stream_id = s.id and y.user_id = s.id
                         and y.seq > m.since_seq and y.seq > coalesce(r.seq, 0) and y.actor_id <> $1) n) as mentions,
                 (select x.seq from events x where x.stream_id = s.id and x.type = 'message.posted'
                      and x.redacted_at is null order by x.message_no desc limit 1) as last_seq,
                 ",
            user_columns!(),
            "
             from chosen c join streams s on s.id = c.id
             left join members m on m.stream_id = s.id and m.user_id = $1
             left join read_marks r on r.stream_id = s.id and r.user_id = $1
             left join members o on o.stream_id = case s.kind when 'direct' then s.id end and o.user_id <> $1
             left join users u on u.id = o.user_id)
             select page.*, ",
            event_columns!(),
            " from page left join events e on e.stream_id = page.rules_id and e.seq = page.last_seq
             union all
             select page.*, ",
            event_columns!(),
            " from page cross join events e where e.stream_id = page.rules_id and e.target_seq = page.last_seq
                 and e.type <> 'message.replied'
             order by ",
            $order,
            ", seq"
        )
    };
}

const ONE: &str = conversations!(
    "chosen as (select x.id, 0 as place from streams x where x.id = $2 and x.kind <> 'user')",
    "rules_id"
);

const MINE: &str = conversations!(
    "mine as materialized (
         select y.id, coalesce(
             (select x.position from events x where x.stream_id = y.id and x.type = 'message.posted'
                  order by x.message_no desc limit 1),
             (select x.position from events x where x.stream_id = y.id and x.seq = 1)) as place
         from members z join streams y on y.id = z.stream_id
         where z.user_id = $1 and z.role <> 'banned' and y.kind <> 'user'),
     chosen as (select mine.id, mine.place from mine where mine.place < $2 order by mine.place desc limit $3)",
    "place desc"
);

const PUBLIC: &str = conversations!(
    "chosen as (
         select y.id, y.name_key as place from streams y left join members z on z.stream_id = y.id and z.user_id = $1
         where y.kind = 'group' and y.visibility = 'public' and (z.role is null or z.role <> 'banned')
             and y.name_key like $2 escape '\\' and (y.name_key, y.id) > ($4, $5)
         order by y.name_key, y.id limit $3)",
    "place, rules_id"
);

/// A name as it is looked for: without case, and letter by letter, so that a part of a name folds as within the name.
pub fn fold(name: &str) -> String {
    // By way of the upper case: `ς` and `σ` have one, and so have `ß` and `ss`.
    name.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// A pattern that finds `text` itself, folded, whatever is in it. `None` for a text that no row can hold:
/// Postgres stores no NUL.
pub(crate) fn escape_like(text: &str) -> Option<String> {
    let mut pattern = String::with_capacity(text.len());
    for c in fold(text).chars() {
        match c {
            '\0' => return None,
            '%' | '_' | '\\' => pattern.extend(['\\', c]),
            _ => pattern.push(c),
        }
    }
    Some(pattern)
}

impl<D: Dialect> Sql<D> {
    pub(crate) async fn read_conversation(
        &self,
        conversation: ConversationId,
        viewer: UserId,
    ) -> Result<Option<ConversationRow>, StoreError> {
        let rows = self.0.rows(ONE, &[Arg::Id(viewer.uuid()), Arg::Id(conversation.uuid())]).await?;
        let found = group(&rows)?.pop();
        Ok(found.filter(|row| may::read(&row.rules, row.role)))
    }

    pub(crate) async fn read_conversations_of(
        &self,
        viewer: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Option<Listed<ConversationRow>>, StoreError> {
        let below = match cursor.map(str::parse::<u64>) {
            None => i64::MAX,
            Some(Ok(place)) => bound(place),
            Some(Err(_)) => return Ok(None),
        };
        let args = [Arg::Id(viewer.uuid()), Arg::Int(below), Arg::Int(count(limit).saturating_add(1))];
        let rows = self.0.rows(MINE, &args).await?;
        listed(&rows, limit, |row| Ok(row.int("place")?.to_string())).map(Some)
    }

    pub(crate) async fn read_public_groups(
        &self,
        viewer: UserId,
        query: &str,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Option<Listed<ConversationRow>>, StoreError> {
        let (id, name_key) = match cursor.map(parse_name_cursor) {
            None => (Uuid::nil(), ""),
            Some(Some(place)) => place,
            Some(None) => return Ok(None),
        };
        let Some(pattern) = escape_like(query) else { return Ok(Some(Listed { rows: Vec::new(), next: None })) };
        let pattern = format!("%{pattern}%");
        let args = [
            Arg::Id(viewer.uuid()),
            Arg::Text(&pattern),
            Arg::Int(count(limit).saturating_add(1)),
            Arg::Text(name_key),
            Arg::Id(id),
        ];
        let rows = self.0.rows(PUBLIC, &args).await?;
        listed(&rows, limit, |row| Ok(format!("{}{}", row.id("rules_id")?, row.text("place")?))).map(Some)
    }
}

/// An id, then the folded name.
fn parse_name_cursor(cursor: &str) -> Option<(Uuid, &str)> {
    let (id, name_key) = cursor.split_at_checked(36)?;
    // A text with a NUL is none that was given out, and Postgres would refuse it.
    if name_key.contains('\0') {
        return None;
    }
    Some((id.parse::<ConversationId>().ok()?.uuid(), name_key))
}

/// The page without the one conversation too many that was read to see whether there is one.
fn listed<R: Columns>(
    rows: &[R],
    limit: usize,
    cursor: impl Fn(&R) -> Result<String, StoreError>,
) -> Result<Listed<ConversationRow>, StoreError> {
    let mut found = group(rows)?;
    if found.len() <= limit {
        return Ok(Listed { rows: found, next: None });
    }
    found.truncate(limit);
    let Some(last) = found.last().map(|row| row.rules.stream.uuid()) else {
        return Ok(Listed { rows: found, next: None });
    };
    for row in rows {
        if row.id("rules_id")? == last {
            return Ok(Listed { rows: found, next: Some(cursor(row)?) });
        }
    }
    Err(StoreError::Damaged("a page lost its last row".to_owned()))
}

/// Rows of one conversation follow each other.
fn group<R: Columns>(rows: &[R]) -> Result<Vec<ConversationRow>, StoreError> {
    let mut found: Vec<ConversationRow> = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let id = rows[start].id("rules_id")?;
        let mut end = start + 1;
        while end < rows.len() && rows[end].id("rules_id")? == id {
            end += 1;
        }
        found.push(conversation(&rows[start], &decode::events(&rows[start..end])?)?);
        start = end;
    }
    Ok(found)
}

fn conversation(row: &impl Columns, last: &[LogEvent]) -> Result<ConversationRow, StoreError> {
    let rules = decode::rules(row)?.ok_or_else(|| StoreError::Damaged("a list has a user's stream".to_owned()))?;
    let role = decode::own_row(row)?.map(|own| own.role);
    let head = decode::stream_head(row)?;
    let known = row.int("since_message_no")?.max(row.int("read_message_no")?);
    let unread = if role.is_some() { head.message_no.0.saturating_sub(known.cast_unsigned()) } else { 0 };
    let receivers: Vec<UserRow> = match row.maybe_id("user_id")? {
        Some(_) => vec![decode::user(row)?],
        None => Vec::new(),
    };
    let last_message = messages(last).map_err(|error| StoreError::Damaged(error.to_string()))?.pop();
    let member_count = row.int("member_count")?.cast_unsigned();
    let mentions = row.int("mentions")?.cast_unsigned();
    let read_seq = if role.is_some() { Seq::from_i64(row.int("read_seq")?) } else { Seq::ZERO };
    Ok(ConversationRow { rules, role, head, receivers, last_message, unread, mentions, read_seq, member_count })
}
