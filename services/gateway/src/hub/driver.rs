//! The task of one channel: feeds the pure machine with what happens and carries out what it says, in its order.
//!
//! Lifecycle: started by the first join, it subscribes before anything is read, and ends when the machine says `Close` and
//! nothing is on its way to it.
//!
//! Invariants: outputs are carried out in order and whole before a `leave` is called done (else an event comes after it). All
//! that the bus has is taken before yielding (so packets of one socket leave in one write), but after
//! 128 packets to a socket it yields (else its buffer overflows while its connection has no turn).

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use confab_proto::{ErrorCode, Seq};
use confab_runtime::bus::{Message, Subscription};
use futures_channel::mpsc::UnboundedReceiver;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use super::attention::PresenceCount;
use super::inbox::{Command, Reply};
use super::meter::Meter;
use super::signals::Signals;
use super::timers::Timers;
use super::traced::TracedEvents;
use super::{Hub, live, reads};
use crate::channel::{Answer, Channel, ChannelEvent, Input, Listener, Output, ReadNo, Source, Ticket, Timer, refusal};
use crate::socket::{Socket, SocketId};

/// Packets to one socket between two turns of its connection.
const PACKETS_A_TURN: usize = 128;
/// Packets to all sockets between two turns of everybody else: a large room must not hold the thread for long.
const SENDS_A_TURN: usize = 32_768;
/// Between two looks at how much is on its way to a socket.
const DRAIN_LOOK: Duration = Duration::from_millis(10);

type Reading = Pin<Box<dyn Future<Output = (ReadNo, Answer)> + Send>>;

pub(super) struct Driver {
    pub(super) hub: Arc<Hub>,
    id: u64,
    pub(super) source: Source,
    pub(super) channel: Channel,
    meter: Meter,
    traced: TracedEvents,
    pub(super) signals: Signals,
    pub(super) presence: PresenceCount,
    /// The head of a user's own stream that the list of their conversations is up to.
    pub(super) own_head: Seq,
    inbox: UnboundedReceiver<Command>,
    feed: Option<Subscription>,
    pub(super) sockets: HashMap<SocketId, Arc<dyn Socket>>,
    replies: HashMap<Ticket, Reply>,
    reads: FuturesUnordered<Reading>,
    timers: Timers,
    /// Joins that wait until little is on its way to their socket.
    draining: Vec<(Ticket, SocketId)>,
    /// Sockets that took no more, while outputs are carried out.
    dead: Vec<SocketId>,
    /// Sockets that a join keeps here no more.
    released: Vec<SocketId>,
    pub(super) packets: usize,
    pub(super) sends: usize,
    closing: bool,
}

impl Driver {
    pub(super) fn new(hub: Arc<Hub>, id: u64, source: Source, inbox: UnboundedReceiver<Command>) -> Self {
        let feed = Some(hub.bus.subscribe(&source.subject()));
        Self {
            channel: Channel::new(source, hub.settings.limits),
            meter: Meter::new(hub.metrics.clone()),
            traced: TracedEvents::new(hub.traces.clone()),
            signals: Signals::of(source, &hub.bus),
            presence: PresenceCount::default(),
            own_head: Seq::ZERO,
            hub,
            id,
            source,
            inbox,
            feed,
            sockets: HashMap::new(),
            replies: HashMap::new(),
            reads: FuturesUnordered::new(),
            timers: Timers::default(),
            draining: Vec::new(),
            dead: Vec::new(),
            released: Vec::new(),
            packets: 0,
            sends: 0,
            closing: false,
        }
    }

