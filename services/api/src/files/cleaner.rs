//! Clears what nobody reads any more: files that no message used in time, files whose last message was deleted, and what a process that
//! was killed left behind.
//!
//! Lifecycle: one replica at a time does it, once in a while, by a lease of the store.
//!
//! Invariants: a file is given up in the store first, so nobody can use it from then on (otherwise a message could get a file that is being
//! deleted); its row goes last (otherwise an object that could not be deleted would stay for ever). Doing it twice does no harm.

use std::sync::Arc;
use std::time::Duration;

use confab_proto::Timestamp;
use confab_runtime::chance::jittered;
use confab_runtime::config::Config;
use confab_store::{Leftover, Store};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::objects::Objects;

const LEASE: &str = "files";
const EVERY: Duration = Duration::from_secs(30);
/// Longer than clearing a page takes, unless the object store hangs; and then it may be done twice.
const TTL: Duration = Duration::from_secs(120);
const PAGE: usize = 100;
/// Storing a file takes two minutes at most.
const STORING_SECONDS: i64 = 3600;

/// Clears files, for one process.
pub struct Cleaner {
    store: Arc<dyn Store>,
    objects: Objects,
    unused_seconds: i64,
    holder: Uuid,
}

impl Cleaner {
    /// # Errors
    /// The object store of the settings cannot be used.
    pub fn new(config: &Config, store: Arc<dyn Store>) -> anyhow::Result<Self> {
        let unused_seconds = i64::try_from(config.files.unused.as_secs())?;
        Ok(Self { store, objects: Objects::open(&config.files)?, unused_seconds, holder: Uuid::new_v4() })
    }

    /// Clears all there is at this moment, and says how many files.
    ///
    /// # Errors
    /// The store or the object store is away; what was not cleared will be.
    pub async fn clear(&self, now: Timestamp) -> anyhow::Result<usize> {
        let leftover = Leftover {
            unused_since: now.plus_seconds(-self.unused_seconds),
            storing_since: now.plus_seconds(-STORING_SECONDS),
        };
        let mut cleared = 0;
        loop {
            let files = self.store.files_to_clear(leftover, PAGE).await?;
            for file in &files {
                self.objects.delete(*file).await?;
                self.store.forget_file(*file).await?;
            }
            cleared += files.len();
            if files.len() < PAGE {
                return Ok(cleared);
            }
        }
    }

    /// Until the stop.
    pub(crate) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        stop.run_until_cancelled(self.clear_for_ever()).await;
        // If this fails, it runs out by itself.
        self.store.release_lease(LEASE, self.holder).await.ok();
        Ok(())
    }

    async fn clear_for_ever(&self) {
        let mut failed = false;
        loop {
            sleep(jittered(EVERY)).await;
            match self.step().await {
                Ok(0) => {}
                Ok(cleared) => tracing::info!(files.cleared = cleared, "cleared files that nobody reads any more"),
                Err(error) if !failed => {
                    tracing::warn!(error = format!("{error:#}"), "files cannot be cleared, trying again");
                    failed = true;
                    continue;
                }
                Err(_) => continue,
            }
            if std::mem::take(&mut failed) {
                tracing::info!("files can be cleared again");
            }
        }
    }

    async fn step(&self) -> anyhow::Result<usize> {
        if self.store.take_lease(LEASE, self.holder, TTL).await? { self.clear(Timestamp::now()).await } else { Ok(0) }
    }
}
