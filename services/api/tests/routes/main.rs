//! The routes, called without a port, over a real SQLite store and the in-process bus.
#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod app;
mod conversations;
mod input;
mod live;
mod messages;
mod passwords;
mod sessions;
mod throttle;
