//! The file of an export: JSON Lines. A header, a line for each row in the order of the tables below, and at the end a line with the
//! number of rows of each table and the SHA-256 of all bytes before it.
//!
//! Keys are the names of the columns; ids are hyphenated, times microseconds since 1970, bytes hex digits. `data` of an event is a
//! JSON text within a JSON text, since not a byte of it may change. `streams` and `members` are not in it: they are what the log
//! says. Leases and counts of attempts are not, since they are of the moment. What files hold is not, either: it is in the object store, and goes with
//! that.

use confab_proto::{Epoch, Position};
use confab_store::{
    AccountRow, CredentialRow, EventRow, FileLine, FileUseRow, InvitationLine, JoinRequestRow, PreferenceRow,
    PushKeyRow, PushSubscriptionRow, ReadMarkRow, SessionLine, ThreadFollowRow,
};
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
    Preferences(PreferenceRow),
    ThreadFollows(ThreadFollowRow),
    Invitations(InvitationLine),
    JoinRequests(JoinRequestRow),
    PushKeys(PushKeyRow),
    PushSubscriptions(PushSubscriptionRow),
    Events(EventRow),
    Files(FileLine),
    FileUses(FileUseRow),
    End(End),
}

impl Line {
    /// Tables come in this order: a row never refers to one that is still to come, but for streams, which the log makes.
    pub(super) const fn table(&self) -> usize {
        match self {
            Self::Users(_) => 0,
            Self::Credentials(_) => 1,
            Self::Sessions(_) => 2,
            Self::ReadMarks(_) => 3,
            Self::Preferences(_) => 4,
            Self::ThreadFollows(_) => 5,
            Self::Invitations(_) => 6,
            Self::JoinRequests(_) => 7,
            Self::PushKeys(_) => 8,
            Self::PushSubscriptions(_) => 9,
            Self::Events(_) => EVENTS,
            Self::Files(_) => 11,
            Self::FileUses(_) => 12,
            Self::End(_) => TABLES,
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
    // Not in files of the first version.
    #[serde(default)]
    pub(super) preferences: u64,
    #[serde(default)]
    pub(super) thread_follows: u64,
    #[serde(default)]
    pub(super) invitations: u64,
    #[serde(default)]
    pub(super) join_requests: u64,
    #[serde(default)]
    pub(super) push_keys: u64,
    #[serde(default)]
    pub(super) push_subscriptions: u64,
    pub(super) events: u64,
    /// Exports of before there were files do not count them.
    #[serde(default)]
    pub(super) files: u64,
    #[serde(default)]
    pub(super) file_uses: u64,
    /// Lower-case hex digits.
    pub(super) sha256: String,
}

/// How many tables there are.
pub(super) const TABLES: usize = 13;

/// The place of the log among them.
pub(super) const EVENTS: usize = 10;

/// Rows so far, in the order of the tables.
pub(super) type Counts = [u64; TABLES];

impl End {
    pub(super) fn new(counts: Counts, sha256: String) -> Self {
        let [
            users,
            credentials,
            sessions,
            read_marks,
            preferences,
            thread_follows,
            invitations,
            join_requests,
            push_keys,
            push_subscriptions,
            events,
            files,
            file_uses,
        ] = counts;
        Self {
            users,
            credentials,
            sessions,
            read_marks,
            preferences,
            thread_follows,
            invitations,
            join_requests,
            push_keys,
            push_subscriptions,
            events,
            files,
            file_uses,
            sha256,
        }
    }

    pub(super) const fn counts(&self) -> Counts {
        [
            self.users,
            self.credentials,
            self.sessions,
            self.read_marks,
            self.preferences,
            self.thread_follows,
            self.invitations,
            self.join_requests,
            self.push_keys,
            self.push_subscriptions,
            self.events,
            self.files,
            self.file_uses,
        ]
    }
}

/// `3 accounts, …`.
pub(super) fn told(counts: Counts) -> String {
    let [users, _, sessions, read_marks, _, _, _, _, _, _, events, files, _] = counts;
    format!(
        "{events} events, {users} accounts, {sessions} sessions, {read_marks} read marks and {files} files without their content"
    )
}
