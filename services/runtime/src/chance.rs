//! The one door to chance. In production plain `rand`; under the feature `simulation` seeded for each thread, so that the same
//! seed gives the same history, byte for byte.
//!
//! For jitter and for ids only. Secrets (tokens, salts) are drawn elsewhere and never from here.

use std::time::Duration;

use confab_proto::ClientId;

/// Between 0.8 and 1.2 of it, so that nobody marches in step.
#[must_use]
pub fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(0.8 + 0.4 * unit())
}

/// For a write whose client sent no id.
#[must_use]
pub fn client_id() -> ClientId {
    #[cfg(feature = "simulation")]
    return ClientId::from_uuid(seeded::uuid());
    #[cfg(not(feature = "simulation"))]
    ClientId::new_v7()
}

/// From 0 to below 1.
fn unit() -> f64 {
    #[cfg(feature = "simulation")]
    return seeded::unit();
    #[cfg(not(feature = "simulation"))]
    rand::random()
}

/// Begins the chance of this thread anew.
#[cfg(feature = "simulation")]
pub fn seed(seed: u64) {
    seeded::seed(seed);
}

#[cfg(feature = "simulation")]
mod seeded {
    use std::cell::RefCell;

    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};
    use uuid::Uuid;

    thread_local! {
        static CHANCE: RefCell<StdRng> = RefCell::new(StdRng::seed_from_u64(0));
    }

    pub(super) fn seed(seed: u64) {
        CHANCE.with_borrow_mut(|chance| *chance = StdRng::seed_from_u64(seed));
    }

    pub(super) fn unit() -> f64 {
        CHANCE.with_borrow_mut(|chance| chance.random_range(0.0..1.0))
    }

    pub(super) fn uuid() -> Uuid {
        CHANCE.with_borrow_mut(|chance| Uuid::from_u128(chance.random()))
    }
}
