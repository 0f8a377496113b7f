//! The handlers, one file a resource: they read input, call the domain through `commit`, and shape the answer.

pub(crate) mod conversations;
pub(crate) mod events;
pub(crate) mod info;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod password;
pub(crate) mod read_marks;
pub(crate) mod sessions;
pub(crate) mod users;
