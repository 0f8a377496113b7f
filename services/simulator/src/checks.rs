//! What sockets are told, looked at packet by packet: L3, L5, L6 and L7 where they can be broken.
//!
//! Looked at when the gateway hands a packet over, which is stricter than when a client reads it.

use std::collections::BTreeMap;

use confab_domain::may;
use confab_proto::socket::{JoinOptions, Joined};
use confab_proto::{ConversationId, Epoch, Seq, SessionId, StreamId, UserId};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::truth::{Life, Truth};
use crate::world::Node;

pub(crate) type Found = Result<(), (&'static str, String)>;

/// What each socket of the run was told.
#[derive(Default)]
pub(crate) struct Checks {
    sockets: BTreeMap<u64, View>,
    /// The highest seq that a gateway handed to anybody, by stream and epoch.
    told: BTreeMap<(usize, StreamId, u64), Seq>,
}

pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) gateway: usize,
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) open: bool,
    since: u64,
    ears: BTreeMap<StreamId, Ear>,
    own: Seq,
}

/// A conversation that a socket is in.
#[derive(Clone, Copy)]
struct Ear {
    epoch: Epoch,
    last: Seq,
    since: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Seen {
    pub(crate) conversation_id: ConversationId,
    pub(crate) seq: Seq,
}

impl View {
    #[must_use]
    pub(crate) fn new(name: String, gateway: usize, user: UserId, session: SessionId) -> Self {
        let (ears, own) = (BTreeMap::new(), Seq::ZERO);
        Self { name, gateway, user, session, open: false, since: 0, ears, own }
    }
}

impl Checks {
    pub(crate) fn enter(&mut self, socket: u64, view: View) {
        self.sockets.insert(socket, view);
    }

    pub(crate) fn open(&mut self, socket: u64, now: u64) {
        let view = view_of(&mut self.sockets, socket);
        (view.open, view.since) = (true, now);
    }

    pub(crate) fn closed(&mut self, socket: u64) {
        self.sockets.remove(&socket);
    }

    /// An event of a user's own stream.
    pub(crate) fn own_event(&mut self, truth: &Truth, socket: u64, body: &RawValue, seen: &Seen) -> Found {
        let view = view_of(&mut self.sockets, socket);
        let stream = StreamId::from(view.user);
        let is_it = |life: &Life| life.event(stream, seen.seq).is_some_and(|event| shows(event, body));
        if !truth.lives.iter().rev().any(is_it) {
            return Err((
                "L6",
                format!("{} got seq {} of its own stream, which is not in the log", view.name, seen.seq),
            ));
        }
        if seen.seq <= view.own {
            return Err(("L3", format!("{} got seq {} of its own stream after {}", view.name, seen.seq, view.own)));
        }
        view.own = seen.seq;
        Ok(())
    }

    /// An event of a conversation.
    pub(crate) fn event(&mut self, truth: &Truth, socket: u64, room: &str, body: &RawValue, seen: &Seen) -> Found {
        let view = view_of(&mut self.sockets, socket);
        let stream = StreamId::from(seen.conversation_id);
        let (name, seq) = (&view.name, seen.seq);
        let Some(ear) = view.ears.get_mut(&stream) else {
            return Err(("L3", format!("{name} got seq {seq} of {room}, in which it is not")));
        };
        if seq != ear.last.next() {
            return Err(("L3", format!("{name} got seq {seq} of {room} after {}", ear.last)));
        }
        let life = truth.of(ear.epoch).ok_or(("L6", format!("{name} got an epoch that never was")))?;
        let told = self.told.entry((view.gateway, stream, ear.epoch.0)).or_default();
        shown(life, (stream, seq), body, *told)
            .map_err(|why| ("L6", format!("{name} got seq {seq} of {room}, {why}")))?;
        *told = seq.max(*told);
        if !may_read(life, stream, view.user, ear.last) {
            return Err(("L7", format!("{name} got seq {seq} of {room}, but lost the right before it")));
        }
        ear.last = seq;
        Ok(())
    }

