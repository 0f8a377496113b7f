//! A token bucket for each key: `burst` at once, then `per_second`. Pure: the time is passed in.
//!
//! A bucket is one moment, the time at which it will be full again; a full one is the same as none and is forgotten.
//! Guarantee: never more than `capacity` buckets. Beyond it a new key displaces an arbitrary one, which thereby gets its burst
//! again: refusing strangers instead would let one flood lock everybody out.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// `burst` at once, then one each `interval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub interval: Duration,
}

/// Limits how often something may be done per key.
pub struct Limiter<K> {
    /// Time in which one token comes back.
    interval: Duration,
    /// Time in which an empty bucket becomes full.
    fill: Duration,
    capacity: usize,
    buckets: Mutex<Buckets<K>>,
}

struct Buckets<K> {
    full_at: HashMap<K, Instant>,
    /// Full buckets are forgotten when so many are held, so that the cost of looking for them is spread.
    sweep_at: usize,
}

const FIRST_SWEEP: usize = 1024;

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// `burst` and `per_second` of 0 count as 1; settings do not allow 0.
    pub fn new(burst: u32, per_second: u32, capacity: usize) -> Self {
        Self::of(Rate { burst, interval: Duration::from_secs(1) / per_second.max(1) }, capacity)
    }

    /// A `burst` of 0 counts as 1.
    pub fn of(rate: Rate, capacity: usize) -> Self {
        let Rate { burst, interval } = rate;
        let buckets = Buckets { full_at: HashMap::new(), sweep_at: FIRST_SWEEP.min(capacity.max(1)) };
        Self { interval, fill: interval * burst.max(1), capacity: capacity.max(1), buckets: Mutex::new(buckets) }
    }

    /// Takes a token of `key`, or says after which time there will be one.
    pub fn check(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.lock();
        if let Some(full_at) = buckets.full_at.get_mut(key) {
            let taken = (*full_at).max(now) + self.interval;
            let over = taken.saturating_duration_since(now + self.fill);
            if !over.is_zero() {
                return Err(over);
            }
            *full_at = taken;
            return Ok(());
        }
        buckets.make_room(now, self.capacity);
        buckets.full_at.insert(key.clone(), now + self.interval);
        Ok(())
    }

    /// Gives back a token that was taken.
    pub fn give_back(&self, key: &K) {
        if let Some(full_at) = self.lock().full_at.get_mut(key) {
            *full_at = full_at.checked_sub(self.interval).unwrap_or(*full_at);
        }
    }

    /// Buckets held, for metrics and tests.
    pub fn len(&self) -> usize {
        self.lock().full_at.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Buckets<K>> {
        // Each change is one insertion or removal, so a poisoned map is whole.
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    fn make_room(&mut self, now: Instant, capacity: usize) {
        let held = self.full_at.len();
        if held < self.sweep_at {
            return;
        }
        self.full_at.retain(|_, full_at| *full_at > now);
        let left = self.full_at.len();
        self.sweep_at = (left * 2).clamp(FIRST_SWEEP.min(capacity), capacity);
        if left >= capacity {
            // Room for more than this one key, so that a flood of keys does not sweep the map for each of them.
            let displaced: Vec<K> = self.full_at.keys().take(capacity.div_ceil(8)).cloned().collect();
            for key in displaced {
                self.full_at.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLIS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn gives_the_burst_then_the_rate() {
        let limiter = Limiter::new(3, 10, 100);
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(limiter.check(&"a", start), Ok(()));
        }
        assert_eq!(limiter.check(&"a", start), Err(MILLIS(100)));
        assert_eq!(limiter.check(&"a", start + MILLIS(40)), Err(MILLIS(60)));
        assert_eq!(limiter.check(&"a", start + MILLIS(100)), Ok(()));
        assert_eq!(limiter.check(&"a", start + MILLIS(100)), Err(MILLIS(100)));
        assert_eq!(limiter.check(&"b", start), Ok(()), "keys do not share tokens");
    }

    #[test]
    fn a_pause_fills_the_bucket_up_to_the_burst_only() {
        let limiter = Limiter::new(2, 1, 100);
        let start = Instant::now();
        let later = start + Duration::from_secs(3600);
        for now in [start, start, later, later] {
            assert_eq!(limiter.check(&"a", now), Ok(()));
        }
        assert_eq!(limiter.check(&"a", later), Err(Duration::from_secs(1)));
    }

    #[test]
    fn a_refusal_costs_nothing() {
        let limiter = Limiter::new(1, 1, 100);
        let start = Instant::now();
        assert_eq!(limiter.check(&"a", start), Ok(()));
        for _ in 0..50 {
            assert!(limiter.check(&"a", start).is_err());
        }
        assert_eq!(limiter.check(&"a", start + Duration::from_secs(1)), Ok(()));
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let limiter = Limiter::of(Rate { burst: 1, interval: Duration::from_secs(60) }, 100);
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(limiter.check(&"a", start), Ok(()));
            limiter.give_back(&"a");
        }
        limiter.give_back(&"nobody");
        assert_eq!(limiter.check(&"a", start), Ok(()));
        assert_eq!(limiter.check(&"a", start), Err(Duration::from_secs(60)));
    }

    #[test]
    fn forgets_full_buckets() {
        let limiter = Limiter::new(5, 10, 1_000_000);
        let mut now = Instant::now();
        for key in 0..100_000 {
            now += MILLIS(10);
            assert_eq!(limiter.check(&key, now), Ok(()));
        }
        assert!(limiter.len() <= FIRST_SWEEP, "{} buckets, but only 10 are not full", limiter.len());
    }

    #[test]
    fn holds_no_more_than_its_capacity_and_lets_newcomers_in() {
        let limiter = Limiter::new(1, 1, 50);
        let now = Instant::now();
        for key in 0..10_000 {
            assert_eq!(limiter.check(&key, now), Ok(()));
            assert!(limiter.len() <= 50);
        }
        assert!(limiter.check(&9_999, now).is_err(), "the latest is still limited");
    }
}
