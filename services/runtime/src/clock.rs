//! The one door to the clock. In production the system's; under the feature `simulation` the runtime's, which is virtual when it
//! is paused.

use std::time::Instant;

use confab_proto::Timestamp;

/// The time of day.
#[must_use]
pub fn now() -> Timestamp {
    #[cfg(feature = "simulation")]
    return simulated::now();
    #[cfg(not(feature = "simulation"))]
    Timestamp::now()
}

/// For measuring how long something took.
#[must_use]
pub fn instant() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Sets what [`now`] counts from on this thread: `begun` is this very moment.
#[cfg(feature = "simulation")]
pub fn begin(begun: Timestamp) {
    simulated::begin(begun);
}

#[cfg(feature = "simulation")]
mod simulated {
    use std::cell::Cell;

    use confab_proto::Timestamp;
    use tokio::time::Instant;

    thread_local! {
        static BEGUN: Cell<Option<(Instant, Timestamp)>> = const { Cell::new(None) };
    }

    pub(super) fn begin(begun: Timestamp) {
        BEGUN.set(Some((Instant::now(), begun)));
    }

    pub(super) fn now() -> Timestamp {
        let (instant, begun) = BEGUN.get().expect("a simulation begins its clock first");
        let micros = instant.elapsed().as_micros();
        Timestamp(begun.0.saturating_add(i64::try_from(micros).unwrap_or(i64::MAX)))
    }
}
