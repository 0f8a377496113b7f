//! The rows of files and of the messages that carry them, as they stand.

use confab_proto::{FileId, StreamId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::error::Error;

use super::rows::Stored;
use super::table::{Column, Table};
use crate::dialect::Columns;

/// A row of `files`. The bytes are not in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileLine {
    pub id: FileId,
    pub owner_id: UserId,
    pub name: String,
    pub size: i64,
    pub media_type: String,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub has_thumbnail: bool,
    pub state: String,
    pub created_at: i64,
}

/// A row of `file_uses`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileUseRow {
    pub file_id: FileId,
    pub stream_id: StreamId,
    pub seq: i64,
}

impl Stored for FileLine {
    const TABLE: Table = Table {
        name: "files",
        key: &["id"],
        columns: &[
            Column::Id("id"),
            Column::Id("owner_id"),
            Column::Text("name"),
            Column::Int("size"),
            Column::Text("media_type"),
            Column::Int("width"),
            Column::Int("height"),
            Column::Flag("has_thumbnail"),
            Column::Text("state"),
            Column::Int("created_at"),
        ],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            id: FileId::from_uuid(row.id("id")?),
            owner_id: UserId::from_uuid(row.id("owner_id")?),
            name: row.text("name")?,
            size: row.int("size")?,
            media_type: row.text("media_type")?,
            width: row.maybe_int("width")?,
            height: row.maybe_int("height")?,
            has_thumbnail: row.flag("has_thumbnail")?,
            state: row.text("state")?,
            created_at: row.int("created_at")?,
        })
    }
}

impl Stored for FileUseRow {
    const TABLE: Table = Table {
        name: "file_uses",
        key: &["file_id", "stream_id", "seq"],
        columns: &[Column::Id("file_id"), Column::Id("stream_id"), Column::Int("seq")],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            file_id: FileId::from_uuid(row.id("file_id")?),
            stream_id: StreamId::from_uuid(row.id("stream_id")?),
            seq: row.int("seq")?,
        })
    }
}
