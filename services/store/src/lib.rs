//! The only SQL of Confab: the port to the database and its two dialects.
//!
//! `Reader` is all that a gateway may do, `Store` is what the API may do. Both dialects pass one conformance suite.

mod error;
mod port;
mod read;

pub use error::StoreError;
pub use port::{NewUser, Outcome, ReadMark, Reader, SignUpOutcome, Store};
pub use read::{
    ConversationRow, Credentials, Earlier, EventPage, HistoryPage, KnownRules, Listed, LogHead, MessageWindow, Session,
    Snapshot, StreamHead, Sweep, TokenHash, UserRow,
};
