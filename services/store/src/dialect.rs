//! What the two databases have to offer so that every read and every plain write is written once, above them.
//!
//! A read is one statement, hence one snapshot, in both dialects. Placeholders are `$1`, `$2`, … in both.

use async_trait::async_trait;
use confab_domain::Append;
use sqlx::error::Error;
use uuid::Uuid;

use crate::error::StoreError;
use crate::port::Outcome;
use crate::search::{IndexSql, SearchSql};

/// A bound value. No nulls: nothing that is bound here may be absent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arg<'a> {
    Int(i64),
    Id(Uuid),
    Text(&'a str),
    Bytes(&'a [u8]),
    MaybeText(Option<&'a str>),
    MaybeInt(Option<i64>),
}

/// One write and its values.
pub(crate) type Statement<'a> = (&'static str, Vec<Arg<'a>>);

/// A database and its connections.
#[async_trait]
pub(crate) trait Dialect: Send + Sync + 'static {
    type Row: Columns;

    /// Adds the session `($1 … $6)` if the user `$2` still has the password hash `$7`; a change of it waits, or is waited for.
    const ADD_SESSION: &'static str;

    /// Users by a JSON array of ids without hyphens, in `$1`.
    const USERS_BY_ID: &'static str;

    /// Notes for users by such an array in `$1` that they were seen at `$2`, unless they were within the minute before.
    const SEEN: &'static str;

    /// `id` and `last_seen_at` of users by such an array in `$1`.
    const LAST_SEEN: &'static str;

    /// Takes or renews the lease `$1` for the holder `$2` for `$3` microseconds, unless another holder's has not expired.
    const TAKE_LEASE: &'static str;

    /// How the index of messages is written.
    const INDEX: IndexSql;

    /// How it is asked.
    const SEARCH: SearchSql;

    /// Lets nobody else reserve a file for the user `$1` until the transaction has ended.
    const LOCK_FILES_OF: &'static str;

    /// Runs one reading statement.
    async fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Self::Row>, StoreError>;

    /// The same on the connection that only the sweep uses: it must not wait behind pages.
    async fn sweep_rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Self::Row>, StoreError>;

    /// Runs one reading statement with a plan made for its very values: which one is best depends on them.
    async fn planned_rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Self::Row>, StoreError>;

    /// Runs writes outside the log in one transaction, and says how many rows each has touched.
    async fn write(&self, statements: &[Statement<'_>]) -> Result<Vec<u64>, StoreError>;

    /// Runs writes outside the log in one transaction if the first of them touches a row, else nothing; says whether it did.
    async fn write_if(&self, first: &Statement<'_>, then: &[Statement<'_>]) -> Result<bool, StoreError>;

    /// Appends plain commands, already checked to be a proper batch.
    async fn append_plain(&self, batch: &[Append]) -> Result<Vec<Outcome>, StoreError>;

    /// Appends one command with its rows.
    async fn append_rule(&self, command: &Append) -> Result<Outcome, StoreError>;

    /// Closes all connections.
    async fn close(&self);
}

/// A row, read by the name of its columns. Both dialects store ids, numbers and text so that one decoding fits.
pub(crate) trait Columns: Send + Sync {
    fn int(&self, column: &str) -> Result<i64, Error>;
    fn maybe_int(&self, column: &str) -> Result<Option<i64>, Error>;
    fn flag(&self, column: &str) -> Result<bool, Error>;
    fn id(&self, column: &str) -> Result<Uuid, Error>;
    fn maybe_id(&self, column: &str) -> Result<Option<Uuid>, Error>;
    fn text(&self, column: &str) -> Result<String, Error>;
    fn maybe_text(&self, column: &str) -> Result<Option<String>, Error>;
    fn maybe_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, Error>;
}

macro_rules! columns {
    ($row:ty) => {
        impl Columns for $row {
            fn int(&self, column: &str) -> Result<i64, Error> {
                self.try_get(column)
            }
            fn maybe_int(&self, column: &str) -> Result<Option<i64>, Error> {
                self.try_get(column)
            }
            fn flag(&self, column: &str) -> Result<bool, Error> {
                self.try_get(column)
            }
            fn id(&self, column: &str) -> Result<Uuid, Error> {
                self.try_get(column)
            }
            fn maybe_id(&self, column: &str) -> Result<Option<Uuid>, Error> {
                self.try_get(column)
            }
            fn text(&self, column: &str) -> Result<String, Error> {
                self.try_get(column)
            }
            fn maybe_text(&self, column: &str) -> Result<Option<String>, Error> {
                self.try_get(column)
            }
            fn maybe_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, Error> {
                self.try_get(column)
            }
        }
    };
}

mod rows {
    use sqlx::Row;
    use sqlx::error::Error;
    use sqlx::postgres::PgRow;
    use sqlx::sqlite::SqliteRow;
    use uuid::Uuid;

    use super::Columns;

    columns!(PgRow);
    columns!(SqliteRow);
}

/// Binds the values in order. One text for both dialects: their query types share no trait that could say it.
macro_rules! bind_all {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match *arg {
                $crate::dialect::Arg::Int(value) => query.bind(value),
                $crate::dialect::Arg::Id(value) => query.bind(value),
                $crate::dialect::Arg::Text(value) => query.bind(value),
                $crate::dialect::Arg::Bytes(value) => query.bind(value),
                $crate::dialect::Arg::MaybeText(value) => query.bind(value),
                $crate::dialect::Arg::MaybeInt(value) => query.bind(value),
            };
        }
        query
    }};
}
pub(crate) use bind_all;