    /// Boxed, since a future has room for what it was given twice.
    pub(super) async fn run(mut self: Box<Self>) {
        loop {
            let wake = self.timers.next();
            tokio::select! {
                // Rare and bounded things first: a flood of live messages must hold up neither a leave nor the page that
                // closes a hole. What the flood could hold up itself, the joins that drain, is looked at below each time.
                biased;
                command = self.inbox.next() => match command {
                    Some(command) => self.obey(command).await,
                    // Taken out of the map by a reset, and that was the last command.
                    None => return,
                },
                Some((no, answer)) = self.reads.next(), if !self.reads.is_empty() => {
                    self.handle(Input::Read(no, answer));
                }
                () = tokio::time::sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {
                    while let Some(timer) = self.timers.take_due(Instant::now()) {
                        self.handle(Input::Timer(timer));
                    }
                }
                message = live::next(&mut self.feed) => self.take_live(message),
                message = self.signals.next() => self.take_signal(message),
                () = tokio::time::sleep(DRAIN_LOOK), if !self.draining.is_empty() => {}
            }
            self.look_at_draining();
            self.carry_out().await;
            let is_over = self.closing && self.hub.registry().close(self.source, self.id);
            if is_over {
                return;
            }
            self.closing = false;
        }
    }

    fn handle(&mut self, input: Input) {
        self.meter.handle(&mut self.channel, input);
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Hint(seq) => {
                self.handle(Input::Hint(seq));
                // Whoever noted the hint waits to hear how far this has come, also if that was long ago.
                self.own_head = Seq::ZERO;
            }
            Command::Join { request, socket, reply } => {
                self.sockets.insert(request.socket, socket);
                self.replies.insert(request.ticket, reply);
                self.handle(Input::Join(request));
            }
            Command::Leave { socket, done } => {
                self.handle(Input::Leave(socket));
                self.carry_out().await;
                self.sockets.remove(&socket);
                if let Some(done) = done {
                    done();
                }
            }
            Command::Typing { socket, thread_seq, done } => done(self.typing(socket, thread_seq)),
            Command::Count { socket, done } => done(self.count_presence(socket)),
            Command::Reset { epoch, done } => {
                self.handle(Input::Reset(epoch));
                self.carry_out().await;
                drop(done);
            }
        }
    }

    /// Takes a message and all others that are here.
    fn take_live(&mut self, message: Option<Message>) {
        let Some(message) = message else {
            tracing::debug!(stream.id = %self.source.stream(), "the live path has ended, the sweep goes on");
            self.feed = None;
            return;
        };
        self.channel_takes(message);
        while let Some(message) = self.feed.as_mut().and_then(Subscription::try_next) {
            self.channel_takes(message);
        }
    }

    fn channel_takes(&mut self, message: Message) {
        self.traced.receive(&message);
        match live::input(&message) {
            Some(input) => self.handle(input),
            None => tracing::debug!(bus.subject = message.subject, "a live message without its headers"),
        }
    }

    async fn carry_out(&mut self) {
        loop {
            let outputs = self.channel.take_outputs();
            if outputs.is_empty() {
                self.tell_own_head();
                self.breathe().await;
                return self.traced.forget(self.channel.head());
            }
            for output in outputs {
                self.carry_out_one(output);
                self.breathe().await;
            }
            // Only now: an output further on may have been for the same socket.
            for socket in std::mem::take(&mut self.released) {
                if !self.channel.knows(socket) {
                    self.sockets.remove(&socket);
                }
            }
            for socket in std::mem::take(&mut self.dead) {
                self.handle(Input::Leave(socket));
            }
            self.look_at_draining();
        }
    }

    /// Lets the sockets write.
    async fn breathe(&mut self) {
        if self.packets >= PACKETS_A_TURN || self.sends >= SENDS_A_TURN {
            (self.packets, self.sends) = (0, 0);
            tokio::task::yield_now().await;
        }
    }

    fn carry_out_one(&mut self, output: Output) {
        match output {
            Output::Read { no, wanted, attempt } => {
                let reading = reads::read(self.hub.clone(), self.source, wanted, attempt);
                self.reads.push(Box::pin(async move { (no, reading.await) }));
            }
            Output::Emit { event, to } => self.emit(&event, &to),
            Output::Grant { listener, joined } => {
                let more = joined.more;
                if let (Source::Conversation(id), false, Some(socket)) = (self.source, more, self.socket(listener)) {
                    socket.enter_room(id);
                }
                if let Some(reply) = self.replies.remove(&listener.ticket) {
                    reply.grant(joined);
                }
                if more {
                    self.release(listener.socket, listener.ticket);
                }
            }
            Output::Refuse { socket, ticket, refused } => {
                if let Some(reply) = self.replies.remove(&ticket) {
                    reply.refuse(refused);
                }
                self.release(socket, ticket);
            }
            Output::Dropped(listener) => {
                if let (Source::Conversation(id), Some(socket)) = (self.source, self.socket(listener)) {
                    socket.leave_room(id);
                }
                self.release(listener.socket, listener.ticket);
            }
            Output::EndSession(listener) => {
                if let Some(socket) = self.socket(listener) {
                    socket.close(ErrorCode::SessionEnded);
                }
                self.release(listener.socket, listener.ticket);
            }
            Output::AwaitDrain { socket, ticket } => self.draining.push((ticket, socket)),
            Output::Arm(timer) => self.timers.arm(timer, Instant::now() + self.wait_of(timer)),
            Output::Disarm(timer) => self.timers.disarm(timer),
            Output::Suspect => self.hub.suspect.notify_one(),
            Output::Close => self.closing = true,
        }
    }

    fn emit(&mut self, event: &ChannelEvent, to: &[Listener]) {
        if let (Source::User(user), Some((conversation, is_in))) = (self.source, event.own) {
            self.hub.activity.change(user, conversation, is_in);
        }
        let Some(body) = event.body.as_deref() else { return };
        let span = self.traced.write(event.seq);
        let mut delivered = 0;
        for listener in to {
            let Some(socket) = self.sockets.get(&listener.socket) else { continue };
            if socket.send(event.event_type.as_str(), body).is_ok() {
                delivered += 1;
            } else {
                self.sockets.remove(&listener.socket);
                self.dead.push(listener.socket);
            }
        }
        if let Some(mut span) = span {
            span.number("sockets", delivered);
        }
        self.meter.delivered(delivered);
        self.packets += 1;
        self.sends += to.len();
    }

    /// Lets those joins go on whose socket has taken most of what was sent to it.
    fn look_at_draining(&mut self) {
        let limit = self.hub.settings.limits.page_bytes;
        let (replies, sockets) = (&self.replies, &self.sockets);
        let mut drained = Vec::new();
        self.draining.retain(|(ticket, socket)| {
            let waits = replies.contains_key(ticket);
            let ready = sockets.get(socket).is_none_or(|socket| socket.pending_bytes() <= limit);
            if waits && ready {
                drained.push(*ticket);
            }
            waits && !ready
        });
        for ticket in drained {
            self.handle(Input::Drained(ticket));
        }
    }

    fn socket(&self, listener: Listener) -> Option<&Arc<dyn Socket>> {
        self.sockets.get(&listener.socket)
    }

    /// The join of this ticket keeps the socket here no more.
    fn release(&mut self, socket: SocketId, ticket: Ticket) {
        self.hub.forget(socket, self.source, ticket);
        self.released.push(socket);
    }

    fn wait_of(&self, timer: Timer) -> Duration {
        match timer {
            Timer::Gap => self.hub.settings.repair_wait,
            Timer::Join(_) => self.hub.settings.join_wait,
            Timer::Idle => self.hub.settings.idle_close,
        }
    }
}

/// A bug must not leave sockets behind that believe they listen: they come back, to a channel that is new.
impl Drop for Driver {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        self.hub.registry().remove(self.source, self.id);
        let mut replies: Vec<Reply> = self.replies.drain().map(|(_, reply)| reply).collect();
        while let Ok(command) = self.inbox.try_recv() {
            match command {
                Command::Join { reply, .. } => replies.push(reply),
                Command::Leave { done: Some(done), .. } => done(),
                Command::Typing { done, .. } => done(Err(refusal::unavailable())),
                Command::Count { done, .. } => done(Err(refusal::unavailable())),
                Command::Leave { done: None, .. } | Command::Hint(_) | Command::Reset { .. } => {}
            }
        }
        for reply in replies {
            reply.refuse(refusal::unavailable());
        }
        for socket in self.sockets.values() {
            socket.close(ErrorCode::Internal);
        }
    }
}
