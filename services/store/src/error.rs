//! What can go wrong at the port: three cases, because callers do three different things.

use thiserror::Error;

/// A failed call. Of a write that failed with `Unavailable` it is not known whether it happened: send the same again.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database is away, too slow, or its lock could not be had. Later it may work.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The database refused what was sent (a data error). Nothing was written. Repeating does not help.
    #[error("the database refused the data")]
    Refused(#[source] sqlx::Error),
    /// What was read cannot be: a damaged row, a type of a newer version, a missing migration.
    #[error("the stored data cannot be read: {0}")]
    Damaged(String),
    /// The store lacks migrations, or has ones that this version does not know.
    #[error("{0}")]
    Migration(String),
}
