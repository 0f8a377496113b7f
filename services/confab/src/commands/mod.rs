//! Commands that do one thing and end.

pub(crate) mod config;
pub(crate) mod health;
mod password;
pub(crate) mod reindex;
pub(crate) mod store;
pub(crate) mod user;
