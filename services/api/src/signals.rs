//! Tells connected clients of what is no event of a log: read marks, preferences, profiles, requests.
//!
//! Fire and forget: nothing waits for the bus, and what is lost is fetched by clients when they connect again. So a signal never
//! carries what a client could not fetch.

use std::sync::Arc;

use bytes::Bytes;
use confab_proto::{ConversationId, Signal, UserId, subject};
use confab_runtime::bus::{Bus, Message};

/// Publishes signals.
#[derive(Clone)]
pub(crate) struct Signals {
    bus: Arc<dyn Bus>,
}

impl Signals {
    pub(crate) fn new(bus: Arc<dyn Bus>) -> Self {
        Self { bus }
    }

    /// To all sockets that have joined the conversation, but not to those of the signal's author.
    pub(crate) fn to_conversation(&self, conversation: ConversationId, signal: &Signal) {
        self.publish(subject::signal(conversation), signal);
    }

    /// To all sockets of one user.
    pub(crate) fn to_user(&self, user: UserId, signal: &Signal) {
        self.publish(subject::signal_user(user), signal);
    }

    fn publish(&self, subject: String, signal: &Signal) {
        match serde_json::to_vec(signal) {
            Ok(body) => self.bus.publish(Message { subject, headers: None, body: Bytes::from(body) }),
            Err(error) => tracing::error!(%error, signal = signal.name(), "cannot encode a signal"),
        }
    }
}
