//! The hub, its channels and the sweep over a store in memory and the in-process bus.
#![expect(clippy::unwrap_used, reason = "tests")]

mod attention;
mod client;
mod fixture;
mod joins;
mod life;
mod rights;
mod store;
