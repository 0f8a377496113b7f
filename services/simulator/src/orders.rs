//! What people order about others and about a group over HTTP: who is let in, sent away, banned, with which role, and who sees it.

use confab_domain::decide::{self, Asker as Decider, ChangeSettings, Known, Other};
use confab_domain::{Conversation, RuleError};
use confab_proto::event_data::Role;
use confab_proto::{ClientId, Epoch, UserId};
use http::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::asks::{Answered, Asker};
use crate::checks::Found;
use crate::plan::Rule;

/// An order on its way.
#[derive(Clone, Copy)]
struct Order {
    rule: Rule,
    user: UserId,
    other: UserId,
    room: usize,
}

impl Order {
    fn request(&self, conversation: impl std::fmt::Display) -> (Method, String, Option<Value>) {
        let (path, other) = (format!("/api/conversations/{conversation}"), self.other);
        match self.rule {
            Rule::Add => (Method::POST, format!("{path}/members"), Some(json!({"userId": other}))),
            Rule::Remove => (Method::DELETE, format!("{path}/members/{other}"), None),
            Rule::Ban => (Method::PUT, format!("{path}/bans/{other}"), None),
            Rule::Unban => (Method::DELETE, format!("{path}/bans/{other}"), None),
            Rule::Give(role) => (Method::PATCH, format!("{path}/members/{other}"), Some(json!({"role": role}))),
            Rule::Show(visibility) => (Method::PATCH, path, Some(json!({"visibility": visibility}))),
        }
    }

    fn is_so(&self, known: Option<&Conversation>) -> bool {
        let Some(known) = known else { return false };
        let role = known.role(self.other);
        match self.rule {
            Rule::Add => role.is_some_and(|role| role != Role::Banned),
            // Somebody who is banned is no member either.
            Rule::Remove => role.is_none_or(|role| role == Role::Banned),
            Rule::Ban => role == Some(Role::Banned),
            Rule::Unban => role != Some(Role::Banned),
            Rule::Give(wanted) => role == Some(wanted),
            Rule::Show(visibility) => known.rules.visibility == visibility,
        }
    }

    /// Whether there is a reason to refuse it on these rules. What is so already is none.
    fn is_refused(&self, known: Option<&Conversation>) -> bool {
        let Some(known) = known else { return true };
        let asker = Decider { actor: self.user, client_id: ClientId::from_uuid(uuid::Uuid::nil()), epoch: Epoch(0) };
        let other = Other { user: self.other, row: known.members.get(&self.other).copied() };
        let known = &Known::of(known, self.user);
        let decision = match self.rule {
            Rule::Add => decide::add_member(asker, known, other, Role::Member),
            Rule::Remove if self.user == self.other => decide::leave(asker, known),
            Rule::Remove => decide::remove_member(asker, known, other),
            Rule::Ban => decide::ban(asker, known, other),
            Rule::Unban => decide::unban(asker, known, other),
            Rule::Give(role) => decide::change_role(asker, known, other, role),
            Rule::Show(visibility) => {
                let change = ChangeSettings { visibility: Some(visibility), ..ChangeSettings::default() };
                decide::change_settings(asker, known, &change)
            }
        };
        let is_so = [RuleError::Unchanged, RuleError::NoSuchMember, RuleError::NotAMember];
        decision.is_err_and(|error| !(is_so.contains(&error) && self.is_so_for(error)))
    }

    /// Whether this refusal is answered as if it had just been done.
    fn is_so_for(&self, error: RuleError) -> bool {
        match error {
            RuleError::NoSuchMember => self.rule == Rule::Remove,
            RuleError::NotAMember => self.rule == Rule::Remove && self.user == self.other,
            _ => true,
        }
    }
}

impl Asker {
    /// Asks until the answer is known or the patience is over.
    pub(crate) async fn rule(
        &mut self,
        (user, other): (usize, usize),
        room: usize,
        mut api: usize,
        rule: Rule,
        tries: usize,
    ) {
        let (person, about) = (self.world.people[user].clone(), self.world.people[other].clone());
        let order = Order { rule, user: person.user, other: about.user, room };
        for _ in 0..tries {
            let (tick, lives) = {
                let inner = self.world.lock();
                (inner.truth.tick, inner.truth.lives.len())
            };
            let (method, path, body) = order.request(self.world.rooms[room]);
            let answer = self.ask(api, (method, path, person.token.clone()), body).await;
            self.world.trace(|| {
                let status = answer.as_ref().map_or("no answer".to_owned(), |(status, _)| status.as_u16().to_string());
                let (by, about) = (person.name, about.name);
                format!("{by}: {rule:?} {about} in room{} by api{}: {status}", room + 1, api + 1)
            });
            if self.is_answered(order, (tick, lives), answer) {
                return;
            }
            sleep(self.dice.millis(1..700)).await;
            api = self.dice.index(self.world.profile.apis);
        }
    }

    fn is_answered(&self, order: Order, begun: (u64, usize), answer: Answered) -> bool {
        let Some((status, value)) = answer else {
            self.world.count("rule: outcome unknown");
            return false;
        };
        match status.as_u16() {
            200 | 201 | 204 => {
                self.world.count(match order.rule {
                    Rule::Add => "rule: added",
                    Rule::Remove => "rule: removed",
                    Rule::Ban => "rule: banned",
                    Rule::Unban => "rule: unbanned",
                    Rule::Give(_) => "rule: role given",
                    Rule::Show(_) => "rule: visibility changed",
                });
                self.world.check(self.held(order, begun, "was acknowledged and never so", |known| order.is_so(known)));
            }
            403 | 404 | 409 | 422 => {
                self.world.count("rule: refused");
                self.world.check(self.held(order, begun, "was refused all the same", |known| order.is_refused(known)));
            }
            503 => return false,
            other => self.world.breach("L1", format!("{:?} was answered {other}: {value}", order.rule)),
        }
        true
    }

    /// Whether something held of the rules at a moment while this was asked for.
    fn held(
        &self,
        order: Order,
        (tick, lives): (u64, usize),
        else_: &str,
        holds: impl Fn(Option<&Conversation>) -> bool,
    ) -> Found {
        let inner = self.world.lock();
        let found = inner.truth.lives.len() > lives
            || inner.truth.ever(self.stream(order.room), (tick, inner.truth.tick), holds);
        if found { Ok(()) } else { Err(("L1", format!("{:?} in room{} {else_}", order.rule, order.room + 1))) }
    }
}
