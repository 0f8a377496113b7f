//! Counts the bytes handed to one client and not yet taken by its TCP connection.
//!
//! Whoever hands bytes to a socket adds them; the `Conn` takes away what it wrote. The two need not agree to the byte (frames,
//! HTTP headers and pings are written, too): the count never goes below zero, so what was written besides is forgotten as soon
//! as a client has caught up once.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

#[derive(Debug, Default)]
pub struct PendingBytes {
    bytes: AtomicU64,
    lowered: Notify,
}

impl PendingBytes {
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes that were just handed over; returns how many are pending now.
    pub fn add(&self, bytes: u64) -> u64 {
        self.bytes.fetch_add(bytes, Ordering::AcqRel) + bytes
    }

    pub fn get(&self) -> u64 {
        self.bytes.load(Ordering::Acquire)
    }

    /// Returns when at most `limit` bytes are pending.
    pub async fn at_most(&self, limit: u64) {
        loop {
            let lowered = self.lowered.notified();
            if self.get() <= limit {
                return;
            }
            lowered.await;
        }
    }

    /// Bytes that left; what was not handed over before is not counted.
    pub fn written(&self, bytes: u64) {
        let lower = |pending: u64| Some(pending.saturating_sub(bytes));
        // The closure always gives a number, so there is no failure to look at.
        let (Ok(_) | Err(_)) = self.bytes.fetch_update(Ordering::AcqRel, Ordering::Acquire, lower);
        self.lowered.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn never_goes_below_zero() {
        let pending = PendingBytes::new();
        pending.written(10);
        assert_eq!(pending.add(5), 5);
        pending.written(3);
        assert_eq!(pending.get(), 2);
    }

    #[test]
    fn wakes_who_waits_for_room() {
        let pending = Arc::new(PendingBytes::new());
        assert_eq!(pending.at_most(0).now_or_never(), Some(()));
        pending.add(100);
        let mut room = Box::pin(pending.at_most(40));
        assert_eq!((&mut room).now_or_never(), None);
        pending.written(50);
        assert_eq!((&mut room).now_or_never(), None);
        pending.written(10);
        assert_eq!((&mut room).now_or_never(), Some(()));
    }
}
