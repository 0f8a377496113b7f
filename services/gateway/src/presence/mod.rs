//! Presence: tells the other gateways of the people here, hears of theirs, and tells the sockets that watch somebody.
//!
//! Lifecycle: from the hub's start until the connections have drained. It asks the others once and then beats for ever.
//!
//! Invariants: nothing of it is on the way of an event: a table behind a lock of its own, a task of its own, and signals that
//! drop. Changes are gathered for a moment and told together. With the default settings a gateway that was killed is forgotten
//! within 60 s: a beat lives for two and a half of its intervals. No watcher is called under a lock.

mod table;
mod watchers;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use confab_proto::signal::{Beat, PresenceOf, PresenceState};
use confab_proto::{Signal, Timestamp, UserId, subject};
use confab_runtime::bus::{Bus, Message};
use confab_runtime::chance::{client_id, jittered};
use confab_store::Reader;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use table::{Spans, Table};

use crate::client::raw;
use crate::socket::{Socket, SocketId};
use watchers::Watchers;

/// Changes are gathered for so long.
const GATHER: Duration = Duration::from_millis(200);
/// Between two looks at who is past their time, and at sockets that were behind.
const LOOK: Duration = Duration::from_secs(1);
/// Sockets that are told between two turns of everybody else.
const TOLD_A_TURN: usize = 1_000;
/// Messages taken from the bus between two turns of everybody else: a beat may be of 4,000 people.
const HEARD_A_TURN: usize = 8;

/// The presence that one gateway knows of.
pub struct Presence {
    bus: Arc<dyn Bus>,
    reader: Arc<dyn Reader>,
    gateway: Uuid,
    beat: Duration,
    table: Mutex<Table>,
    watchers: Mutex<Watchers>,
    changed: Notify,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change is a few insertions and removals that do not panic, so what is poisoned is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Presence {
    pub(crate) fn new(bus: Arc<dyn Bus>, reader: Arc<dyn Reader>, beat: Duration) -> Self {
        let gateway = client_id().uuid();
        let table = Mutex::new(Table::new(gateway, Spans { life: beat * 5 / 2, grace: beat / 10 }));
        Self { bus, reader, gateway, beat, table, watchers: Mutex::default(), changed: Notify::new() }
    }

    /// A socket was let in.
    pub(crate) fn enter(&self, socket: &dyn Socket) {
        lock(&self.table).enter(socket.id(), socket.user());
        self.changed.notify_one();
    }

    /// It has gone.
    pub(crate) fn leave(&self, socket: SocketId) {
        lock(&self.table).leave(socket, Instant::now());
        let watcher = lock(&self.watchers).forget(socket);
        drop(watcher);
        self.changed.notify_one();
    }

    pub(crate) fn set_away(&self, socket: SocketId, away: bool) {
        lock(&self.table).set_away(socket, away);
        self.changed.notify_one();
    }

    /// How many of them are there, away or not.
    pub(crate) fn count<'u>(&self, users: impl Iterator<Item = &'u UserId>) -> u64 {
        let table = lock(&self.table);
        let there = users.filter(|user| table.state(**user) != PresenceState::Offline).count();
        u64::try_from(there).unwrap_or(u64::MAX)
    }

    /// From now on the socket is told of these people, and of no others; how they are now.
    pub(crate) async fn watch(&self, socket: Arc<dyn Socket>, users: Vec<UserId>) -> Vec<PresenceOf> {
        lock(&self.watchers).watch(socket, users.clone());
        let states: Vec<_> = {
            let table = lock(&self.table);
            users.into_iter().map(|user| (user, table.state(user))).collect()
        };
        let gone: Vec<_> =
            states.iter().filter(|(_, state)| *state == PresenceState::Offline).map(|(user, _)| *user).collect();
        let seen: BTreeMap<_, _> = match self.reader.last_seen(&gone).await {
            Ok(seen) => seen.into_iter().collect(),
            Err(error) => {
                tracing::debug!(%error, "cannot read when people were last seen");
                BTreeMap::new()
            }
        };
        let told = |(user_id, state)| PresenceOf { user_id, state, last_seen_at: seen.get(&user_id).copied() };
        states.into_iter().map(told).collect()
    }

