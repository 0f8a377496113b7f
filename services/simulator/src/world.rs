//! What everybody in a run shares: the truth, the weather, what was seen, and the first breach.
//!
//! One lock, held for single steps only and never across production code.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_proto::{ConversationId, Epoch, Seq, SessionId, StreamId, UserId};
use confab_store::TokenHash;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::checks::Checks;
use crate::dice::Dice;
use crate::profile::{Profile, Weather};
use crate::stats::Stats;
use crate::stream::StreamModel;
use crate::truth::Truth;

pub(crate) type Shared = Arc<World>;

/// A law that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Virtual milliseconds.
    pub at: u64,
    pub law: &'static str,
    pub text: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms: {} is broken: {}", self.at, self.law, self.text)
    }
}

/// A process, by its place; whoever is restarted there has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    Api(usize),
    Gateway(usize),
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(index) => write!(f, "api{}", index + 1),
            Self::Gateway(index) => write!(f, "gw{}", index + 1),
        }
    }
}

/// A person, and the session by which they ask over HTTP.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) user: UserId,
    pub(crate) token: String,
}

/// A session and how it is shown.
#[derive(Clone)]
pub(crate) struct SessionOf {
    pub(crate) token: String,
    pub(crate) hash: TokenHash,
    pub(crate) id: SessionId,
}

pub(crate) struct Inner {
    pub(crate) truth: Truth,
    pub(crate) checks: Checks,
    pub(crate) stats: Stats,
    pub(crate) weather: Weather,
    pub(crate) stream: StreamModel,
    pub(crate) bus_away: u32,
    pub(crate) stream_away: u32,
    /// Since when each node is undisturbed; missing while it is not.
    pub(crate) calm_since: BTreeMap<Node, u64>,
    /// When the store was last restored.
    pub(crate) restored_at: Option<u64>,
    /// When each session was ended.
    pub(crate) ended_at: BTreeMap<SessionId, u64>,
    pub(crate) breach: Option<Breach>,
    calm: bool,
    /// The highest seq of a stream that the bus brought to a gateway.
    pub(crate) handed: BTreeMap<(usize, StreamId, u64), Seq>,
    /// The highest seq that a sender was told, by stream and life.
    acked: BTreeMap<(StreamId, usize), Seq>,
    trace: Option<Vec<String>>,
    draws: BTreeMap<(u64, u64), u64>,
}

impl Inner {
    #[must_use]
    pub(crate) fn acked(&self, stream: StreamId, life: usize) -> Seq {
        self.acked.get(&(stream, life)).copied().unwrap_or(Seq::ZERO)
    }

    pub(crate) fn note_acked(&mut self, stream: StreamId, life: usize, seq: Seq) {
        let acked = self.acked.entry((stream, life)).or_default();
        *acked = seq.max(*acked);
    }
}

pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) profile: Profile,
    pub(crate) people: Vec<Person>,
    pub(crate) rooms: Vec<ConversationId>,
    /// Of each client.
    pub(crate) sessions: Vec<SessionOf>,
    begun: Instant,
    over: Notify,
    cleared: Notify,
    inner: Mutex<Inner>,
}

pub(crate) struct Cast {
    pub(crate) people: Vec<Person>,
    pub(crate) rooms: Vec<ConversationId>,
    pub(crate) sessions: Vec<SessionOf>,
}

impl World {
    #[must_use]
    pub(crate) fn new(seed: u64, profile: Profile, cast: Cast, truth: Truth, traced: bool) -> Shared {
        let inner = Inner {
            truth,
            checks: Checks::default(),
            stats: Stats::default(),
            weather: profile.weather,
            stream: StreamModel::default(),
            bus_away: 0,
            stream_away: 0,
            calm_since: BTreeMap::new(),
            restored_at: None,
            ended_at: BTreeMap::new(),
            breach: None,
            calm: false,
            handed: BTreeMap::new(),
            acked: BTreeMap::new(),
            trace: traced.then(Vec::new),
            draws: BTreeMap::new(),
        };
        let Cast { people, rooms, sessions } = cast;
        let (over, cleared) = (Notify::new(), Notify::new());
        let begun = Instant::now();
        Arc::new(Self { seed, profile, people, rooms, sessions, begun, over, cleared, inner: Mutex::new(inner) })
    }

