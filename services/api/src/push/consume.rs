//! When Web Push looks through the log, and what it is called.

use std::time::Duration;

use confab_proto::Timestamp;
use confab_runtime::chance::jittered;
use confab_store::StoreError;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::step::{Did, Parcel, Step};
use crate::consumer::{Consumer, Names, POLL_EVERY, Progress};

/// Each step is a transaction: what comes meanwhile is one, not one each.
const GATHER: Duration = Duration::from_millis(200);

pub(super) struct Looking {
    pub(super) step: Step,
    pub(super) out: mpsc::Sender<Parcel>,
}

impl Consumer for Looking {
    const NAMES: Names = Names {
        lease: "push",
        failing: "nobody is told of messages by Web Push",
        leader: ["confab_push_leader", "1 in the process that looks through the log for Web Push"],
        lag: [
            "confab_push_lag_positions",
            "Events that Web Push has not looked at yet, where it is done; those of the delay are among them",
        ],
        failures: ["confab_push_failures", "Times that the database held up Web Push"],
    };

    type Step = Did;

    async fn step(&mut self) -> Result<Progress<Did>, StoreError> {
        self.step.once(Timestamp::now()).await
    }

    async fn after(&mut self, progress: Progress<Did>) {
        match progress.step {
            Did::Idle | Did::Beaten => sleep(jittered(POLL_EVERY)).await,
            Did::Early(wait) => sleep(wait.clamp(GATHER, POLL_EVERY)).await,
            Did::Skipped => tracing::info!(log.position = progress.head.0, "Web Push begins at the head of the log"),
            Did::Looked { parcels, is_full } => {
                for parcel in parcels {
                    // Waits while the courier has its hands full. It ends at the stop only, as this does.
                    self.out.send(parcel).await.ok();
                }
                if !is_full {
                    sleep(jittered(GATHER)).await;
                }
            }
        }
    }
}
