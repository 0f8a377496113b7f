//! Rule events, read from their `data`: the only events whose content the service itself acts upon.

use confab_proto::event_data::{
    ConversationCreated, ConversationKind, ConversationPostingChanged, ConversationRenamed,
    ConversationSlowModeChanged, ConversationTopicChanged, ConversationVisibilityChanged, MemberRef, MemberRole,
    Posting, Role, Visibility,
};
use confab_proto::{EventType, UserId};

/// A change of settings or of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleChange {
    Created {
        kind: ConversationKind,
        name: Option<String>,
        visibility: Visibility,
    },
    Renamed(String),
    VisibilityChanged(Visibility),
    Archived(bool),
    TopicChanged(String),
    PostingChanged(Posting),
    /// Seconds.
    SlowModeChanged(u32),
    MemberAdded(UserId, Role),
    RoleChanged(UserId, Role),
    /// Left, removed, or no longer banned: no row remains.
    MemberGone(UserId),
    MemberBanned(UserId),
}

/// What a rule event changes, by its type alone.
enum Kind {
    Created,
    Renamed,
    VisibilityChanged,
    Archived(bool),
    TopicChanged,
    PostingChanged,
    SlowModeChanged,
    MemberAdded,
    RoleChanged,
    MemberGone,
    MemberBanned,
}

/// Exhaustive on purpose: a new type has to say here whether it changes rules.
const fn kind(event_type: EventType) -> Option<Kind> {
    Some(match event_type {
        EventType::ConversationCreated => Kind::Created,
        EventType::ConversationRenamed => Kind::Renamed,
        EventType::ConversationVisibilityChanged => Kind::VisibilityChanged,
        EventType::ConversationArchived => Kind::Archived(true),
        EventType::ConversationUnarchived => Kind::Archived(false),
        EventType::ConversationTopicChanged => Kind::TopicChanged,
        EventType::ConversationPostingChanged => Kind::PostingChanged,
        EventType::ConversationSlowModeChanged => Kind::SlowModeChanged,
        EventType::MemberAdded => Kind::MemberAdded,
        EventType::MemberRoleChanged => Kind::RoleChanged,
        EventType::MemberLeft | EventType::MemberRemoved | EventType::MemberUnbanned => Kind::MemberGone,
        EventType::MemberBanned => Kind::MemberBanned,
        EventType::MessagePosted
        | EventType::MessageReplied
        | EventType::MessageEdited
        | EventType::MessageDeleted
        | EventType::MessagePinned
        | EventType::MessageUnpinned
        | EventType::ReactionAdded
        | EventType::ReactionRemoved
        | EventType::SessionRevoked
        | EventType::ConversationEntered
        | EventType::ConversationExited => return None,
    })
}

impl RuleChange {
    /// Whether events of this type change rules; only their `data` need reading.
    #[must_use]
    pub const fn is_rule(event_type: EventType) -> bool {
        kind(event_type).is_some()
    }

    /// Reads a rule event; `None` for every other type.
    ///
    /// # Errors
    /// `data` does not fit its type.
    pub fn read(event_type: EventType, data: &str) -> Result<Option<Self>, serde_json::Error> {
        let Some(kind) = kind(event_type) else { return Ok(None) };
        Ok(Some(match kind {
            Kind::Created => {
                let ConversationCreated { kind, name, visibility } = serde_json::from_str(data)?;
                Self::Created { kind, name, visibility }
            }
            Kind::Renamed => Self::Renamed(serde_json::from_str::<ConversationRenamed>(data)?.name),
            Kind::VisibilityChanged => {
                Self::VisibilityChanged(serde_json::from_str::<ConversationVisibilityChanged>(data)?.visibility)
            }
            Kind::Archived(archived) => Self::Archived(archived),
            Kind::TopicChanged => Self::TopicChanged(serde_json::from_str::<ConversationTopicChanged>(data)?.topic),
            Kind::PostingChanged => {
                Self::PostingChanged(serde_json::from_str::<ConversationPostingChanged>(data)?.posting)
            }
            Kind::SlowModeChanged => {
                Self::SlowModeChanged(serde_json::from_str::<ConversationSlowModeChanged>(data)?.seconds)
            }
            Kind::MemberAdded => {
                let MemberRole { user_id, role } = serde_json::from_str(data)?;
                Self::MemberAdded(user_id, role)
            }
            Kind::RoleChanged => {
                let MemberRole { user_id, role } = serde_json::from_str(data)?;
                Self::RoleChanged(user_id, role)
            }
            Kind::MemberGone => Self::MemberGone(serde_json::from_str::<MemberRef>(data)?.user_id),
            Kind::MemberBanned => Self::MemberBanned(serde_json::from_str::<MemberRef>(data)?.user_id),
        }))
    }
}
