//! The rows of Web Push, as they stand: browsers that are told of messages, and the key that signs what they are told.

use confab_proto::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::error::Error;

use super::rows::Stored;
use super::table::{Column, Table};
use crate::dialect::Columns;

/// A row of `push_subscriptions`. No `Debug`: who knows all of it can tell things there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushSubscriptionRow {
    pub session_id: SessionId,
    pub user_id: UserId,
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
    pub created_at: i64,
}

/// The row of `push_key`. No `Debug`: it is secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushKeyRow {
    pub id: i64,
    pub pkcs8: String,
}

impl Stored for PushSubscriptionRow {
    const TABLE: Table = Table {
        name: "push_subscriptions",
        key: &["session_id"],
        columns: &[
            Column::Id("session_id"),
            Column::Id("user_id"),
            Column::Text("endpoint"),
            Column::Text("p256dh"),
            Column::Text("auth"),
            Column::Int("created_at"),
        ],
    };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self {
            session_id: SessionId::from_uuid(row.id("session_id")?),
            user_id: UserId::from_uuid(row.id("user_id")?),
            endpoint: row.text("endpoint")?,
            p256dh: row.text("p256dh")?,
            auth: row.text("auth")?,
            created_at: row.int("created_at")?,
        })
    }
}

impl Stored for PushKeyRow {
    const TABLE: Table =
        Table { name: "push_key", key: &["id"], columns: &[Column::Small("id"), Column::Text("pkcs8")] };

    fn read(row: &impl Columns) -> Result<Self, Error> {
        Ok(Self { id: row.int("id")?, pkcs8: row.text("pkcs8")? })
    }
}
