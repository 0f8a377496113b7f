//! The rules of Confab, pure: who may do what, which events a command becomes, what a log folds to.
//!
//! No SQL, no HTTP, no NATS, no clock. The store computes nothing of this again: it is handed finished
//! commands with the expectations under which they hold.

pub mod append;
pub mod change;
pub mod conversation;
pub mod decide;
pub mod departure;
pub mod event;
pub mod history;
pub mod may;
pub mod notice;
pub mod rule_error;
pub mod search;
pub mod text;

pub use append::{Append, Expect, NewEvent, Placed, RequestHash, Row};
pub use change::RuleChange;
pub use conversation::{Conversation, MemberRow, Rules};
pub use event::LogEvent;
pub use rule_error::RuleError;
