//! One Postgres connection in one transaction, for work on the whole store. It may take as long as it takes.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use super::connections::within;
use super::{connect_options, with_session_settings};
use crate::audit::Pinned;
use crate::audit::table::{Column, Table};
use crate::dialect::{Arg, bind_all};
use crate::error::StoreError;
use crate::migrations;
use crate::options::StoreOptions;

/// For one statement, which may read the whole log; a server that is silent for longer is taken to be gone.
const PATIENCE: Duration = Duration::from_secs(1800);

const OWNS: &str =
    "select has_table_privilege('public.events', 'insert') and has_table_privilege('public.members', 'update')
    as owns";

pub(crate) struct PostgresWhole(PgConnection);

async fn open(options: &StoreOptions) -> Result<PgConnection, StoreError> {
    let connect = with_session_settings(connect_options(options)?).options([
        ("statement_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
        // For the one who repairs beside a fleet that writes.
        ("lock_timeout", "30000"),
    ]);
    // They are slow by nature.
    let connect = connect.disable_statement_logging();
    let mut connection = within(PgConnection::connect_with(&connect)).await?;
    migrations::check(&migrations::POSTGRES, &mut connection).await?;
    Ok(connection)
}

pub(crate) async fn snapshot(options: &StoreOptions) -> Result<PostgresWhole, StoreError> {
    let mut connection = open(options).await?;
    within(sqlx::query("begin isolation level repeatable read, read only").execute(&mut connection)).await?;
    Ok(PostgresWhole(connection))
}

pub(crate) async fn rebuild(options: &StoreOptions) -> Result<PostgresWhole, StoreError> {
    let mut connection = open(options).await?;
    let row = within(sqlx::query(OWNS).fetch_one(&mut connection)).await?;
    if !row.try_get::<bool, _>("owns")? {
        return Err(StoreError::misused(
            "this login may not write the log and its projections: take the one that owns the database, as for `confab migrate`",
        ));
    }
    let mut whole = PostgresWhole(connection);
    whole.execute("begin".to_owned(), &[]).await?;
    whole.execute("select public.confab_lock()".to_owned(), &[]).await?;
    Ok(whole)
}

async fn patiently<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(StoreError::timed_out()),
    }
}

#[async_trait]
impl Pinned for PostgresWhole {
    type Row = PgRow;

    const CLAIM: Option<&'static str> = Some(
        "lock table events, streams, members, users, credentials, sessions, read_marks, files, file_uses in share row exclusive mode",
    );

    fn insert(table: &Table, or_replace: bool) -> String {
        let columns = table.columns.iter();
        let value = |column: &Column| match column {
            Column::Bytes(name) => format!("decode(x.{name}, 'hex')"),
            other => format!("x.{}", other.name()),
        };
        let kind = |column: &Column| match column {
            Column::Id(name) => format!("{name} uuid"),
            Column::Int(name) => format!("{name} bigint"),
            Column::Small(name) => format!("{name} smallint"),
            Column::Flag(name) => format!("{name} boolean"),
            Column::Text(name) | Column::Bytes(name) => format!("{name} text"),
        };
        let values = columns.clone().map(value).collect::<Vec<_>>().join(", ");
        let kinds = columns.map(kind).collect::<Vec<_>>().join(", ");
        let or_replace = if or_replace { table.or_replace() } else { String::new() };
        format!(
            "insert into {} ({}) select {values} from jsonb_to_recordset($1::jsonb) as x ({kinds}) {or_replace}",
            table.name,
            table.column_names()
        )
    }

    async fn rows(&mut self, sql: String, args: &[Arg<'_>]) -> Result<Vec<PgRow>, StoreError> {
        patiently(bind_all!(sqlx::query(AssertSqlSafe(sql)), args).fetch_all(&mut self.0)).await
    }

    async fn execute(&mut self, sql: String, args: &[Arg<'_>]) -> Result<u64, StoreError> {
        let done = patiently(bind_all!(sqlx::query(AssertSqlSafe(sql)), args).execute(&mut self.0)).await?;
        Ok(done.rows_affected())
    }

    async fn commit(mut self) -> Result<(), StoreError> {
        self.execute("commit".to_owned(), &[]).await?;
        self.close().await
    }

    async fn close(self) -> Result<(), StoreError> {
        within(self.0.close()).await
    }
}
