//! One gateway of a run: the production hub with its sweep, the session watch and the admission, behind ports of the model.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use confab_gateway::admission::{self, Refusal};
use confab_gateway::hub::Hub;
use confab_gateway::metrics::GatewayMetrics;
use confab_gateway::session::{self, Sessions};
use confab_gateway::socket::{Socket, SocketId};
use confab_proto::socket::JoinOptions;
use confab_proto::{ConversationId, ErrorCode};
use confab_runtime::bus::InProcess;
use confab_runtime::metrics::Metrics;
use confab_runtime::tasks::Tasks;
use confab_runtime::traces::Traces;
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::bus::{Air, Inbox, NodeBus};
use crate::checks::View;
use crate::socket::{ModelSocket, Outbox, Packet};
use crate::store::{Link, NodeStore};
use crate::world::{Node, Shared};

type Op = Box<dyn FnOnce() + Send>;
type Roster = Arc<Mutex<BTreeMap<SocketId, Arc<ModelSocket>>>>;

/// A running gateway.
pub(crate) struct Gateway {
    pub(crate) index: usize,
    pub(crate) tasks: Tasks,
    pub(crate) link: Arc<Link>,
    world: Shared,
    hub: Arc<Hub>,
    store: Arc<NodeStore>,
    sessions: Arc<Sessions>,
    roster: Roster,
    /// What clients send, in its order; nobody reads it while the gateway is paused.
    wire: UnboundedSender<Op>,
    shuts: Mutex<bool>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is one assignment or insertion.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gateway {
    #[must_use]
    pub(crate) fn start(world: &Shared, air: &Arc<Air>, index: usize) -> Arc<Self> {
        let (tasks, link) = (Tasks::new(), Arc::new(Link::default()));
        let store = Arc::new(NodeStore { world: world.clone(), node: Node::Gateway(index), link: link.clone() });
        let own = Inbox { local: InProcess::with_capacity(world.profile.subscription), link: link.clone() };
        air.set(index, own.clone());
        let bus = Arc::new(NodeBus { world: world.clone(), air: air.clone(), own });
        let metrics = Arc::new(GatewayMetrics::new(&Metrics::default()));
        let hub = Hub::new(store.clone(), bus, world.profile.hub, metrics, Traces::off(), &tasks);
        let (sessions, roster) = (Arc::new(Sessions::default()), Roster::default());
        let known = roster.clone();
        let find = move |id| lock(&known).get(&id).map(|socket| socket.clone() as Arc<dyn Socket>);
        let watch = session::watch(sessions.clone(), find, store.clone(), tasks.stop());
        tasks.spawn("session watch", watch);
        let (wire, mut ops) = mpsc::unbounded_channel::<Op>();
        tasks.spawn_detached("wire", async move {
            while let Some(op) = ops.recv().await {
                op();
            }
        });
        world.set_calm(Node::Gateway(index), true);
        world.trace(|| format!("gw{}: starts", index + 1));
        let (world, shuts) = (world.clone(), Mutex::new(false));
        Arc::new(Self { index, tasks, link, world, hub, store, sessions, roster, wire, shuts })
    }

    #[must_use]
    pub(crate) fn takes_clients(&self) -> bool {
        !self.link.is_dead() && !*lock(&self.shuts)
    }

    /// A client's CONNECT: the order of the production one.
    pub(crate) fn connect(self: &Arc<Self>, client: usize, key: u64, outbox: Outbox) -> Arc<ModelSocket> {
        let person = &self.world.people[client % self.world.people.len()];
        let session = &self.world.sessions[client];
        let name = format!("{}@gw{}#{key}", person.name, self.index + 1);
        let who = (person.user, session.id);
        let view = View::new(name.clone(), self.index, who.0, who.1);
        self.world.lock().checks.enter(key, view);
        let (world, link, sessions) = (self.world.clone(), self.link.clone(), self.sessions.clone());
        let state = ModelSocket::state(outbox);
        let socket = Arc::new(ModelSocket { key, name, gateway: self.index, who, world, link, sessions, state });
        let (gateway, entering, token) = (self.clone(), socket.clone(), session.hash);
        self.tasks.spawn_detached("connect", async move {
            match gateway.admit(&entering, token).await {
                Ok(()) => entering.connected(),
                Err(refusal) => {
                    let is_final = matches!(refusal, Refusal::Final(_));
                    if is_final {
                        gateway.world.count("session: refused");
                    }
                    entering.tell(Packet::Refused(is_final));
                    gateway.gone(&entering, "not let in");
                }
            }
        });
        socket
    }

    async fn admit(&self, socket: &Arc<ModelSocket>, token: [u8; 32]) -> Result<(), Refusal> {
        let session = admission::session(&*self.store, &token).await?;
        lock(&self.roster).insert(socket.id(), socket.clone());
        let entering: Arc<dyn Socket> = socket.clone();
        admission::admit(&self.hub, &self.sessions, &*self.store, &entering, (token, session)).await?;
        if *lock(&self.shuts) {
            return Err(Refusal::ComeBack(ErrorCode::Draining));
        }
        if socket.is_gone() { Err(Refusal::ComeBack(ErrorCode::Unavailable)) } else { Ok(()) }
    }

    /// The connection has ended, and the gateway notices.
    fn gone(&self, socket: &ModelSocket, why: &str) {
        socket.end(why);
        self.hub.gone(socket.id());
        self.sessions.forget(socket.id());
        lock(&self.roster).remove(&socket.id());
    }

    fn send(&self, op: impl FnOnce() + Send + 'static) {
        // A gateway that has ended hears nothing.
        drop(self.wire.send(Box::new(op)));
    }

    /// What a client sends: that it is gone.
    pub(crate) fn hang_up(self: &Arc<Self>, socket: &Arc<ModelSocket>) {
        let (gateway, socket) = (self.clone(), socket.clone());
        self.send(move || gateway.gone(&socket, "the client went"));
    }

    pub(crate) fn join(
        self: &Arc<Self>,
        socket: &Arc<ModelSocket>,
        room: ConversationId,
        options: Option<JoinOptions>,
        join: u64,
    ) {
        let (gateway, socket, asked_at) = (self.clone(), socket.clone(), self.world.lock().truth.tick);
        self.send(move || {
            let answered = socket.clone();
            let reply = Box::new(move |answer| answered.answer((room, join, asked_at), options, answer));
            gateway.hub.join(socket, room, options, reply);
        });
    }

    pub(crate) fn leave(self: &Arc<Self>, socket: &Arc<ModelSocket>, room: ConversationId) {
        let (gateway, socket) = (self.clone(), socket.clone());
        self.send(move || {
            let left = socket.clone();
            let done = Box::new(move || {
                if !left.is_gone() {
                    left.world.lock().checks.out(left.key, room.into());
                    left.tell(Packet::Out(room));
                }
            });
            gateway.hub.leave(socket.id(), room, done);
        });
    }

    /// Dies at once: nothing it does from here on has an effect.
    pub(crate) fn crash(&self) {
        self.world.set_calm(Node::Gateway(self.index), false);
        self.link.die();
        self.tasks.gate().set_shut(false);
        self.cut_sockets("its gateway died");
        self.tasks.stop().cancel();
        self.tasks.support().stop().cancel();
    }

    /// The production drain needs socketioxide's sockets; this one closes all of them at once and stops.
    pub(crate) async fn drain(self: Arc<Self>) {
        self.world.set_calm(Node::Gateway(self.index), false);
        *lock(&self.shuts) = true;
        let sockets: Vec<_> = lock(&self.roster).values().cloned().collect();
        for socket in sockets {
            socket.close(ErrorCode::Draining);
            self.gone(&socket, "draining");
        }
        self.tasks.stop().cancel();
        if let Err(error) = self.tasks.clone().run_until_stopped().await {
            self.world.breach("the drain", format!("gw{}: {error:#}", self.index + 1));
        }
        self.link.die();
        self.cut_sockets("its gateway ended");
    }

    fn cut_sockets(&self, why: &str) {
        let sockets = std::mem::take(&mut *lock(&self.roster));
        sockets.into_values().for_each(|socket| socket.end(why));
    }
}
