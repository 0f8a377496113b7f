//! Who indexes, and when: takes the lease, keeps it, and takes step after step while it holds it.

use std::sync::Arc;
use std::time::Duration;

use confab_runtime::chance::jittered;
use confab_store::{Store, StoreError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::status::IndexStatus;
use super::step::{IndexStep, Indexer};
use crate::lease::{Lease, RENEW_EVERY};

/// Of one that does not index.
const TRY_EVERY: Duration = Duration::from_millis(500);
/// While idle: for events that another process wrote.
const POLL_EVERY: Duration = Duration::from_millis(500);
/// After a step that reached the end: what comes meanwhile is one transaction, not one each. On one node appends wait for it.
const GATHER: Duration = Duration::from_millis(100);
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_CAP: Duration = Duration::from_secs(10);

pub(super) struct Lead {
    lease: Lease,
    indexer: Indexer,
    /// Notified after each commit of this process.
    news: Arc<Notify>,
    status: Arc<IndexStatus>,
    /// Failures in a row.
    failed: u32,
}

impl Lead {
    pub(super) fn new(store: &Arc<dyn Store>, news: Arc<Notify>, status: Arc<IndexStatus>) -> Self {
        let lease = Lease::new(Arc::clone(store) as _, "indexer");
        Self { lease, indexer: Indexer::new(Arc::clone(store)), news, status, failed: 0 }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let leads = stop.run_until_cancelled(self.lead_for_ever()).await;
        debug_assert!(leads.is_none(), "it has no end of its own");
        self.status.lead(false);
        if let Err(error) = self.lease.give_back().await {
            tracing::warn!(%error, "cannot give the indexer's lease back; it runs out by itself");
        }
        Ok(())
    }

    async fn lead_for_ever(&mut self) {
        loop {
            match self.lead().await {
                Ok(()) => sleep(jittered(TRY_EVERY)).await,
                Err(error) => self.after(&error).await,
            }
        }
    }

    /// Indexes until the lease is another's.
    async fn lead(&mut self) -> Result<(), StoreError> {
        let mut renewed: Option<Instant> = None;
        loop {
            if renewed.is_none_or(|renewed| renewed.elapsed() >= RENEW_EVERY) {
                // From before the call, since the lease may run from there.
                let now = Instant::now();
                let leads = self.lease.take().await?;
                self.status.lead(leads);
                if !leads {
                    return Ok(());
                }
                renewed = Some(now);
            }
            let progress = self.indexer.index_once().await?;
            self.status.reached(progress);
            if self.failed > 0 {
                tracing::info!(indexer.failed = self.failed, "the indexer goes on");
                self.failed = 0;
            }
            match progress.step {
                IndexStep::Emptied => {
                    tracing::info!(log.position = progress.head.0, "the index of messages is made again")
                }
                IndexStep::Idle => {
                    // Over is as good as notified: then the log is read.
                    timeout(jittered(POLL_EVERY), self.news.notified()).await.ok();
                }
                IndexStep::Indexed if progress.position < progress.head => {}
                IndexStep::Indexed | IndexStep::Beaten => sleep(jittered(GATHER)).await,
            }
        }
    }

    /// Lets another replica try, and waits.
    async fn after(&mut self, error: &StoreError) {
        self.status.failures.inc();
        match error {
            _ if self.failed > 0 => {}
            StoreError::Unavailable(_) => {
                tracing::warn!(%error, "messages are not indexed; chat goes on, trying again")
            }
            // It will not go away by itself.
            _ => tracing::error!(%error, "messages are not indexed; chat goes on; look with `confab verify`"),
        }
        self.failed = self.failed.saturating_add(1);
        self.status.lead(false);
        // If this fails too, it runs out by itself.
        self.lease.give_back().await.ok();
        let doublings = 2_u32.saturating_pow(self.failed.min(16) - 1);
        sleep(jittered(RETRY_FIRST.saturating_mul(doublings).min(RETRY_CAP))).await;
    }
}
