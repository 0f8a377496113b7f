//! Postgres: a few connections for reading, two for appending, one for the sweep.
//!
//! No statement waits for ever: each has a time-out at the server and a slightly longer one here, for a server that
//! does not answer at all. Both end in `Unavailable`.

mod append;
mod connections;
mod search;
mod whole;

use std::str::FromStr;

use async_trait::async_trait;
use confab_domain::Append;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgRow};

use crate::decode::user_columns;
use crate::dialect::{Arg, Dialect, Statement, bind_all};
use crate::error::StoreError;
use crate::migrations::{self, Migrated};
use crate::options::StoreOptions;
use crate::port::Outcome;
use crate::search::{IndexSql, SearchSql};
use crate::sessions::add_session;
use connections::{Connections, within};
pub(crate) use whole::{rebuild, snapshot};

/// Of one transaction. A search is by a rare word or by one that is everywhere, and by an index that only bitmaps can read.
const PLAN_FOR_VALUES: &str = "set local plan_cache_mode = force_custom_plan";
const ALLOW_BITMAPS: &str = "set local enable_bitmapscan = on";

/// An open Postgres store.
pub(crate) struct PostgresStore {
    readers: Connections,
    /// One for plain batches, one for rules: an append never waits for a page.
    appenders: Connections,
    sweeper: Connections,
}

fn connect_options(options: &StoreOptions) -> Result<PgConnectOptions, StoreError> {
    let connect = PgConnectOptions::from_str(&options.url)?;
    Ok(connect.application_name(&options.application_name).options([("search_path", "public")]))
}

/// What every statement of this service rests on.
fn with_session_settings(connect: PgConnectOptions) -> PgConnectOptions {
    connect.options([
        // Of an append that waits for another one: long enough for a slow disk, short enough to tell the client.
        ("lock_timeout", "2000"),
        ("statement_timeout", "4500"),
        ("idle_in_transaction_session_timeout", "10000"),
        // A message is answered when it is on stable storage, whatever the server's default.
        ("synchronous_commit", "on"),
        // Appending checks it: see confab_lock().
        ("default_transaction_isolation", "read committed"),
        // Plans are made while tables are small and kept: every statement reads few rows by an index, so let it look
        // them up one by one and in order, and never read a whole table, index or conversation for them.
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        ("enable_mergejoin", "off"),
        ("enable_hashjoin", "off"),
        // Nor keep what a part of the key finds, to go through it for each row on the other side.
        ("enable_material", "off"),
        ("jit", "off"),
    ])
}

/// Applies the migrations that are missing.
pub(crate) async fn migrate(options: &StoreOptions) -> Result<Migrated, StoreError> {
    let mut connection = within(sqlx::PgConnection::connect_with(&connect_options(options)?)).await?;
    migrations::apply(&migrations::POSTGRES, &mut connection).await
}

impl PostgresStore {
    /// Opens a migrated store.
    pub(crate) async fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let connect = with_session_settings(connect_options(options)?);
        let mut connection = within(sqlx::PgConnection::connect_with(&connect)).await?;
        migrations::check(&migrations::POSTGRES, &mut connection).await?;
        let readers = Connections::new(connect.clone(), options.max_connections.saturating_sub(2).max(1));
        readers.put_back(connection);
        let appenders = Connections::new(connect.clone(), 2);
        Ok(Self { readers, appenders, sweeper: Connections::new(connect, 1) })
    }
}

#[async_trait]
impl Dialect for PostgresStore {
    type Row = PgRow;

    const ADD_SESSION: &'static str = concat!(add_session!(), " for share");

    const USERS_BY_ID: &'static str = concat!(
        "select ",
        user_columns!(),
        " from users u
        where u.id = any (array(select x.value::uuid from json_array_elements_text($1::json) x))"
    );

    const SEEN: &'static str = "update users set last_seen_at = $2
        where id = any (array(select x.value::uuid from json_array_elements_text($1::json) x))
            and deleted_at is null and coalesce(last_seen_at, 0) <= $2 - 60000000";

    const LAST_SEEN: &'static str = "select id, last_seen_at from users
        where id = any (array(select x.value::uuid from json_array_elements_text($1::json) x)) and last_seen_at is not null";

    const TAKE_LEASE: &'static str = "insert into leases (name, holder, expires_at) values ($1, $2, $3 + floor(extract(epoch from clock_timestamp()) * 1000000)::bigint)
        on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
        where leases.holder = excluded.holder or leases.expires_at <= excluded.expires_at - $3";

    const INDEX: IndexSql = search::INDEX;

    const SEARCH: SearchSql = search::SEARCH;

    const LOCK_FILES_OF: &'static str = "select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 4823571098))";

    async fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<PgRow>, StoreError> {
        self.readers.rows(sql, args).await
    }

    async fn sweep_rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<PgRow>, StoreError> {
        self.sweeper.rows(sql, args).await
    }

    async fn planned_rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<PgRow>, StoreError> {
        let mut lease = self.readers.begin().await?;
        let work = async {
            sqlx::query(PLAN_FOR_VALUES).execute(&mut *lease).await?;
            sqlx::query(ALLOW_BITMAPS).execute(&mut *lease).await?;
            let rows = bind_all!(sqlx::query(sql), args).fetch_all(&mut *lease).await?;
            sqlx::query("commit").execute(&mut *lease).await?;
            Ok(rows)
        };
        let rows = within(work).await?;
        lease.put_back();
        Ok(rows)
    }

    async fn write(&self, statements: &[Statement<'_>]) -> Result<Vec<u64>, StoreError> {
        let mut lease = self.readers.begin().await?;
        let work = async {
            let mut touched = Vec::with_capacity(statements.len());
            for (sql, args) in statements {
                touched.push(bind_all!(sqlx::query(*sql), args).execute(&mut *lease).await?.rows_affected());
            }
            sqlx::query("commit").execute(&mut *lease).await?;
            Ok(touched)
        };
        // A lease that is not put back closes its connection, and with it the transaction.
        let touched = within(work).await?;
        lease.put_back();
        Ok(touched)
    }

    async fn write_if(&self, first: &Statement<'_>, then: &[Statement<'_>]) -> Result<bool, StoreError> {
        let mut lease = self.readers.begin().await?;
        let work = async {
            let (sql, args) = first;
            let did = bind_all!(sqlx::query(*sql), args).execute(&mut *lease).await?.rows_affected() > 0;
            for (sql, args) in then.iter().filter(|_| did) {
                bind_all!(sqlx::query(*sql), args).execute(&mut *lease).await?;
            }
            sqlx::query(if did { "commit" } else { "rollback" }).execute(&mut *lease).await?;
            Ok(did)
        };
        let did = within(work).await?;
        lease.put_back();
        Ok(did)
    }

    async fn append_plain(&self, batch: &[Append]) -> Result<Vec<Outcome>, StoreError> {
        append::plain(&self.appenders, batch).await
    }

    async fn append_rule(&self, command: &Append) -> Result<Outcome, StoreError> {
        append::rule(&self.appenders, command).await
    }

    async fn close(&self) {
        for connections in [&self.readers, &self.appenders, &self.sweeper] {
            connections.close().await;
        }
    }
}
