//! How fast one client may send: so many bytes at once, then so many a second. Who sends faster is not cut but read later, so
//! that its own TCP connection holds it up and nobody else.
//!
//! A bucket is one moment, the time at which it will be full again. Pure but for `ready`: the time is passed in.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// `burst` bytes at once, then `per_second`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InflowRate {
    pub burst: u64,
    pub per_second: u64,
}

#[derive(Debug)]
pub struct Inflow {
    rate: InflowRate,
    full_at: Mutex<Instant>,
}

impl Inflow {
    pub fn new(rate: InflowRate) -> Self {
        Self { rate, full_at: Mutex::new(Instant::now()) }
    }

    /// Bytes that have come; returns for how long nothing more is to be taken.
    pub fn came(&self, bytes: u64, now: Instant) -> Duration {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        *full_at = (*full_at).max(now) + self.time_of(bytes);
        full_at.saturating_duration_since(now + self.time_of(self.rate.burst))
    }

    /// Returns when more may be taken.
    pub async fn ready(&self) {
        loop {
            let wait = self.came(0, Instant::now());
            if wait.is_zero() {
                return;
            }
            sleep(wait).await;
        }
    }

    fn time_of(&self, bytes: u64) -> Duration {
        Duration::from_secs_f64(bytes as f64 / self.rate.per_second.max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: InflowRate = InflowRate { burst: 1000, per_second: 100 };

    #[tokio::test]
    async fn a_burst_is_free_and_what_is_beyond_it_takes_its_time() {
        let (inflow, start) = (Inflow::new(RATE), Instant::now());
        assert_eq!(inflow.came(400, start), Duration::ZERO);
        assert_eq!(inflow.came(600, start), Duration::ZERO);
        assert_eq!(inflow.came(50, start), Duration::from_millis(500));
        let later = start + Duration::from_secs(1);
        assert_eq!(inflow.came(0, later), Duration::ZERO);
        assert_eq!(inflow.came(50, later), Duration::ZERO, "a second has brought a hundred, half of which were owed");
        assert_eq!(inflow.came(1, later), Duration::from_millis(10));
    }

    #[tokio::test]
    async fn who_is_silent_has_no_more_than_a_burst() {
        let (inflow, start) = (Inflow::new(RATE), Instant::now());
        let later = start + Duration::from_secs(3600);
        assert_eq!(inflow.came(1000, later), Duration::ZERO);
        assert_eq!(inflow.came(100, later), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn ready_waits_for_what_is_owed() {
        let (inflow, start) = (Inflow::new(RATE), Instant::now());
        inflow.ready().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        inflow.came(1200, start);
        inflow.ready().await;
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }
}
