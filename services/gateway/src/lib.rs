//! Skeleton.

pub mod channel;
pub mod hub;
pub mod socket;
mod sweep;
