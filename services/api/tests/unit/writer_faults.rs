//! What becomes of commands when the store fails, refuses or waits: the writer over a log in memory with scripted faults.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use confab_domain::Placed;
use confab_proto::{MessageNo, Position, Seq, Timestamp};
use confab_runtime::bus::{Bus, InProcess, Subscription};
use confab_runtime::metrics::Metrics;
use tokio::sync::Semaphore;

use super::*;

/// What happens to one call.
enum Fault {
    /// Nothing was written.
    Away,
    /// All was written, and the answer got lost.
    AnswerLost,
}

/// Knows commands by their client id, which in these tests is a small number.
struct Log {
    written: Mutex<Vec<u128>>,
    calls: Mutex<Vec<Vec<u128>>>,
    /// For the next calls, last first.
    faults: Mutex<Vec<Fault>>,
    /// A command that the database refuses as data.
    refused: Option<u128>,
    /// One for each call that may go on.
    gate: Semaphore,
}

impl Log {
    fn append(&self, ids: &[u128]) -> Result<Vec<Outcome>, StoreError> {
        self.calls.lock().unwrap().push(ids.to_vec());
        let fault = self.faults.lock().unwrap().pop();
        if matches!(fault, Some(Fault::Away)) {
            return Err(StoreError::timed_out());
        }
        if ids.iter().any(|id| Some(*id) == self.refused) {
            return Err(StoreError::misused("for this test"));
        }
        let mut written = self.written.lock().unwrap();
        let mut outcomes = Vec::new();
        for id in ids {
            if let Some(index) = written.iter().position(|known| known == id) {
                outcomes.push(Outcome::Duplicate(place(index)));
            } else {
                outcomes.push(Outcome::Appended(vec![place(written.len())]));
                written.push(*id);
            }
        }
        match fault {
            Some(Fault::AnswerLost) => Err(StoreError::timed_out()),
            _ => Ok(outcomes),
        }
    }

    fn calls(&self) -> Vec<Vec<u128>> {
        self.calls.lock().unwrap().clone()
    }
}

fn place(index: usize) -> Placed {
    let number = index as u64 + 1;
    Placed { seq: Seq(number), position: Position(number), message_no: MessageNo(number), at: Timestamp(0) }
}

#[async_trait::async_trait]
impl Appender for Log {
    async fn append_plain(&self, batch: &[Append]) -> Result<Vec<Outcome>, StoreError> {
        self.gate.acquire().await.unwrap().forget();
        self.append(&batch.iter().map(|append| append.client_id.uuid().as_u128()).collect::<Vec<_>>())
    }

    async fn append_rule(&self, command: &Append) -> Result<Outcome, StoreError> {
        Ok(self.append_plain(std::slice::from_ref(command)).await?.remove(0))
    }
}

struct Scene {
    log: Arc<Log>,
    writer: Writer,
    live: Subscription,
    tasks: Tasks,
}

fn scene(faults: Vec<Fault>, refused: Option<u128>, gate: usize) -> Scene {
    let log = Arc::new(Log {
        written: Mutex::default(),
        calls: Mutex::default(),
        faults: Mutex::new(faults),
        refused,
        gate: Semaphore::new(gate),
    });
    let bus = Arc::new(InProcess::new());
    let live = bus.subscribe(&confab_proto::subject::live(job(0, 1).append.first_stream().conversation()));
    let tasks = Tasks::new();
    let metrics = Arc::new(ApiMetrics::new(&Metrics::default()));
    let publisher = Live::new(bus, metrics.live_published.clone(), Arc::default());
    let writer = Writer::start(log.clone(), publisher, &metrics, &tasks);
    Scene { log, writer, live, tasks }
}

impl Scene {
    /// Sends commands in this order, so that they wait together, and gives their answers.
    async fn send(&self, ids: impl IntoIterator<Item = u128>) -> Vec<Result<Outcome, ApiError>> {
        futures_util::future::join_all(ids.into_iter().map(|id| self.writer.append(job(id, 1).append))).await
    }

    /// The `seq` of all that was published.
    fn published(&mut self) -> Vec<u64> {
        std::iter::from_fn(|| self.live.try_next()).map(|message| message.headers.unwrap().seq).collect()
    }
}

fn appended(n: usize) -> Outcome {
    Outcome::Appended(vec![place(n)])
}

