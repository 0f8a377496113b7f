//! What every role needs around its work: settings, tasks and their stop, the bus, the HTTP server.
//!
//! Knows no rule of the chat, no SQL and no route but health. `api`, `gateway` and the binary build on it.

pub mod bus;
pub mod config;
pub mod tasks;
