//! The routes, called without a port, over a real SQLite store and the in-process bus.
#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod app;
mod avatars;
mod conversations;
mod files;
mod files_s3;
mod groups;
mod input;
mod invitations;
mod live;
mod messages;
mod passwords;
mod profile;
mod search;
mod sessions;
mod throttle;
