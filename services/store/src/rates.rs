//! Token buckets that all replicas share, each taken from in one statement.
//!
//! A bucket is one moment, the time at which it will be full again; a full one is the same as none. The time is the caller's:
//! clocks of replicas that differ by a second make a bucket a second more or less generous, and nothing rests on more.

use std::time::Duration;

use confab_proto::Timestamp;

use crate::channel::Sql;
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;

/// What is counted, hashed by the caller so that no address and no name stands in the store as it is.
pub type RateKey = [u8; 32];

/// `burst` at once, then one each `interval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub interval: Duration,
}

impl Rate {
    fn interval_micros(self) -> i64 {
        i64::try_from(self.interval.as_micros()).unwrap_or(i64::MAX / 2)
    }

    /// How long an empty bucket takes to become full.
    fn fill_micros(self) -> i64 {
        self.interval_micros().saturating_mul(i64::from(self.burst.max(1)))
    }
}

/// `$2` is now, `$3` the interval, `$4` the time to fill. No row is touched if there is no token. A bucket that is to be full an
/// hour later than an empty one is of a clock that was ahead, and counts as full: nobody shall wait for that clock.
const TAKE: &str = "insert into rate_buckets as b (key, full_at) values ($1, $2 + $3)
    on conflict (key) do update
    set full_at = case when b.full_at between $2 and $2 + $4 + 3600000000 then b.full_at else $2 end + $3
    where case when b.full_at between $2 and $2 + $4 + 3600000000 then b.full_at else $2 end + $3 <= $2 + $4";
const FULL_AT: &str = "select full_at from rate_buckets where key = $1";
const GIVE_BACK: &str = "update rate_buckets set full_at = full_at - $2 where key = $1";
const REMEMBER: &str = "insert into rate_buckets as b (key, full_at) values ($1, $2)
    on conflict (key) do update set full_at = case when b.full_at > $2 then b.full_at else $2 end";
/// More than one bucket is made for each that is dropped nowhere, if this is called once in a while.
const FORGET: &str = "delete from rate_buckets where key in
    (select x.key from rate_buckets x where x.full_at < $1 order by x.full_at limit 256)";

impl<D: Dialect> Sql<D> {
    pub(crate) async fn write_take_token(
        &self,
        key: &RateKey,
        rate: Rate,
        now: Timestamp,
    ) -> Result<Result<(), Duration>, StoreError> {
        let (interval, fill) = (rate.interval_micros(), rate.fill_micros());
        let args = vec![Arg::Bytes(key), Arg::Int(now.0), Arg::Int(interval), Arg::Int(fill)];
        let touched = self.0.write(&[(TAKE, args)]).await?;
        if touched.first().is_some_and(|taken| *taken == 1) {
            return Ok(Ok(()));
        }
        let full_at = match self.0.rows(FULL_AT, &[Arg::Bytes(key)]).await?.first() {
            Some(row) => row.int("full_at")?,
            // It became full and was forgotten since the line above.
            None => now.0,
        };
        let wait = full_at.saturating_add(interval).saturating_sub(now.0.saturating_add(fill));
        Ok(Err(Duration::from_micros(u64::try_from(wait).unwrap_or(0))))
    }

    pub(crate) async fn write_give_back(&self, tokens: &[(RateKey, Rate)]) -> Result<(), StoreError> {
        let statements: Vec<_> = tokens
            .iter()
            .map(|(key, rate)| (GIVE_BACK, vec![Arg::Bytes(key), Arg::Int(rate.interval_micros())]))
            .collect();
        self.0.write(&statements).await.map(drop)
    }

    pub(crate) async fn write_remember(&self, key: &RateKey, until: Timestamp) -> Result<(), StoreError> {
        self.0.write(&[(REMEMBER, vec![Arg::Bytes(key), Arg::Int(until.0)])]).await.map(drop)
    }

    pub(crate) async fn read_remembers(&self, key: &RateKey, now: Timestamp) -> Result<bool, StoreError> {
        let rows = self.0.rows(FULL_AT, &[Arg::Bytes(key)]).await?;
        Ok(rows.first().map(|row| row.int("full_at")).transpose()?.is_some_and(|until| until > now.0))
    }

    pub(crate) async fn write_forget_full_buckets(&self, now: Timestamp) -> Result<(), StoreError> {
        self.0.write(&[(FORGET, vec![Arg::Int(now.0)])]).await.map(drop)
    }
}
