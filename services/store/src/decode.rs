//! From rows to the values of the port, for both dialects. A row that cannot be read is `Damaged`, never guessed at.

use confab_domain::{LogEvent, MemberRow, Rules};
use confab_proto::event_data::{ConversationKind, Posting, Role, Visibility};
use confab_proto::{ClientId, Epoch, FileId, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use serde_json::value::RawValue;

use crate::dialect::Columns;
use crate::error::StoreError;
use crate::read::{LogHead, StreamHead, UserRow};

/// Of an event `e`. Behind a left join `seq` is null where there is none.
macro_rules! event_columns {
    () => {
        "e.stream_id, e.seq, e.position, e.message_no, e.type, cast(e.version as bigint) as version, e.actor_id, \
         e.client_id, e.target_seq, e.at, e.data, e.redacted_at is not null as redacted"
    };
}

/// Of a view row `h`.
macro_rules! log_columns {
    () => {
        "h.epoch as log_epoch, h.position as log_position"
    };
}

/// Of a stream `s`.
macro_rules! rules_columns {
    () => {
        "s.id as rules_id, s.kind, s.name, s.topic, s.visibility, s.archived_at is not null as archived, s.posting, \
         cast(s.slow_mode_seconds as bigint) as slow_mode_seconds, s.guard_seq as rules_guard"
    };
}

/// Of a member `m`, who may be absent.
macro_rules! own_columns {
    () => {
        "m.role as own_role, m.since_seq as own_since, m.guard_seq as own_guard"
    };
}

/// Of a user `u`.
macro_rules! user_columns {
    () => {
        "u.id as user_id, u.username, u.display_name, u.status_text, u.avatar_id, \
         u.deleted_at is not null as deleted"
    };
}

pub(crate) use {event_columns, log_columns, own_columns, rules_columns, user_columns};

fn damaged(what: &str, value: &str) -> StoreError {
    StoreError::Damaged(format!("unknown {what} {value:?}"))
}

/// A number that a caller made up, as a bound: above every stored one if it is out of range. The highest value stays
/// free, so that SQL can add one.
pub(crate) fn bound(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX).min(i64::MAX - 1)
}

/// A count of rows or bytes.
pub(crate) fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn log_head(row: &impl Columns) -> Result<LogHead, StoreError> {
    let epoch = Epoch(row.int("log_epoch")?.cast_unsigned());
    Ok(LogHead { epoch, position: Position::from_i64(row.int("log_position")?) })
}

pub(crate) fn stream_head(row: &impl Columns) -> Result<StreamHead, StoreError> {
    let seq = Seq::from_i64(row.int("head_seq")?);
    Ok(StreamHead { seq, message_no: MessageNo::from_i64(row.int("head_message_no")?) })
}

/// `None` for a user's own stream, which has no rules.
pub(crate) fn rules(row: &impl Columns) -> Result<Option<Rules>, StoreError> {
    let kind = match row.text("kind")?.as_str() {
        "direct" => ConversationKind::Direct,
        "group" => ConversationKind::Group,
        "user" => return Ok(None),
        other => return Err(damaged("kind of stream", other)),
    };
    let visibility = match row.text("visibility")?.as_str() {
        "public" => Visibility::Public,
        "private" => Visibility::Private,
        other => return Err(damaged("visibility", other)),
    };
    Ok(Some(Rules {
        stream: StreamId::from_uuid(row.id("rules_id")?),
        kind,
        name: row.maybe_text("name")?,
        topic: row.text("topic")?,
        visibility,
        archived: row.flag("archived")?,
        posting: posting(&row.text("posting")?)?,
        slow_mode_seconds: u32::try_from(row.int("slow_mode_seconds")?)
            .map_err(|_| StoreError::Damaged("a slow mode below zero".to_owned()))?,
        guard: Seq::from_i64(row.int("rules_guard")?),
    }))
}

fn posting(text: &str) -> Result<Posting, StoreError> {
    const ALL: [Posting; 2] = [Posting::Members, Posting::Admins];
    ALL.into_iter().find(|posting| posting.as_str() == text).ok_or_else(|| damaged("posting", text))
}

pub(crate) fn role(text: &str) -> Result<Role, StoreError> {
    const ROLES: [Role; 5] = [Role::Owner, Role::Admin, Role::Member, Role::Reader, Role::Banned];
    ROLES.into_iter().find(|role| role.as_str() == text).ok_or_else(|| damaged("role", text))
}

pub(crate) fn own_row(row: &impl Columns) -> Result<Option<MemberRow>, StoreError> {
    let Some(text) = row.maybe_text("own_role")? else { return Ok(None) };
    let since = Seq::from_i64(row.int("own_since")?);
    Ok(Some(MemberRow { role: role(&text)?, since, guard: Seq::from_i64(row.int("own_guard")?) }))
}

/// The same of somebody else.
pub(crate) fn other_row(row: &impl Columns) -> Result<Option<MemberRow>, StoreError> {
    let Some(text) = row.maybe_text("other_role")? else { return Ok(None) };
    let since = Seq::from_i64(row.int("other_since")?);
    Ok(Some(MemberRow { role: role(&text)?, since, guard: Seq::from_i64(row.int("other_guard")?) }))
}

/// The event of a row, if the row has one.
pub(crate) fn event(row: &impl Columns) -> Result<Option<LogEvent>, StoreError> {
    let Some(seq) = row.maybe_int("seq")? else { return Ok(None) };
    let event_type = row.text("type")?.parse().map_err(|unknown| StoreError::Damaged(format!("{unknown}")))?;
    let position = Position::from_i64(row.int("position")?);
    let version = row.int("version")?;
    Ok(Some(LogEvent {
        stream: StreamId::from_uuid(row.id("stream_id")?),
        seq: Seq::from_i64(seq),
        position,
        message_no: MessageNo::from_i64(row.int("message_no")?),
        event_type,
        version: u16::try_from(version).map_err(|_| damaged("event version", &version.to_string()))?,
        actor: UserId::from_uuid(row.id("actor_id")?),
        client_id: row.maybe_id("client_id")?.map(ClientId::from_uuid),
        target_seq: row.maybe_int("target_seq")?.map(Seq::from_i64),
        at: Timestamp(row.int("at")?),
        data: RawValue::from_string(row.text("data")?)
            .map_err(|_| StoreError::Damaged(format!("data of event {position} is no JSON")))?,
        redacted: row.flag("redacted")?,
    }))
}

/// The events of a page, in the order of its rows.
pub(crate) fn events<R: Columns>(rows: &[R]) -> Result<Vec<LogEvent>, StoreError> {
    rows.iter().filter_map(|row| event(row).transpose()).collect()
}

pub(crate) fn user(row: &impl Columns) -> Result<UserRow, StoreError> {
    let id = UserId::from_uuid(row.id("user_id")?);
    Ok(UserRow {
        id,
        username: row.text("username")?,
        display_name: row.text("display_name")?,
        status_text: row.text("status_text")?,
        avatar: row.maybe_id("avatar_id")?.map(FileId::from_uuid),
        deleted: row.flag("deleted")?,
    })
}
