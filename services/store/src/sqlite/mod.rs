//! SQLite: one write connection, readers that cannot write, WAL with a full sync at every commit.
//!
//! Every append ends with the last position in the file beside the database, before it is answered: see
//! [`position_file`].

mod append;
mod plain;
mod position_file;
mod project;
mod search;
mod whole;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use confab_domain::Append;
use confab_proto::Position;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Sqlite, Transaction};

use crate::decode::user_columns;
use crate::dialect::{Arg, Dialect, Statement, bind_all};
use crate::error::StoreError;
use crate::migrations::{self, Migrated};
use crate::options::StoreOptions;
use crate::port::Outcome;
use crate::search::{IndexSql, SearchSql};
use crate::sessions::add_session;
use position_file::PositionFile;
pub(crate) use whole::{rebuild, snapshot};

const PATIENCE: Duration = Duration::from_secs(5);
/// Of the one that writes: 16 MiB, so that an append finds the inner pages of all indexes there. SQLite's default is 2.
const CACHE_KIB: &str = "-16384";
/// Pages that the write-ahead log grows to before it is brought home: 16 MiB. SQLite's default is 4; each time costs two syncs.
const CHECKPOINT_PAGES: &str = "4000";

/// An open SQLite store.
pub(crate) struct SqliteStore {
    /// Of one connection.
    writer: SqlitePool,
    readers: SqlitePool,
    /// Of one connection, so that it never waits for a page.
    sweeper: SqlitePool,
    position_file: PositionFile,
}

fn connect_options(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    let name = options.get_filename();
    if name.as_os_str().is_empty() || url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StoreError::misused("an SQLite store needs a file"));
    }
    if let Some(folder) = name.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(sqlx::Error::Io)?;
    }
    Ok(options)
}

async fn pool(options: SqliteConnectOptions, connections: u32) -> Result<SqlitePool, StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false);
    Ok(pool.connect_with(options).await?)
}

/// Applies the migrations that are missing.
pub(crate) async fn migrate(options: &StoreOptions) -> Result<Migrated, StoreError> {
    let mut connection = connect_options(&options.url)?.connect().await?;
    let done = migrations::apply(&migrations::SQLITE, &mut connection).await;
    connection.close().await?;
    done
}

impl SqliteStore {
    /// Opens a migrated store, and begins a new epoch if the log went back since it was last written.
    pub(crate) async fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let connect = connect_options(&options.url)?;
        let writing = connect.clone().pragma("cache_size", CACHE_KIB).pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
        let writer = pool(writing, 1).await?;
        migrations::check(&migrations::SQLITE, &mut *writer.acquire().await?).await?;
        let position_file = renew_epoch_if_behind(&writer, connect.get_filename()).await?;
        let reading = connect.pragma("query_only", "on");
        let readers = pool(reading.clone(), options.max_connections.clamp(1, 16)).await?;
        Ok(Self { writer, readers, sweeper: pool(reading, 1).await?, position_file })
    }

    /// `BEGIN IMMEDIATE` takes the write lock at once, so that what is read in it stays true until the commit.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("begin immediate").await?)
    }

    async fn append(&self, commands: &[Append]) -> Result<Vec<Outcome>, StoreError> {
        let mut transaction = self.begin().await?;
        let (outcomes, last) = append::append(&mut transaction, commands).await?;
        transaction.commit().await?;
        self.position_file.advance(last).await.map_err(sqlx::Error::Io)?;
        Ok(outcomes)
    }
}

async fn renew_epoch_if_behind(writer: &SqlitePool, database: &Path) -> Result<PositionFile, StoreError> {
    let file = PositionFile::open(database, PATIENCE).map_err(sqlx::Error::Io)?;
    let locked = file.lock().await.map_err(sqlx::Error::Io)?;
    // First the file, then the log: another process may be writing, and its log is never behind its file.
    let seen = locked.read().map_err(sqlx::Error::Io)?;
    let position: i64 = sqlx::query_scalar("select position from log_head").fetch_one(writer).await?;
    let position = Position::from_i64(position);
    if !seen.is_at_most(position) {
        sqlx::query("update store set epoch = random()").execute(writer).await?;
        tracing::warn!(log.position = position.0, "the log went back since it was last written: a new epoch begins");
    }
    locked.write(position).map_err(sqlx::Error::Io)?;
    drop(locked);
    Ok(file)
}

async fn rows(pool: &SqlitePool, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<SqliteRow>, StoreError> {
    Ok(bind_all!(sqlx::query(sql), args).fetch_all(pool).await?)
}

#[async_trait]
impl Dialect for SqliteStore {
    type Row = SqliteRow;

    const ADD_SESSION: &'static str = concat!(add_session!(), "");

    const USERS_BY_ID: &'static str = concat!(
        "select ",
        user_columns!(),
        " from users u
        where u.id in (select unhex(value) from json_each($1))"
    );

    const SEEN: &'static str = "update users set last_seen_at = $2
        where id in (select unhex(value) from json_each($1))
            and deleted_at is null and coalesce(last_seen_at, 0) <= $2 - 60000000";

    const LAST_SEEN: &'static str = "select id, last_seen_at from users
        where id in (select unhex(value) from json_each($1)) and last_seen_at is not null";

    const TAKE_LEASE: &'static str = "insert into leases (name, holder, expires_at) values ($1, $2, $3 + cast(unixepoch('subsec') * 1000000 as integer))
        on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
        where leases.holder = excluded.holder or leases.expires_at <= excluded.expires_at - $3";

    const INDEX: IndexSql = search::INDEX;

    const SEARCH: SearchSql = search::SEARCH;

    /// The transaction has the one lock for writing already.
    const LOCK_FILES_OF: &'static str = "select $1";

    async fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<SqliteRow>, StoreError> {
        rows(&self.readers, sql, args).await
    }

    async fn sweep_rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<SqliteRow>, StoreError> {
        rows(&self.sweeper, sql, args).await
    }

    /// SQLite plans by its rules, whatever the values.
    async fn planned_rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<SqliteRow>, StoreError> {
        rows(&self.readers, sql, args).await
    }

    async fn write(&self, statements: &[Statement<'_>]) -> Result<Vec<u64>, StoreError> {
        let mut transaction = self.begin().await?;
        let mut touched = Vec::with_capacity(statements.len());
        for (sql, args) in statements {
            touched.push(bind_all!(sqlx::query(*sql), args).execute(&mut *transaction).await?.rows_affected());
        }
        transaction.commit().await?;
        Ok(touched)
    }

    async fn write_if(&self, first: &Statement<'_>, then: &[Statement<'_>]) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let (sql, args) = first;
        if bind_all!(sqlx::query(*sql), args).execute(&mut *transaction).await?.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        for (sql, args) in then {
            bind_all!(sqlx::query(*sql), args).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn append_plain(&self, batch: &[Append]) -> Result<Vec<Outcome>, StoreError> {
        self.append(batch).await
    }

    async fn append_rule(&self, command: &Append) -> Result<Outcome, StoreError> {
        let outcomes = self.append(std::slice::from_ref(command)).await?;
        Ok(outcomes.into_iter().next().expect("one outcome per command"))
    }

    /// The last connection to close brings the WAL home and removes it, and only the writer can.
    async fn close(&self) {
        self.readers.close().await;
        self.sweeper.close().await;
        self.writer.close().await;
    }
}
