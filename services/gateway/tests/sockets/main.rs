//! The Socket.IO side of the gateway over real TCP, with a store in memory: who is let in, how bad input is answered, how
//! sockets are closed. What conversations deliver is tested with the channel and the hub.
#![expect(clippy::unwrap_used, reason = "tests")]

mod closing;
mod connecting;
mod delivery;
mod refusals;
mod store;
mod world;
