//! What the relay needs: the whole log by position, and leases.

use async_trait::async_trait;
use confab_proto::Position;
use std::time::Duration;
use uuid::Uuid;

use crate::channel::{Sql, first};
use crate::decode::{self, bound, count, event_columns, log_columns, log_head};
use crate::dialect::{Arg, Dialect};
use crate::error::StoreError;
use crate::port::Follower;
use crate::read::LogPage;

/// After `$1`, at most `$2` events, at most `$3` bytes, but at least one.
const LOG_AFTER: &str = concat!(
    "select ",
    log_columns!(),
    ", ",
    event_columns!(),
    " from log_head h left join
     (select w.* from (select p.*, sum(octet_length(p.data)) over (order by p.position) as bytes
         from (select x.* from events x where x.position > $1 order by x.position limit $2) p) w
      where w.bytes <= $3 or w.position = $1 + 1) e on true order by e.position"
);

const RELEASE: &str = "delete from leases where name = $1 and holder = $2";

#[async_trait]
impl<D: Dialect> Follower for Sql<D> {
    async fn log_after(&self, after: Position, limit: usize, max_bytes: usize) -> Result<LogPage, StoreError> {
        let args = [Arg::Int(bound(after.0)), Arg::Int(count(limit)), Arg::Int(count(max_bytes))];
        let rows = self.0.rows(LOG_AFTER, &args).await?;
        let events = decode::events(&rows)?;
        let expected = (after.0..).skip(1);
        match events.iter().zip(expected).find(|(event, expected)| event.position.0 != *expected) {
            None => Ok(LogPage { log: log_head(first(&rows)?)?, events }),
            Some((event, expected)) => {
                let found = event.position;
                Err(StoreError::Damaged(format!("the log has position {found} where {expected} should be")))
            }
        }
    }

    async fn take_lease(&self, name: &str, holder: Uuid, ttl: Duration) -> Result<bool, StoreError> {
        let micros = i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX / 2);
        let args = vec![Arg::Text(name), Arg::Id(holder), Arg::Int(micros)];
        let written = self.0.write(&[(D::TAKE_LEASE, args)]).await?;
        Ok(written == [1])
    }

    async fn release_lease(&self, name: &str, holder: Uuid) -> Result<(), StoreError> {
        self.0.write(&[(RELEASE, vec![Arg::Text(name), Arg::Id(holder)])]).await.map(drop)
    }
}
