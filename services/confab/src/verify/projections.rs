//! Whether the rows of a stream are what its log says, and which of them would have to be written.

use std::collections::BTreeMap;

use confab_proto::{SessionId, UserId};
use confab_store::{MemberLine, StreamRow, key_of};
use serde::Serialize;
use serde_json::Value;

use super::report::{Check, Difference};
use super::walk::Gathered;

/// What would make the rows equal to the log.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Mending {
    pub(crate) put_stream: Option<StreamRow>,
    pub(crate) put_members: Vec<MemberLine>,
    pub(crate) drop_members: Vec<UserId>,
    pub(crate) drop_stream: bool,
    pub(crate) drop_sessions: Vec<SessionId>,
}

/// The differences between the rows and the fold, and what would mend them.
pub(crate) fn compare(stream: &Gathered) -> (Vec<Difference>, Mending) {
    let mut comparison = Comparison { stream, wrong: Vec::new(), mending: Mending::default() };
    comparison.stream_row();
    comparison.members();
    comparison.sessions();
    comparison.plain_rows();
    (comparison.wrong, comparison.mending)
}

struct Comparison<'a> {
    stream: &'a Gathered,
    wrong: Vec<Difference>,
    mending: Mending,
}

impl Comparison<'_> {
    fn say(&mut self, check: Check, expected: impl Into<String>, found: impl Into<String>) {
        let difference = Difference::new(check, expected, found);
        self.wrong.push(difference.in_stream(self.stream.fold.stream, None));
    }

    fn stream_row(&mut self) {
        let Gathered { fold, row, account, .. } = self.stream;
        let expected = fold.stream_row(account.as_ref());
        match (&expected, row) {
            (None, None) if fold.seq > 0 => self.say(Check::LogWithoutAccount, "an account", "none"),
            (None, None) => {}
            (Some(_), None) if fold.seq == 0 => self.say(Check::AccountWithoutStream, "a row of streams", "none"),
            (Some(_), None) => self.say(Check::LogWithoutRow, "a row of streams", "none"),
            (None, Some(_)) if fold.seq > 0 => self.say(Check::LogWithoutAccount, "an account", "none"),
            (None, Some(row)) if row.guard_seq > fold.seq => self.ahead("streams.guard_seq", row.guard_seq),
            (None, Some(row)) => {
                self.say(Check::RowWithoutLog, "no row of streams", format!("kind {}", row.kind));
                self.mending.drop_stream = true;
            }
            (Some(expected), Some(row)) if row.guard_seq > fold.seq && expected.guard_seq < row.guard_seq => {
                self.ahead("streams.guard_seq", row.guard_seq);
            }
            (Some(expected), Some(row)) => {
                if let Some((expected, found)) = unequal(expected, row) {
                    self.say(Check::Streams, expected, found);
                }
            }
        }
        if expected != *row {
            self.mending.put_stream = expected;
        }
    }

    /// Rows are written with their events: one that knows of a later event proves that the log has lost it.
    fn ahead(&mut self, column: &str, seq: i64) {
        let head = self.stream.fold.seq;
        self.say(Check::RowAheadOfLog, format!("{column} up to {head}, where the log ends"), seq.to_string());
    }

    fn members(&mut self) {
        let expected: BTreeMap<_, _> =
            self.stream.fold.member_rows().into_iter().map(|row| (row.user_id, row)).collect();
        let found: BTreeMap<_, _> = self.stream.members.iter().map(|row| (row.user_id, row)).collect();
        for (user, row) in &found {
            if row.guard_seq.max(row.since_seq) > self.stream.fold.seq {
                self.ahead(&format!("the numbers of member {user}"), row.guard_seq.max(row.since_seq));
                continue;
            }
            match expected.get(user) {
                None => {
                    self.say(Check::Members, format!("no row of {user}"), format!("role {}", row.role));
                    self.mending.drop_members.push(*user);
                }
                Some(expected) => {
                    if let Some((wanted, found)) = unequal(expected, row) {
                        self.say(Check::Members, format!("{wanted} of {user}"), found);
                        self.mending.put_members.push(expected.clone());
                    }
                }
            }
        }
        for (user, row) in expected.into_iter().filter(|(user, _)| !found.contains_key(user)) {
            self.say(Check::Members, format!("role {} of {user}", row.role), "no row");
            self.mending.put_members.push(row);
        }
    }

    fn sessions(&mut self) {
        let revoked = &self.stream.fold.revoked;
        let there = self.stream.sessions.iter().filter(|session| revoked.contains(&session.id));
        for session in there {
            let id = session.id;
            self.say(Check::Sessions, format!("no session {id}, which was revoked"), "one");
            self.mending.drop_sessions.push(id);
        }
    }

    fn plain_rows(&mut self) {
        let head = self.stream.fold.seq;
        for mark in self.stream.read_marks.iter().filter(|mark| mark.seq > head) {
            self.say(Check::ReadMark, format!("a mark of {} up to {head}", mark.user_id), mark.seq.to_string());
        }
        if let Some(account) = &self.stream.account
            && account.display_key != key_of(&account.display_name)
        {
            self.say(Check::SearchKey, "display_key of the display_name", "another");
        }
    }
}

/// The columns that differ, as they should be and as they are.
fn unequal<T: Serialize>(expected: &T, found: &T) -> Option<(String, String)> {
    let columns = |row: &T| match serde_json::to_value(row).expect("rows have string keys only") {
        Value::Object(columns) => columns,
        other => panic!("a row is an object of columns, not {other}"),
    };
    let (expected, found) = (columns(expected), columns(found));
    let differ: Vec<_> = expected.iter().filter(|(name, value)| found.get(*name) != Some(*value)).collect();
    let list = |of: &dyn Fn(&str) -> String| differ.iter().map(|(name, _)| of(name)).collect::<Vec<_>>().join(" ");
    let text = (list(&|name| format!("{name} {}", expected[name])), list(&|name| format!("{name} {}", found[name])));
    (!differ.is_empty()).then_some(text)
}
