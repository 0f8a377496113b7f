//! The handlers, one file a resource: they read input, call the domain through `commit`, and shape the answer.

pub(crate) mod bans;
pub(crate) mod conversations;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod follows;
pub(crate) mod info;
pub(crate) mod invitations;
pub(crate) mod members;
pub(crate) mod message;
pub(crate) mod messages;
pub(crate) mod password;
pub(crate) mod preferences;
pub(crate) mod profile;
pub(crate) mod push;
pub(crate) mod read_marks;
pub(crate) mod requests;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod users;
