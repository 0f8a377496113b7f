//! Rows as they stand in the tables, column by column, with nothing read into them: who audits a store must be able to see what
//! is wrong with it. They are also the lines of an export, whose keys are the names of the columns.

use confab_proto::{ClientId, FileId, SessionId, StreamId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::error::Error;

use super::table::{Column, Table};
use crate::dialect::{Arg, Columns};

/// A row that comes in pages, ordered by its key.
pub(super) trait Stored: Sized + Serialize {
    const TABLE: Table;

    fn read(row: &impl Columns) -> Result<Self, Error>;
}

/// A row of `events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRow {
    pub position: i64,
    pub stream_id: StreamId,
    pub seq: i64,
    pub message_no: i64,
    #[serde(rename = "type")]
    pub event_type: String,
    pub version: i64,
    pub actor_id: UserId,
    pub client_id: Option<ClientId>,
    pub target_seq: Option<i64>,
    pub at: i64,
    /// JSON, as it was written.
    pub data: String,
    #[serde(with = "super::hex::maybe")]
    pub request_hash: Option<Vec<u8>>,
    pub redacted_at: Option<i64>,
}

/// A row of `streams`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StreamRow {
    pub id: StreamId,
    pub kind: String,
    pub guard_seq: i64,
    pub name: Option<String>,
    /// See [`crate::key_of`].
    pub name_key: Option<String>,
    pub visibility: String,
    pub archived_at: Option<i64>,
    pub created_at: i64,
    pub topic: String,
    pub posting: String,
    pub slow_mode_seconds: i64,
    pub member_count: i64,
}

/// A row of `members`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberLine {
    pub stream_id: StreamId,
    pub user_id: UserId,
    pub role: String,
    pub since_seq: i64,
    pub guard_seq: i64,
}

/// A row of `users`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountRow {
    pub id: UserId,
    pub username: String,
    pub display_name: String,
    /// See [`crate::key_of`].
    pub display_key: String,
    pub created_at: i64,
    #[serde(default)]
    pub status_text: String,
    #[serde(default)]
    pub avatar_id: Option<FileId>,
    #[serde(default)]
    pub deleted_at: Option<i64>,
    #[serde(default)]
    pub leaving: Option<String>,
    #[serde(default)]
    pub last_seen_at: Option<i64>,
}

/// A row of `credentials`. No `Debug`: the hash must not get into a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialRow {
    pub user_id: UserId,
    pub password_hash: String,
}

/// A row of `sessions`. No `Debug`, as above.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionLine {
    pub id: SessionId,
    pub user_id: UserId,
    #[serde(with = "super::hex")]
    pub token_hash: Vec<u8>,
    pub expires_at: i64,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub client: String,
}

/// A row of `read_marks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadMarkRow {
    pub stream_id: StreamId,
    pub user_id: UserId,
    pub seq: i64,
}

/// A row of `preferences`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreferenceRow {
    pub user_id: UserId,
    pub stream_id: StreamId,
    pub muted_until: Option<i64>,
    pub draft: String,
    pub draft_at: i64,
}

/// A row of `thread_follows`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadFollowRow {
    pub stream_id: StreamId,
    pub root_seq: i64,
    pub user_id: UserId,
}

const fn id(name: &'static str) -> Column {
    Column::Id(name)
}

const fn int(name: &'static str) -> Column {
    Column::Int(name)
}

const fn text(name: &'static str) -> Column {
    Column::Text(name)
}

const fn bytes(name: &'static str) -> Column {
    Column::Bytes(name)
}

pub(super) fn required(bytes: Option<Vec<u8>>, column: &str) -> Result<Vec<u8>, Error> {
    bytes.ok_or_else(|| Error::ColumnNotFound(column.to_owned()))
}

impl Stored for EventRow {
    const TABLE: Table = Table {
        name: "events",
        key: &["position"],
        columns: &[
            int("position"),
            id("stream_id"),
            int("seq"),
            int("message_no"),
            text("type"),
            Column::Small("version"),
            id("actor_id"),
            id("client_id"),
            int("target_seq"),
            int("at"),
            text("data"),
            bytes("request_hash"),
            int("redacted_at"),
        ],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            position: row.int("position")?,
            stream_id: StreamId::from_uuid(row.id("stream_id")?),
            seq: row.int("seq")?,
            message_no: row.int("message_no")?,
            event_type: row.text("type")?,
            version: row.int("version")?,
            actor_id: UserId::from_uuid(row.id("actor_id")?),
            client_id: row.maybe_id("client_id")?.map(ClientId::from_uuid),
            target_seq: row.maybe_int("target_seq")?,
            at: row.int("at")?,
            data: row.text("data")?,
            request_hash: row.maybe_bytes("request_hash")?,
            redacted_at: row.maybe_int("redacted_at")?,
        })
    }
}

