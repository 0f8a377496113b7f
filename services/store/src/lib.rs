//! The only SQL of Confab: the port to the database and its two dialects.
//!
//! `Reader` is all that a gateway may do, `Store` is what the API may do, `Appender` its part for the writer, `Follower` for the relay. Both dialects pass one conformance suite.
//! Reads and plain writes are written once, over the trait `Dialect`; appending differs, and lies side by side in
//! `postgres/append.rs` and `sqlite/append.rs`.

mod accounts;
mod audit;
mod channel;
mod decode;
mod dialect;
mod error;
mod follow;
mod lists;
mod migrations;
mod options;
mod pages;
mod port;
mod postgres;
mod rates;
mod read;
mod sessions;
mod sqlite;

pub use audit::{
    AccountRow, Audit, Batch, CredentialRow, EventRow, Found, MemberLine, ReadMarkRow, Rebuild, Search, SessionLine,
    StreamRow,
};
pub use error::StoreError;
pub use lists::fold as key_of;
pub use migrations::Migrated;
pub use options::{StoreOptions, check_url, migrate, open, open_reader, rebuild, snapshot};
pub use port::{Appender, Follower, NewSession, NewUser, Outcome, ReadMark, Reader, SignUpOutcome, Store};
pub use rates::{Rate, RateKey};
pub use read::{
    ConversationRow, Credentials, Earlier, EventPage, HistoryPage, KnownRules, Listed, LogHead, LogPage, MessageWindow,
    Session, SessionRow, Snapshot, StreamHead, Sweep, TokenHash, UserRow,
};
