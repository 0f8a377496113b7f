//! Who is there: the sockets of this gateway, and what the other gateways say of theirs. Pure: no clock, no I/O.
//!
//! Invariants: somebody is there while any gateway says so. What another gateway said counts only for as long as it said, so a
//! gateway that was killed is forgotten by itself, and a lost message is made good by the next beat. Somebody whose last socket
//! here went counts for a grace longer, so that loading a page anew tells nobody anything.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use confab_proto::UserId;
use confab_proto::signal::{Beat, PresenceState};
use tokio::time::Instant;
use uuid::Uuid;

use crate::socket::SocketId;

/// People in one message: some 160 KB.
const PEOPLE: usize = 4_000;
/// No gateway is believed for longer, whatever it says.
const LONGEST: Duration = Duration::from_secs(600);

/// How long things count.
#[derive(Clone, Copy, Debug)]
pub struct Spans {
    /// For others to believe a beat of ours.
    pub life: Duration,
    /// For somebody to come back.
    pub grace: Duration,
}

/// The state machine.
#[derive(Debug)]
pub struct Table {
    gateway: Uuid,
    spans: Spans,
    sockets: BTreeMap<SocketId, (UserId, bool)>,
    people: BTreeMap<UserId, Person>,
    /// Whose state may be another one than was told.
    touched: BTreeSet<UserId>,
}

#[derive(Debug, Default)]
struct Person {
    /// Sockets here, and those of them where nobody looks.
    here: usize,
    away: usize,
    /// The last socket went; until then it counts as there.
    grace: Option<(Instant, bool)>,
    elsewhere: Vec<Elsewhere>,
    /// What the watchers were told.
    told: Option<PresenceState>,
    /// What the other gateways were told; `None`: not here.
    published: Option<bool>,
}

#[derive(Debug)]
struct Elsewhere {
    gateway: Uuid,
    until: Instant,
    away: bool,
}

impl Person {
    /// Whether all that is here is away; `None`: nothing is here.
    fn local(&self) -> Option<bool> {
        if self.here > 0 { Some(self.away == self.here) } else { self.grace.map(|(_, away)| away) }
    }

    fn state(&self) -> PresenceState {
        let all_away = self.elsewhere.iter().map(|one| one.away).chain(self.local()).reduce(|a, b| a && b);
        match all_away {
            None => PresenceState::Offline,
            Some(true) => PresenceState::Away,
            Some(false) => PresenceState::Online,
        }
    }
}

impl Table {
    #[must_use]
    pub fn new(gateway: Uuid, spans: Spans) -> Self {
        let (sockets, people, touched) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { gateway, spans, sockets, people, touched }
    }

    /// A socket of this gateway was let in.
    pub fn enter(&mut self, socket: SocketId, user: UserId) {
        if self.sockets.insert(socket, (user, false)).is_none() {
            let person = self.people.entry(user).or_default();
            person.here += 1;
            person.grace = None;
            self.touched.insert(user);
        }
    }

    /// It has gone. Nothing happens if it never was let in.
    pub fn leave(&mut self, socket: SocketId, now: Instant) {
        let Some((user, away)) = self.sockets.remove(&socket) else { return };
        let Some(person) = self.people.get_mut(&user) else { return };
        person.here -= 1;
        person.away -= usize::from(away);
        if person.here == 0 {
            person.grace = Some((now + self.spans.grace, away));
        }
        self.touched.insert(user);
    }

    /// The client says whether nobody looks at it.
    pub fn set_away(&mut self, socket: SocketId, away: bool) {
        let Some((user, was)) = self.sockets.get_mut(&socket) else { return };
        let Some(person) = self.people.get_mut(user) else { return };
        if std::mem::replace(was, away) != away {
            person.away = if away { person.away + 1 } else { person.away - 1 };
            self.touched.insert(*user);
        }
    }

