//! What every role needs around its work: settings, logs, metrics, traces, tasks and their stop, health, the bus, the HTTP
//! server, the cookie, the address of a client.
//!
//! Knows no rule of the chat, no SQL and no route but health. `api`, `gateway` and the binary build on it.

pub mod bus;
pub mod chance;
pub mod client_address;
pub mod clock;
pub mod config;
pub mod cookie;
#[cfg(feature = "simulation")]
pub mod gate;
pub mod health;
pub mod metrics;
pub mod mutants;
pub mod origin;
mod problem;
pub mod rate;
pub mod requests;
pub mod serve;
pub mod shutdown;
pub mod tasks;
pub mod telemetry;
pub mod traces;
