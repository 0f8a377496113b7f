//! Who looks through the log for Web Push, and when: takes the lease, keeps it, and takes step after step while it holds it.

use std::sync::Arc;
use std::time::Duration;

use confab_proto::Timestamp;
use confab_runtime::chance::jittered;
use confab_store::{Store, StoreError};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::status::PushStatus;
use super::step::{Did, Parcel, Step};
use crate::lease::{Lease, RENEW_EVERY};

const TRY_EVERY: Duration = Duration::from_millis(500);
const POLL_EVERY: Duration = Duration::from_millis(500);
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_CAP: Duration = Duration::from_secs(10);

pub(super) struct Lead {
    lease: Lease,
    step: Step,
    out: mpsc::Sender<Parcel>,
    status: Arc<PushStatus>,
    /// Failures in a row.
    failed: u32,
}

impl Lead {
    pub(super) fn new(store: &Arc<dyn Store>, step: Step, out: mpsc::Sender<Parcel>, status: Arc<PushStatus>) -> Self {
        Self { lease: Lease::new(Arc::clone(store) as _, "push"), step, out, status, failed: 0 }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        stop.run_until_cancelled(self.lead_for_ever()).await;
        self.status.lead(false);
        if let Err(error) = self.lease.give_back().await {
            tracing::warn!(%error, "cannot give the lease of Web Push back; it runs out by itself");
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

    /// Looks through the log until the lease is another's.
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
            let progress = self.step.once(Timestamp::now()).await?;
            self.status.reached(progress.position, progress.head);
            if self.failed > 0 {
                tracing::info!(push.failed = self.failed, "Web Push goes on");
                self.failed = 0;
            }
            match progress.did {
                Did::Idle => sleep(jittered(POLL_EVERY)).await,
                Did::Early(wait) => sleep(wait.clamp(Duration::from_millis(10), POLL_EVERY)).await,
                Did::Skipped => {
                    tracing::info!(log.position = progress.head.0, "Web Push begins at the head of the log")
                }
                Did::Beaten => sleep(jittered(TRY_EVERY)).await,
                Did::Looked(parcels) => {
                    for parcel in parcels {
                        // Waits while the courier has its hands full. It ends at the stop only, as this does.
                        self.out.send(parcel).await.ok();
                    }
                }
            }
        }
    }

    /// Lets another replica try, and waits.
    async fn after(&mut self, error: &StoreError) {
        self.status.failures.inc();
        match error {
            _ if self.failed > 0 => {}
            StoreError::Unavailable(_) => {
                tracing::warn!(%error, "nobody is told of messages by Web Push; chat goes on, trying again")
            }
            // It will not go away by itself.
            _ => {
                tracing::error!(%error, "nobody is told of messages by Web Push; chat goes on; look with `confab verify`")
            }
        }
        self.failed = self.failed.saturating_add(1);
        self.status.lead(false);
        // If this fails too, it runs out by itself.
        self.lease.give_back().await.ok();
        let doublings = 2_u32.saturating_pow(self.failed.min(16) - 1);
        sleep(jittered(RETRY_FIRST.saturating_mul(doublings).min(RETRY_CAP))).await;
    }
}
