//! Who is told of a message while Confab is closed: pure, one table.
//!
//! Follows what an open page does with notes of the browser, except that a group calls only those whom it names and who follow its
//! threads: a note on a locked phone has to be worth it.

use std::collections::BTreeSet;

use confab_proto::{Seq, Timestamp, UserId};

/// Of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Direct,
    Group,
}

/// A message, as far as that matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub kind: Kind,
    pub seq: Seq,
    pub author: UserId,
    pub mentions: BTreeSet<UserId>,
    pub everyone: bool,
    /// In a thread, not in the timeline.
    pub in_thread: bool,
}

impl Said {
    /// Whether it may call anybody at all.
    #[must_use]
    pub fn calls(&self) -> bool {
        self.kind == Kind::Direct || self.everyone || self.in_thread || !self.mentions.is_empty()
    }
}

/// A member, as far as that matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub user: UserId,
    /// How far they have read.
    pub read: Seq,
    pub muted_until: Option<Timestamp>,
    /// The thread that the message stands in.
    pub follows: bool,
}

/// Whether a member is told. `present`: they have Confab open and look at it, on whatever device.
#[must_use]
pub fn tells(said: &Said, reader: &Reader, present: bool, now: Timestamp) -> bool {
    if reader.user == said.author || reader.read >= said.seq || present {
        return false;
    }
    if said.everyone || said.mentions.contains(&reader.user) {
        return true;
    }
    let muted = reader.muted_until.is_some_and(|until| until > now);
    !muted && (reader.follows || (said.kind == Kind::Direct && !said.in_thread))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn said(kind: Kind) -> Said {
        let author = UserId::new_v7();
        Said { kind, seq: Seq(7), author, mentions: BTreeSet::new(), everyone: false, in_thread: false }
    }

    fn reader() -> Reader {
        Reader { user: UserId::new_v7(), read: Seq(6), muted_until: None, follows: false }
    }

    #[test]
    fn each_row_of_the_table_holds() {
        let (direct, group, reader) = (said(Kind::Direct), said(Kind::Group), reader());
        let muted = Reader { muted_until: Some(Timestamp(1_001)), ..reader.clone() };
        let was_muted = Reader { muted_until: Some(NOW), ..reader.clone() };
        let named = Said { mentions: BTreeSet::from([reader.user]), ..group.clone() };
        let other_named = Said { mentions: BTreeSet::from([UserId::new_v7()]), ..group.clone() };
        let all = Said { everyone: true, ..group.clone() };
        let reply = Said { in_thread: true, ..group.clone() };
        let reply_of_two = Said { in_thread: true, ..direct.clone() };
        let follows = Reader { follows: true, ..reader.clone() };
        let table = [
            ("two: always", &direct, &reader, false, true),
            ("two: muted", &direct, &muted, false, false),
            ("two: muted until now", &direct, &was_muted, false, true),
            ("two: looks at it", &direct, &reader, true, false),
            ("group: not named", &group, &reader, false, false),
            ("group: named", &named, &reader, false, true),
            ("group: another is named", &other_named, &reader, false, false),
            ("group: named although muted", &named, &muted, false, true),
            ("group: named and there", &named, &reader, true, false),
            ("group: everyone", &all, &reader, false, true),
            ("thread: does not follow", &reply, &reader, false, false),
            ("thread: follows", &reply, &follows, false, true),
            ("thread: follows but muted", &reply, &Reader { follows: true, ..muted.clone() }, false, false),
            ("thread of two: does not follow", &reply_of_two, &reader, false, false),
        ];
        for (row, said, reader, present, told) in table {
            assert_eq!(tells(said, reader, present, NOW), told, "{row}");
            assert!(!told || said.calls(), "{row}: nobody would ask");
            assert!(!tells(said, &Reader { read: Seq(7), ..reader.clone() }, present, NOW), "{row}, read");
            assert!(!tells(&Said { author: reader.user, ..said.clone() }, reader, present, NOW), "{row}, own");
        }
        assert!(!group.calls());
    }
}
