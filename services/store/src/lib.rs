//! The only SQL of Confab: the port to the database and its two dialects.
//!
//! `Reader` is all that a gateway may do, `Store` is what the API may do, `Appender` its part for the writer, `Follower` for the relay, `Searcher` for the index of messages. Both dialects pass one conformance suite.
//! Reads and plain writes are written once, over the trait `Dialect`; appending differs, and lies side by side in
//! `postgres/append.rs` and `sqlite/append.rs`.

mod accounts;
mod audit;
mod channel;
mod decode;
mod dialect;
mod error;
mod files;
mod follow;
mod groups;
mod history;
mod lists;
mod migrations;
mod options;
mod pages;
mod port;
mod postgres;
mod preferences;
mod profiles;
mod pushes;
mod rates;
mod read;
mod search;
mod sessions;
mod sqlite;

pub use audit::{
    AccountRow, Audit, Batch, CredentialRow, EventRow, FileLine, FileUseRow, Found, InvitationLine, JoinRequestRow,
    MemberLine, PreferenceRow, PushKeyRow, PushSubscriptionRow, ReadMarkRow, Rebuild, Search, SessionLine, StreamRow,
    ThreadFollowRow,
};
pub use error::StoreError;
pub use files::{FileRow, Files, Leftover};
pub use groups::{Asked, Groups, InvitedRow, NewInvitation, Overseen};
pub use history::Messages;
pub use lists::fold as key_of;
pub use migrations::Migrated;
pub use options::{StoreOptions, check_url, migrate, open, open_reader, rebuild, snapshot};
pub use port::{Appender, Follower, NewSession, NewUser, Outcome, ReadMark, Reader, SignUpOutcome, Store};
pub use preferences::{Kept, Mine, Preferences, Readers, Reads, SMALL};
pub use profiles::Profiles;
pub use pushes::{PushMessage, PushReader, PushSubscription, Pushes};
pub use rates::{Rate, RateKey};
pub use read::{
    ConversationRow, Credentials, Earlier, EventPage, HistoryPage, KnownRules, Listed, LogHead, LogPage, MemberFilter,
    MessageWindow, Moved, Session, SessionRow, Snapshot, StreamHead, Sweep, TokenHash, UserRow,
};
pub use search::{FoundMessage, SearchWindow, Searcher};
