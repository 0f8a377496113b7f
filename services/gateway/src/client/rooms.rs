//! The conversations one socket is in or asks to be in: bounded, whatever comes in one tick.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use confab_proto::ConversationId;

pub(crate) struct Rooms {
    max: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    joined: HashSet<ConversationId>,
    /// Joins that wait for their answer.
    asked: HashMap<ConversationId, usize>,
}

impl Held {
    fn has(&self, conversation: ConversationId) -> bool {
        self.joined.contains(&conversation) || self.asked.contains_key(&conversation)
    }

    fn count(&self) -> usize {
        self.joined.len() + self.asked.keys().filter(|id| !self.joined.contains(id)).count()
    }
}

impl Rooms {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, held: Mutex::default() }
    }

    /// Notes a join until `answered`; `false` if there is no room for it.
    pub(crate) fn ask(&self, conversation: ConversationId) -> bool {
        let mut held = self.held();
        if !held.has(conversation) && held.joined.len() + held.asked.len() >= self.max && held.count() >= self.max {
            return false;
        }
        *held.asked.entry(conversation).or_default() += 1;
        true
    }

    pub(crate) fn answered(&self, conversation: ConversationId) {
        let mut held = self.held();
        if let Some(asked) = held.asked.get_mut(&conversation) {
            *asked -= 1;
            if *asked == 0 {
                held.asked.remove(&conversation);
            }
        }
    }

    pub(crate) fn entered(&self, conversation: ConversationId) {
        self.held().joined.insert(conversation);
    }

    pub(crate) fn left(&self, conversation: ConversationId) {
        self.held().joined.remove(&conversation);
    }

    pub(crate) fn clear(&self) {
        self.held().joined.clear();
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Nothing panics half-way through a change, so poisoned sets are whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> ConversationId {
        ConversationId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn counts_what_is_joined_and_what_is_asked_for_once() {
        let rooms = Rooms::new(2);
        assert!(rooms.ask(id(1)));
        assert!(rooms.ask(id(1)), "the same again needs no room");
        assert!(rooms.ask(id(2)));
        assert!(!rooms.ask(id(3)));
        rooms.entered(id(1));
        assert!(!rooms.ask(id(3)), "joined and asked for is one");
        rooms.answered(id(1));
        rooms.answered(id(1));
        rooms.answered(id(2));
        assert!(rooms.ask(id(3)), "a refused join gives its place back");
        rooms.answered(id(3));
        rooms.left(id(1));
        assert!(rooms.ask(id(4)) && rooms.ask(id(5)));
        assert!(!rooms.ask(id(6)));
        assert!(rooms.ask(id(4)));
    }
}
