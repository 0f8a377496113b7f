//! The sweep: asks the store again and again what moved, so that nothing rests on a NATS message arriving.
//!
//! Lifecycle: from the hub's start until the connections have drained. Its first read gives the cursor; until then no channel opens.
//!
//! Invariants: the cursor moves only with a read, over everything that the read named (else a last message that the bus lost
//! is never found). Epoch changed or position went back: everybody starts afresh. While the store is away it tries again with a
//! growing pause, and says so once.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use confab_runtime::chance::jittered;
use confab_runtime::mutants::{Mutant, planted};
use confab_store::{LogHead, Sweep};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::hub::{Hub, backoff};

/// A connection that died without a word must not end delivery.
const LIMIT: Duration = Duration::from_secs(10);

/// Sweeps until `stop`.
pub(crate) async fn run(hub: Arc<Hub>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut cursor = None;
    let mut failures: u32 = 0;
    let sweeping = async {
        loop {
            let begun = Instant::now();
            let swept = once(&hub, &mut cursor).await;
            hub.metrics.sweep_seconds.observe(begun.elapsed().as_secs_f64());
            let wait = match swept {
                Ok(caught_up) => {
                    if failures > 0 {
                        tracing::info!("the sweep reads the store again");
                    }
                    failures = 0;
                    if caught_up { jittered(hub.settings.sweep) } else { Duration::ZERO }
                }
                Err(error) => {
                    if failures == 0 {
                        tracing::warn!(error = format!("{error:#}"), "the sweep cannot read the store, trying again");
                    }
                    hub.metrics.sweep_failures.inc();
                    failures = failures.saturating_add(1);
                    backoff(failures)
                }
            };
            // A channel that saw something odd does not wait for the next turn. Either way it sweeps again.
            let (Ok(()) | Err(_)) = tokio::time::timeout(wait, hub.suspect.notified()).await;
        }
    };
    stop.run_until_cancelled(sweeping).await;
    Ok(())
}

/// Says whether nothing is left to look at.
async fn once(hub: &Arc<Hub>, cursor: &mut Option<LogHead>) -> anyhow::Result<bool> {
    let asking = hub.reader.sweep(cursor.map(|known| known.position));
    let Sweep { log, to, moved } = tokio::time::timeout(LIMIT, asking).await.context("no answer in time")??;
    let is_another_life =
        |known: LogHead| (known.epoch != log.epoch && !planted(Mutant::EpochIgnored)) || log.position < known.position;
    if cursor.is_some_and(is_another_life) {
        hub.reset(log.epoch).await;
    } else {
        hub.activity.note(&moved);
        for moved in moved.into_iter().filter(|_| !planted(Mutant::NoSweep)) {
            hub.hint(moved.stream, moved.seq);
        }
    }
    let to_come = if planted(Mutant::SweepSkips) { to.next() } else { to };
    *cursor = Some(LogHead { position: to_come, ..log });
    hub.open();
    Ok(to >= log.position)
}
