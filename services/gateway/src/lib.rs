//! Skeleton.

pub mod channel;
pub mod socket;
