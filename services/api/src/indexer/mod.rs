//! The indexer: follows the log into the index of messages, by which they are found and mentions are counted.
//!
//! Lifecycle: a consumer (see `consumer.rs`). Each step reads how far the index is, then the next piece of the log, and writes what it
//! changes together with the new place.
//!
//! Invariants:
//! - A piece is written in one transaction with the move of the cursor, from where the piece begins. (Killed in between, or done by two
//!   at once, a message would be indexed twice or never.)
//! - The place is read from the store before each step, never remembered. (Another may have gone on, or emptied the index.)
//! - An index of another epoch is emptied before anything is added. (Positions of a restored log mean other events.)

mod consume;
mod step;

use std::sync::Arc;

use confab_runtime::config::Config;
use confab_runtime::metrics::Metrics;
use confab_runtime::tasks::Tasks;
use confab_store::Store;
use tokio::sync::Notify;

use consume::Indexing;
pub use step::{IndexStep, Indexer};

use crate::consumer::Lead;

/// Starts the indexer unless the settings leave it to others. What it gives is to be notified after each commit.
pub(crate) fn start(config: &Config, store: &Arc<dyn Store>, metrics: &Metrics, tasks: &Tasks) -> Arc<Notify> {
    let news = Arc::new(Notify::new());
    if config.search.indexer {
        let indexing = Indexing { indexer: Indexer::new(Arc::clone(store)), news: Arc::clone(&news) };
        let lead = Lead::new(store, indexing, metrics);
        let stop = tasks.support().stop();
        tasks.support().spawn("indexer", lead.run(stop));
    }
    news
}
