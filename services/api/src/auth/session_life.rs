//! How long a session lives: so long after its last use, and so long at most. Pure.
//!
//! A use prolongs it only when a quarter of its life is over, so a session of four days or more is written once a day at most.

use std::time::Duration;

use confab_proto::Timestamp;

/// The two lengths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionLife {
    /// From its last use.
    idle: i64,
    /// From its beginning.
    longest: i64,
}

impl SessionLife {
    pub(crate) fn new(idle: Duration, longest: Duration) -> Self {
        let micros = |length: Duration| i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
        Self { idle: micros(idle), longest: micros(longest) }
    }

    /// The end of a session that begins now.
    pub(crate) fn end(self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(self.idle.min(self.longest)))
    }

    /// The end of a session that is used now; mostly the one it has.
    pub(crate) fn prolonged(self, created_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> Timestamp {
        let left = expires_at.0.saturating_sub(now.0);
        if left > self.idle - self.idle / 4 {
            return expires_at;
        }
        let end = now.0.saturating_add(self.idle).min(created_at.0.saturating_add(self.longest));
        Timestamp(end.max(expires_at.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600;

    fn day(number: i64) -> Timestamp {
        Timestamp(0).plus_seconds(number * DAY)
    }

    fn life() -> SessionLife {
        let days = |count: u64| Duration::from_secs(count * 24 * 3600);
        SessionLife::new(days(20), days(50))
    }

    #[test]
    fn a_use_prolongs_when_a_quarter_is_over() {
        assert_eq!(life().end(day(0)), day(20));
        assert_eq!(life().prolonged(day(0), day(20), day(4)), day(20));
        assert_eq!(life().prolonged(day(0), day(20), day(5)), day(25));
        assert_eq!(life().prolonged(day(0), day(25), day(6)), day(25), "not again so soon");
        assert_eq!(life().prolonged(day(0), day(25), day(24)), day(44));
    }

    #[test]
    fn nothing_prolongs_it_beyond_the_longest_life() {
        assert_eq!(life().prolonged(day(0), day(44), day(40)), day(50));
        assert_eq!(life().prolonged(day(0), day(50), day(49)), day(50));
    }

    #[test]
    fn shorter_settings_take_nothing_from_a_session_that_stands() {
        assert_eq!(life().prolonged(day(0), day(90), day(80)), day(90));
    }
}
