//! The channel: brings the events of one stream to its listeners, each once and in order. Pure: no I/O, no clock, no randomness.
//!
//! Lifecycle: CLOSED → (first join) OPENING → LIVE ⇄ REPAIRING → CLOSED, when nobody listens or waits for a while.
//!
//! Invariants: `head` moves by one, and what it moves over is sent to all listeners in that step (else a silent gap, L3).
//! Rules and members are as of `head`, and who loses the right is dropped before the next event (else L7 breaks).
//! A *no* is given only after a read that began after the join and reached the store's head (else a gateway that lags
//! refuses what the API just granted). Joins are answered in LIVE only.

mod answer;
mod event;
mod joins;
mod listeners;
mod order;
mod ports;
pub(crate) mod refusal;
mod repair;
mod tail;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use confab_domain::{Conversation, RuleChange, may};
use confab_proto::{Epoch, EventType, Position, Seq, UserId};
use confab_runtime::mutants::{Mutant, planted};

pub use event::ChannelEvent;
pub use joins::JoinRequest;
pub use listeners::Listener;
pub use ports::{Answer, Input, Limits, Opened, Output, Page, ReadNo, Source, State, Ticket, Timer, Wanted};

use crate::socket::SocketId;
use joins::{Join, Step};
use listeners::Listeners;
use order::Order;
use repair::Repair;
use tail::Tail;

/// The state machine of one stream.
#[derive(Debug)]
pub struct Channel {
    source: Source,
    limits: Limits,
    phase: Phase,
    epoch: Epoch,
    order: Order,
    /// The highest position known to be in the store.
    position: Position,
    /// Live events that came before the snapshot, with the epoch that they say.
    early: Vec<(Epoch, Arc<ChannelEvent>)>,
    tail: Tail,
    /// `seq` of the last deletion applied: pages of older snapshots may show what it took back.
    last_deletion: Seq,
    /// Rules and members as of the head; `None` for a user's own stream.
    conversation: Option<Conversation>,
    listeners: Listeners,
    joins: VecDeque<Join>,
    /// Reads under way for pages of joins, by the `seq` they begin after: after a restart many ask for the same one.
    pages: BTreeMap<Seq, (ReadNo, u32)>,
    next_read: ReadNo,
    /// The last read that reached the store's head.
    verified: ReadNo,
    armed: Armed,
    /// A join was refused since nobody waits for: then an empty channel closes at once.
    refused: bool,
    out: Vec<Output>,
}

#[derive(Debug)]
enum Phase {
    Closed,
    Opening(ReadNo, u32),
    Live,
    Repairing(Repair),
}

#[derive(Debug, Default)]
struct Armed {
    gap: bool,
    idle: bool,
}

impl Channel {
    /// A channel that opens with its first join. The driver has subscribed to the live path already.
    #[must_use]
    pub fn new(source: Source, limits: Limits) -> Self {
        Self {
            source,
            phase: Phase::Closed,
            epoch: Epoch(0),
            order: Order::new(limits.pending_events),
            position: Position::ZERO,
            early: Vec::new(),
            tail: Tail::new(limits.tail_events, limits.tail_bytes),
            last_deletion: Seq::ZERO,
            conversation: None,
            listeners: Listeners::default(),
            joins: VecDeque::new(),
            pages: BTreeMap::new(),
            next_read: ReadNo(1),
            verified: ReadNo(0),
            armed: Armed::default(),
            refused: false,
            out: Vec::new(),
            limits,
        }
    }

