//! A client as the stock one is, with the rule of the design: what it has stays its own, `seq ≤ last` is ignored, `last + 1` applied,
//! and everything else makes it join again. It comes back by itself, mostly on another gateway.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use confab_proto::socket::JoinOptions;
use confab_proto::{Epoch, ErrorCode, Seq};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::{Instant, sleep, sleep_until};

use crate::dice::Dice;
use crate::gateway::Gateway;
use crate::nodes::Nodes;
use crate::plan::How;
use crate::socket::{Answer, ModelSocket, Packet};
use crate::world::Shared;

/// What the plan makes a client do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    Join {
        room: usize,
        how: How,
        times: usize,
    },
    Leave {
        room: usize,
    },
    Vanish(Duration),
    Stall(Duration),
    /// Says where it stands, once it is in all its rooms.
    Settle,
}

/// One conversation as the client has it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Room {
    pub(crate) wanted: bool,
    pub(crate) joined: bool,
    /// What it has, and of which life of the store.
    pub(crate) has: Option<(Epoch, Seq)>,
    /// The join whose answer counts.
    asked: u64,
    waits: bool,
    again_at: Option<Instant>,
    how: Option<How>,
}

pub(crate) struct Client {
    pub(crate) world: Shared,
    pub(crate) nodes: Arc<Nodes>,
    pub(crate) index: usize,
    pub(crate) orders: UnboundedReceiver<Order>,
    pub(crate) dice: Dice,
    pub(crate) rooms: BTreeMap<usize, Room>,
    pub(crate) joins: u64,
    pub(crate) last_gateway: Option<usize>,
}

/// A connection.
struct Line {
    gateway: Arc<Gateway>,
    socket: Arc<ModelSocket>,
    packets: UnboundedReceiver<(usize, Packet)>,
    stalled_until: Option<Instant>,
}

enum Next {
    /// Connect again after a while.
    ComeBack(Duration),
    /// The session has ended.
    Never,
}

impl Client {
    pub(crate) async fn run(mut self) {
        loop {
            let Some(line) = self.connect().await else {
                sleep(self.dice.millis(50..400)).await;
                continue;
            };
            match self.live(line).await {
                Next::ComeBack(after) => sleep(after).await,
                Next::Never => {
                    self.world.lock().stats.count("client: signed out");
                    return std::future::pending().await;
                }
            }
        }
    }

    async fn connect(&mut self) -> Option<Line> {
        let gateway = self.nodes.some_gateway(&mut self.dice)?;
        if self.last_gateway.is_some_and(|last| last != gateway.index) {
            self.world.count("client: came back elsewhere");
        }
        self.last_gateway = Some(gateway.index);
        let (outbox, packets) = mpsc::unbounded_channel();
        let socket = gateway.connect(self.index, self.nodes.next_socket(), outbox);
        self.world.trace(|| format!("{}: connects", socket.name));
        Some(Line { gateway, socket, packets, stalled_until: None })
    }

    async fn live(&mut self, mut line: Line) -> Next {
        let mut connected = false;
        let give_up = Instant::now() + Duration::from_secs(12);
        self.rooms.values_mut().for_each(|room| (room.joined, room.waits, room.again_at) = (false, false, None));
        loop {
            let wake = self.rooms.values().filter(|room| room.wanted).filter_map(|room| room.again_at).min();
            let wake = wake.filter(|_| connected).unwrap_or_else(|| Instant::now() + Duration::from_secs(60));
            let stalled = line.stalled_until;
            tokio::select! {
                biased;
                Some(order) = self.orders.recv() => {
                    if let Some(next) = self.obey(order, &mut line, connected) {
                        return next;
                    }
                }
                () = sleep_until(stalled.unwrap_or(wake)), if stalled.is_some() => line.stalled_until = None,
                packet = line.packets.recv(), if stalled.is_none() => {
                    let Some((bytes, packet)) = packet else {
                        line.gateway.hang_up(&line.socket);
                        return Next::ComeBack(self.dice.millis(10..600));
                    };
                    line.socket.taken(bytes);
                    match packet {
                        Packet::Connected => {
                            connected = true;
                            self.join_all(&line);
                        }
                        Packet::Refused(true) => return Next::Never,
                        Packet::Refused(false) => return Next::ComeBack(self.dice.millis(50..800)),
                        packet => self.take(packet, &line),
                    }
                }
                () = sleep_until(wake), if connected => self.join_due(&line),
                () = sleep_until(give_up), if !connected => {
                    line.gateway.hang_up(&line.socket);
                    return Next::ComeBack(self.dice.millis(50..800));
                }
            }
        }
    }