    /// What another gateway says of its people. Our own words come back, too, and count for nothing.
    pub fn hear(&mut self, beat: &Beat, now: Instant) {
        let Beat::Here { gateway, life_ms, online, away, gone } = beat else { return };
        if *gateway == self.gateway {
            return;
        }
        let until = now + Duration::from_millis(*life_ms).min(LONGEST);
        let there = online.iter().map(|user| (user, false)).chain(away.iter().map(|user| (user, true)));
        for (user, away) in there {
            let person = self.people.entry(*user).or_default();
            person.elsewhere.retain(|one| one.gateway != *gateway);
            person.elsewhere.push(Elsewhere { gateway: *gateway, until, away });
            self.touched.insert(*user);
        }
        for user in gone {
            if let Some(person) = self.people.get_mut(user) {
                person.elsewhere.retain(|one| one.gateway != *gateway);
                self.touched.insert(*user);
            }
        }
    }

    /// Forgets whoever is past their time.
    pub fn expire(&mut self, now: Instant) {
        for (user, person) in &mut self.people {
            let before = person.elsewhere.len();
            person.elsewhere.retain(|one| one.until > now);
            let came_back_not = person.grace.is_some_and(|(until, _)| until <= now);
            if came_back_not {
                person.grace = None;
            }
            if came_back_not || person.elsewhere.len() != before {
                self.touched.insert(*user);
            }
        }
    }

    /// Whose state changed since the last call, for the watchers; and what to tell the other gateways at once.
    pub fn take_changes(&mut self) -> (Vec<(UserId, PresenceState)>, Vec<Beat>) {
        let mut changes = Vec::new();
        let (mut online, mut away, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for user in std::mem::take(&mut self.touched) {
            let Some(person) = self.people.get_mut(&user) else { continue };
            let (state, local) = (person.state(), person.local());
            if person.told.unwrap_or(PresenceState::Offline) != state {
                changes.push((user, state));
            }
            person.told = Some(state);
            if std::mem::replace(&mut person.published, local) != local {
                match local {
                    Some(false) => online.push(user),
                    Some(true) => away.push(user),
                    None => gone.push(user),
                }
            }
            if state == PresenceState::Offline {
                self.people.remove(&user);
            }
        }
        (changes, self.messages(&online, &away, &gone))
    }

    /// All that are here, in as many messages as it takes.
    #[must_use]
    pub fn beats(&self) -> Vec<Beat> {
        let local = |wanted| self.people.iter().filter(move |(_, person)| person.local() == Some(wanted));
        let users = |wanted| local(wanted).map(|(user, _)| *user).collect::<Vec<_>>();
        self.messages(&users(false), &users(true), &[])
    }

    fn messages(&self, online: &[UserId], away: &[UserId], gone: &[UserId]) -> Vec<Beat> {
        let life_ms = u64::try_from(self.spans.life.as_millis()).unwrap_or(u64::MAX);
        let beat = |online: &[UserId], away: &[UserId], gone: &[UserId]| Beat::Here {
            gateway: self.gateway,
            life_ms,
            online: online.to_vec(),
            away: away.to_vec(),
            gone: gone.to_vec(),
        };
        if online.len() + away.len() + gone.len() <= PEOPLE {
            let nobody = online.is_empty() && away.is_empty() && gone.is_empty();
            return if nobody { Vec::new() } else { vec![beat(online, away, gone)] };
        }
        let online = online.chunks(PEOPLE).map(|some| beat(some, &[], &[]));
        let away = away.chunks(PEOPLE).map(|some| beat(&[], some, &[]));
        online.chain(away).chain(gone.chunks(PEOPLE).map(|some| beat(&[], &[], some))).collect()
    }

    #[must_use]
    pub fn state(&self, user: UserId) -> PresenceState {
        self.people.get(&user).map_or(PresenceState::Offline, Person::state)
    }

    /// How many people this gateway knows of, whatever their state.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}
