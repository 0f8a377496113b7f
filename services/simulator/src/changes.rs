//! Changes of messages that people ask for over HTTP, with what they must be answered: L1 for what is done, a reason for what is
//! refused.

use confab_domain::{Conversation, may};
use confab_proto::{ClientId, Seq, UserId};
use http::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::asks::{Answered, Asker};
use crate::checks::Found;
use crate::messages::{self, Shown};
use crate::plan::Change;
use crate::rights::may_read;

const EMOJI: [&str; 2] = ["👍", "🎉"];

/// A change on its way.
struct Wanted {
    change: Change,
    user: UserId,
    room: usize,
    target: Seq,
    client_id: ClientId,
    body: String,
    emoji: &'static str,
}

/// What was known when a request began.
struct Begun {
    tick: u64,
    lives: usize,
    /// The edit stands in the log already.
    stands: bool,
}

impl Wanted {
    fn request(&self, conversation: impl std::fmt::Display) -> (Method, String, Option<Value>) {
        let path = format!("/api/conversations/{conversation}/messages/{}", self.target);
        let reaction = || format!("{path}/reactions/{}", percent(self.emoji));
        match self.change {
            Change::Edit => (Method::PATCH, path, Some(json!({"body": self.body, "clientId": self.client_id}))),
            Change::Delete => (Method::DELETE, path, None),
            Change::Pin => (Method::PUT, format!("{path}/pin"), None),
            Change::Unpin => (Method::DELETE, format!("{path}/pin"), None),
            Change::React => (Method::PUT, reaction(), None),
            Change::Unreact => (Method::DELETE, reaction(), None),
        }
    }

    fn is_so(&self, message: &Shown) -> bool {
        match self.change {
            Change::Edit => message.body == self.body,
            Change::Delete => message.deleted,
            Change::Pin => message.pinned,
            Change::Unpin => !message.pinned,
            Change::React => message.has_reacted(self.user, self.emoji),
            Change::Unreact => !message.has_reacted(self.user, self.emoji),
        }
    }

    /// As far as the rules go.
    fn is_allowed(&self, known: Option<&Conversation>, author: UserId) -> bool {
        let Some(known) = known else { return false };
        let (rules, role) = (&known.rules, known.role(self.user));
        let allowed = match self.change {
            Change::Edit => may::edit(rules, role),
            Change::Delete if author == self.user => may::delete_own(rules, role),
            Change::Delete => may::delete_any(rules, role),
            Change::Pin | Change::Unpin => may::pin(rules, role),
            Change::React | Change::Unreact => may::react(rules, role),
        };
        allowed.is_ok()
    }
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl Asker {
    /// Asks until the answer is known or the patience is over.
    pub(crate) async fn change(
        &mut self,
        (user, room): (usize, usize),
        target: Seq,
        mut api: usize,
        change: Change,
        tries: usize,
    ) {
        let client_id = ClientId::from_uuid(self.dice.uuid());
        let body = format!("edit {:x}", self.dice.draw());
        let emoji = EMOJI[self.dice.index(EMOJI.len())];
        let person = self.world.people[user].clone();
        let wanted = Wanted { change, user: person.user, room, target, client_id, body, emoji };
        for _ in 0..tries {
            let begun = self.begun(&wanted);
            let (method, path, body) = wanted.request(self.world.rooms[room]);
            let answer = self.ask(api, (method, path, person.token.clone()), body).await;
            self.world.trace(|| {
                let status = answer.as_ref().map_or("no answer".to_owned(), |(status, _)| status.as_u16().to_string());
                format!("{}: {change:?} of seq {target} of room{} by api{}: {status}", person.name, room + 1, api + 1)
            });
            if self.answered(&wanted, &begun, answer) && !self.dice.permille(150) {
                return;
            }
            sleep(self.dice.millis(1..700)).await;
            api = self.dice.index(self.world.profile.apis);
        }
    }

    fn begun(&self, wanted: &Wanted) -> Begun {
        let inner = self.world.lock();
        let stands = inner.truth.life().earlier(self.stream(wanted.room), wanted.user, wanted.client_id).is_some();
        Begun { tick: inner.truth.tick, lives: inner.truth.lives.len(), stands }
    }

    /// Whether the outcome is known now.
    fn answered(&self, wanted: &Wanted, begun: &Begun, answer: Answered) -> bool {
        let Some((status, value)) = answer else {
            self.world.count("change: outcome unknown");
            return false;
        };
        match status.as_u16() {
            200 | 204 => {
                self.world.count(match wanted.change {
                    Change::Edit => "change: edited",
                    Change::Delete => "change: deleted",
                    Change::Pin => "change: pinned",
                    Change::Unpin => "change: unpinned",
                    Change::React => "change: reacted",
                    Change::Unreact => "change: reaction taken back",
                });
                self.world.check(self.is_done(wanted, begun, &value));
            }
            403 | 404 => {
                self.world.count("change: refused");
                self.world.check(self.was_refused(wanted, begun));
            }
            503 => return false,
            other => {
                self.world.breach(
                    "L1",
                    format!("{:?} of seq {} was answered {other}: {value}", wanted.change, wanted.target),
                );
            }
        }
        true
    }

    /// What was acknowledged has been so at a moment, an edit stands in the log, and what is shown was so.
    fn is_done(&self, wanted: &Wanted, begun: &Begun, value: &Value) -> Found {
        let inner = self.world.lock();
        if inner.truth.lives.len() > begun.lives {
            return Ok(());
        }
        let (life, at) = (inner.truth.life(), (self.stream(wanted.room), wanted.target));
        let wrong = |text: &str| Err(("L1", format!("{:?} of seq {} {text}", wanted.change, wanted.target)));
        let stands = life.earlier(at.0, wanted.user, wanted.client_id).is_some();
        let was_so =
            messages::ever(life, at, begun.tick, |message| message.is_some_and(|message| wanted.is_so(message)));
        if !was_so && !stands {
            return wrong("was acknowledged and never done");
        }
        let shown = &value["message"];
        let is_shown = |message: Option<&Shown>| message.is_some_and(|message| message.is_shown(shown));
        if shown.is_object() && !messages::ever(life, at, begun.tick, is_shown) {
            return wrong(&format!("was answered with what the message never was: {shown}"));
        }
        Ok(())
    }

    /// Somewhen while it was asked for the right was not there, or the message was not there to be changed.
    fn was_refused(&self, wanted: &Wanted, begun: &Begun) -> Found {
        let inner = self.world.lock();
        if inner.truth.lives.len() > begun.lives {
            return Ok(());
        }
        let (life, at) = (inner.truth.life(), (self.stream(wanted.room), wanted.target));
        let ticks = (begun.tick, inner.truth.tick);
        if begun.stands {
            let unseen = inner.truth.ever(at.0, ticks, |known| !may_read(known, wanted.user));
            return if unseen {
                Ok(())
            } else {
                Err(("L1", format!("an edit of seq {} was refused though it stands", at.1)))
            };
        }
        let Some(author) = messages::as_of(life, at, at.1).map(|message| message.author) else { return Ok(()) };
        let not_own = wanted.change == Change::Edit && author != wanted.user;
        let gone = messages::ever(life, at, begun.tick, |message| message.is_none_or(|message| message.deleted));
        let forbidden = inner.truth.ever(at.0, ticks, |known| !wanted.is_allowed(known, author));
        match not_own || gone || forbidden {
            true => Ok(()),
            false => Err((
                "L1",
                format!("{:?} of seq {} was refused though the right held all the time", wanted.change, at.1),
            )),
        }
    }
}
