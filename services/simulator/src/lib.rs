//! The simulator: production code whole, in virtual time, in the worst of weather, with every law looked at at every step.
//!
//! One seed is one run: APIs and gateways behind ports of a model, clients, senders and faults by a plan made from the seed. No
//! sockets, no files, no threads; the same seed gives the same trace, byte for byte. For development only.

mod api;
mod asks;
mod audit;
mod bus;
mod changes;
mod checks;
mod client;
mod dice;
mod gateway;
mod genesis;
mod messages;
mod nodes;
mod orders;
mod plan;
mod ports;
mod profile;
mod reads;
mod rights;
mod run;
mod shrink;
mod socket;
mod stats;
mod store;
mod stream;
mod truth;
mod unmodelled;
mod unmodelled_groups;
mod unmodelled_pushes;
mod world;

pub use plan::Plan;
pub use run::{Outcome, run};
pub use shrink::shrink;
pub use stats::Stats;
pub use world::Breach;
