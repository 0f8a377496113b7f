//! The relay's steps over a model of the store and the stream: seeded histories of everything that can go wrong, and the
//! single cases that a reader should find by name.
#![expect(clippy::unwrap_used, reason = "tests")]

mod cases;
mod histories;
mod model;

use super::status::{Refill, RelayStatus};
use super::step::{Relay, RelayError, Settings, Step};
