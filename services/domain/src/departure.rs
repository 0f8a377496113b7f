//! What becomes of a deleted account in the log: it leaves its groups, and perhaps takes its messages back.
//!
//! These commands rest on the person alone: no setting of a group holds anybody back.

use confab_proto::event_data::{ConversationKind, ConversationRef, MemberRef, MemberRole, MessageDeleted, Role};
use confab_proto::{EventType, Seq};

use crate::append::{Append, Expect, NewEvent, RequestHash, Row};
use crate::decide::{Asker, Known, Other};
use crate::rule_error::RuleError;

/// Leave a group for good. A direct conversation stays between its two. The last owner has handed the group over, or is
/// `alone` in it and has archived it, so that nobody comes into a group without an owner.
///
/// # Errors
/// There is nothing to leave, or the group would have no owner.
pub fn depart(asker: Asker, known: &Known, alone: bool) -> Result<Append, RuleError> {
    let own = known.own.filter(|own| own.role != Role::Banned).ok_or(RuleError::NotAMember)?;
    if known.rules.kind == ConversationKind::Direct {
        return Err(RuleError::DirectIsFixed);
    }
    let stream = known.rules.stream;
    let conversation_id = stream.conversation();
    let mut expect = vec![Expect::Member { stream, user: asker.actor, guard: Some(own.guard) }];
    if own.role == Role::Owner {
        expect.push(match known.other_owner {
            true => Expect::OtherOwner { stream, user: asker.actor },
            false if alone && known.rules.archived => Expect::Settings { stream, guard: known.rules.guard },
            false => return Err(RuleError::LastOwner),
        });
    }
    Ok(Append {
        actor: asker.actor,
        client_id: asker.client_id,
        request_hash: RequestHash::of("depart", &conversation_id),
        epoch: asker.epoch,
        expect,
        events: vec![
            NewEvent::new(stream, EventType::MemberLeft, &MemberRef { user_id: asker.actor }),
            NewEvent::new(asker.actor, EventType::ConversationExited, &ConversationRef { conversation_id }),
        ],
        rows: vec![Row::DropMember { stream, user: asker.actor }],
    })
}

/// Make a member an owner, as one's last deed as one.
///
/// # Errors
/// The actor owns nothing, or there is no such member.
pub fn hand_over(asker: Asker, known: &Known, heir: Other) -> Result<Append, RuleError> {
    let own = known.own.filter(|own| own.role == Role::Owner).ok_or(RuleError::RoleTooLow)?;
    let row = heir.row.filter(|row| row.role != Role::Banned).ok_or(RuleError::NoSuchMember)?;
    if row.role == Role::Owner {
        return Err(RuleError::Unchanged);
    }
    let (stream, role) = (known.rules.stream, Role::Owner);
    let data = MemberRole { user_id: heir.user, role };
    Ok(Append {
        actor: asker.actor,
        client_id: asker.client_id,
        request_hash: RequestHash::of("hand over", &heir.user),
        epoch: asker.epoch,
        expect: vec![
            Expect::Member { stream, user: asker.actor, guard: Some(own.guard) },
            Expect::Member { stream, user: heir.user, guard: Some(row.guard) },
        ],
        events: vec![NewEvent::new(stream, EventType::MemberRoleChanged, &data)],
        rows: vec![Row::ChangeRole { stream, user: heir.user, role, event: 0 }],
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
