//! The hub: one channel per stream with local listeners, and every socket of this process. Its calls never wait.
//!
//! Lifecycle: `new` starts the sweep; channels open once it has read its cursor, each in a task of its own, and close
//! when nobody needs them. All of it runs until the connections have drained, since it lives among the support tasks.
//!
//! Invariants: a channel is in the map before it subscribes and reads (else a hint of the sweep is lost). It leaves the map only
//! with an empty inbox, under the lock (else a join is lost). Sockets are neither called nor dropped under the lock, since
//! a socket that goes calls [`Hub::gone`].

mod activity;
mod attention;
mod backoff;
mod driver;
mod gate;
mod inbox;
mod live;
mod meter;
mod reads;
mod registry;
mod reset;
mod settings;
mod signals;
mod timers;
mod traced;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use confab_proto::socket::{JoinOptions, Refused};
use confab_proto::{ConversationId, Seq, StreamId};
use confab_runtime::bus::Bus;
use confab_runtime::tasks::Tasks;
use confab_runtime::traces::Traces;
use confab_store::Reader;
use futures_channel::mpsc::UnboundedReceiver;
use tokio::sync::Notify;

pub use activity::{News, Table as ActivityTable};
pub(crate) use backoff::backoff;
pub(crate) use inbox::Answer;
pub(crate) use live::next;
pub use settings::HubSettings;

use crate::channel::{JoinRequest, Source, Ticket, refusal};
use crate::metrics::GatewayMetrics;
use crate::presence::Presence;
use crate::socket::{JoinReply, Socket, SocketId};
use crate::sweep;
use activity::Activity;
use driver::Driver;
use gate::Gate;
use inbox::{Command, Reply};
use registry::Registry;

/// Takes the end of [`Hub::listen_user`].
pub type Ready = Box<dyn FnOnce(Result<(), Refused>) + Send>;

/// All channels and sockets of this process.
pub struct Hub {
    pub(crate) reader: Arc<dyn Reader>,
    bus: Arc<dyn Bus>,
    pub(crate) settings: HubSettings,
    pub(crate) metrics: Arc<GatewayMetrics>,
    traces: Traces,
    tasks: Tasks,
    registry: Mutex<Registry>,
    gate: Gate,
    pub(crate) activity: Activity,
    pub(crate) presence: Arc<Presence>,
    /// A channel saw another epoch or a position that went back.
    pub(crate) suspect: Notify,
}

impl Hub {
    /// Starts the sweep, on `tasks.support()`.
    #[must_use]
    pub fn new(
        reader: Arc<dyn Reader>,
        bus: Arc<dyn Bus>,
        settings: HubSettings,
        metrics: Arc<GatewayMetrics>,
        traces: Traces,
        tasks: &Tasks,
    ) -> Arc<Self> {
        let tasks = tasks.support();
        let (registry, gate, suspect) = (Mutex::default(), Gate::default(), Notify::new());
        let presence = Arc::new(Presence::new(bus.clone(), reader.clone(), settings.presence_beat));
        let hub = Arc::new(Self {
            reader,
            bus,
            settings,
            metrics,
            traces,
            tasks: tasks.clone(),
            registry,
            gate,
            activity: Activity::default(),
            presence,
            suspect,
        });
        tasks.spawn("sweep", sweep::run(hub.clone(), tasks.stop()));
        tasks.spawn("activity", hub.clone().tell_activity(tasks.stop()));
        tasks.spawn("presence", hub.presence.clone().run(tasks.stop()));
        hub
    }

    /// Answers in time by `reply`, granted or not; a socket that is in no registry (see [`Hub::listen_user`]) is refused.
    pub fn join(
        self: &Arc<Self>,
        socket: Arc<dyn Socket>,
        conversation: ConversationId,
        options: Option<JoinOptions>,
        reply: JoinReply,
    ) {
        self.ask(socket, Source::Conversation(conversation), options, Reply::Join(reply));
    }