    /// A join was granted.
    pub(crate) fn granted(
        &mut self,
        truth: &Truth,
        (socket, stream): (u64, StreamId),
        room: &str,
        (options, joined): (Option<JoinOptions>, &Joined),
        now: u64,
    ) -> Found {
        let view = view_of(&mut self.sockets, socket);
        let (name, end) = (&view.name, joined.seq);
        let life = truth.of(joined.epoch).ok_or(("L6", format!("{name} joined {room} in an epoch that never was")))?;
        if end > life.head(stream) {
            return Err(("L6", format!("{name} joined {room} at seq {end}, but its head is {}", life.head(stream))));
        }
        // Who may read now may read all: of a page with more to come the right holds as of the channel's head, further on.
        let heads = end.0..=if joined.more { life.head(stream).0 } else { end.0 };
        if !heads.into_iter().any(|head| may_read(life, stream, view.user, Seq(head))) {
            return Err(("L7", format!("{name} joined {room} at seq {end} without a right")));
        }
        let mut last = options.map_or(end, |options| options.after);
        if options.and_then(|options| options.epoch).is_some_and(|epoch| epoch != joined.epoch) {
            return Err(("L5", format!("{name} went on in {room} with a number of another epoch")));
        }
        let told = self.told.entry((view.gateway, stream, joined.epoch.0)).or_default();
        for body in &joined.events {
            last = last.next();
            shown(life, (stream, last), body, *told)
                .map_err(|why| ("L3", format!("{name} joined {room} with a page whose seq {last} {why}")))?;
        }
        *told = end.max(*told);
        if last != end {
            return Err(("L3", format!("{name} joined {room} at seq {end} with events up to {last}")));
        }
        match joined.more {
            true => drop(view.ears.remove(&stream)),
            false => drop(view.ears.insert(stream, Ear { epoch: joined.epoch, last: end, since: now })),
        }
        Ok(())
    }

    /// The socket is in the conversation no more.
    pub(crate) fn out(&mut self, socket: u64, stream: StreamId) {
        if let Some(view) = self.sockets.get_mut(&socket) {
            view.ears.remove(&stream);
        }
    }

    /// The socket is in no conversation any more.
    pub(crate) fn reset(&mut self, truth: &Truth, socket: u64) -> Found {
        let view = view_of(&mut self.sockets, socket);
        view.ears.clear();
        view.own = Seq::ZERO;
        match truth.lives.len() {
            1 => Err(("L5", format!("{} was reset, but the store never was", view.name))),
            _ => Ok(()),
        }
    }

    /// Who listens undisturbed since before `begun` and has not got this seq.
    #[must_use]
    pub(crate) fn late(
        &self,
        stream: StreamId,
        epoch: Epoch,
        seq: Seq,
        begun: u64,
        gateway: Option<usize>,
        calm_since: &BTreeMap<Node, u64>,
    ) -> Option<String> {
        let is_late = |view: &&View| {
            let ear = view.ears.get(&stream).filter(|ear| ear.epoch == epoch && ear.last < seq && ear.since <= begun);
            let calm = calm_since.get(&Node::Gateway(view.gateway)).is_some_and(|since| *since < begun);
            ear.is_some() && calm && view.open && gateway.is_none_or(|gateway| gateway == view.gateway)
        };
        self.sockets.values().find(is_late).map(|view| view.name.clone())
    }

    #[must_use]
    pub(crate) fn open_of(&self, session: SessionId, begun: u64, calm_since: &BTreeMap<Node, u64>) -> Option<String> {
        let is_left = |view: &&View| {
            let calm = calm_since.get(&Node::Gateway(view.gateway)).is_some_and(|since| *since < begun);
            view.session == session && view.open && calm
        };
        self.sockets.values().find(is_left).map(|view| view.name.clone())
    }

    /// Where a socket stands in a conversation, if it is in it.
    #[must_use]
    pub(crate) fn stands(&self, socket: u64, stream: StreamId) -> Option<(Epoch, Seq)> {
        self.sockets.get(&socket)?.ears.get(&stream).map(|ear| (ear.epoch, ear.last))
    }
}

fn view_of(sockets: &mut BTreeMap<u64, View>, socket: u64) -> &mut View {
    sockets.get_mut(&socket).expect("a socket enters before it is told anything")
}

/// Whether the right held as of a seq.
fn may_read(life: &Life, stream: StreamId, user: UserId, seq: Seq) -> bool {
    let rules = life.streams.get(&stream).and_then(|stream| stream.as_of(seq));
    rules.is_some_and(|known| may::read(&known.rules, known.role(user)))
}

/// Byte for byte as it is, or as it was before a deletion that nobody has heard of from this gateway, which handed out `told`.
fn shown(life: &Life, (stream, seq): (StreamId, Seq), body: &RawValue, told: Seq) -> Result<(), String> {
    if life.event(stream, seq).is_some_and(|event| shows(event, body)) {
        return Ok(());
    }
    match life.original(stream, seq).filter(|(event, _)| shows(event, body)) {
        Some((_, deletion)) if told >= deletion => Err(format!("which was taken back at seq {deletion}")),
        Some(_) => Ok(()),
        None => Err("which is not in the log like this".to_owned()),
    }
}

fn shows(event: &confab_domain::LogEvent, body: &RawValue) -> bool {
    event.envelope().is_ok_and(|envelope| envelope.is_some_and(|envelope| envelope.encode().get() == body.get()))
}
