//! The API role: HTTP commands and queries, appends, live publishing, the relay.
//!
//! Stateless: every replica decides from the database, and what it caches is checked again under the lock.
//! A write takes three hops: route, `domain::decide` through `commit`, `writer`.

mod accounts;
mod auth;
mod commit;
mod error;
mod extract;
mod live;
mod metrics;
mod openapi;
mod relay;
mod revoke;
mod router;
mod routes;
mod rules_cache;
mod state;
mod writer;
mod writer_job;

pub use accounts::{Accounts, Wanted};
pub use error::ApiError;
pub use openapi::document;
pub use relay::log_message;
pub use router::{service, service_into};
