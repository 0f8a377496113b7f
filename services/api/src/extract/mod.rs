//! What handlers are given: the signed-in person and input that was read, each refusal naming its field.

mod client;
mod input;
mod message_at;
mod person_at;
mod signed_in;

pub(crate) use client::Client;
pub(crate) use input::{Body, Id, MaybeBody, PageLimit, Params};
pub(crate) use message_at::{Emoji, MessageAt};
pub(crate) use person_at::{InvitationAt, PersonAt};
pub(crate) use signed_in::SignedIn;
