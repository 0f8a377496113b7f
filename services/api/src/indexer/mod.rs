//! The indexer: follows the log into the index of messages, by which they are found and mentions are counted.
//!
//! Lifecycle: one task per API process, among the support tasks. It works while it holds the lease (`lead`), step after step (`step`):
//! reads how far the index is, then the next piece of the log, and writes what it changes together with the new place. At the stop it
//! gives its lease back, so that another goes on at once.
//!
//! Invariants:
//! - A piece is written in one transaction with the move of the cursor, from where the piece begins. (Killed in between, or done by two
//!   at once, a message would be indexed twice or never.)
//! - The place is read from the store before each step, never remembered. (Another may have gone on, or emptied the index.)
//! - An index of another epoch is emptied before anything is added. (Positions of a restored log mean other events.)
//! - Nothing here is awaited by a request, and no failure here stops one: it is logged once and tried again.

mod lead;
mod status;
mod step;

use std::sync::Arc;

use confab_runtime::config::Config;
use confab_runtime::metrics::Metrics;
use confab_runtime::tasks::Tasks;
use confab_store::Store;
use tokio::sync::Notify;

use lead::Lead;
use status::IndexStatus;
pub use step::{IndexStep, Indexer, Progress};

/// Starts the indexer unless the settings leave it to others. What it gives is to be notified after each commit.
pub(crate) fn start(config: &Config, store: &Arc<dyn Store>, metrics: &Metrics, tasks: &Tasks) -> Arc<Notify> {
    let news = Arc::new(Notify::new());
    if config.search.indexer {
        let status = IndexStatus::new(metrics);
        let lead = Lead::new(store, Arc::clone(&news), status);
        let stop = tasks.support().stop();
        tasks.support().spawn("indexer", lead.run(stop));
    }
    news
}
