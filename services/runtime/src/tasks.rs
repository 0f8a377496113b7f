//! The only place that spawns. Every task has a name, is joined at the stop, and its failure is not lost.
//!
//! Lifecycle: ordinary tasks run until `stop()` fires (a signal, or the first failure); when the last of them has ended, the
//! stop of `support()` fires; when those have ended, `run_until_stopped` returns. One deadline, armed at the stop, covers both.
//!
//! Invariants: a task that ends before its stop, fails or panics stops the process with its name and reason (otherwise a dead
//! writer would look like a slow one); short-lived work harms nobody but itself (one connection must not end the others). Support tasks outlive ordinary ones (otherwise requests that are being drained would
//! find no writer). The deadline is armed before anything is waited for (otherwise one stuck task could hang the stop).

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Longer than the default `http.drain_seconds`, so that what is drained in time ends by itself.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(15);

/// Spawns and joins the tasks of one process (or of one instance in a test). Clones share everything.
#[derive(Clone)]
pub struct Tasks {
    shared: Arc<Shared>,
    phase: Phase,
}

#[derive(Clone, Copy)]
enum Phase {
    Ordinary,
    Support,
}

#[derive(Default)]
struct Group {
    stop: CancellationToken,
    tracker: TaskTracker,
}

struct Shared {
    ordinary: Group,
    support: Group,
    deadline: Duration,
    state: Mutex<State>,
    #[cfg(feature = "simulation")]
    gate: crate::gate::Gate,
}

#[derive(Default)]
struct State {
    next_id: u64,
    running: BTreeMap<u64, &'static str>,
    failure: Option<anyhow::Error>,
}

impl State {
    /// As in "connection (3), writer (1)".
    fn running_by_name(&self) -> String {
        let mut counts = BTreeMap::<&str, usize>::new();
        for name in self.running.values() {
            *counts.entry(name).or_default() += 1;
        }
        let counted: Vec<_> = counts.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        counted.join(", ")
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self::new()
    }
}

impl Tasks {
    pub fn new() -> Self {
        Self::with_deadline(DEFAULT_DEADLINE)
    }

    /// `deadline` counts from the stop to the forced end.
    pub fn with_deadline(deadline: Duration) -> Self {
        let shared = Shared {
            ordinary: Group::default(),
            support: Group::default(),
            deadline,
            state: Mutex::default(),
            #[cfg(feature = "simulation")]
            gate: crate::gate::Gate::default(),
        };
        Self { shared: Arc::new(shared), phase: Phase::Ordinary }
    }

    /// For tasks that others lean on until their own end (writer, publisher): the same, but `stop()` fires only
    /// when all ordinary tasks have ended.
    #[must_use]
    pub fn support(&self) -> Self {
        Self { shared: self.shared.clone(), phase: Phase::Support }
    }

    /// Fires when tasks spawned here must end; cancel it on the ordinary tasks to stop the process.
    pub fn stop(&self) -> CancellationToken {
        self.group().stop.clone()
    }

    pub fn deadline(&self) -> Duration {
        self.shared.deadline
    }

    /// A task of the process's life: it ends by itself soon after `stop()`, with `Ok`. Everything else is a failure.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
        let (tasks, task) = (self.clone(), Box::pin(task));
        self.launch(name, async move {
            let result = AssertUnwindSafe(task).catch_unwind().await;
            let failure = match result {
                Ok(Ok(())) if tasks.group().stop.is_cancelled() => return,
                Ok(Ok(())) => anyhow!("task `{name}` ended before the stop"),
                Ok(Err(error)) => error.context(format!("task `{name}` failed")),
                Err(panic) => anyhow!("task `{name}` panicked: {}", panic_text(&*panic)),
            };
            tasks.fail(failure);
        });
    }

    /// Short-lived work whose end is no failure; dropped at `stop()`. A panic is logged and harms nobody else.
    pub fn spawn_detached(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let (stop, work) = (self.stop(), Box::pin(work));
        self.spawn_draining(name, async move {
            stop.run_until_cancelled(work).await;
        });
    }

    /// Short-lived work that must not be cut at `stop()`, such as a connection with a request in flight:
    /// it is waited for and has to end by itself before the deadline.
    pub fn spawn_draining(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let work = Box::pin(work);
        self.launch(name, async move {
            if let Err(panic) = AssertUnwindSafe(work).catch_unwind().await {
                tracing::error!(task = name, panic = panic_text(&*panic), "short-lived work panicked");
            }
        });
    }

    /// Waits for the stop (or the first failure, which causes it), then until all tasks have ended. Returns the first failure,
    /// or an error that names the tasks still running at the deadline.
    pub async fn run_until_stopped(self) -> anyhow::Result<()> {
        self.shared.ordinary.stop.cancelled().await;
        let joined = tokio::time::timeout(self.shared.deadline, self.join()).await;
        let (failure, running) = {
            let mut state = self.state();
            (state.failure.take(), state.running_by_name())
        };
        match (failure, joined) {
            (Some(failure), _) => Err(failure),
            (None, Ok(())) => Ok(()),
            (None, Err(_)) => bail!("still running {:?} after the stop: {running}", self.shared.deadline),
        }
    }

    /// What stops all of them for a while.
    #[cfg(feature = "simulation")]
    pub fn gate(&self) -> crate::gate::Gate {
        self.shared.gate.clone()
    }

    async fn join(&self) {
        for group in [&self.shared.ordinary, &self.shared.support] {
            group.stop.cancel();
            group.tracker.close();
            group.tracker.wait().await;
        }
    }

    fn group(&self) -> &Group {
        match self.phase {
            Phase::Ordinary => &self.shared.ordinary,
            Phase::Support => &self.shared.support,
        }
    }

    /// Whoever calls it has boxed the work: each wrapper around a future has room for it twice, before and while it runs, so that four
    /// of them make 16 times of it.
    fn launch(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let running = Running::enter(self.clone(), name);
        #[cfg(feature = "simulation")]
        let work = self.shared.gate.guard(work);
        #[expect(clippy::disallowed_methods, reason = "the one place that spawns; `tracker` joins the task")]
        let _joined_by_tracker = tokio::spawn(self.group().tracker.track_future(async move {
            let _running = running;
            work.await;
        }));
    }

    fn fail(&self, failure: anyhow::Error) {
        let mut state = self.state();
        match &state.failure {
            None => state.failure = Some(failure),
            Some(_) => tracing::error!(error = format!("{failure:#}"), "another task failed"),
        }
        drop(state);
        self.shared.ordinary.stop.cancel();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing can panic half-way through a change of the state, so a poisoned one is whole.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the task's name in the list of running ones.
struct Running {
    tasks: Tasks,
    id: u64,
}

impl Running {
    fn enter(tasks: Tasks, name: &'static str) -> Self {
        let id = {
            let mut state = tasks.state();
            state.next_id += 1;
            let id = state.next_id;
            state.running.insert(id, name);
            id
        };
        Self { tasks, id }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.state().running.remove(&self.id);
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no text)")
}

/// Runs blocking work (hashing, files) on the threads made for it.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("blocking work panicked")
}
