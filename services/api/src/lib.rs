//! The API role: HTTP commands and queries, appends, live publishing, the relay, the indexer and search.
//!
//! Stateless: every replica decides from the database, and what it caches is checked again under the lock.
//! A write takes three hops: route, `domain::decide` through `commit`, `writer`.

mod accounts;
mod auth;
mod commit;
mod commit_person;
mod consumer;
mod departures;
mod error;
mod extract;
mod files;
mod indexer;
mod last_seen;
mod lease;
mod live;
mod metrics;
mod openapi;
mod push;
mod relay;
mod revoke;
mod router;
mod routes;
mod rules_cache;
mod search;
mod signals;
mod state;
mod writer;
mod writer_job;

pub use accounts::{Accounts, Wanted};
pub use consumer::Progress;
pub use error::ApiError;
pub use files::Cleaner;
pub use indexer::{IndexStep, Indexer};
pub use openapi::document;
pub use relay::log_message;
pub use router::{service, service_into};
