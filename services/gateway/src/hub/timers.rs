//! The running timers of one channel, earliest first.

use std::collections::{BTreeSet, HashMap};

use tokio::time::Instant;

use crate::channel::Timer;

#[derive(Default)]
pub(super) struct Timers {
    order: BTreeSet<(Instant, Timer)>,
    set: HashMap<Timer, Instant>,
}

impl Timers {
    /// Starts it, or starts it again.
    pub(super) fn arm(&mut self, timer: Timer, at: Instant) {
        self.disarm(timer);
        self.set.insert(timer, at);
        self.order.insert((at, timer));
    }

    pub(super) fn disarm(&mut self, timer: Timer) {
        if let Some(at) = self.set.remove(&timer) {
            self.order.remove(&(at, timer));
        }
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }

    /// The earliest that is due, once.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Timer> {
        let (at, timer) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.disarm(timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::channel::Ticket;

    #[test]
    fn fire_once_in_order_at_the_last_time_set() {
        let mut timers = Timers::default();
        let at = |seconds| start() + Duration::from_secs(seconds);
        timers.arm(Timer::Gap, at(1));
        timers.arm(Timer::Join(Ticket(1)), at(2));
        timers.arm(Timer::Idle, at(3));
        timers.arm(Timer::Gap, at(4));
        timers.disarm(Timer::Idle);
        assert_eq!(timers.take_due(at(1)), None);
        assert_eq!(timers.next(), Some(at(2)));
        assert_eq!(timers.take_due(at(9)), Some(Timer::Join(Ticket(1))));
        assert_eq!(timers.take_due(at(9)), Some(Timer::Gap));
        assert_eq!(timers.take_due(at(9)), None);
    }

    fn start() -> Instant {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        *START.get_or_init(Instant::now)
    }
}
