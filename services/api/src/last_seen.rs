//! When people were last here: noted from their requests and from what gateways say of presence, written by a task.
//!
//! Lifecycle: until it is stopped; what was noted in the last seconds before a stop is lost, and nothing rests on it.
//!
//! Invariants: at most once a minute for each person (the store sees to that, whatever replicas there are), and never on the way
//! of a request. Somebody who stays online is written every few minutes only: while they are there, nobody asks when they were.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_proto::signal::Beat;
use confab_proto::{Timestamp, UserId, subject};
use confab_runtime::bus::Bus;
use confab_store::Store;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Between two writes for a person who asks or goes.
const PAUSE: Duration = Duration::from_secs(60);
/// Between two writes for a person who only stays.
const STAYS: Duration = Duration::from_secs(300);
/// Notes are gathered for so long.
const GATHER: Duration = Duration::from_secs(2);
/// People in one statement.
const TOGETHER: usize = 1_000;
/// People remembered; beyond that all are forgotten, and the store is asked once too often.
const REMEMBERED: usize = 200_000;

#[derive(Default)]
pub(crate) struct LastSeen {
    notes: Mutex<Notes>,
    news: Notify,
}

#[derive(Default)]
struct Notes {
    written: HashMap<UserId, Instant>,
    waiting: BTreeSet<UserId>,
}

impl Notes {
    fn note(&mut self, user: UserId, pause: Duration, now: Instant) -> bool {
        if self.written.get(&user).is_some_and(|at| now < *at + pause) {
            return false;
        }
        if self.written.len() >= REMEMBERED {
            self.written.clear();
        }
        self.written.insert(user, now);
        self.waiting.insert(user)
    }
}

impl LastSeen {
    /// Somebody asked for something.
    pub(crate) fn note(&self, user: UserId) {
        if self.notes().note(user, PAUSE, Instant::now()) {
            self.news.notify_one();
        }
    }

    fn hear(&self, body: &[u8]) {
        let Ok(Beat::Here { online, away, gone, .. }) = serde_json::from_slice(body) else { return };
        let now = Instant::now();
        let mut notes = self.notes();
        let mut new = false;
        for user in online.iter().chain(&away) {
            new |= notes.note(*user, STAYS, now);
        }
        for user in &gone {
            new |= notes.note(*user, PAUSE, now);
        }
        drop(notes);
        if new {
            self.news.notify_one();
        }
    }

    /// Listens and writes until it is stopped.
    pub(crate) async fn run(
        self: Arc<Self>,
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let mut feed = bus.subscribe(subject::PRESENCE);
        let hearing = async {
            while let Some(message) = feed.next().await {
                self.hear(&message.body);
            }
            std::future::pending::<()>().await;
        };
        let writing = async {
            loop {
                self.news.notified().await;
                tokio::time::sleep(GATHER).await;
                self.write(&*store).await;
            }
        };
        stop.run_until_cancelled(async { tokio::join!(hearing, writing) }).await;
        Ok(())
    }

    async fn write(&self, store: &dyn Store) {
        let users: Vec<UserId> = std::mem::take(&mut self.notes().waiting).into_iter().collect();
        for some in users.chunks(TOGETHER) {
            if let Err(error) = store.seen(some, Timestamp::now()).await {
                tracing::debug!(%error, users = some.len(), "cannot note when people were last seen");
            }
        }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        // Nothing panics half-way through a change, so poisoned notes are whole.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_noted_once_a_minute_and_when_they_only_stay_less_often() {
        let (mut notes, user, start) = (Notes::default(), UserId::new_v7(), Instant::now());
        assert!(notes.note(user, PAUSE, start));
        assert!(!notes.note(user, PAUSE, start + Duration::from_secs(59)));
        notes.waiting.clear();
        assert!(!notes.note(user, STAYS, start + Duration::from_secs(299)));
        assert!(notes.note(user, PAUSE, start + Duration::from_secs(60)));
    }
}
