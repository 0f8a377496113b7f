//! What becomes of a deleted account in the log: it leaves its groups, and perhaps takes its messages back.
//!
//! These commands rest on the person alone: no setting of a group holds anybody back.

use confab_proto::event_data::{ConversationKind, ConversationRef, MemberRef, MessageDeleted, Role};
use confab_proto::{EventType, Seq};

use crate::append::{Append, Expect, NewEvent, RequestHash, Row};
use crate::decide::{Asker, Known};
use crate::rule_error::RuleError;

/// Leave a group for good, also as its last owner. A direct conversation stays between its two.
///
/// # Errors
/// There is nothing to leave.
pub fn depart(asker: Asker, known: &Known) -> Result<Append, RuleError> {
    let own = known.own.filter(|own| own.role != Role::Banned).ok_or(RuleError::NotAMember)?;
    if known.rules.kind == ConversationKind::Direct {
        return Err(RuleError::DirectIsFixed);
    }
    let stream = known.rules.stream;
    let conversation_id = stream.conversation();
    Ok(Append {
        actor: asker.actor,
        client_id: asker.client_id,
        request_hash: RequestHash::of("depart", &conversation_id),
        epoch: asker.epoch,
        expect: vec![Expect::Member { stream, user: asker.actor, guard: Some(own.guard) }],
        events: vec![
            NewEvent::new(stream, EventType::MemberLeft, &MemberRef { user_id: asker.actor }),
            NewEvent::new(asker.actor, EventType::ConversationExited, &ConversationRef { conversation_id }),
        ],
        rows: vec![Row::DropMember { stream, user: asker.actor }],
    })
}

/// A message of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnMessage {
    pub seq: Seq,
    /// The root of its thread, if it stands in one.
    pub thread_seq: Option<Seq>,
}

/// Take a message of one's own back, wherever it stands.
#[must_use]
pub fn take_back(asker: Asker, known: &Known, message: OwnMessage) -> Append {
    let stream = known.rules.stream;
    let OwnMessage { seq: target, thread_seq } = message;
    let data = MessageDeleted { target_seq: target, thread_seq };
    Append {
        actor: asker.actor,
        client_id: asker.client_id,
        request_hash: RequestHash::of("take back", &target),
        epoch: asker.epoch,
        expect: vec![Expect::Message { stream, target }],
        events: vec![NewEvent::new(stream, EventType::MessageDeleted, &data).about(target)],
        rows: vec![Row::Blank { stream, target }],
    }
}
