//! A bounded set of connections that are lent out for one statement or one transaction.
//!
//! Invariants: a connection comes back only after its work ended well or with an error of the database that leaves it
//! usable; dropped in the middle, or silent for too long, it is closed, so no broken one is ever lent again. Of a
//! server that was started anew all idle connections are dead: the first that shows it takes the others with it, and
//! its statement runs once more. (sqlx's own pool asks each connection whether it lives, before and after each use:
//! two round trips more on every read, and a server that is cut off makes it wait without a limit.)

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::dialect::{Arg, bind_all};
use crate::error::{Kind, StoreError};

/// Longer than the server's own time-out for a statement.
const PATIENCE: Duration = Duration::from_secs(5);

/// For a connection to become free.
const QUEUE_PATIENCE: Duration = Duration::from_secs(3);

/// Waits for one exchange with the server, but not for ever.
pub(super) async fn within<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(StoreError::timed_out()),
    }
}

pub(super) struct Connections {
    options: PgConnectOptions,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<PgConnection>>>,
}

/// A connection on loan; closed unless it is put back.
pub(super) struct Lease {
    connection: PgConnection,
    /// It was idle before, so it may have died unnoticed.
    used: bool,
    idle: Arc<Mutex<Vec<PgConnection>>>,
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    pub(super) fn put_back(self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.connection);
    }
}

impl Deref for Lease {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl Connections {
    pub(super) fn new(options: PgConnectOptions, limit: u32) -> Self {
        let permits = Arc::new(Semaphore::new(limit as usize));
        Self { options, permits, idle: Arc::default() }
    }

    pub(super) fn put_back(&self, connection: PgConnection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }

    async fn lease(&self) -> Result<Lease, StoreError> {
        let permit = match tokio::time::timeout(QUEUE_PATIENCE, self.permits.clone().acquire_owned()).await {
            Ok(permit) => permit.expect("the semaphore is never closed"),
            Err(_) => return Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut)),
        };
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let used = idle.is_some();
        let connection = match idle {
            Some(connection) => connection,
            None => within(PgConnection::connect_with(&self.options)).await?,
        };
        Ok(Lease { connection, used, idle: self.idle.clone(), _permit: permit })
    }

    /// Closes what is idle: it has the same server, or the same hole, at its other end.
    fn forget_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Says good-bye on what is idle. A server that no longer listens needs no good-bye.
    pub(super) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in idle {
            within(connection.close()).await.ok();
        }
    }

    /// Runs a statement that may run twice.
    pub(super) async fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<PgRow>, StoreError> {
        loop {
            let mut lease = self.lease().await?;
            let answer = tokio::time::timeout(PATIENCE, bind_all!(sqlx::query(sql), args).fetch_all(&mut *lease)).await;
            match answer {
                Ok(Ok(rows)) => {
                    lease.put_back();
                    return Ok(rows);
                }
                Ok(Err(error)) if is_lost(&error) => {
                    self.forget_idle();
                    if !lease.used {
                        return Err(error.into());
                    }
                }
                Ok(Err(error)) => {
                    lease.put_back();
                    return Err(error.into());
                }
                Err(_) => {
                    self.forget_idle();
                    return Err(StoreError::timed_out());
                }
            }
        }
    }

    /// Begins a transaction; the beginning also finds out whether the connection still lives.
    pub(super) async fn begin(&self) -> Result<Lease, StoreError> {
        loop {
            let mut lease = self.lease().await?;
            match tokio::time::timeout(PATIENCE, sqlx::query("begin").execute(&mut *lease)).await {
                Ok(Ok(_)) => return Ok(lease),
                Ok(Err(error)) => {
                    self.forget_idle();
                    if !(lease.used && is_lost(&error)) {
                        return Err(error.into());
                    }
                }
                Err(_) => {
                    self.forget_idle();
                    return Err(StoreError::timed_out());
                }
            }
        }
    }
}

/// Whether the connection is of no more use: cut, ended by the server, or to a server that became read-only.
fn is_lost(error: &sqlx::Error) -> bool {
    let Some(database) = error.as_database_error() else {
        return Kind::of(error) == Kind::Unavailable;
    };
    let code = database.code().unwrap_or_default();
    code.starts_with("57P") || code.starts_with("08") || code == "25006"
}
