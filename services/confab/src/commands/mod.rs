//! Commands that do one thing and end.

pub(crate) mod config;
mod password;
pub(crate) mod store;
pub(crate) mod user;
