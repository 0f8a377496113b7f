//! One conversation of one client: how far it has read, and what it waits for. No I/O, no clock.
//!
//! The client's rule: `seq <= last` is ignored, `last + 1` is taken, anything above means joining again with
//! `after: last`. `last` outlives sockets; the rest belongs to one.

use confab_proto::{ConversationId, Epoch, Seq};
use serde::Serialize;
use serde_json::json;

/// How far a client is in a conversation, as `standing` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    pub last: Option<Seq>,
    pub joined: bool,
}

/// A join that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub name: String,
    pub after: Option<Seq>,
}

/// What an event means for who follows a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Taken,
    Ignored,
    /// Something between is missing.
    Hole,
}

#[derive(Debug)]
pub struct Room {
    pub id: ConversationId,
    /// None until a bare join was answered.
    pub last: Option<Seq>,
    pub epoch: Option<Epoch>,
    pub joined: bool,
    /// Name of the join whose answer counts.
    pub asked: Option<String>,
    /// Between a leave and the join that follows it.
    pub leaving: bool,
    /// A later join is arranged for.
    pub later: bool,
}

impl Room {
    #[must_use]
    pub fn new(id: ConversationId, bare: bool) -> Self {
        let last = if bare { None } else { Some(Seq::ZERO) };
        Self { id, last, epoch: None, joined: false, asked: None, leaving: false, later: false }
    }

    /// Whether nothing is under way that ends in a join.
    #[must_use]
    pub fn idle(&self) -> bool {
        !self.joined && self.asked.is_none() && !self.leaving
    }

    /// A join goes out; gives its arguments, the event's name first.
    pub fn ask(&mut self, event: &str, name: &str) -> (Asked, serde_json::Value) {
        self.asked = Some(name.to_owned());
        self.joined = false;
        let arguments = match (self.last, self.epoch) {
            (None, _) => json!([event, self.id]),
            (Some(after), None) => json!([event, self.id, { "after": after }]),
            (Some(after), Some(epoch)) => json!([event, self.id, { "after": after, "epoch": epoch }]),
        };
        (Asked { name: name.to_owned(), after: self.last }, arguments)
    }

    /// A join was granted up to `seq`, with these events. An older join's answer brings its events too, for the
    /// server's side saw them go; gives whether it was the one that counts.
    pub fn granted(&mut self, asked: &Asked, seq: Seq, epoch: Epoch, events: impl Iterator<Item = Seq>) -> bool {
        self.epoch = Some(epoch);
        if asked.after.is_none() && self.last.is_none() {
            self.last = Some(seq);
        }
        for event in events {
            self.follow(event);
        }
        self.answered(asked)
    }

    /// Whether `asked` is the join that counts; then there is none any more.
    pub fn answered(&mut self, asked: &Asked) -> bool {
        let counts = self.asked.as_ref() == Some(&asked.name);
        if counts {
            self.asked = None;
        }
        counts
    }

    /// Applies the client's rule to one event.
    pub fn follow(&mut self, seq: Seq) -> Step {
        let Some(last) = self.last else { return Step::Ignored };
        if seq == last.next() {
            self.last = Some(seq);
            Step::Taken
        } else if seq > last {
            Step::Hole
        } else {
            Step::Ignored
        }
    }

    /// The numbers held are of another life of the store: read from the beginning.
    pub fn restart(&mut self) {
        (self.last, self.epoch, self.joined) = (Some(Seq::ZERO), None, false);
    }

    /// The socket is gone, and with it what was asked on it.
    pub fn lost(&mut self) {
        (self.joined, self.asked, self.leaving) = (false, None, false);
    }

    #[must_use]
    pub const fn place(&self) -> Place {
        Place { last: self.last, joined: self.joined }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn room(last: Option<u64>) -> Room {
        let mut room = Room::new("0198c0de-0000-7000-8000-00000000000a".parse().unwrap(), last.is_none());
        room.last = last.map(Seq);
        room
    }

    #[test]
    fn takes_what_follows_and_nothing_else() {
        let mut room = room(Some(5));
        assert_eq!(
            [room.follow(Seq(5)), room.follow(Seq(7)), room.follow(Seq(6)), room.follow(Seq(7))],
            [Step::Ignored, Step::Hole, Step::Taken, Step::Taken]
        );
        assert_eq!(room.last, Some(Seq(7)));
    }

    #[test]
    fn a_bare_join_begins_where_the_answer_says() {
        let mut room = room(None);
        assert_eq!(room.follow(Seq(1)), Step::Ignored);
        let (asked, arguments) = room.ask("joinConversation", "c.1.1");
        assert_eq!(arguments, json!(["joinConversation", room.id]));
        assert!(room.granted(&asked, Seq(40), Epoch(1), std::iter::empty()));
        assert_eq!(room.last, Some(Seq(40)));
    }

    #[test]
    fn a_page_moves_on_from_where_it_fits_only() {
        let mut room = room(Some(5));
        let (asked, arguments) = room.ask("joinConversation", "c.1.1");
        assert_eq!(arguments[2], json!({ "after": 5 }));
        // A live event of the join before came meanwhile.
        room.follow(Seq(6));
        assert!(room.granted(&asked, Seq(8), Epoch(1), [6, 7, 8].map(Seq).into_iter()));
        assert_eq!(room.last, Some(Seq(8)));
        assert_eq!(room.ask("joinConversation", "c.1.2").1[2], json!({ "after": 8, "epoch": "0000000000000001" }));
    }

    #[test]
    fn an_older_bare_answer_does_not_undo_a_reset() {
        let mut room = room(None);
        let (bare, _) = room.ask("joinConversation", "c.1.1");
        room.restart();
        let (again, _) = room.ask("joinConversation", "c.1.2");
        assert!(!room.granted(&bare, Seq(40), Epoch(1), std::iter::empty()));
        assert_eq!(room.last, Some(Seq::ZERO));
        assert!(room.granted(&again, Seq(1), Epoch(2), [Seq(1)].into_iter()));
        assert_eq!(room.last, Some(Seq(1)));
    }
}
