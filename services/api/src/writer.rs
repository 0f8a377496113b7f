//! The write queue: natural batching in front of the store, and the live path behind it.
//!
//! Lifecycle: one task per process, among the support tasks, so that it outlives the requests that wait for it. It ends when
//! it is told to stop; what still waits is answered `unavailable` by the closing of its channel.
//!
//! Invariants:
//! - One append is in flight at a time; what queues meanwhile is the next batch. No timer: an idle system adds no latency.
//! - A command whose `(stream, actor, clientId)` is in the batch already waits for the next one (the store could not tell
//!   which of the two came first). The same holds for two about one message: the store judges a batch by what was before it.
//! - An unknown outcome is asked again with the *same* batch: every command in it is idempotent. After 3 s the senders are
//!   told `unavailable`, and may ask again themselves.
//! - Data that the database refuses hurts nobody else: the batch is halved until the one is found.
//! - Published before answered, after committed (L6). What only a repeated call finds in the log is a duplicate, ours or not:
//!   it is answered as one and not published, since the sweep brings it as it brings all that the live path loses.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use confab_domain::Append;
use confab_proto::EventType;
use confab_runtime::chance;
use confab_runtime::mutants::{Mutant, planted};
use confab_runtime::tasks::Tasks;
use confab_store::{Appender, Outcome, StoreError};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::error::ApiError;
use crate::live::Live;
use crate::metrics::{ApiMetrics, word_of};
use crate::writer_job::{Job, JobTrace};

/// Commands that may wait, in the channel and out of it.
const QUEUE: usize = 4_096;
/// Taken out of the channel at most, to choose the next batch from.
const WINDOW: usize = 1_024;
const BATCH_COMMANDS: usize = 256;
const BATCH_BYTES: usize = 1024 * 1024;
const RETRY_FOR: Duration = Duration::from_secs(3);
const RETRY_EVERY: Duration = Duration::from_millis(100);

/// The end that handlers hold.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Job>,
    metrics: Arc<ApiMetrics>,
}

impl Writer {
    /// Starts the writing task.
    pub(crate) fn start(store: Arc<dyn Appender>, live: Live, metrics: &Arc<ApiMetrics>, tasks: &Tasks) -> Self {
        let metrics = metrics.clone();
        let (queue, jobs) = mpsc::channel(QUEUE - WINDOW);
        let stop = tasks.support().stop();
        let work = Work { store, live, metrics: metrics.clone(), jobs, waiting: VecDeque::new() };
        tasks.support().spawn("writer", async move {
            stop.run_until_cancelled(work.run()).await;
            // The last handler may be gone before the stop: then nothing is left to write.
            stop.cancelled().await;
            Ok(())
        });
        Self { queue, metrics }
    }

    /// Appends one command and says what became of it. Gone on with even if the caller no longer waits.
    pub(crate) async fn append(&self, append: Append) -> Result<Outcome, ApiError> {
        let (answer, answered) = oneshot::channel();
        // Before it is queued, since it may be taken at once.
        self.metrics.queue.inc();
        if let Err(unsent) = self.queue.try_send(Job { append, answer, trace: JobTrace::begin() }) {
            self.metrics.queue.dec();
            // A closed queue drops the job here, and with it the sender of its answer.
            if let TrySendError::Full(_) = unsent {
                return Err(ApiError::unavailable("too many writes are waiting; try again"));
            }
        }
        match answered.await {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(error)) => Err(ApiError::from(&*error)),
            Err(_) => Err(ApiError::unavailable("the server is stopping; try again")),
        }
    }
}

struct Work {
    store: Arc<dyn Appender>,
    live: Live,
    metrics: Arc<ApiMetrics>,
    jobs: mpsc::Receiver<Job>,
    /// Taken from the channel, in order.
    waiting: VecDeque<Job>,
}

impl Work {
    async fn run(mut self) {
        loop {
            if self.waiting.is_empty() {
                match self.jobs.recv().await {
                    Some(job) => self.waiting.push_back(job),
                    None => return,
                }
            }
            while self.waiting.len() < WINDOW
                && let Ok(job) = self.jobs.try_recv()
            {
                self.waiting.push_back(job);
            }
            let batch = take_batch(&mut self.waiting);
            self.metrics.queue.dec_by(i64::try_from(batch.len()).unwrap_or(0));
            self.write(batch).await;
        }
    }

