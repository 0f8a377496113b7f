//! How long to wait before trying again: 50 ms, doubled up to 2 s, with jitter so that channels do not ask in step.

use std::time::Duration;

use confab_runtime::chance::jittered;

const FIRST: Duration = Duration::from_millis(50);
const CAP: Duration = Duration::from_secs(2);

/// Before the attempt of this number, counted from 1; nothing before attempt 0.
pub(crate) fn backoff(attempt: u32) -> Duration {
    match attempt.checked_sub(1) {
        None => Duration::ZERO,
        Some(doublings) => jittered(FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(CAP)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_a_cap() {
        assert_eq!(backoff(0), Duration::ZERO);
        assert!((40..60).contains(&backoff(1).as_millis()));
        assert!((80..120).contains(&backoff(2).as_millis()));
        for attempt in [7, 100, u32::MAX] {
            assert!((1_600..=2_400).contains(&backoff(attempt).as_millis()), "{attempt}");
        }
    }
}
