//! A node's way to the store: requests and answers that come late, get lost or hang, and a model that is never wrong behind it.
//!
//! What was sent is carried out whatever becomes of the sender, as a database does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use confab_domain::Append;
use confab_proto::event_data::SessionRevoked;
use confab_proto::{EventType, Seq};
use confab_store::{Outcome, StoreError};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::dice::Dice;
use crate::truth::Truth;
use crate::world::{Node, Shared, spawn};

/// Whether a node is there, and reaches the store.
#[derive(Default)]
pub(crate) struct Link {
    dead: AtomicBool,
    cut: AtomicBool,
}

impl Link {
    pub(crate) fn die(&self) {
        self.dead.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    pub(crate) fn set_cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
    }

    fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }
}

pub(crate) struct NodeStore {
    pub(crate) world: Shared,
    pub(crate) node: Node,
    pub(crate) link: Arc<Link>,
}

/// What becomes of one call.
struct Fate {
    before: Duration,
    after: Duration,
    loses: Loses,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Loses {
    Nothing,
    Request,
    Answer,
    /// Nothing is heard for long.
    Both,
}

const HANGS_FOR: Duration = Duration::from_secs(12);

impl NodeStore {
    fn dice(&self) -> Dice {
        let key = match self.node {
            Node::Api(index) => index as u64,
            Node::Gateway(index) => 100 + index as u64,
        };
        self.world.dice(3, key)
    }

    fn fate(&self) -> Fate {
        let mut dice = self.dice();
        let weather = self.world.lock().weather;
        let latency = self.world.profile.latency;
        let quick = |dice: &mut Dice| Duration::from_millis([0, 0, 0, 1, 1, 2, 3, 5][dice.index(8)] * latency);
        let (mut before, mut after) = (quick(&mut dice), quick(&mut dice));
        if dice.permille(weather.store_slow) {
            self.world.count("store: slow");
            *(if dice.permille(500) { &mut before } else { &mut after }) += dice.millis(10..900);
        }
        let mut loses = Loses::Nothing;
        if dice.permille(weather.store_fails) {
            loses = [Loses::Request, Loses::Answer, Loses::Answer, Loses::Both][dice.index(4)];
        }
        Fate { before, after, loses }
    }

    /// Carries a call out, sooner or later, and brings its answer, perhaps.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Truth) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.link.is_dead() {
            sleep(Duration::from_millis(20)).await;
            return Err(StoreError::timed_out());
        }
        let fate = self.fate();
        let (world, link) = (self.world.clone(), self.link.clone());
        let (tell, told) = oneshot::channel();
        spawn(async move {
            let answer = carry_out(&world, &link, fate, work).await;
            // Who has gone hears nothing.
            drop(tell.send(answer));
        });
        told.await.unwrap_or_else(|_| Err(StoreError::timed_out()))
    }

    /// Appends a batch, and has the deliveries watched that follow from it.
    pub(crate) async fn append(&self, batch: Vec<Append>) -> Result<Vec<Outcome>, StoreError> {
        let (world, node) = (self.world.clone(), self.node);
        let names: Vec<String> = batch.iter().map(|command| self.world.room_name(command.first_stream())).collect();
        let done = Arc::new(AtomicBool::new(false));
        let noted = done.clone();
        let answer = self.call(move |truth| {
            noted.store(true, Ordering::Relaxed);
            let outcomes: Vec<Outcome> = batch.iter().map(|command| truth.append(command)).collect();
            (batch, outcomes)
        });
        let answer = answer.await;
        if answer.is_err() && done.load(Ordering::Relaxed) {
            world.count("store: append outcome lost");
        }
        let (_, outcomes) = answer?;
        for (name, outcome) in names.iter().zip(&outcomes) {
            world.count(match outcome {
                Outcome::Appended(_) => "store: appended",
                Outcome::Duplicate(_) => "store: duplicate",
                Outcome::Conflict => "store: conflict",
                Outcome::Reused => "store: reused",
            });
            world.trace(|| format!("{node}: append to {name}: {}", said(outcome)));
        }
        Ok(outcomes)
    }
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Appended(placed) => format!("seq {}, position {}", placed[0].seq, placed[0].position),
        Outcome::Duplicate(placed) => format!("stands at seq {} already", placed.seq),
        Outcome::Conflict => "conflict".to_owned(),
        Outcome::Reused => "reused".to_owned(),
    }
}

async fn pause(length: Duration) {
    if length.is_zero() {
        tokio::task::yield_now().await;
    } else {
        sleep(length).await;
    }
}

async fn carry_out<T>(
    world: &Shared,
    link: &Link,
    fate: Fate,
    work: impl FnOnce(&mut Truth) -> T,
) -> Result<T, StoreError> {
    pause(fate.before).await;
    if link.is_cut() || fate.loses == Loses::Request {
        world.count("store: request lost");
        pause(fate.after).await;
        return Err(StoreError::timed_out());
    }
    let done = work_on(world, work);
    pause(fate.after).await;
    match fate.loses {
        Loses::Both => {
            world.count("store: hung");
            world.storm_for(HANGS_FOR).await;
            Err(StoreError::timed_out())
        }
        Loses::Answer => {
            world.count("store: answer lost");
            Err(StoreError::timed_out())
        }
        Loses::Nothing | Loses::Request if link.is_cut() => Err(StoreError::timed_out()),
        Loses::Nothing | Loses::Request => Ok(done),
    }
}

/// Does something to the truth, and has watched what follows from what it appended.
pub(crate) fn work_on<T>(world: &Shared, work: impl FnOnce(&mut Truth) -> T) -> T {
    let mut inner = world.lock();
    let before = inner.truth.life().log.len();
    let lives = inner.truth.lives.len();
    let done = work(&mut inner.truth);
    if inner.truth.lives.len() > lives {
        return done;
    }
    let life = inner.truth.life();
    let epoch = life.epoch;
    let new = &life.log[before..];
    let heads: Vec<_> = new.iter().map(|event| (event.stream, event.seq)).collect();
    let ended = new.iter().filter(|event| event.event_type == EventType::SessionRevoked);
    let revoked = ended.map(|event| serde_json::from_str::<SessionRevoked>(event.data.get()));
    let revoked: Vec<_> = revoked.flatten().map(|revoked| revoked.session_id).collect();
    let now = world.now();
    for session in &revoked {
        inner.ended_at.insert(*session, now);
        inner.stats.count("session: revoked");
    }
    drop(inner);
    if world.profile.prompt_store && !world.profile.slow_sweep {
        for (stream, seq) in heads {
            world.watch_delivery(stream, epoch, seq.max(Seq(1)), None);
        }
        revoked.into_iter().for_each(|session| world.watch_end(session));
    }
    done
}