    async fn write(&self, batch: Vec<Job>) {
        let mut parts = vec![batch];
        while let Some(mut batch) = parts.pop() {
            let commands = batch.len();
            batch.iter_mut().for_each(|job| job.is_appended_among(commands));
            match self.append_with_retry(&batch).await {
                Ok(outcomes) => {
                    for (job, outcome) in batch.into_iter().zip(outcomes) {
                        self.finish(job, outcome);
                    }
                }
                Err(StoreError::Refused(_)) if batch.len() > 1 => {
                    parts.push(batch.split_off(batch.len() / 2));
                    parts.push(batch);
                }
                Err(error) => {
                    let error = Arc::new(error);
                    let outcome = word_of(Err(&error));
                    for mut job in batch {
                        self.metrics.appends.of(outcome).inc();
                        job.has_ended(outcome, true);
                        // Nobody waits any more: then there is nobody to tell.
                        job.answer.send(Err(Arc::clone(&error))).ok();
                    }
                }
            }
        }
    }

    async fn append_with_retry(&self, batch: &[Job]) -> Result<Vec<Outcome>, StoreError> {
        let appends: Vec<Append> = batch.iter().map(|job| job.append.clone()).collect();
        let begun = Instant::now();
        let result = self.append_until_known(&appends, begun + RETRY_FOR).await;
        self.metrics.append_seconds(&appends).observe(begun.elapsed().as_secs_f64());
        self.metrics.batch_commands.observe(appends.len() as f64);
        result
    }

    async fn append_until_known(&self, appends: &[Append], give_up: Instant) -> Result<Vec<Outcome>, StoreError> {
        let mut failed = 0_u32;
        loop {
            let renamed = (failed > 0 && planted(Mutant::RepeatedAsNew)).then(|| as_new(appends));
            let result = match renamed.as_deref().unwrap_or(appends) {
                [one] if !one.is_plain() => self.store.append_rule(one).await.map(|outcome| vec![outcome]),
                plain => self.store.append_plain(plain).await,
            };
            match result {
                Err(StoreError::Unavailable(error)) if Instant::now() < give_up => {
                    if failed == 0 {
                        tracing::warn!(%error, batch.commands = appends.len(), "the outcome of an append is unknown; asking again");
                    }
                    failed += 1;
                    self.metrics.append_retries.inc();
                    tokio::time::sleep(RETRY_EVERY).await;
                }
                Ok(outcomes) if failed > 0 => {
                    tracing::info!(append.failed = failed, "the outcome of an append is known");
                    return Ok(outcomes);
                }
                result => return result,
            }
        }
    }

    fn finish(&self, mut job: Job, outcome: Outcome) {
        let word = word_of(Ok(&outcome));
        self.metrics.appends.of(word).inc();
        let parent = job.has_ended(word, false);
        if let Outcome::Appended(placed) = &outcome {
            let epoch = job.append.epoch;
            self.live.publish(epoch, &job.append.into_log(placed), parent.as_ref());
        }
        // Nobody waits any more: the command stands in the log all the same.
        job.answer.send(Ok(outcome)).ok();
    }
}

/// The bug [`Mutant::RepeatedAsNew`]: the same content under other ids.
fn as_new(appends: &[Append]) -> Vec<Append> {
    appends.iter().map(|append| Append { client_id: chance::client_id(), ..append.clone() }).collect()
}

/// The next call to the store: one rule command, or as many plain ones as fit, in order. Never empty if jobs wait.
fn take_batch(waiting: &mut VecDeque<Job>) -> Vec<Job> {
    let mut batch = Vec::new();
    let mut later = VecDeque::new();
    let mut bytes = 0;
    let (mut keys, mut targets) = (HashSet::new(), HashSet::new());
    while let Some(job) = waiting.pop_front() {
        let plain = job.append.is_plain();
        bytes += job.append.events.iter().map(|event| event.data.get().len()).sum::<usize>();
        let fits = batch.len() < BATCH_COMMANDS && bytes <= BATCH_BYTES && plain;
        if !batch.is_empty() && !fits {
            waiting.push_front(job);
            break;
        }
        let key = (job.append.first_stream(), job.append.actor, job.append.client_id);
        let first = &job.append.events[0];
        let about = first.target_seq.filter(|_| first.event_type != EventType::MessageReplied);
        let target = about.map(|target| (first.stream, target));
        let is_free = !keys.contains(&key) && target.is_none_or(|target| !targets.contains(&target));
        if is_free {
            keys.insert(key);
            targets.extend(target);
            batch.push(job);
        } else {
            later.push_back(job);
        }
        if !plain {
            break;
        }
    }
    while let Some(job) = later.pop_back() {
        waiting.push_front(job);
    }
    batch
}

#[cfg(test)]
#[path = "../tests/unit/writer.rs"]
mod tests;
