//! The rows of the ways into a group, as they stand: invitations and requests to join.

use confab_proto::{InvitationId, StreamId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::error::Error;

use super::rows::{Stored, required};
use super::table::{Column, Table};
use crate::dialect::Columns;

/// A row of `invitations`. No `Debug`: the hash must not get into a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationLine {
    pub id: InvitationId,
    pub stream_id: StreamId,
    #[serde(with = "super::hex")]
    pub token_hash: Vec<u8>,
    pub created_by: UserId,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub max_uses: Option<i64>,
    pub uses: i64,
    pub revoked_at: Option<i64>,
}

/// A row of `join_requests`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinRequestRow {
    pub stream_id: StreamId,
    pub user_id: UserId,
    pub at: i64,
}

impl Stored for InvitationLine {
    const TABLE: Table = Table {
        name: "invitations",
        key: &["id"],
        columns: &[
            Column::Id("id"),
            Column::Id("stream_id"),
            Column::Bytes("token_hash"),
            Column::Id("created_by"),
            Column::Int("created_at"),
            Column::Int("expires_at"),
            Column::Int("max_uses"),
            Column::Int("uses"),
            Column::Int("revoked_at"),
        ],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            id: InvitationId::from_uuid(row.id("id")?),
            stream_id: StreamId::from_uuid(row.id("stream_id")?),
            token_hash: required(row.maybe_bytes("token_hash")?, "token_hash")?,
            created_by: UserId::from_uuid(row.id("created_by")?),
            created_at: row.int("created_at")?,
            expires_at: row.maybe_int("expires_at")?,
            max_uses: row.maybe_int("max_uses")?,
            uses: row.int("uses")?,
            revoked_at: row.maybe_int("revoked_at")?,
        })
    }
}

impl Stored for JoinRequestRow {
    const TABLE: Table = Table {
        name: "join_requests",
        key: &["stream_id", "user_id"],
        columns: &[Column::Id("stream_id"), Column::Id("user_id"), Column::Int("at")],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            stream_id: StreamId::from_uuid(row.id("stream_id")?),
            user_id: UserId::from_uuid(row.id("user_id")?),
            at: row.int("at")?,
        })
    }
}
