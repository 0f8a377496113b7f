//! Rule events, read from their `data`: the only events whose content the service itself acts upon.

use confab_proto::event_data::{
    ConversationCreated, ConversationKind, ConversationRenamed, ConversationVisibilityChanged, MemberRef, MemberRole,
    Role, Visibility,
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
    MemberAdded(UserId, Role),
    RoleChanged(UserId, Role),
    /// Left, removed, or no longer banned: no row remains.
    MemberGone(UserId),
    MemberBanned(UserId),
}

impl RuleChange {
    /// Whether events of this type change rules; only their `data` need reading.
    #[must_use]
    pub const fn is_rule(event_type: EventType) -> bool {
        matches!(
            event_type,
            EventType::ConversationCreated
                | EventType::ConversationRenamed
                | EventType::ConversationVisibilityChanged
                | EventType::ConversationArchived
                | EventType::ConversationUnarchived
                | EventType::MemberAdded
                | EventType::MemberLeft
                | EventType::MemberRemoved
                | EventType::MemberBanned
                | EventType::MemberUnbanned
                | EventType::MemberRoleChanged
        )
    }

    /// Reads a rule event; `None` for every other type.
    ///
    /// # Errors
    /// `data` does not fit its type.
    pub fn read(event_type: EventType, data: &str) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match event_type {
            EventType::ConversationCreated => {
                let ConversationCreated { kind, name, visibility } = serde_json::from_str(data)?;
                Self::Created { kind, name, visibility }
            }
            EventType::ConversationRenamed => Self::Renamed(serde_json::from_str::<ConversationRenamed>(data)?.name),
            EventType::ConversationVisibilityChanged => {
                Self::VisibilityChanged(serde_json::from_str::<ConversationVisibilityChanged>(data)?.visibility)
            }
            EventType::ConversationArchived => Self::Archived(true),
            EventType::ConversationUnarchived => Self::Archived(false),
            EventType::MemberAdded => {
                let MemberRole { user_id, role } = serde_json::from_str(data)?;
                Self::MemberAdded(user_id, role)
            }
            EventType::MemberRoleChanged => {
                let MemberRole { user_id, role } = serde_json::from_str(data)?;
                Self::RoleChanged(user_id, role)
            }
            EventType::MemberLeft | EventType::MemberRemoved | EventType::MemberUnbanned => {
                Self::MemberGone(serde_json::from_str::<MemberRef>(data)?.user_id)
            }
            EventType::MemberBanned => Self::MemberBanned(serde_json::from_str::<MemberRef>(data)?.user_id),
            _ => return Ok(None),
        }))
    }
}
