//! What people ask over HTTP, with what they must be answered: L1 and L2 for messages, L7 for reads.
//!
//! A sender whose answer did not come, or who is told to try again, sends the same once more, mostly to another API. Some do so
//! although they were answered.

use std::sync::Arc;
use std::time::Duration;

use confab_domain::{Conversation, LogEvent};
use confab_proto::{ClientId, EventType, Seq, StreamId, UserId};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::checks::Found;
use crate::dice::Dice;
use crate::messages;
use crate::nodes::Nodes;
use crate::rights::{may_post, may_read};
use crate::truth::Life;
use crate::world::Shared;

/// Of a session: an API may serve one that was ended for so long.
const CACHED_FOR: u64 = 1_000;

pub(crate) struct Asker {
    pub(crate) world: Shared,
    pub(crate) nodes: Arc<Nodes>,
    pub(crate) dice: Dice,
}

/// A message on its way.
struct Message {
    user: usize,
    room: usize,
    client_id: ClientId,
    body: String,
    /// The highest seq that was acknowledged before this was sent, and the number of the life.
    after: (usize, Seq),
}

pub(crate) type Answered = Option<(StatusCode, Value)>;

impl Asker {
    pub(crate) fn stream(&self, room: usize) -> StreamId {
        self.world.rooms[room].into()
    }

    pub(crate) async fn ask(&mut self, api: usize, request: (Method, String, String), body: Option<Value>) -> Answered {
        let api = self.nodes.api(api);
        let patience = self.dice.millis(1_000..9_000);
        let (method, path, token) = request;
        // A client that gives up knows as little as one whose connection broke.
        timeout(patience, api.request(method, path, &token, body)).await.unwrap_or(None)
    }

    /// Sends until the answer is known or the patience is over; says whether it stands in the log.
    pub(crate) async fn post(&mut self, user: usize, room: usize, mut api: usize, text: String, tries: usize) -> bool {
        let lives = self.world.lock().truth.lives.len();
        let after = self.world.lock().acked(self.stream(room), lives);
        let client_id = ClientId::from_uuid(self.dice.uuid());
        let message = Message { user, room, client_id, body: text, after: (lives, after) };
        let mut stands = false;
        for _ in 0..tries {
            let begun = self.begin(&message);
            let person = self.world.people[user].clone();
            let path = format!("/api/conversations/{}/messages", self.world.rooms[room]);
            let body = json!({"body": message.body, "clientId": client_id});
            let request = (Method::POST, path, person.token);
            let answer = self.ask(api, request, Some(body)).await;
            let name = person.name;
            self.world.trace(|| {
                let status = answer.as_ref().map_or("no answer".to_owned(), |(status, _)| status.as_u16().to_string());
                format!("{name}: \"{}\" to room{} by api{}: {status}", message.body, room + 1, api + 1)
            });
            match self.judge(&message, begun, answer) {
                Verdict::Stands if self.dice.permille(150) => {
                    self.world.count("api: repeated anyway");
                    stands = true;
                }
                Verdict::Stands => return true,
                Verdict::Refused => return false,
                Verdict::Unknown => {}
            }
            sleep(self.dice.millis(1..700)).await;
            api = self.dice.index(self.world.profile.apis);
        }
        stands
    }

    fn begin(&self, message: &Message) -> Begun {
        let inner = self.world.lock();
        let stream = self.stream(message.room);
        let actor = self.world.people[message.user].user;
        let life = inner.truth.life();
        let stands = life.earlier(stream, actor, message.client_id).map(|(placed, _)| placed.seq);
        Begun { tick: inner.truth.tick, lives: inner.truth.lives.len(), stands }
    }

    fn judge(&self, message: &Message, begun: Begun, answer: Answered) -> Verdict {
        let Some((status, value)) = answer else {
            self.world.count("api: outcome unknown");
            return Verdict::Unknown;
        };
        match status.as_u16() {
            201 | 200 => {
                self.world.count(if status == StatusCode::CREATED { "api: 201" } else { "api: 200 repeated" });
                self.world.check(self.receipt(message, &begun, &value));
                Verdict::Stands
            }
            403 | 404 => {
                self.world.count("api: refused");
                self.world.check(self.refusal(message, &begun));
                Verdict::Refused
            }
            503 => Verdict::Unknown,
            other => {
                self.world.breach("L1", format!("\"{}\" was answered {other}: {value}", message.body));
                Verdict::Refused
            }
        }
    }