const OPEN: usize = Semaphore::MAX_PERMITS;

#[tokio::test]
async fn what_is_answered_as_appended_was_published_before() {
    let mut scene = scene(Vec::new(), None, OPEN);
    assert_eq!(scene.send([1]).await.remove(0).unwrap(), appended(0));
    assert_eq!(scene.published(), [1]);
    assert_eq!(scene.send([1]).await.remove(0).unwrap(), Outcome::Duplicate(place(0)));
    assert!(scene.published().is_empty(), "a repeat is no news");
}

#[tokio::test]
async fn an_unknown_outcome_is_asked_again_with_the_same_batch() {
    let scene = scene(vec![Fault::Away, Fault::AnswerLost], None, OPEN);
    let answers = scene.send([1, 2, 3]).await;
    let outcomes: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        outcomes,
        [0, 1, 2].map(|n| Outcome::Duplicate(place(n))),
        "written by the first call, told by the third"
    );
    assert_eq!(scene.log.calls(), [[1, 2, 3]; 3]);
}

#[tokio::test]
async fn a_store_that_stays_away_is_unavailable_and_heals() {
    let scene = scene((0..1_000).map(|_| Fault::Away).collect(), None, OPEN);
    for answer in scene.send([1, 2]).await {
        let response = axum::response::IntoResponse::into_response(answer.unwrap_err());
        assert_eq!((response.status().as_u16(), response.headers()["retry-after"].as_bytes()), (503, &b"1"[..]));
    }
    scene.log.faults.lock().unwrap().clear();
    assert_eq!(scene.send([2]).await.remove(0).unwrap(), appended(0));
}

#[tokio::test]
async fn a_refused_command_hurts_nobody_else() {
    let mut scene = scene(Vec::new(), Some(4), OPEN);
    let answers = scene.send(1..=7).await;
    assert!(answers[3].is_err());
    let outcomes: Vec<_> = answers.into_iter().filter_map(Result::ok).collect();
    assert_eq!(outcomes, [0, 1, 2, 3, 4, 5].map(appended), "in the order in which they came");
    assert_eq!(*scene.log.written.lock().unwrap(), [1, 2, 3, 5, 6, 7]);
    assert_eq!(scene.published(), [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn what_was_sent_is_written_though_nobody_waits() {
    let scene = scene(Vec::new(), None, OPEN);
    let mut gone = Box::pin(scene.writer.append(job(1, 1).append));
    assert!(futures_util::poll!(&mut gone).is_pending());
    drop(gone);
    assert_eq!(scene.send([2]).await.remove(0).unwrap(), appended(1));
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_the_rest_is_written() {
    let scene = scene(Vec::new(), None, 0);
    let mut sent = 0..;
    let mut waiting = Vec::new();
    // The first goes into a call, which waits at the gate; the others queue.
    for round in 0..2 {
        while scene.writer.queue.capacity() == 0 {
            tokio::task::yield_now().await;
        }
        loop {
            let mut next = Box::pin(scene.send(sent.next()));
            match futures_util::poll!(&mut next) {
                std::task::Poll::Pending => waiting.push(next),
                std::task::Poll::Ready(answers) => break assert!(answers[0].is_err()),
            }
            if waiting.len() == 1 {
                tokio::task::yield_now().await;
            }
        }
        assert!(waiting.len() <= QUEUE + BATCH_COMMANDS, "{}", waiting.len());
        if round == 0 {
            scene.log.gate.add_permits(1);
            assert!(waiting.remove(0).await[0].is_ok());
        }
    }
    scene.log.gate.add_permits(OPEN);
    for answer in futures_util::future::join_all(waiting).await {
        assert!(matches!(answer[0], Ok(Outcome::Appended(_))));
    }
}

#[tokio::test]
async fn a_stop_answers_those_who_still_wait() {
    let Scene { writer, tasks, .. } = scene(Vec::new(), None, 0);
    let mut waiting = Box::pin(writer.append(job(1, 1).append));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    tasks.stop().cancel();
    tasks.run_until_stopped().await.unwrap();
    for refused in [waiting.await, writer.append(job(2, 1).append).await] {
        let response = axum::response::IntoResponse::into_response(refused.unwrap_err());
        assert_eq!(response.status().as_u16(), 503);
    }
}
