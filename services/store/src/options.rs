//! How a store is named, migrated and opened. The scheme of the URL chooses the dialect.

use std::error::Error;
use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::audit::{Audit, Rebuild, Whole};
use crate::channel::Sql;
use crate::error::StoreError;
use crate::migrations::Migrated;
use crate::port::{Reader, Store};
use crate::postgres::{self, PostgresStore};
use crate::sqlite::{self, SqliteStore};

/// Where the store is and how much of it may be used at once.
#[derive(Clone)]
pub struct StoreOptions {
    /// `sqlite://data/confab.db` or `postgres://user:password@host/database`.
    pub url: String,
    /// Connections of this process. The sweep has one more; in Postgres two of them only append.
    pub max_connections: u32,
    /// As Postgres lists this process.
    pub application_name: String,
}

/// The URL may hold a password.
impl fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions")
            .field("max_connections", &self.max_connections)
            .field("application_name", &self.application_name)
            .finish_non_exhaustive()
    }
}

impl StoreOptions {
    fn is_sqlite(&self) -> Result<bool, StoreError> {
        match self.url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(true),
            Some("postgres" | "postgresql") => Ok(false),
            _ => Err(StoreError::misused("a database URL begins with sqlite:// or postgres://")),
        }
    }
}

/// Whether a URL can be read at all, parameters included; if not, a sentence without the URL.
///
/// # Errors
/// What is wrong with it.
pub fn check_url(url: &str) -> Result<(), String> {
    let read = match url.starts_with("sqlite:") {
        true => SqliteConnectOptions::from_str(url).map(drop),
        false => PgConnectOptions::from_str(url).map(drop),
    };
    read.map_err(|error| {
        // The outer texts repeat the inner one.
        let mut cause: &dyn Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        cause.to_string()
    })
}

/// Applies the migrations that the store lacks. SQLite creates its folder and its file.
///
/// # Errors
/// The database is away, or a migration cannot be applied.
pub async fn migrate(options: &StoreOptions) -> Result<Migrated, StoreError> {
    if options.is_sqlite()? { sqlite::migrate(options).await } else { postgres::migrate(options).await }
}

/// Opens a store for reading and writing. Retries nothing.
///
/// # Errors
/// The database is away, or its migrations are not those of this version.
pub async fn open(options: &StoreOptions) -> Result<Arc<dyn Store>, StoreError> {
    if options.is_sqlite()? {
        Ok(Arc::new(Sql(SqliteStore::open(options).await?)))
    } else {
        Ok(Arc::new(Sql(PostgresStore::open(options).await?)))
    }
}

/// Opens a store for reading, as a gateway does: in Postgres a login of the role `confab_gateway` is enough.
///
/// # Errors
/// The database is away, or its migrations are not those of this version.
pub async fn open_reader(options: &StoreOptions) -> Result<Arc<dyn Reader>, StoreError> {
    if options.is_sqlite()? {
        Ok(Arc::new(Sql(SqliteStore::open(options).await?)))
    } else {
        Ok(Arc::new(Sql(PostgresStore::open(options).await?)))
    }
}

/// Opens one snapshot of a store for reading all of it. Makes and changes nothing.
///
/// # Errors
/// The database is away, or its migrations are not those of this version.
pub async fn snapshot(options: &StoreOptions) -> Result<Box<dyn Audit>, StoreError> {
    if options.is_sqlite()? {
        Ok(Box::new(Whole(sqlite::snapshot(options).await?)))
    } else {
        Ok(Box::new(Whole(postgres::snapshot(options).await?)))
    }
}

/// Begins to write a store by hand, under the lock that gives out numbers.
///
/// # Errors
/// The database is away, its migrations are not those of this version, or the login may not.
pub async fn rebuild(options: &StoreOptions) -> Result<Box<dyn Rebuild>, StoreError> {
    if options.is_sqlite()? {
        Ok(Box::new(Whole(sqlite::rebuild(options).await?)))
    } else {
        Ok(Box::new(Whole(postgres::rebuild(options).await?)))
    }
}

#[cfg(test)]
mod tests {
    use super::check_url;

    #[test]
    fn a_url_is_checked_with_its_parameters() {
        for good in ["sqlite://data/x.db", "sqlite://x.db?mode=rwc", "postgres://u:p@h:5432/d?sslmode=require"] {
            assert_eq!(check_url(good), Ok(()));
        }
        for bad in ["sqlite://x.db?mode=odd", "postgres://u:hunter2@h/d?sslmode=odd", "postgres://u:hunter2@[h/d"] {
            assert!(check_url(bad).is_err_and(|problem| !problem.contains("hunter2")), "{bad}");
        }
    }
}
