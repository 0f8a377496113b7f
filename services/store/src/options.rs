//! How a store is named, migrated and opened. The scheme of the URL chooses the dialect.

use std::fmt;
use std::sync::Arc;

use crate::channel::Sql;
use crate::error::StoreError;
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

/// Applies the migrations that the store lacks. SQLite creates its folder and its file.
///
/// # Errors
/// The database is away, or a migration cannot be applied.
pub async fn migrate(options: &StoreOptions) -> Result<(), StoreError> {
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
