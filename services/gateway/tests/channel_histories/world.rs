//! The world around one channel: a virtual clock, a lossy bus, a slow store, clients that come and go; all from one seed.

use std::collections::BTreeMap;
use std::sync::Arc;

use confab_gateway::channel::{Answer, Channel, ChannelEvent, Input, Limits, Output, ReadNo, Ticket, Timer, Wanted};
use confab_proto::socket::JoinOptions;
use confab_proto::{Epoch, Seq};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::client::{Client, JOIN_WAIT};
use crate::log::{EPOCH, Log};

const SCRIPT: u64 = 15_000;
/// Longer than the longest wait of a join for its socket and then for its answer.
const HEALING: u64 = 30_000;

enum Happening {
    Commit,
    /// After the faults: it shows every hole that is left.
    LastEvent,
    Act(usize),
    /// The page before said that there is more.
    Pull(usize),
    Sweep,
    Hint(Seq),
    Bus(Epoch, Arc<ChannelEvent>),
    ReadBegins(ReadNo, Wanted),
    ReadEnds(ReadNo, Answer),
    Drained(Ticket),
    Timer(Timer),
}

/// How often things go wrong in this history.
struct Faults {
    loss: f64,
    delay: f64,
    duplication: f64,
    failed_reads: f64,
    late_reads: f64,
}