    /// Virtual milliseconds since the start.
    #[must_use]
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic inside ends the run anyway.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next dice of a row that this key names.
    #[must_use]
    pub(crate) fn dice(&self, kind: u64, key: u64) -> Dice {
        let mut inner = self.lock();
        let drawn = inner.draws.entry((kind, key)).or_default();
        *drawn += 1;
        Dice::of(self.seed, &[kind, key, *drawn])
    }

    pub(crate) fn trace(&self, line: impl FnOnce() -> String) {
        let at = self.now();
        if let Some(lines) = &mut self.lock().trace {
            lines.push(format!("{at:>6} {}", line()));
        }
    }

    #[must_use]
    pub(crate) fn take_trace(&self) -> Vec<String> {
        self.lock().trace.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn count(&self, what: &'static str) {
        self.lock().stats.count(what);
    }

    /// The first one counts.
    pub(crate) fn breach(&self, law: &'static str, text: String) {
        let at = self.now();
        self.trace(|| format!("BREACH of {law}: {text}"));
        self.lock().breach.get_or_insert(Breach { at, law, text });
        self.over.notify_one();
    }

    pub(crate) fn check(&self, found: Result<(), (&'static str, String)>) {
        if let Err((law, text)) = found {
            self.breach(law, text);
        }
    }

    /// Ends when a law is broken.
    pub(crate) async fn breached(&self) {
        self.over.notified().await;
    }

    /// From now on nothing goes wrong.
    pub(crate) fn heal(&self) {
        {
            let mut inner = self.lock();
            inner.weather = Weather::default();
            (inner.bus_away, inner.stream_away, inner.calm) = (0, 0, true);
        }
        self.cleared.notify_waiters();
        self.trace(|| "the weather clears up".to_owned());
    }

    /// For so long, or until the weather clears up.
    pub(crate) async fn storm_for(&self, length: Duration) {
        let cleared = self.cleared.notified();
        if !self.lock().calm {
            // Over is as good as cleared.
            let (Ok(()) | Err(_)) = tokio::time::timeout(length, cleared).await;
        }
    }

    pub(crate) fn set_calm(&self, node: Node, calm: bool) {
        let now = self.now();
        let mut inner = self.lock();
        if calm {
            inner.calm_since.insert(node, now);
        } else {
            inner.calm_since.remove(&node);
        }
    }

    #[must_use]
    pub(crate) fn room_name(&self, stream: StreamId) -> String {
        let room = self.rooms.iter().position(|room| StreamId::from(*room) == stream);
        if let Some(index) = room {
            return format!("room{}", index + 1);
        }
        let person = self.people.iter().find(|person| StreamId::from(person.user) == stream);
        person.map_or_else(|| "nowhere".to_owned(), |person| format!("{}'s own", person.name))
    }

    /// Events were committed: whoever listens has to have them in time.
    pub(crate) fn watch_delivery(self: &Arc<Self>, stream: StreamId, epoch: Epoch, seq: Seq, gateway: Option<usize>) {
        let (world, begun) = (self.clone(), self.now());
        spawn(async move {
            sleep(Duration::from_millis(1_100)).await;
            let late = {
                let inner = world.lock();
                let present = inner.truth.life().epoch;
                match present == epoch {
                    true => inner.checks.late(stream, epoch, seq, begun, gateway, &inner.calm_since),
                    false => None,
                }
            };
            if let Some(name) = late {
                let text = format!("{name} did not get seq {seq} of {} within a second", world.room_name(stream));
                world.breach("L4", text);
            }
        });
    }

    /// A session was ended: its sockets have to be closed in time.
    pub(crate) fn watch_end(self: &Arc<Self>, session: SessionId) {
        let (world, begun) = (self.clone(), self.now());
        spawn(async move {
            sleep(Duration::from_millis(1_100)).await;
            let open = {
                let inner = world.lock();
                let ended = inner.truth.life().has_ended(session);
                if ended { inner.checks.open_of(session, begun, &inner.calm_since) } else { None }
            };
            if let Some(name) = open {
                world.breach("L7", format!("{name} is open a second after its session was revoked"));
            }
        });
    }
}

/// Work of the world, not of a node.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    #[expect(clippy::disallowed_methods, reason = "ends with the runtime of its seed")]
    let _ends_with_the_runtime = tokio::spawn(work);
}
