//! Ends the process: SIGTERM or SIGINT stops the tasks, a second one exits at once, a watchdog ends a stop that hangs.

use std::process::exit;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::tasks::Tasks;

/// What the watchdog waits beyond the tasks' own deadline.
const MARGIN: Duration = Duration::from_secs(2);

/// Runs until a signal or a failed task stops `tasks`, and all have ended. For `main` only: it may exit the process.
pub async fn run(tasks: Tasks) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
    let (stop, deadline) = (tasks.stop(), tasks.deadline());
    let mut ended = std::pin::pin!(tasks.run_until_stopped());
    tokio::select! {
        result = &mut ended => return result,
        () = stop.cancelled() => {}
        name = first(&mut terminate, &mut interrupt) => tracing::info!(signal = name, "stopping; once more to stop at once"),
    }
    arm_watchdog(deadline + MARGIN);
    stop.cancel();
    tokio::select! {
        result = &mut ended => result,
        name = first(&mut terminate, &mut interrupt) => {
            tracing::warn!(signal = name, "stopped at once");
            exit(1)
        }
    }
}

async fn first(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}

/// A thread, not a task: it must fire even when the runtime is stuck.
fn arm_watchdog(after: Duration) {
    std::thread::spawn(move || {
        std::thread::sleep(after);
        tracing::error!("the stop hangs, giving up");
        exit(1)
    });
}
