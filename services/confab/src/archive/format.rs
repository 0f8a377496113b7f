//! The file of an export: JSON Lines. A header, a line for each row in the order of the tables below, and at the end a line with the
//! number of rows of each table and the SHA-256 of all bytes before it.
//!
//! Keys are the names of the columns; ids are hyphenated, times microseconds since 1970, bytes hex digits. `data` of an event is a
//! JSON text within a JSON text, since not a byte of it may change. `streams` and `members` are not in it: they are what the log
//! says. Leases and counts of attempts are not, since they are of the moment.

use confab_proto::{Epoch, Position};
use confab_store::{AccountRow, CredentialRow, EventRow, ReadMarkRow, SessionLine};
use serde::{Deserialize, Serialize};

/// What this version writes and reads.
pub(super) const VERSION: u32 = 1;

/// What the first line says of the file.
pub(super) const KIND: &str = "export";

/// The first line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    /// [`KIND`].
    pub(super) confab: String,
    pub(super) version: u32,
    /// Of the store that was written. The one that reads it begins another.
    pub(super) epoch: Epoch,
    /// Of the last event.
    pub(super) position: Position,
}

/// Every other line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Users(AccountRow),
    Credentials(CredentialRow),
    Sessions(SessionLine),
    ReadMarks(ReadMarkRow),
    Events(EventRow),
    End(End),
}

impl Line {
    /// Tables come in this order: a row never refers to one that is still to come.
    pub(super) const fn table(&self) -> usize {
        match self {
            Self::Users(_) => 0,
            Self::Credentials(_) => 1,
            Self::Sessions(_) => 2,
            Self::ReadMarks(_) => 3,
            Self::Events(_) => 4,
            Self::End(_) => 5,
        }
    }
}

/// The last line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    pub(super) users: u64,
    pub(super) credentials: u64,
    pub(super) sessions: u64,
    pub(super) read_marks: u64,
    pub(super) events: u64,
    /// Lower-case hex digits.
    pub(super) sha256: String,
}

/// Rows so far, in the order of the tables.
pub(super) type Counts = [u64; 5];

impl End {
    pub(super) fn new(counts: Counts, sha256: String) -> Self {
        let [users, credentials, sessions, read_marks, events] = counts;
        Self { users, credentials, sessions, read_marks, events, sha256 }
    }

    pub(super) const fn counts(&self) -> Counts {
        [self.users, self.credentials, self.sessions, self.read_marks, self.events]
    }
}

/// `3 accounts, …`.
pub(super) fn told(counts: Counts) -> String {
    let [users, _, sessions, read_marks, events] = counts;
    format!("{events} events, {users} accounts, {sessions} sessions and {read_marks} read marks")
}
