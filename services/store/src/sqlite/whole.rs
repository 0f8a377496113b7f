//! One SQLite connection in one transaction, for work on the whole store. Its statements are slow by nature, so none is logged for that.

use std::str::FromStr as _;

use async_trait::async_trait;
use confab_proto::Position;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use super::position_file::PositionFile;
use super::{PATIENCE, connect_options};
use crate::audit::Pinned;
use crate::audit::table::{Column, Table};
use crate::dialect::{Arg, bind_all};
use crate::error::StoreError;
use crate::migrations;
use crate::options::StoreOptions;

pub(crate) struct SqliteWhole {
    connection: SqliteConnection,
    /// Of one that writes.
    position_file: Option<PositionFile>,
}

/// Touches nothing: a file that is not there is not made, and no epoch begins.
pub(crate) async fn snapshot(options: &StoreOptions) -> Result<SqliteWhole, StoreError> {
    let connect = SqliteConnectOptions::from_str(&options.url)?.create_if_missing(false).busy_timeout(PATIENCE);
    let mut connection = connect.pragma("query_only", "on").disable_statement_logging().connect().await?;
    migrations::check(&migrations::SQLITE, &mut connection).await?;
    sqlx::query("begin").execute(&mut connection).await?;
    Ok(SqliteWhole { connection, position_file: None })
}

pub(crate) async fn rebuild(options: &StoreOptions) -> Result<SqliteWhole, StoreError> {
    let connect = connect_options(&options.url)?.create_if_missing(false);
    let position_file = PositionFile::open(connect.get_filename(), PATIENCE).map_err(sqlx::Error::Io)?;
    let mut connection = connect.disable_statement_logging().connect().await?;
    migrations::check(&migrations::SQLITE, &mut connection).await?;
    sqlx::query("begin immediate").execute(&mut connection).await?;
    Ok(SqliteWhole { connection, position_file: Some(position_file) })
}

#[async_trait]
impl Pinned for SqliteWhole {
    type Row = SqliteRow;

    const CLAIM: Option<&'static str> = None;

    fn insert(table: &Table, or_replace: bool) -> String {
        let value = |column: &Column| match column {
            Column::Id(name) => format!("unhex(value ->> '{name}', '-')"),
            Column::Bytes(name) => format!("unhex(value ->> '{name}')"),
            Column::Int(name) | Column::Small(name) | Column::Text(name) | Column::Flag(name) => {
                format!("value ->> '{name}'")
            }
        };
        let values = table.columns.iter().map(value).collect::<Vec<_>>().join(", ");
        let or_replace = if or_replace { table.or_replace() } else { String::new() };
        // Without a condition "on conflict" would be read as a part of the join.
        format!(
            "insert into {} ({}) select {values} from json_each($1) where true {or_replace}",
            table.name,
            table.column_names()
        )
    }

    async fn rows(&mut self, sql: String, args: &[Arg<'_>]) -> Result<Vec<SqliteRow>, StoreError> {
        Ok(bind_all!(sqlx::query(AssertSqlSafe(sql)), args).fetch_all(&mut self.connection).await?)
    }

    async fn execute(&mut self, sql: String, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        Ok(bind_all!(sqlx::query(AssertSqlSafe(sql)), args).execute(&mut self.connection).await?.rows_affected())
    }

    async fn commit(mut self) -> Result<(), StoreError> {
        let head = sqlx::query("select position from log_head").fetch_one(&mut self.connection).await?;
        let position = Position::from_i64(head.try_get("position")?);
        sqlx::query("commit").execute(&mut self.connection).await?;
        if let Some(file) = &self.position_file {
            file.advance(position).await.map_err(sqlx::Error::Io)?;
        }
        self.close().await
    }

    async fn close(self) -> Result<(), StoreError> {
        Ok(self.connection.close().await?)
    }
}
