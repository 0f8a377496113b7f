//! What handlers are given: the signed-in person and input that was read, each refusal naming its field.

mod client;
mod input;
mod signed_in;

pub(crate) use client::Client;
pub(crate) use input::{Body, Id, PageLimit, Params};
pub(crate) use signed_in::SignedIn;
