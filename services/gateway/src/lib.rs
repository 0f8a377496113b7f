//! Skeleton.

pub mod socket;