impl Stored for StreamRow {
    const TABLE: Table = Table {
        name: "streams",
        key: &["id"],
        columns: &[
            id("id"),
            text("kind"),
            int("guard_seq"),
            text("name"),
            text("name_key"),
            text("visibility"),
            int("archived_at"),
            int("created_at"),
            text("topic"),
            text("posting"),
            Column::Small("slow_mode_seconds"),
            int("member_count"),
        ],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            id: StreamId::from_uuid(row.id("id")?),
            kind: row.text("kind")?,
            guard_seq: row.int("guard_seq")?,
            name: row.maybe_text("name")?,
            name_key: row.maybe_text("name_key")?,
            visibility: row.text("visibility")?,
            archived_at: row.maybe_int("archived_at")?,
            created_at: row.int("created_at")?,
            topic: row.text("topic")?,
            posting: row.text("posting")?,
            slow_mode_seconds: row.int("slow_mode_seconds")?,
            member_count: row.int("member_count")?,
        })
    }
}

impl Stored for MemberLine {
    const TABLE: Table = Table {
        name: "members",
        key: &["stream_id", "user_id"],
        columns: &[id("stream_id"), id("user_id"), text("role"), int("since_seq"), int("guard_seq")],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            stream_id: StreamId::from_uuid(row.id("stream_id")?),
            user_id: UserId::from_uuid(row.id("user_id")?),
            role: row.text("role")?,
            since_seq: row.int("since_seq")?,
            guard_seq: row.int("guard_seq")?,
        })
    }
}

impl Stored for AccountRow {
    const TABLE: Table = Table {
        name: "users",
        key: &["id"],
        columns: &[
            id("id"),
            text("username"),
            text("display_name"),
            text("display_key"),
            int("created_at"),
            text("status_text"),
            id("avatar_id"),
            int("deleted_at"),
            text("leaving"),
            int("last_seen_at"),
        ],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            id: UserId::from_uuid(row.id("id")?),
            username: row.text("username")?,
            display_name: row.text("display_name")?,
            display_key: row.text("display_key")?,
            created_at: row.int("created_at")?,
            status_text: row.text("status_text")?,
            avatar_id: row.maybe_id("avatar_id")?.map(FileId::from_uuid),
            deleted_at: row.maybe_int("deleted_at")?,
            leaving: row.maybe_text("leaving")?,
            last_seen_at: row.maybe_int("last_seen_at")?,
        })
    }
}

impl Stored for CredentialRow {
    const TABLE: Table =
        Table { name: "credentials", key: &["user_id"], columns: &[id("user_id"), text("password_hash")] };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self { user_id: UserId::from_uuid(row.id("user_id")?), password_hash: row.text("password_hash")? })
    }
}

impl Stored for SessionLine {
    const TABLE: Table = Table {
        name: "sessions",
        key: &["user_id", "id"],
        columns: &[
            id("id"),
            id("user_id"),
            bytes("token_hash"),
            int("expires_at"),
            int("created_at"),
            int("last_seen_at"),
            text("client"),
        ],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            id: SessionId::from_uuid(row.id("id")?),
            user_id: UserId::from_uuid(row.id("user_id")?),
            token_hash: required(row.maybe_bytes("token_hash")?, "token_hash")?,
            expires_at: row.int("expires_at")?,
            created_at: row.int("created_at")?,
            last_seen_at: row.int("last_seen_at")?,
            client: row.text("client")?,
        })
    }
}

impl Stored for ReadMarkRow {
    const TABLE: Table = Table {
        name: "read_marks",
        key: &["stream_id", "user_id"],
        columns: &[id("stream_id"), id("user_id"), int("seq")],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            stream_id: StreamId::from_uuid(row.id("stream_id")?),
            user_id: UserId::from_uuid(row.id("user_id")?),
            seq: row.int("seq")?,
        })
    }
}

impl Stored for PreferenceRow {
    const TABLE: Table = Table {
        name: "preferences",
        key: &["user_id", "stream_id"],
        columns: &[id("user_id"), id("stream_id"), int("muted_until"), text("draft"), int("draft_at")],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            user_id: UserId::from_uuid(row.id("user_id")?),
            stream_id: StreamId::from_uuid(row.id("stream_id")?),
            muted_until: row.maybe_int("muted_until")?,
            draft: row.text("draft")?,
            draft_at: row.int("draft_at")?,
        })
    }
}

impl Stored for ThreadFollowRow {
    const TABLE: Table = Table {
        name: "thread_follows",
        key: &["stream_id", "root_seq", "user_id"],
        columns: &[id("stream_id"), int("root_seq"), id("user_id")],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            stream_id: StreamId::from_uuid(row.id("stream_id")?),
            root_seq: row.int("root_seq")?,
            user_id: UserId::from_uuid(row.id("user_id")?),
        })
    }
}

/// A key that all rows come after.
pub(super) const BEFORE_ALL: [Arg<'static>; 2] = [Arg::Id(uuid::Uuid::nil()), Arg::Id(uuid::Uuid::nil())];
