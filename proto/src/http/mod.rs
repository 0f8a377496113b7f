//! The bodies of the HTTP API, in both directions. Field names are camelCase in JSON.
//!
//! A conversation and a message have one shape each, wherever they appear.

mod accounts;
mod attention;
mod conversations;
mod files;
mod groups;
mod messages;
mod push;
mod search;

pub use accounts::*;
pub use attention::*;
pub use conversations::*;
pub use files::*;
pub use groups::*;
pub use messages::*;
pub use push::*;
pub use search::*;