    /// Beats and hears until `stop`.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) -> anyhow::Result<()> {
        stop.run_until_cancelled(self.live()).await;
        Ok(())
    }

    async fn live(&self) {
        let mut feed = Some(self.bus.subscribe(subject::PRESENCE));
        self.publish(&Beat::Ask { gateway: self.gateway });
        let mut beat_at = Instant::now() + jittered(self.beat);
        let mut look_at = Instant::now() + LOOK;
        let mut tell_at = None;
        let mut heard = 0;
        loop {
            let tell = tell_at.unwrap_or(look_at);
            tokio::select! {
                biased;
                () = sleep_until(beat_at.min(look_at).min(tell)) => {}
                () = self.changed.notified(), if tell_at.is_none() => tell_at = Some(Instant::now() + GATHER),
                message = crate::hub::next(&mut feed) => {
                    if let Some(message) = message && self.hear(&message) {
                        // Somebody new has to be told, but not by all gateways in the same moment.
                        beat_at = beat_at.min(Instant::now() + jittered(GATHER));
                    }
                    tell_at = tell_at.or_else(|| Some(Instant::now() + GATHER));
                    heard += 1;
                    if heard % HEARD_A_TURN == 0 {
                        tokio::task::yield_now().await;
                    }
                    continue;
                }
            }
            let now = Instant::now();
            if beat_at <= now {
                lock(&self.table).beats().iter().for_each(|beat| self.publish(beat));
                beat_at = now + jittered(self.beat);
            }
            if look_at <= now {
                lock(&self.table).expire(now);
                look_at = now + LOOK;
                tell_at = Some(now);
            }
            if tell_at.is_some_and(|at| at <= now) {
                tell_at = None;
                self.tell().await;
            }
        }
    }

    /// Whether another gateway asks.
    fn hear(&self, message: &Message) -> bool {
        match serde_json::from_slice(&message.body) {
            Ok(Beat::Ask { gateway }) => gateway != self.gateway,
            Ok(beat) => {
                lock(&self.table).hear(&beat, Instant::now());
                false
            }
            Err(error) => {
                tracing::debug!(%error, "a beat that cannot be read");
                false
            }
        }
    }

    fn publish(&self, beat: &Beat) {
        let body = serde_json::to_vec(beat).expect("types of confab-proto have string keys only");
        self.bus.publish(Message { subject: subject::PRESENCE.to_owned(), headers: None, body: Bytes::from(body) });
    }

    /// Tells the other gateways of what changed here, and the watchers of everything.
    async fn tell(&self) {
        let (changes, beats) = lock(&self.table).take_changes();
        beats.iter().for_each(|beat| self.publish(beat));
        let owed = {
            let mut watchers = lock(&self.watchers);
            changes.iter().for_each(|(user, _)| watchers.owe(*user));
            if watchers.owes() { watchers.take_owed() } else { return }
        };
        let mut bodies = BTreeMap::new();
        for (index, (socket, user)) in owed.into_iter().enumerate() {
            let signal = bodies.entry(user).or_insert_with(|| {
                let state = lock(&self.table).state(user);
                let last_seen_at = (state == PresenceState::Offline).then(Timestamp::now);
                let signal = Signal::PresenceChanged { user_id: user, state, last_seen_at };
                (signal.name(), raw(&signal))
            });
            if !socket.signal(signal.0, &signal.1) && socket.pending_bytes() > 0 {
                lock(&self.watchers).owe_again(socket.id(), user);
            }
            if (index + 1) % TOLD_A_TURN == 0 {
                tokio::task::yield_now().await;
            }
        }
    }
}
