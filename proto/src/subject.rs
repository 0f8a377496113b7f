//! The NATS subjects. Nothing else spells one.
//!
//! Ids are hyphenated UUIDs and event types are two dotted words, so no token needs escaping.

use crate::{ConversationId, EventType, UserId};

/// Live events of one conversation: `confab.live.{conversationId}` (core, no promise).
#[must_use]
pub fn live(conversation: ConversationId) -> String {
    format!("confab.live.{conversation}")
}

/// Live events of one user's own stream: `confab.live.user.{userId}` (core, no promise).
#[must_use]
pub fn live_user(user: UserId) -> String {
    format!("confab.live.user.{user}")
}

/// Live events of every user's own stream.
pub const LIVE_USERS: &str = "confab.live.user.*";

/// Signals without envelope or promise (typing, presence): `confab.signal.{conversationId}`.
#[must_use]
pub fn signal(conversation: ConversationId) -> String {
    format!("confab.signal.{conversation}")
}

/// Signals to one user's own devices: `confab.signal.user.{userId}`.
#[must_use]
pub fn signal_user(user: UserId) -> String {
    format!("confab.signal.user.{user}")
}

/// Signals to the devices of every user.
pub const SIGNAL_USERS: &str = "confab.signal.user.*";

/// What gateways tell each other, and the API, of who is there: `confab.signal.presence`.
pub const PRESENCE: &str = "confab.signal.presence";

/// The downstream log in JetStream: `confab.log.{type}.{conversationId}`; the type is two tokens.
#[must_use]
pub fn log(event_type: EventType, conversation: ConversationId) -> String {
    format!("confab.log.{event_type}.{conversation}")
}

/// Internal events in the downstream log: `confab.log.{type}.internal`. They are there for their positions only, so nothing tells
/// whom they are about.
#[must_use]
pub fn log_internal(event_type: EventType) -> String {
    format!("confab.log.{event_type}.internal")
}

/// Every subject of the downstream log.
pub const LOG_ALL: &str = "confab.log.>";

/// Headers of live and log messages. The body is the envelope.
pub mod header {
    pub const SEQ: &str = "Confab-Seq";
    pub const POSITION: &str = "Confab-Position";
    pub const TYPE: &str = "Confab-Type";
    pub const EPOCH: &str = "Confab-Epoch";
    pub const TRACEPARENT: &str = "traceparent";
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn spells_the_documented_subjects() {
        let text = "0198c0de-0000-7000-8000-00000000000a";
        let (conversation, user) = (text.parse().unwrap(), text.parse().unwrap());
        assert_eq!(live(conversation), format!("confab.live.{text}"));
        assert_eq!(live_user(user), format!("confab.live.user.{text}"));
        assert_eq!(signal(conversation), format!("confab.signal.{text}"));
        assert_eq!(signal_user(user), format!("confab.signal.user.{text}"));
        assert_eq!(LIVE_USERS.replace('*', text), live_user(user));
        assert_eq!(SIGNAL_USERS.replace('*', text), signal_user(user));
        assert_eq!(PRESENCE, "confab.signal.presence");
        assert_eq!(log(EventType::MessagePosted, conversation), format!("confab.log.message.posted.{text}"));
        assert_eq!(log_internal(EventType::SessionRevoked), "confab.log.session.revoked.internal");
    }
}
