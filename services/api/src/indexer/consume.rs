//! When the indexer takes its steps, and what it is called.

use std::sync::Arc;
use std::time::Duration;

use confab_runtime::chance::jittered;
use confab_store::StoreError;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::step::{IndexStep, Indexer, STEP_EVENTS};
use crate::consumer::{Consumer, Names, POLL_EVERY, Progress};

/// After a step that reached the end: what comes meanwhile is one transaction, not one each. On one node appends wait for it.
const GATHER: Duration = Duration::from_millis(100);

/// So many events are a step by themselves.
const FULL: u64 = STEP_EVENTS as u64;

pub(super) struct Indexing {
    pub(super) indexer: Indexer,
    /// Notified after each commit of this process.
    pub(super) news: Arc<Notify>,
}

impl Consumer for Indexing {
    const NAMES: Names = Names {
        lease: "indexer",
        failing: "messages are not indexed",
        leader: ["confab_search_leader", "1 in the process that indexes messages"],
        lag: ["confab_search_lag_positions", "Events that the index of messages does not hold yet, where it is filled"],
        failures: ["confab_search_failures", "Times that the database held up the indexer"],
    };

    type Step = IndexStep;

    async fn step(&mut self) -> Result<Progress<IndexStep>, StoreError> {
        self.indexer.index_once().await
    }

    async fn after(&mut self, progress: Progress<IndexStep>) {
        match progress.step {
            IndexStep::Emptied => {
                tracing::info!(log.position = progress.head.0, "the index of messages is made again")
            }
            IndexStep::Idle => {
                // Over is as good as notified: then the log is read.
                timeout(jittered(POLL_EVERY), self.news.notified()).await.ok();
            }
            // Far behind. Else it waits, also while more comes: many messages at once cost little more than one.
            IndexStep::Indexed if progress.head.0 >= progress.position.0 + FULL => {}
            IndexStep::Indexed | IndexStep::Beaten => sleep(jittered(GATHER)).await,
        }
    }
}
