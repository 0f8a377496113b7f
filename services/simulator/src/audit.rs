//! The log of a room as a whole: each event was allowed and made sense on what stood before it, and what was taken back is blank.

use confab_domain::may::{self, Action};
use confab_domain::{Conversation, LogEvent, RuleChange};
use confab_proto::event_data::Role;
use confab_proto::{EventType, Seq, StreamId};
use serde_json::Value;

use crate::checks::Found;
use crate::messages::{self, Shown};
use crate::truth::Life;

/// Rules and messages follow each other, whatever raced: two edits may both stand, two deletions may not.
pub(crate) fn room(life: &Life, stream: StreamId, number: usize) -> Found {
    for event in life.events(stream) {
        let Some(before) = life.streams[&stream].as_of(Seq(event.seq.0 - 1)) else { continue };
        let wrong = is_unlawful(life, before, event);
        if let Some(wrong) = wrong {
            let (kind, seq) = (event.event_type.as_str(), event.seq);
            return Err(("L2", format!("{kind} at seq {seq} of room{number} is {wrong} after what stands before it")));
        }
    }
    Ok(())
}

fn is_unlawful(life: &Life, before: &Conversation, event: &LogEvent) -> Option<&'static str> {
    let blank = life.original(event.stream, event.seq).is_some();
    if event.redacted != blank || blank != is_taken_back(life, event) {
        return Some("not blank as it should be");
    }
    match event.event_type {
        // What came with the creation.
        _ if event.client_id.is_none() => None,
        EventType::MessagePosted => may::post(&before.rules, before.role(event.actor)).err().map(|_| "forbidden"),
        _ if event.target_seq.is_some() => about_message(life, before, event),
        _ => about_rules(before, event),
    }
}

fn is_taken_back(life: &Life, event: &LogEvent) -> bool {
    let target = match event.event_type {
        EventType::MessagePosted => event.seq,
        EventType::MessageEdited => event.target_seq.unwrap_or(Seq::ZERO),
        _ => return false,
    };
    let now = messages::as_of(life, (event.stream, target), life.head(event.stream));
    now.is_some_and(|message| message.deleted)
}

fn about_message(life: &Life, before: &Conversation, event: &LogEvent) -> Option<&'static str> {
    let target = event.target_seq.unwrap_or(Seq::ZERO);
    let Some(message) = messages::as_of(life, (event.stream, target), Seq(event.seq.0 - 1)) else {
        return Some("about no message");
    };
    if message.deleted {
        return Some("about a message that is gone");
    }
    let (rules, role, is_own) = (&before.rules, before.role(event.actor), message.author == event.actor);
    let allowed = match event.event_type {
        EventType::MessageEdited => is_own && may::edit(rules, role).is_ok(),
        EventType::MessageDeleted if is_own => may::delete_own(rules, role).is_ok(),
        EventType::MessageDeleted => may::delete_any(rules, role).is_ok(),
        EventType::MessagePinned | EventType::MessageUnpinned => may::pin(rules, role).is_ok(),
        _ => may::react(rules, role).is_ok(),
    };
    if !allowed {
        return Some("forbidden");
    }
    changes_nothing(event, &message).then_some("without an effect")
}

fn changes_nothing(event: &LogEvent, message: &Shown) -> bool {
    let data: Value = serde_json::from_str(event.data.get()).expect("the model keeps JSON");
    let has_reacted = || message.has_reacted(event.actor, data["emoji"].as_str().unwrap_or_default());
    match event.event_type {
        EventType::MessagePinned => message.pinned,
        EventType::MessageUnpinned => !message.pinned,
        EventType::ReactionAdded => has_reacted(),
        EventType::ReactionRemoved => !has_reacted(),
        _ => false,
    }
}

fn about_rules(before: &Conversation, event: &LogEvent) -> Option<&'static str> {
    let change = RuleChange::read(event.event_type, event.data.get()).expect("the model keeps JSON");
    let (rules, own) = (&before.rules, before.role(event.actor));
    let act = |action| may::act(action, rules, own).is_ok();
    let over = |user| may::over(own.unwrap_or(Role::Reader), before.role(user)).is_ok();
    let allowed = match change? {
        RuleChange::Created { .. } => false,
        RuleChange::VisibilityChanged(visibility) => act(Action::SetVisibility) && rules.visibility != visibility,
        RuleChange::MemberAdded(user, _) if user == event.actor => may::join(rules, own).is_ok(),
        RuleChange::MemberAdded(user, _) => act(Action::Add) && before.role(user).is_none(),
        RuleChange::RoleChanged(user, role) => {
            act(Action::SetRole) && before.role(user).is_some_and(|from| from != role)
        }
        RuleChange::MemberGone(user) if user == event.actor => act(Action::Leave),
        RuleChange::MemberGone(user) if event.event_type == EventType::MemberUnbanned => {
            act(Action::Unban) && before.role(user) == Some(Role::Banned)
        }
        RuleChange::MemberGone(user) => act(Action::Remove) && over(user) && before.role(user).is_some(),
        RuleChange::MemberBanned(user) => act(Action::Ban) && over(user) && before.role(user) != Some(Role::Banned),
        _ => true,
    };
    (!allowed).then_some("forbidden")
}