    /// The answer tells where the message stands, and it stands there; a repeat is told the same.
    fn receipt(&self, message: &Message, begun: &Begun, value: &Value) -> Found {
        let seq = value["seq"].as_u64().map(Seq).ok_or(("L1", format!("a receipt without seq: {value}")))?;
        let stream = self.stream(message.room);
        let mut inner = self.world.lock();
        let lives = inner.truth.lives.len();
        let is_it =
            |life: &Life| life.event(stream, seq).is_some_and(|event| event.client_id == Some(message.client_id));
        if !inner.truth.lives[begun.lives - 1..].iter().any(is_it) {
            return Err(("L1", format!("\"{}\" was acknowledged at seq {seq}, but is not there", message.body)));
        }
        if lives > begun.lives {
            return Ok(());
        }
        if begun.stands.is_some_and(|first| first != seq) {
            return Err(("L1", format!("\"{}\" was answered {seq} after another answer", message.body)));
        }
        if begun.stands.is_none() && message.after.0 == lives && message.after.1 >= seq {
            return Err((
                "L2",
                format!("\"{}\" got seq {seq} although {} was acknowledged", message.body, message.after.1),
            ));
        }
        inner.note_acked(stream, lives, seq);
        Ok(())
    }

    fn refusal(&self, message: &Message, begun: &Begun) -> Found {
        let inner = self.world.lock();
        if begun.stands.is_some() && inner.truth.lives.len() == begun.lives {
            return Err(("L1", format!("\"{}\" was refused although it stands in the log", message.body)));
        }
        let user = self.world.people[message.user].user;
        let ticks = (begun.tick, inner.truth.tick);
        let ended = |known: Option<&Conversation>| !may_post(known, user);
        match inner.truth.ever(self.stream(message.room), ticks, ended) {
            true => Ok(()),
            false => Err(("L1", format!("\"{}\" was refused though the right held all the time", message.body))),
        }
    }

    /// Reads a page with a client's session.
    pub(crate) async fn read(&mut self, client: usize, room: usize, api: usize) {
        let person = self.world.people[client % self.world.people.len()].clone();
        let session = self.world.sessions[client].clone();
        let events = self.dice.permille(500);
        let what = if events { "events" } else { "messages" };
        let path = format!("/api/conversations/{}/{what}", self.world.rooms[room]);
        let (tick, begun) = (self.world.lock().truth.tick, self.world.now());
        let lives = self.world.lock().truth.lives.len();
        let acked = self.world.lock().acked(self.stream(room), lives);
        let Some((status, value)) = self.ask(api, (Method::GET, path, session.token), None).await else { return };
        self.world.trace(|| format!("{}: reads {what} of room{}: {status}", person.name, room + 1));
        let ended = self.world.lock().ended_at.get(&session.id).copied();
        let found = match status.as_u16() {
            200 if ended.is_some_and(|ended| ended + CACHED_FOR < begun) && !self.was_restored() => {
                Err(("L7", format!("{} read with a session that was revoked at {ended:?} ms", person.name)))
            }
            200 => self
                .page(events, (room, person.user), tick, &value)
                .and_then(|()| self.is_whole(events, room, (lives, acked), &value)),
            404 => {
                self.world.count("api: read refused");
                self.may_be(room, tick, |known| !may_read(known, person.user), "a read was refused all the same")
            }
            401 if ended.is_none() => Err(("L7", format!("{} was taken for a stranger", person.name))),
            _ => Ok(()),
        };
        self.world.check(found);
    }

    fn was_restored(&self) -> bool {
        self.world.lock().truth.lives.len() > 1
    }

    fn may_be(&self, room: usize, tick: u64, holds: impl Fn(Option<&Conversation>) -> bool, else_: &str) -> Found {
        let inner = self.world.lock();
        let found = inner.truth.ever(self.stream(room), (tick, inner.truth.tick), holds);
        if found { Ok(()) } else { Err(("L7", format!("room{}: {else_}", room + 1))) }
    }

    fn page(&self, events: bool, (room, user): (usize, UserId), tick: u64, value: &Value) -> Found {
        self.may_be(room, tick, |known| may_read(known, user), "a read was answered without a right")?;
        if !events && shown(events, value)?.iter().any(|one| one["deleted"] == true) {
            self.world.count("api: shows a message that is gone");
        }
        let inner = self.world.lock();
        let epoch = value["epoch"].as_str().and_then(|epoch| epoch.parse().ok());
        let life = epoch.and_then(|epoch| inner.truth.of(epoch)).ok_or(("L6", "a page of no epoch".to_owned()))?;
        for one in shown(events, value)? {
            let seq = Seq(one["seq"].as_u64().unwrap_or(0));
            let is_so = match events {
                true => is_event(life, (self.stream(room), seq), one, tick),
                false => {
                    let end = Seq(value["seq"].as_u64().unwrap_or(0));
                    messages::as_of(life, (self.stream(room), seq), end).is_some_and(|message| message.is_shown(one))
                }
            };
            if !is_so {
                return Err(("L6", format!("a page of room{} shows seq {seq} as it is not: {one}", room + 1)));
            }
        }
        Ok(())
    }

