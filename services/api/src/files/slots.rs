//! How many uploads run at once, in this process and of one person: a slow one holds a file and a connection.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_proto::UserId;

use crate::error::ApiError;

/// An upload takes some time.
const RETRY_AFTER: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(super) struct Slots {
    running: Arc<Mutex<HashMap<UserId, usize>>>,
    altogether: usize,
    per_user: usize,
}

/// One upload; over when dropped.
pub(super) struct Slot {
    of: Slots,
    user: UserId,
}

impl Slots {
    pub(super) fn new(altogether: usize, per_user: usize) -> Self {
        Self { running: Arc::default(), altogether, per_user }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self, user: UserId) -> Result<Slot, ApiError> {
        let mut running = self.running();
        if running.get(&user).is_some_and(|own| *own >= self.per_user) {
            return Err(ApiError::rate_limited("uploads", RETRY_AFTER));
        }
        if running.values().sum::<usize>() >= self.altogether {
            return Err(ApiError::unavailable("too many files are being uploaded; try again"));
        }
        *running.entry(user).or_default() += 1;
        Ok(Slot { of: self.clone(), user })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut running = self.of.running();
        if let Some(own) = running.get_mut(&self.user) {
            *own -= 1;
            if *own == 0 {
                running.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_some_and_all_have_no_more_than_there_are() {
        let slots = Slots::new(3, 2);
        let [ann, bob, eve] = [(); 3].map(|()| UserId::new_v7());
        let first = slots.take(ann);
        let second = slots.take(ann);
        assert!(first.is_ok() && second.is_ok() && slots.take(ann).is_err());
        let third = slots.take(bob);
        assert!(third.is_ok() && slots.take(eve).is_err());
        drop(first);
        let fourth = slots.take(eve);
        assert!(fourth.is_ok() && slots.take(ann).is_err());
        drop((second, third, fourth));
        assert!(slots.running().is_empty());
    }
}
