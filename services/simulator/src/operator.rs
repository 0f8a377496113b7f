//! Changes of rules that the API has no route for yet: written straight into the log as the API would write them, and published.

use std::sync::Arc;

use bytes::Bytes;
use confab_domain::{Append, Expect, NewEvent, RequestHash, Row};
use confab_proto::event_data::{
    ConversationRef, ConversationVisibilityChanged, MemberRef, MemberRole, Role, Visibility,
};
use confab_proto::{ClientId, EventType, StreamId, subject};
use confab_runtime::bus::{LiveHeaders, Message};
use confab_store::Outcome;

use crate::bus::Air;
use crate::dice::Dice;
use crate::plan::Rule;
use crate::store::work_on;
use crate::world::Shared;

/// What happened, when something did.
pub(crate) fn change(world: &Shared, air: &Arc<Air>, (user, room): (usize, usize), rule: Rule, dice: &mut Dice) {
    let Some(append) = append(world, (user, room), rule, dice) else { return };
    let epoch = append.epoch;
    let outcome = work_on(world, |truth| truth.append(&append));
    let Outcome::Appended(placed) = outcome else { return };
    let name = world.people[user].name;
    world.trace(|| format!("room{}: {rule:?} {name} at seq {}", room + 1, placed[0].seq));
    for event in append.into_log(&placed) {
        let to_user = event.event_type.is_internal();
        let headers = LiveHeaders {
            seq: event.seq.0,
            position: event.position.0,
            event_type: event.event_type.as_str().to_owned(),
            epoch: epoch.to_string(),
            traceparent: None,
        };
        let subject = match to_user {
            true => subject::live_user(event.stream.user()),
            false => subject::live(event.stream.conversation()),
        };
        let body = event.live_body().expect("the model writes what it can read");
        let body = Bytes::copy_from_slice(body.get().as_bytes());
        air.send(world, &Message { subject, headers: Some(headers), body });
    }
}

fn append(world: &Shared, (user, room): (usize, usize), rule: Rule, dice: &mut Dice) -> Option<Append> {
    let inner = world.lock();
    let life = inner.truth.life();
    let stream = StreamId::from(world.rooms[room]);
    let known = life.rules(stream)?;
    let person = world.people[user].user;
    let is_owner = known.role(person) == Some(Role::Owner);
    let there = known.role(person).is_some_and(|role| role != Role::Banned);
    let conversation = ConversationRef { conversation_id: stream.conversation() };
    let member = MemberRef { user_id: person };
    let entered = NewEvent::new(person, EventType::ConversationEntered, &conversation);
    let exited = NewEvent::new(person, EventType::ConversationExited, &conversation);
    let visibility = |visibility| {
        let data = ConversationVisibilityChanged { visibility };
        vec![NewEvent::new(stream, EventType::ConversationVisibilityChanged, &data)]
    };
    let events = match rule {
        Rule::Add if !there => {
            let added = MemberRole { user_id: person, role: Role::Member };
            vec![NewEvent::new(stream, EventType::MemberAdded, &added), entered]
        }
        Rule::Remove if there && !is_owner => vec![NewEvent::new(stream, EventType::MemberRemoved, &member), exited],
        Rule::Ban if !is_owner => {
            let banned = NewEvent::new(stream, EventType::MemberBanned, &member);
            if there { vec![banned, exited] } else { vec![banned] }
        }
        Rule::Private => visibility(Visibility::Private),
        Rule::Public => visibility(Visibility::Public),
        Rule::Add | Rule::Remove | Rule::Ban => return None,
    };
    Some(Append {
        actor: world.people[0].user,
        client_id: ClientId::from_uuid(dice.uuid()),
        request_hash: RequestHash::of("operator", &world.rooms[room]),
        epoch: life.epoch,
        expect: vec![Expect::Settings { stream, guard: known.rules.guard }],
        events,
        // The model projects by folding.
        rows: vec![Row::DropMember { stream, user: person }],
    })
}
