//! Everything of Confab that another program can see: ids and numbers, the event envelope,
//! the bodies of the HTTP API, the Socket.IO arguments and acks, the NATS subjects, the error codes.
//!
//! No I/O, no async, no rules: this crate says how things are spelled, never whether they are allowed.

pub mod error_code;
pub mod event;
pub mod event_data;
pub mod http;
pub mod ids;
pub mod log_stream;
pub mod numbers;
pub mod signal;
pub mod socket;
pub mod subject;
pub mod timestamp;
mod word;

pub use error_code::ErrorCode;
pub use event::{Envelope, EventType};
pub use ids::{ClientId, ConversationId, FileId, InvitationId, SessionId, StreamId, UserId};
pub use numbers::{Epoch, MessageNo, Position, Seq};
pub use signal::Signal;
pub use timestamp::Timestamp;
