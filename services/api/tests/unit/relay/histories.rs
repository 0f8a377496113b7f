//! Random histories: several relays at once, crashes, pauses, late messages, deletions, purges, restores. When the faults end,
//! the stream is the log.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use confab_proto::Position;
use confab_runtime::metrics::Metrics;
use rand::RngExt as _;

use super::model::Model;
use super::{Relay, RelayError, RelayStatus, Settings, Step};

const WINDOW: u64 = 6;
const RELAYS: usize = 3;

type Work = Pin<Box<dyn Future<Output = (Relay, Result<Step, RelayError>)>>>;

/// One relay: resting between steps, or in the middle of one.
enum Slot {
    Resting(Relay, Step),
    Working(Work),
}

struct History {
    model: Model,
    status: Arc<RelayStatus>,
    slots: Vec<Option<Slot>>,
    start: u64,
}

impl History {
    fn begin(seed: u64) -> Self {
        let model = Model::new(seed, 12);
        let start = if seed.is_multiple_of(5) { 4 } else { 1 };
        let mut history = Self { model, status: RelayStatus::new(&Metrics::default()), slots: Vec::new(), start };
        history.slots = (0..RELAYS).map(|_| Some(history.fresh())).collect();
        history
    }

    fn fresh(&self) -> Slot {
        let in_flight = self.model.world().random.random_range(1..=usize::try_from(WINDOW).unwrap());
        let settings = Settings { in_flight, window: WINDOW, start: Position(self.start), largest: 0 };
        let (store, stream) = (Arc::new(self.model.clone()), Arc::new(self.model.clone()));
        Slot::Resting(Relay::new(store, stream, settings, Arc::clone(&self.status)), Step::Ready)
    }

    /// Lets one relay go on until it next has to wait. `true` if its step ended.
    fn poll(&mut self, index: usize) -> bool {
        let mut work = match self.slots[index].take().unwrap() {
            Slot::Working(work) => work,
            Slot::Resting(mut relay, before) => {
                let (checks, takes_over) = {
                    let random = &mut self.model.world().random;
                    (before == Step::Idle && random.random_bool(0.5), random.random_ratio(1, 20))
                };
                Box::pin(async move {
                    if takes_over {
                        relay.take_over();
                    }
                    let done = match checks {
                        true => relay.check().await.map(|()| Step::Ready),
                        false => relay.step().await,
                    };
                    (relay, done)
                })
            }
        };
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => {
                self.slots[index] = Some(Slot::Working(work));
                false
            }
            Poll::Ready((relay, done)) => {
                let step = done.unwrap_or(Step::Ready);
                assert_ne!(step, Step::Halted, "the stream is never ahead of the log");
                self.slots[index] = Some(Slot::Resting(relay, step));
                true
            }
        }
    }

    fn something_happens(&mut self) {
        let mut world = self.model.world();
        let end = world.log.len();
        match world.random.random_range(0..100) {
            0..30 => {
                let count = world.random.random_range(1..=9);
                world.append(count);
            }
            30..70 if !world.air.is_empty() => {
                let count = world.air.len();
                let index = world.random.random_range(0..count);
                let late = world.air.swap_remove(index);
                // Whoever sent it has long given it up.
                world.store(late).ok();
            }
            70..80 => {
                let up_to = world.random.random_range(0..=end as u64 + 3);
                world.purge(up_to);
            }
            80..83 => world.stream = None,
            83..88 => {
                let back = world.random.random_range(0..=end.min(5));
                world.restore(end - back);
            }
            88..97 => {
                let index = world.random.random_range(0..RELAYS);
                drop(world);
                self.slots[index] = Some(self.fresh());
            }
            _ => {}
        }
    }

    /// Faults end; late messages still come. All relays run until none has anything to do.
    fn settle(&mut self) {
        self.model.world().fault = 0;
        loop {
            for index in 0..RELAYS {
                self.run_to_idle(index);
            }
            let mut world = self.model.world();
            let Some(late) = world.air.pop() else { break };
            world.store(late).ok();
            world.append(1);
        }
        for index in 0..RELAYS {
            self.run_to_idle(index);
        }
    }

    fn run_to_idle(&mut self, index: usize) {
        let (mut idle, mut polls) = (0, 0);
        // Idle, checked, and idle again.
        while idle < 6 {
            polls += 1;
            assert!(polls < 100_000, "a relay does not come to rest");
            if self.poll(index) {
                let Some(Slot::Resting(_, step)) = &self.slots[index] else { unreachable!("its step has ended") };
                idle = if matches!(step, Step::Idle | Step::Ready) { idle + 1 } else { 0 };
            }
        }
    }
}

#[test]
fn whatever_happens_the_stream_becomes_the_log() {
    let (mut purged, mut refilled) = (0, 0);
    for seed in 0..1_500 {
        let mut history = History::begin(seed);
        let mut paused = usize::MAX;
        for _ in 0..300 {
            let (index, happens) = {
                let random = &mut history.model.world().random;
                if random.random_ratio(1, 40) {
                    // The last number pauses nobody.
                    paused = random.random_range(0..=RELAYS);
                }
                (random.random_range(0..RELAYS), random.random_ratio(1, 8))
            };
            if happens {
                history.something_happens();
            } else if index != paused {
                history.poll(index);
            }
        }
        history.settle();
        let world = history.model.world();
        world.assert_exact();
        let first = world.stream.as_ref().unwrap().first;
        purged += usize::from(first > history.start);
        refilled += usize::from(first == 1);
    }
    assert!(purged > 100 && refilled > 100, "{purged} ended purged, {refilled} whole");
}