    fn obey(&mut self, order: Order, line: &mut Line, connected: bool) -> Option<Next> {
        match order {
            Order::Join { room, how, times } => {
                let known = self.rooms.entry(room).or_default();
                known.wanted = true;
                known.how = Some(how);
                for _ in 0..if connected { times } else { 0 } {
                    self.join(room, line);
                }
            }
            Order::Leave { room } => {
                let known = self.rooms.entry(room).or_default();
                (known.wanted, known.joined, known.waits, known.asked) = (false, false, false, 0);
                if connected {
                    line.gateway.leave(&line.socket, self.world.rooms[room]);
                }
            }
            Order::Vanish(after) => {
                self.world.trace(|| format!("{}: vanishes", line.socket.name));
                line.gateway.hang_up(&line.socket);
                return Some(Next::ComeBack(after));
            }
            Order::Stall(length) => {
                self.world.count("client: slow");
                line.stalled_until = Some(Instant::now() + length);
            }
            Order::Settle => {
                let standing = self.rooms.iter().map(|(index, room)| (*index, *room)).collect();
                self.nodes.settle(self.index, line.socket.key, connected, standing);
            }
        }
        None
    }

    fn join_all(&mut self, line: &Line) {
        let wanted: Vec<usize> = self.rooms.iter().filter(|(_, room)| room.wanted).map(|(index, _)| *index).collect();
        wanted.into_iter().for_each(|room| self.join(room, line));
    }

    fn join_due(&mut self, line: &Line) {
        let now = Instant::now();
        let is_due = |room: &Room| room.wanted && room.again_at.is_some_and(|at| at <= now);
        let due: Vec<usize> = self.rooms.iter().filter(|(_, room)| is_due(room)).map(|(index, _)| *index).collect();
        due.into_iter().for_each(|room| self.join(room, line));
    }

    fn join(&mut self, room: usize, line: &Line) {
        self.joins += 1;
        let known = self.rooms.entry(room).or_default();
        let options = match (known.how.take(), known.has) {
            (Some(How::Bare), _) => None,
            (Some(How::Anew), _) | (_, None) => Some(JoinOptions { after: Seq::ZERO, epoch: None }),
            (_, Some((epoch, seq))) => Some(JoinOptions { after: seq, epoch: Some(epoch) }),
        };
        (known.asked, known.joined, known.waits, known.again_at) = (self.joins, false, true, None);
        let name = format!("room{}", room + 1);
        self.world.trace(|| match options {
            None => format!("{}: joins {name} bare", line.socket.name),
            Some(options) => format!("{}: joins {name} after {}", line.socket.name, options.after),
        });
        line.gateway.join(&line.socket, self.world.rooms[room], options, self.joins);
    }

    fn take(&mut self, packet: Packet, line: &Line) {
        let index = |room| self.world.rooms.iter().position(|known| *known == room);
        match packet {
            Packet::Connected | Packet::Refused(_) => {}
            Packet::Event { room, seq } => {
                let Some(known) = index(room).and_then(|room| self.rooms.get_mut(&room)) else { return };
                match &mut known.has {
                    Some((_, last)) if known.joined && seq == last.next() => *last = seq,
                    _ => {}
                }
            }
            Packet::Answer { room, join, answer } => {
                if let Some(room) = index(room) {
                    self.answered(room, join, answer, line);
                }
            }
            Packet::Out(room) => {
                let soon = self.dice.millis(100..1_000);
                let Some(known) = index(room).and_then(|room| self.rooms.get_mut(&room)) else { return };
                if known.joined {
                    known.joined = false;
                    known.again_at = Some(Instant::now() + soon);
                }
            }
            Packet::Reset(epoch) => {
                for room in self.rooms.values_mut() {
                    (room.joined, room.has) = (false, Some((epoch, Seq::ZERO)));
                }
                self.join_all(line);
            }
        }
    }

    fn answered(&mut self, room: usize, join: u64, answer: Answer, line: &Line) {
        let soon = Instant::now() + self.dice.millis(100..800);
        let Some(known) = self.rooms.get_mut(&room).filter(|known| known.asked == join) else { return };
        known.waits = false;
        match answer {
            Answer::Joined { seq, epoch, more } => {
                known.has = Some((epoch, seq));
                known.joined = !more;
                if more {
                    self.join(room, line);
                }
            }
            Answer::Refused { code: ErrorCode::Reset, epoch } => {
                known.has = epoch.map(|epoch| (epoch, Seq::ZERO));
                self.join(room, line);
            }
            Answer::Refused { .. } => known.again_at = Some(soon),
        }
    }
}