    /// The last event that was sent to the listeners.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.order.head()
    }

    #[must_use]
    pub fn state(&self) -> State {
        match self.phase {
            Phase::Closed => State::Closed,
            Phase::Opening(..) => State::Opening,
            Phase::Live => State::Live,
            Phase::Repairing(_) => State::Repairing,
        }
    }

    /// Whether the socket listens or waits here.
    #[must_use]
    pub fn knows(&self, socket: SocketId) -> bool {
        self.listeners.contains(socket) || self.joins.iter().any(|join| join.request.socket == socket)
    }

    /// Who is sent the events.
    #[must_use]
    pub fn listeners(&self) -> Arc<Vec<Listener>> {
        self.listeners.all()
    }

    /// Rules and members as of the head; `None` for a user's own stream, and while it is not open.
    #[must_use]
    pub fn conversation(&self) -> Option<&Conversation> {
        self.conversation.as_ref()
    }

    /// Takes one input; what it causes is in [`Channel::take_outputs`].
    pub fn handle(&mut self, input: Input) {
        match input {
            Input::Live { epoch, seq, event } => self.on_live(epoch, seq, event),
            Input::Hint(seq) => self.on_hint(seq),
            Input::Join(request) => self.on_join(request),
            Input::Leave(socket) => self.on_leave(socket),
            Input::Drained(ticket) => self.on_drained(ticket),
            Input::Read(no, answer) => self.on_read(no, answer),
            Input::Timer(timer) => self.on_timer(timer),
            Input::Reset(epoch) => self.on_reset(epoch),
        }
        self.settle();
    }

    /// What is to be done, in this order.
    #[must_use]
    pub fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.out)
    }

    fn on_live(&mut self, epoch: Epoch, seq: Seq, event: Option<Arc<ChannelEvent>>) {
        match (&self.phase, event) {
            (Phase::Closed, _) => {}
            (Phase::Opening(..), _) if planted(Mutant::EarlyForgotten) => {}
            (Phase::Opening(..), Some(event)) if self.early.len() < self.limits.pending_events => {
                self.early.push((epoch, event));
            }
            (Phase::Opening(..), _) => self.order.hear(seq),
            (Phase::Live | Phase::Repairing(_), _) if epoch != self.epoch && !planted(Mutant::LiveEpochIgnored) => {}
            (Phase::Live | Phase::Repairing(_), Some(event)) => self.take(event),
            (Phase::Live | Phase::Repairing(_), None) => self.order.hear(seq),
        }
    }

    fn on_hint(&mut self, seq: Seq) {
        if !matches!(self.phase, Phase::Closed) {
            self.order.hear(seq);
        }
        if matches!(self.phase, Phase::Live) && self.order.has_hole() {
            self.repair(0);
        }
    }

    /// Takes an event in any order and sends all that is now contiguous.
    fn take(&mut self, event: Arc<ChannelEvent>) {
        if planted(Mutant::DedupeOff) && event.seq <= self.order.head() {
            return self.apply(event);
        }
        self.order.offer(event);
        while let Some(next) = self.order.take_next() {
            self.apply(next);
        }
    }

    /// Moves the head over one event.
    fn apply(&mut self, event: Arc<ChannelEvent>) {
        self.position = self.position.max(event.position);
        if event.event_type == EventType::MessageDeleted {
            self.last_deletion = event.seq;
            if let Some(target) = event.target.filter(|_| !planted(Mutant::TailKeepsDeleted)) {
                self.tail.blank(target);
            }
        }
        let unnoticed = planted(Mutant::StaleMembers) && matches!(event.change, Some(RuleChange::MemberGone(_)));
        if let (Some(change), Some(conversation), false) = (&event.change, &mut self.conversation, unnoticed) {
            conversation.apply(change, event.seq);
        }
        self.tail.push(event.clone());
        if event.body.is_some() && !self.listeners.is_empty() {
            self.out.push(Output::Emit { event: event.clone(), to: self.listeners.all() });
        }
        if event.change.is_some() != planted(Mutant::RemovalLate) {
            self.drop_those_without_right();
        }
        if let Some(session) = event.revoked.filter(|_| !planted(Mutant::SessionOutlives)) {
            for gone in self.listeners.drop_unless(|listener| listener.session != session) {
                self.out.push(Output::EndSession(gone));
            }
        }
    }

    fn drop_those_without_right(&mut self) {
        let Some(conversation) = &self.conversation else { return };
        let stays = |listener: &Listener| may::read(&conversation.rules, conversation.role(listener.user));
        for gone in self.listeners.drop_unless(stays) {
            self.out.push(Output::Dropped(gone));
        }
    }

    fn may_listen(&self, user: UserId) -> bool {
        match (self.source, &self.conversation) {
            (Source::User(owner), _) => owner == user,
            (Source::Conversation(_), Some(known)) => may::read(&known.rules, known.role(user)),
            (Source::Conversation(_), None) => false,
        }
    }

    fn drop_listener(&mut self, socket: SocketId) {
        if let Some(gone) = self.listeners.remove(socket) {
            self.out.push(Output::Dropped(gone));
        }
    }

    fn on_timer(&mut self, timer: Timer) {
        match timer {
            Timer::Gap => {
                self.armed.gap = false;
                if matches!(self.phase, Phase::Live) && self.order.has_hole() {
                    self.repair(0);
                }
            }
            Timer::Join(ticket) => self.on_join_expired(ticket),
            Timer::Idle => {
                self.armed.idle = false;
                if self.is_empty() {
                    self.close();
                }
            }
        }
    }

    /// The store began another life: everybody is in no conversation any more.
    fn on_reset(&mut self, epoch: Epoch) {
        for gone in self.listeners.drop_unless(|_| false) {
            self.out.push(Output::Dropped(gone));
        }
        for join in std::mem::take(&mut self.joins) {
            self.refuse(&join.request, refusal::reset(None, epoch));
        }
        self.close();
    }

    fn is_empty(&self) -> bool {
        self.listeners.is_empty() && self.joins.is_empty()
    }

    /// Stays as it was, but takes no part in anything until a join opens it again.
    fn close(&mut self) {
        self.phase = Phase::Closed;
    }

    /// Forgets everything but the numbers of reads.
    fn forget(&mut self) {
        self.order = Order::new(self.limits.pending_events);
        self.early.clear();
        self.pages.clear();
        self.tail.clear();
        self.last_deletion = Seq::ZERO;
        self.conversation = None;
    }

    /// After every input: answers joins, sets the timers, closes what nobody needs.
    fn settle(&mut self) {
        if matches!(self.phase, Phase::Live) {
            self.answer_joins();
        }
        let opening = matches!(self.phase, Phase::Opening(..));
        if self.is_empty() && (opening || self.refused) {
            self.close();
        }
        self.refused = false;
        if self.joins.is_empty() {
            // Most channels have had their last join for long.
            self.joins = VecDeque::new();
        }
        let closed = matches!(self.phase, Phase::Closed);
        let hole = matches!(self.phase, Phase::Live) && self.order.has_hole() && !planted(Mutant::NoGapTimer);
        let idle = self.is_empty() && !closed;
        if std::mem::replace(&mut self.armed.gap, hole) != hole {
            self.out.push(if hole { Output::Arm(Timer::Gap) } else { Output::Disarm(Timer::Gap) });
        }
        if std::mem::replace(&mut self.armed.idle, idle) != idle {
            self.out.push(if idle { Output::Arm(Timer::Idle) } else { Output::Disarm(Timer::Idle) });
        }
        if closed {
            self.out.push(Output::Close);
        }
    }
}
