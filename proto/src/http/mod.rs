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

use serde::{Deserialize, Deserializer};

pub use accounts::*;
pub use attention::*;
pub use conversations::*;
pub use files::*;
pub use groups::*;
pub use messages::*;
pub use push::*;
pub use search::*;

/// `null` is a value, unlike what is left out.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
