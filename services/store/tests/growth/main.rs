//! Nothing grows with the log: every hot call of the store on a store of a million events, beside the same call on one that is nearly empty.
//!
//! Plans and costs are those of the statements that the store really ran, on its own connections and with its own settings. Costs are counted, so
//! a busy machine changes nothing. What the same calls take in time says `examples/growth.rs`.
#![expect(clippy::unwrap_used, reason = "tests")]

mod asked;
mod calls;
mod caught;
#[path = "../conformance/database.rs"]
#[expect(dead_code, reason = "the other suite uses more of it")]
mod database;
mod filling;
mod plans;
mod postgres;
mod sqlite;
