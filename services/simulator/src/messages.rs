//! What a message is at each moment: folded from the log by rules of the simulator's own, so that the production reducer is not
//! its own judge.

use std::collections::{BTreeMap, BTreeSet};

use confab_domain::LogEvent;
use confab_proto::{EventType, Seq, StreamId, UserId};
use serde_json::Value;

use crate::dice::Dice;
use crate::plan::Change;
use crate::truth::Life;
use crate::world::Shared;

/// A message as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) author: UserId,
    pub(crate) body: String,
    pub(crate) edited: bool,
    pub(crate) deleted: bool,
    pub(crate) pinned: bool,
    /// By emoji.
    pub(crate) reactions: BTreeMap<String, BTreeSet<UserId>>,
}

/// Messages of a room from which one is chosen for a change: so few that people meet at one.
const LAST: usize = 6;

/// A message that is there, mostly one that the change can be made of.
pub(crate) fn one_of_the_last(world: &Shared, (user, room): (usize, usize), change: Change, dice: &mut Dice) -> Seq {
    let inner = world.lock();
    let life = inner.truth.life();
    let author = (change == Change::Edit && dice.permille(800)).then(|| world.people[user].user);
    let is_meant = |event: &&LogEvent| {
        event.event_type == EventType::MessagePosted && author.is_none_or(|author| event.actor == author)
    };
    let last: Vec<Seq> =
        life.events(world.rooms[room].into()).rev().filter(is_meant).map(|e| e.seq).take(LAST).collect();
    // Seq 1 is no message.
    if last.is_empty() { Seq(1) } else { last[dice.index(last.len())] }
}

/// What the message at `target` was when the stream ended with `end`; `None`: there is no message.
pub(crate) fn as_of(life: &Life, (stream, target): (StreamId, Seq), end: Seq) -> Option<Shown> {
    let posted = life.event(stream, target).filter(|event| event.seq <= end)?;
    if posted.event_type != EventType::MessagePosted {
        return None;
    }
    let mut shown = Shown {
        author: posted.actor,
        body: text(life, posted, "body"),
        edited: false,
        deleted: false,
        pinned: false,
        reactions: BTreeMap::new(),
    };
    let about = life.events(stream).filter(|event| event.target_seq == Some(target) && event.seq <= end);
    for event in about {
        match event.event_type {
            EventType::MessageEdited => (shown.body, shown.edited) = (text(life, event, "body"), true),
            EventType::MessageDeleted => shown.deleted = true,
            EventType::MessagePinned => shown.pinned = true,
            EventType::MessageUnpinned => shown.pinned = false,
            EventType::ReactionAdded => {
                shown.reactions.entry(text(life, event, "emoji")).or_default().insert(event.actor);
            }
            EventType::ReactionRemoved => {
                if let Some(users) = shown.reactions.get_mut(&text(life, event, "emoji")) {
                    users.remove(&event.actor);
                }
            }
            _ => {}
        }
    }
    shown.reactions.retain(|_, users| !users.is_empty());
    if shown.deleted {
        // Nothing is left but its place.
        (shown.body, shown.edited, shown.pinned) = (String::new(), false, false);
        shown.reactions.clear();
    }
    Some(shown)
}

/// Whether something held of a message at a moment since `tick`, or holds now.
pub(crate) fn ever(life: &Life, at: (StreamId, Seq), tick: u64, holds: impl Fn(Option<&Shown>) -> bool) -> bool {
    let (stream, target) = at;
    let is_about = |event: &&LogEvent| event.seq == target || event.target_seq == Some(target);
    let (before, since): (Vec<&LogEvent>, Vec<&LogEvent>) =
        life.events(stream).filter(is_about).partition(|event| life.tick_of(stream, event.seq) <= tick);
    let ends = std::iter::once(before.last().map_or(Seq::ZERO, |event| event.seq));
    let mut ends = ends.chain(since.iter().map(|event| event.seq));
    ends.any(|end| holds(as_of(life, at, end).as_ref()))
}

/// A text of an event's data, as it was before it was taken back.
fn text(life: &Life, event: &LogEvent, field: &str) -> String {
    let original = life.original(event.stream, event.seq).map_or(event, |(original, _)| original);
    let data: Value = serde_json::from_str(original.data.get()).expect("the model keeps JSON");
    data[field].as_str().unwrap_or_default().to_owned()
}

impl Shown {
    pub(crate) fn has_reacted(&self, user: UserId, emoji: &str) -> bool {
        self.reactions.get(emoji).is_some_and(|users| users.contains(&user))
    }

    /// Whether an answer shows it like this.
    pub(crate) fn is_shown(&self, one: &Value) -> bool {
        let reactions = one["reactions"].as_array().map_or(&[][..], |all| all);
        let users = |reaction: &Value| {
            let users = reaction["userIds"].as_array().map_or(&[][..], |all| all);
            users.iter().filter_map(|user| user.as_str()?.parse().ok()).collect::<BTreeSet<UserId>>()
        };
        let reactions = reactions
            .iter()
            .map(|reaction| (reaction["emoji"].as_str().unwrap_or_default().to_owned(), users(reaction)))
            .collect::<BTreeMap<_, _>>();
        one["body"].as_str() == Some(self.body.as_str())
            && one["deleted"].as_bool() == Some(self.deleted)
            && one["pinned"].as_bool() == Some(self.pinned)
            && one["editedAt"].is_string() == self.edited
            && reactions == self.reactions
    }
}