pub(crate) struct World {
    rng: StdRng,
    now: u64,
    agenda: BTreeMap<(u64, u64), (u64, Happening)>,
    count: u64,
    log: Log,
    swept: Seq,
    faults: Faults,
    limits: Limits,
    /// Else the last event alone has to show what is missing.
    sweeps_at_the_end: bool,
    channel: Option<Channel>,
    /// What was begun for a channel before this one does not reach it.
    life: u64,
    timers: BTreeMap<Timer, (u64, u64)>,
    clients: Vec<Client>,
    next_ticket: u64,
    leaving: bool,
    /// Sockets that ended while outputs were carried out.
    closing: Vec<usize>,
    /// How often something happened, by name.
    pub(crate) seen: BTreeMap<&'static str, u64>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut rate = |most: f64| rng.random_range(0.0..=most);
        let faults = Faults {
            loss: rate(0.3),
            delay: rate(0.3),
            duplication: rate(0.3),
            failed_reads: rate(0.3),
            late_reads: rate(0.3),
        };
        let limits = Limits {
            tail_events: rng.random_range(0..20),
            tail_bytes: rng.random_range(300..6_000),
            pending_events: rng.random_range(1..12),
            page_events: rng.random_range(1..20),
            page_bytes: rng.random_range(300..6_000),
        };
        let log = Log::new(&mut rng);
        let clients = (0..rng.random_range(1..8)).map(|n| Client::new(n, &log)).collect();
        let (agenda, timers, seen) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let swept = log.head();
        let sweeps_at_the_end = rng.random_bool(0.5);
        let (channel, life, next_ticket, leaving, closing) = (None, 0, 1, false, Vec::new());
        #[rustfmt::skip]
        let world = Self {
            rng, now: 0, agenda, count: 0, log, swept, faults, limits, sweeps_at_the_end, channel, life, timers, clients,
            next_ticket, leaving, closing, seen,
        };
        world
    }

    /// The whole history: the script with faults, then healing, then everybody has everything.
    pub(crate) fn run(&mut self) {
        self.plan(0, 0, Happening::Sweep);
        self.plan(0, 0, Happening::Commit);
        if !self.sweeps_at_the_end {
            self.plan(SCRIPT + 1_000, SCRIPT + 1_000, Happening::LastEvent);
        }
        for client in 0..self.clients.len() {
            self.plan(0, 0, Happening::Act(client));
        }
        while let Some(((at, _), (life, happening))) = self.agenda.pop_first() {
            self.now = at;
            if at > SCRIPT {
                self.faults = Faults { loss: 0.0, delay: 0.0, duplication: 0.0, failed_reads: 0.0, late_reads: 0.0 };
            }
            if at > SCRIPT + HEALING {
                break;
            }
            self.happen(life, happening);
        }
        for client in &self.clients {
            assert!(!client.waits(), "{:?} was never answered", client.socket);
            assert!(client.has_converged(&self.log), "{:?} has not everything", client.socket);
            if client.is_listening() {
                *self.seen.entry("listening at the end").or_default() += 1;
            }
        }
    }

    fn happen(&mut self, life: u64, happening: Happening) {
        let scripted = self.now <= SCRIPT;
        match happening {
            Happening::Commit if scripted => self.commit(),
            Happening::Act(client) if scripted => self.act(client),
            Happening::Pull(client) if scripted => {
                let after = self.clients[client].last;
                self.join(client, Some(JoinOptions { after, epoch: None }));
            }
            Happening::LastEvent => self.commit(),
            Happening::Commit | Happening::Act(_) | Happening::Pull(_) => {}
            Happening::Sweep => self.sweep(),
            Happening::Hint(seq) => self.tell(Input::Hint(seq)),
            Happening::Bus(epoch, event) => self.tell(Input::Live { epoch, seq: event.seq, event: Some(event) }),
            Happening::ReadBegins(..) | Happening::ReadEnds(..) | Happening::Timer(_) | Happening::Drained(_)
                if life != self.life => {}
            Happening::ReadBegins(no, wanted) => self.read(no, wanted),
            Happening::ReadEnds(no, answer) => self.tell(Input::Read(no, answer)),
            Happening::Drained(ticket) => self.tell(Input::Drained(ticket)),
            Happening::Timer(timer) => {
                self.timers.remove(&timer);
                self.tell(Input::Timer(timer));
            }
        }
    }

    fn plan(&mut self, least: u64, most: u64, happening: Happening) -> (u64, u64) {
        let at = self.now + self.rng.random_range(least..=most);
        self.count += 1;
        self.agenda.insert((at, self.count), (self.life, happening));
        (at, self.count)
    }

    fn chance(&mut self, rate: f64) -> bool {
        self.rng.random_bool(rate)
    }

    /// A burst of events, each published once, which the bus may lose, delay, double and so swap.
    fn commit(&mut self) {
        for _ in 0..self.rng.random_range(1..4) {
            self.log.append(&mut self.rng);
            let event = self.log.live(self.log.head());
            let copies = if self.chance(self.faults.duplication) { 2 } else { 1 };
            for _ in 0..copies {
                if self.chance(self.faults.loss) {
                    continue;
                }
                let most = if self.chance(self.faults.delay) { 600 } else { 5 };
                self.plan(0, most, Happening::Bus(EPOCH, event.clone()));
            }
            if self.chance(0.02) {
                self.plan(0, 5, Happening::Bus(Epoch(1), self.log.of_another_life()));
            }
        }
        self.plan(0, 200, Happening::Commit);
    }

    fn sweep(&mut self) {
        if self.now > SCRIPT && !self.sweeps_at_the_end {
            return;
        }
        self.plan(200, 300, Happening::Sweep);
        if self.log.head() > self.swept && !self.chance(self.faults.failed_reads) {
            self.swept = self.log.head();
            self.plan(0, 30, Happening::Hint(self.swept));
        }
    }

    /// The snapshot is of now, the answer comes later.
    fn read(&mut self, no: ReadNo, wanted: Wanted) {
        let answer = match wanted {
            _ if self.chance(self.faults.failed_reads) => Answer::Failed,
            Wanted::Snapshot => Answer::Snapshot(self.log.snapshot()),
            Wanted::EventsAfter(after) => Answer::Page(self.log.page(after, self.limits.page_events)),
        };
        let most = if self.chance(self.faults.late_reads) { 900 } else { 10 };
        self.plan(0, most, Happening::ReadEnds(no, answer));
    }

    /// What a client does: joins in every way, leaves in every state.
    fn act(&mut self, index: usize) {
        self.plan(0, 2_500, Happening::Act(index));
        let head = self.log.head().0;
        let client = &mut self.clients[index];
        let hopeless = !self.log.may(client.user, client.session, Seq(head));
        if client.gone || (hopeless && self.rng.random_bool(0.7)) {
            return;
        }
        let for_user = matches!(self.log.source, confab_gateway::channel::Source::User(_));
        let epoch = Some(EPOCH).filter(|_| self.rng.random_bool(0.5));
        let after = match self.rng.random_range(0..10) {
            0..=1 => return self.leave(index),
            2..=3 => None,
            4..=6 => Some((client.last, epoch)),
            7 => Some((Seq(self.rng.random_range(0..=head)), epoch)),
            8 => Some((Seq(head), epoch)),
            _ if self.rng.random_bool(0.5) => Some((Seq(head + self.rng.random_range(1..50)), epoch)),
            _ => Some((client.last, Some(Epoch(1)))),
        };
        let options = after.filter(|_| !for_user).map(|(after, epoch)| JoinOptions { after, epoch });
        self.join(index, options);
        if self.chance(0.1) {
            self.join(index, options);
        }
        if self.chance(0.1) {
            self.leave(index);
        }
    }

    fn join(&mut self, index: usize, options: Option<JoinOptions>) {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        let request = self.clients[index].ask(ticket, options, self.now, &self.log);
        if self.channel.is_none() {
            self.channel = Some(Channel::new(self.log.source, self.limits));
        }
        self.tell(Input::Join(request));
    }

    fn leave(&mut self, index: usize) {
        self.clients[index].leave();
        self.leaving = true;
        let socket = self.clients[index].socket;
        self.tell(Input::Leave(socket));
        self.leaving = false;
        assert!(!self.clients[index].waits(), "a leave cancels what waits");
    }

    fn tell(&mut self, input: Input) {
        let Some(channel) = &mut self.channel else { return };
        channel.handle(input);
        let (outputs, head) = (channel.take_outputs(), channel.head());
        for output in outputs {
            self.carry_out(output, head);
        }
        if let Some(index) = self.closing.pop() {
            self.leave(index);
        }
    }

    fn carry_out(&mut self, output: Output, head: Seq) {
        match output {
            Output::Read { no, wanted, attempt } => {
                self.note(if wanted == Wanted::Snapshot { "snapshot" } else { "page read" });
                let wait = if attempt == 0 { 0 } else { 25 << attempt.min(5) };
                self.plan(wait, wait + 2, Happening::ReadBegins(no, wanted));
            }
            Output::Emit { event, to } => {
                for listener in to.iter() {
                    self.clients[listener.socket.0 as usize].received(&event, &self.log);
                }
                self.note("emitted");
            }
            Output::Grant { listener, joined } => {
                let index = listener.socket.0 as usize;
                self.clients[index].granted(listener.ticket, &joined, head, &self.log);
                assert!(joined.events.len() <= self.limits.page_events);
                self.note(if joined.more { "more" } else { "granted" });
                self.after_grant(index, joined.more, joined.seq);
            }
            Output::Refuse { socket, ticket, refused } => {
                let (now, left) = (self.now, self.leaving);
                let code = self.clients[socket.0 as usize].refused(ticket, &refused, now, &self.log, left);
                self.note(code.as_str());
            }
            Output::Dropped(listener) => self.clients[listener.socket.0 as usize].dropped(head, &self.log),
            Output::EndSession(listener) => {
                let index = listener.socket.0 as usize;
                self.clients[index].dropped(head, &self.log);
                self.end(index);
            }
            Output::AwaitDrain { ticket, .. } => {
                let most = if self.chance(0.05) { 7_000 } else { 100 };
                self.plan(0, most, Happening::Drained(ticket));
            }
            Output::Arm(timer) => self.arm(timer),
            Output::Disarm(timer) => self.disarm(timer),
            Output::Suspect => panic!("the store has one life here"),
            Output::Close => self.close(),
        }
    }

    /// Pulls the next page; a user's socket reads its session row once its channel is live.
    fn after_grant(&mut self, index: usize, more: bool, seq: Seq) {
        if more {
            self.plan(0, 50, Happening::Pull(index));
        }
        let client = &self.clients[index];
        let for_user = matches!(self.log.source, confab_gateway::channel::Source::User(_));
        if for_user && !self.log.may(client.user, client.session, seq) {
            self.end(index);
        }
    }

    /// The socket is closed, and the driver tells the channel with its next input.
    fn end(&mut self, index: usize) {
        self.clients[index].gone = true;
        self.clients[index].leave();
        self.note("session ended");
        self.closing.push(index);
    }

    fn arm(&mut self, timer: Timer) {
        self.disarm(timer);
        let wait = match timer {
            Timer::Gap => 25,
            Timer::Join(_) => JOIN_WAIT,
            Timer::Idle => 400,
        };
        let planned = self.plan(wait, wait, Happening::Timer(timer));
        self.timers.insert(timer, planned);
    }

    fn disarm(&mut self, timer: Timer) {
        if let Some(planned) = self.timers.remove(&timer) {
            self.agenda.remove(&planned);
        }
    }

    /// Sometimes a join is on its way, and the channel stays.
    fn close(&mut self) {
        self.note("closed");
        if self.chance(0.8) {
            self.channel = None;
            self.life += 1;
            for timer in std::mem::take(&mut self.timers).into_values() {
                self.agenda.remove(&timer);
            }
        }
    }

    fn note(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }
}
