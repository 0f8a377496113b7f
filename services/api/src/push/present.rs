//! Who has Confab open and looks at it, as gateways tell each other: nobody of them is told by other ways.
//!
//! It rests on signals, which may be lost: then somebody is told what they have seen. Whoever is not named any more is forgotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_proto::signal::Beat;
use confab_proto::{UserId, subject};
use confab_runtime::bus::Bus;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Places remembered before those that are over are cleared away.
const CLEAR_AT: usize = 10_000;
/// However many gateways say that they have: beyond that all are forgotten until the next beat.
const MOST: usize = 500_000;

#[derive(Default)]
pub(super) struct Present {
    /// Until when somebody is there, at a gateway.
    places: Mutex<HashMap<(UserId, Uuid), Instant>>,
    /// By person, how many gateways may know them is unknown here: the gateways heard of.
    gateways: Mutex<HashMap<Uuid, Instant>>,
}

impl Present {
    pub(super) fn is_here(&self, user: UserId, now: Instant) -> bool {
        let gateways: Vec<Uuid> = lock(&self.gateways).keys().copied().collect();
        let places = lock(&self.places);
        gateways.iter().any(|gateway| places.get(&(user, *gateway)).is_some_and(|until| *until > now))
    }

    pub(super) fn hear(&self, body: &[u8], now: Instant) {
        let Ok(Beat::Here { gateway, life_ms, online, away, gone }) = serde_json::from_slice(body) else { return };
        let until = now + Duration::from_millis(life_ms.min(600_000));
        let mut gateways = lock(&self.gateways);
        gateways.retain(|_, until| *until > now);
        gateways.insert(gateway, until);
        drop(gateways);
        let mut places = lock(&self.places);
        for user in away.iter().chain(&gone) {
            places.remove(&(*user, gateway));
        }
        places.extend(online.iter().map(|user| ((*user, gateway), until)));
        if places.len() > CLEAR_AT && places.len() == places.capacity() {
            places.retain(|_, until| *until > now);
        }
        if places.len() > MOST {
            places.clear();
        }
    }

    pub(super) async fn run(self: Arc<Self>, bus: Arc<dyn Bus>, stop: CancellationToken) -> anyhow::Result<()> {
        let mut feed = bus.subscribe(subject::PRESENCE);
        let hearing = async {
            while let Some(message) = feed.next().await {
                self.hear(&message.body, Instant::now());
            }
            std::future::pending::<()>().await;
        };
        stop.run_until_cancelled(hearing).await;
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics half-way through a change, so a poisoned map is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn whoever_looks_at_it_anywhere_is_here_until_that_is_over() {
        let (present, start) = (Present::default(), Instant::now());
        let (ada, one, other) = (UserId::new_v7(), Uuid::new_v4(), Uuid::new_v4());
        let hear = |gateway, online: &[UserId], away: &[UserId], gone: &[UserId]| {
            let (online, away, gone) = (online.to_vec(), away.to_vec(), gone.to_vec());
            let beat = Beat::Here { gateway, life_ms: 50_000, online, away, gone };
            present.hear(&serde_json::to_vec(&beat).unwrap(), start);
        };
        assert!(!present.is_here(ada, start));
        hear(one, &[ada], &[], &[]);
        hear(other, &[], &[ada], &[]);
        assert!(present.is_here(ada, start) && !present.is_here(UserId::new_v7(), start));
        assert!(!present.is_here(ada, start + Duration::from_secs(50)), "nothing was heard any more");
        hear(one, &[], &[ada], &[]);
        assert!(!present.is_here(ada, start), "the page is hidden");
        hear(other, &[ada], &[], &[]);
        hear(one, &[], &[], &[ada]);
        assert!(present.is_here(ada, start));
        present.hear(b"{}", start);
        hear(other, &[], &[], &[ada]);
        assert!(!present.is_here(ada, start));
    }
}