    /// Nothing is left out: neither between what is shown, nor of what was acknowledged when it was asked for.
    fn is_whole(&self, events: bool, room: usize, (lives, acked): (usize, Seq), value: &Value) -> Found {
        let inner = self.world.lock();
        if inner.truth.lives.len() != lives {
            return Ok(());
        }
        let (life, stream) = (inner.truth.life(), self.stream(room));
        let wrong = |text: String| Err(("L1", format!("a page of room{} {text}", room + 1)));
        let end = Seq(value["seq"].as_u64().unwrap_or(0));
        let seqs: Vec<u64> = shown(events, value)?.iter().filter_map(|one| one["seq"].as_u64()).collect();
        let more = value[if events { "more" } else { "hasMore" }].as_bool();
        let Some(more) = more else { return wrong("does not say whether there is more".to_owned()) };
        if end < acked && !(events && more) {
            return wrong(format!("ends at seq {end}, and {acked} was acknowledged before"));
        }
        let is_due = |seq: &u64| {
            events || life.event(stream, Seq(*seq)).is_some_and(|event| event.event_type == EventType::MessagePosted)
        };
        // Events begin at the first, messages end with the last.
        let from = if events || !more { 1 } else { seqs.iter().copied().min().unwrap_or(end.0 + 1) };
        let due: Vec<u64> = (from..=end.0).filter(is_due).collect();
        let mut held = seqs;
        held.sort_unstable();
        if held == due { Ok(()) } else { wrong(format!("up to seq {end} shows {held:?}, not {due:?}")) }
    }

    /// Joins or leaves as a member.
    pub(crate) async fn membership(&mut self, user: usize, room: usize, api: usize, joins: bool) {
        let person = self.world.people[user].clone();
        let path = format!("/api/conversations/{}/members{}", self.world.rooms[room], if joins { "" } else { "/me" });
        let method = if joins { Method::POST } else { Method::DELETE };
        let answer = self.ask(api, (method, path, person.token), None).await;
        let word = if joins { "joins" } else { "leaves" };
        self.world.trace(|| {
            let status = answer.as_ref().map_or("no answer".to_owned(), |(status, _)| status.to_string());
            format!("{}: {word} room{} as a member: {status}", person.name, room + 1)
        });
    }

    /// Ends a client's session.
    pub(crate) async fn revoke(&mut self, client: usize, mut api: usize) {
        let person = self.world.people[client % self.world.people.len()].clone();
        let path = format!("/api/sessions/{}", self.world.sessions[client].id);
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            let request = (Method::DELETE, path.clone(), person.token.clone());
            let answer = self.ask(api, request, None).await;
            if answer.is_some_and(|(status, _)| status == StatusCode::NO_CONTENT) {
                return self.world.trace(|| format!("{}: ends the session of client {client}", person.name));
            }
            sleep(self.dice.millis(50..500)).await;
            api = self.dice.index(self.world.profile.apis);
        }
    }
}

/// What was known when a request began.
struct Begun {
    tick: u64,
    lives: usize,
    stands: Option<Seq>,
}

enum Verdict {
    Stands,
    Refused,
    Unknown,
}

/// An event as it is in the log, or as it was if it was not yet taken back at `tick`.
fn is_event(life: &Life, (stream, seq): (StreamId, Seq), shown: &Value, tick: u64) -> bool {
    let is_data = |event: &LogEvent| {
        let data: Option<Value> = serde_json::from_str(event.data.get()).ok();
        let redacted = shown["redacted"].as_bool().unwrap_or(false);
        data.is_some_and(|data| data == shown["data"]) && redacted == event.redacted
    };
    let was = life.original(stream, seq).filter(|(_, deletion)| life.tick_of(stream, *deletion) > tick);
    life.event(stream, seq).into_iter().chain(was.map(|(event, _)| event)).any(is_data)
}

/// What a page brings.
fn shown(events: bool, value: &Value) -> Result<&Vec<Value>, (&'static str, String)> {
    let name = if events { "events" } else { "messages" };
    value[name].as_array().ok_or_else(|| ("L1", format!("a page without {name}")))
}