    /// Registers the socket, until [`Hub::gone`], and brings it the events of its user's own stream. `ready` is called when they
    /// are live from then on, or when that cannot be had; the caller then gives the socket up.
    pub fn listen_user(self: &Arc<Self>, socket: Arc<dyn Socket>, ready: Ready) {
        self.registry().enter(socket.clone());
        self.listen_again(socket, ready);
    }

    /// For a socket that is registered, or has gone.
    fn listen_again(self: &Arc<Self>, socket: Arc<dyn Socket>, ready: Ready) {
        let own = Source::User(socket.user());
        self.ask(socket, own, None, Reply::Ready(ready));
    }

    /// `done` is called when the socket is sent nothing of the conversation any more. A join of it that still waits is
    /// refused with `conflict` before.
    pub fn leave(&self, socket: SocketId, conversation: ConversationId, done: Box<dyn FnOnce() + Send>) {
        let source = Source::Conversation(conversation);
        let unsent = self.registry().leave(socket, source, done);
        if let Some(done) = unsent {
            done();
        }
    }

    /// Drops the socket everywhere. Joins of it that still wait are refused with `conflict`.
    pub fn gone(&self, socket: SocketId) {
        let left = self.registry().gone(socket);
        // Dropped here, outside of the lock.
        if let Some(left) = left
            && left.let_in
        {
            self.forget_activity(socket, left.socket.user());
        }
    }

    /// The user of this socket types in a conversation that it listens to.
    pub(crate) fn typing(
        &self,
        socket: SocketId,
        conversation: ConversationId,
        thread_seq: Option<Seq>,
        done: Answer<()>,
    ) {
        let command = Command::Typing { socket, thread_seq, done };
        self.ask_open(conversation, command);
    }

    /// How many members are there, of a conversation that the socket listens to.
    pub(crate) fn count_presence(&self, socket: SocketId, conversation: ConversationId, done: Answer<u64>) {
        self.ask_open(conversation, Command::Count { socket, done });
    }

    fn ask_open(&self, conversation: ConversationId, command: Command) {
        let unsent = self.registry().tell_open(Source::Conversation(conversation), command);
        match unsent {
            Some(Command::Typing { done, .. }) => done(Err(refusal::not_found())),
            Some(Command::Count { done, .. }) => done(Err(refusal::not_found())),
            _ => {}
        }
    }

    /// Channels that are open.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.registry().channels()
    }

    fn ask(self: &Arc<Self>, socket: Arc<dyn Socket>, source: Source, options: Option<JoinOptions>, reply: Reply) {
        let mut registry = self.registry();
        let Some(ticket) = registry.ticket(socket.id(), source) else {
            drop(registry);
            return reply.refuse(refusal::cancelled());
        };
        let request =
            JoinRequest { ticket, socket: socket.id(), user: socket.user(), session: socket.session(), options };
        let command = Command::Join { request, socket, reply };
        let unsent = registry.tell(source, command, |id, inbox| self.start(id, source, inbox));
        drop(registry);
        if let Some(Command::Join { reply, .. }) = unsent {
            reply.refuse(refusal::unavailable());
        }
    }

    fn start(self: &Arc<Self>, id: u64, source: Source, inbox: UnboundedReceiver<Command>) {
        let driver = Box::new(Driver::new(self.clone(), id, source, inbox));
        self.tasks.spawn_detached("channel", driver.run());
    }

    /// The sweep saw the stream at this head. Only open channels care.
    pub(crate) fn hint(&self, stream: StreamId, seq: Seq) {
        self.registry().hint(stream, seq);
    }

    /// The socket is in the channel no more by the join of this ticket.
    fn forget(&self, socket: SocketId, source: Source, ticket: Ticket) {
        self.registry().forget(socket, source, ticket);
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        // Every change is a few insertions and removals that do not panic, so a poisoned registry is whole.
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
