//! One step of the indexer: a piece of the log into the index. Drives nothing and waits for nothing but the store.

use std::sync::Arc;

use confab_domain::search::IndexBatch;
use confab_proto::Position;
use confab_store::{Store, StoreError};

use crate::consumer::Progress;

/// Events of one step.
pub(super) const STEP_EVENTS: usize = 500;
/// Bytes of them: what one transaction writes in well under a second.
const STEP_BYTES: usize = 512 * 1024;

/// Brings the index up to the log, step by step.
#[derive(Clone)]
pub struct Indexer {
    store: Arc<dyn Store>,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexStep {
    /// The index holds all of the log.
    Idle,
    Indexed,
    /// The index was of another log, and is empty now.
    Emptied,
    /// Another one was quicker.
    Beaten,
}

impl Indexer {
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Takes the next piece of the log into the index.
    ///
    /// # Errors
    /// The store is away, or the log cannot be read. Nothing was written, or it is not known: the next step finds out.
    pub async fn index_once(&self) -> Result<Progress<IndexStep>, StoreError> {
        let indexed = self.store.indexed().await?;
        let page = self.store.log_after(indexed.position, STEP_EVENTS, STEP_BYTES).await?;
        let head = page.log.position;
        // A log that ends before its index was put back, even if its epoch does not tell.
        let put_back = head < indexed.position;
        if page.log.epoch != indexed.epoch || put_back {
            self.store.clear_index(page.log.epoch, put_back).await?;
            return Ok(Progress { step: IndexStep::Emptied, position: Position::ZERO, head });
        }
        if page.events.is_empty() {
            return Ok(Progress { step: IndexStep::Idle, position: indexed.position, head });
        }
        let batch = IndexBatch::of(page.log.epoch, indexed.position, &page.events);
        for position in &batch.unreadable {
            tracing::error!(
                event.position = position.0,
                "an event cannot be read, so it is not found; look with `confab verify`"
            );
        }
        let step = if self.store.index(&batch).await? { IndexStep::Indexed } else { IndexStep::Beaten };
        Ok(Progress { step, position: batch.to, head })
    }

    /// Empties the index, to be filled again by whoever indexes.
    ///
    /// # Errors
    /// The store is away.
    pub async fn empty(&self) -> Result<(), StoreError> {
        let log = self.store.log_head().await?;
        self.store.clear_index(log.epoch, true).await.map(drop)
    }
}
