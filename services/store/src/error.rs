//! What can go wrong at the port: a few cases, because callers do that many different things.
//!
//! Errors of the databases are sorted here, by SQLSTATE class and by SQLite's result code, and nowhere else.

use sqlx::error::DatabaseError;
use thiserror::Error;

/// A failed call. Its text has the cause in it, which therefore is no `source`: those of `sqlx` have their own causes in their text,
/// and whoever prints a chain would print each twice. Of a write that failed with `Unavailable` it is not known whether it happened: send the same again.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database is away, too slow, or its lock could not be had. Later it may work.
    #[error("the database is not available: {0}")]
    Unavailable(sqlx::Error),
    /// The database refused what was sent (a data error). Nothing was written. Repeating does not help.
    #[error("the database refused the data: {0}")]
    Refused(sqlx::Error),
    /// What was read cannot be: a damaged row, a type of a newer version, a missing migration.
    #[error("the stored data cannot be read: {0}")]
    Damaged(String),
    /// The store lacks migrations, or has ones that this version does not know.
    #[error("{0}")]
    Migration(String),
}

impl StoreError {
    /// A call that got no answer in time.
    #[must_use]
    pub fn timed_out() -> Self {
        Self::Unavailable(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))
    }

    /// A call that breaks the port's terms.
    #[must_use]
    pub fn misused(how: &str) -> Self {
        Self::Refused(sqlx::Error::Protocol(how.to_owned()))
    }

    /// Whether a write broke this constraint.
    pub(crate) fn breaks(&self, constraint: &Constraint) -> bool {
        let Self::Refused(sqlx::Error::Database(error)) = self else { return false };
        error.constraint() == Some(constraint.name)
            || (error.is_unique_violation() && error.message().ends_with(constraint.column))
    }
}

/// A constraint as each dialect names it when it is broken: SQLite tells the column, not the name.
pub(crate) struct Constraint {
    pub(crate) name: &'static str,
    pub(crate) column: &'static str,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match Kind::of(&error) {
            Kind::Unavailable => Self::Unavailable(error),
            Kind::Refused => Self::Refused(error),
            Kind::Damaged => Self::Damaged(error.to_string()),
        }
    }
}

/// What the caller can do about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Unavailable,
    Refused,
    Damaged,
}

impl Kind {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Database(cause) => sort(cause.as_ref()),
            E::RowNotFound
            | E::TypeNotFound { .. }
            | E::ColumnIndexOutOfBounds { .. }
            | E::ColumnNotFound(_)
            | E::ColumnDecode { .. }
            | E::Decode(_) => Self::Damaged,
            E::Encode(_) | E::Configuration(_) | E::InvalidArgument(_) => Self::Refused,
            _ => Self::Unavailable,
        }
    }
}

fn sort(error: &dyn DatabaseError) -> Kind {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return sort_sqlite(&code);
    }
    match code.get(..2).unwrap_or_default() {
        // Connection, rejected login or database (starting, renamed), read-only during a failover, rollback,
        // resources, lock not available, shutdown or time-out, system.
        "08" | "28" | "3D" | "25" | "40" | "53" | "55" | "57" | "58" => Kind::Unavailable,
        // Data, constraints, limits.
        "22" | "23" | "54" => Kind::Refused,
        _ => Kind::Damaged,
    }
}

/// The low byte of SQLite's extended result code is the primary one.
fn sort_sqlite(code: &str) -> Kind {
    match code.parse::<u32>().map(|code| code & 0xff) {
        // TOOBIG, CONSTRAINT, MISMATCH
        Ok(18..=20) => Kind::Refused,
        // PERM, ABORT, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL
        Ok(3..=10 | 13..=15) => Kind::Unavailable,
        _ => Kind::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_printed_chain_tells_the_cause_once() {
        for error in [StoreError::timed_out(), StoreError::misused("an empty batch")] {
            assert!(error.source().is_none());
            let text = error.to_string();
            assert!(text.contains("timed out") || text.contains("an empty batch"), "{text}");
        }
    }
}
