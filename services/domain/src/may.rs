//! Who may do what. Pure questions over settings and a role; the only place that answers them.

use confab_proto::event_data::{ConversationKind, Role, Visibility};

use crate::conversation::Rules;
use crate::rule_error::RuleError;

/// May see the conversation and its whole log, and listen to it: a direct one its two people, a private one its
/// members, a public one everybody signed in who is not banned.
#[must_use]
pub fn read(rules: &Rules, role: Option<Role>) -> bool {
    match role {
        Some(Role::Banned) => false,
        Some(_) => true,
        None => rules.kind == ConversationKind::Group && rules.visibility == Visibility::Public,
    }
}

/// # Errors
/// The rule that forbids posting.
pub fn post(rules: &Rules, role: Option<Role>) -> Result<(), RuleError> {
    if !read(rules, role) {
        return Err(RuleError::NotThere);
    }
    match role {
        None | Some(Role::Banned) => Err(RuleError::NotAMember),
        Some(Role::Reader) => Err(RuleError::RoleTooLow),
        Some(Role::Owner | Role::Admin | Role::Member) if rules.archived => Err(RuleError::Archived),
        Some(Role::Owner | Role::Admin | Role::Member) => Ok(()),
    }
}

/// # Errors
/// The rule that forbids joining.
pub fn join(rules: &Rules, role: Option<Role>) -> Result<(), RuleError> {
    if !read(rules, role) {
        return Err(RuleError::NotThere);
    }
    if role.is_some() {
        return Err(RuleError::AlreadyAMember);
    }
    if rules.kind == ConversationKind::Direct {
        return Err(RuleError::DirectIsFixed);
    }
    if rules.archived { Err(RuleError::Archived) } else { Ok(()) }
}

/// # Errors
/// The rule that forbids leaving.
pub fn leave(rules: &Rules, role: Option<Role>) -> Result<(), RuleError> {
    if !read(rules, role) {
        return Err(RuleError::NotThere);
    }
    if role.is_none() {
        return Err(RuleError::NotAMember);
    }
    if rules.kind == ConversationKind::Direct { Err(RuleError::DirectIsFixed) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use confab_proto::{Seq, StreamId};

    use super::*;

    const ROLES: [Option<Role>; 6] =
        [None, Some(Role::Owner), Some(Role::Admin), Some(Role::Member), Some(Role::Reader), Some(Role::Banned)];

    fn rules(kind: ConversationKind, visibility: Visibility) -> Rules {
        let stream = StreamId::from_uuid(uuid::Uuid::nil());
        Rules { stream, kind, name: None, visibility, archived: false, guard: Seq(1) }
    }

    #[test]
    fn the_reading_table() {
        let public = rules(ConversationKind::Group, Visibility::Public);
        assert_eq!(ROLES.map(|r| read(&public, r)), [true, true, true, true, true, false]);
        let private = rules(ConversationKind::Group, Visibility::Private);
        assert_eq!(ROLES.map(|r| read(&private, r)), [false, true, true, true, true, false]);
        let direct = rules(ConversationKind::Direct, Visibility::Private);
        assert_eq!(ROLES.map(|r| read(&direct, r)), [false, true, true, true, true, false]);
        let mislabelled = rules(ConversationKind::Direct, Visibility::Public);
        assert!(!read(&mislabelled, None), "a direct conversation is never public");
    }

    #[test]
    fn the_posting_table() {
        use RuleError::{Archived, NotAMember, NotThere, RoleTooLow};
        let mut group = rules(ConversationKind::Group, Visibility::Public);
        assert_eq!(
            ROLES.map(|r| post(&group, r)),
            [Err(NotAMember), Ok(()), Ok(()), Ok(()), Err(RoleTooLow), Err(NotThere)]
        );
        group.archived = true;
        assert_eq!(post(&group, Some(Role::Owner)), Err(Archived));
        group.visibility = Visibility::Private;
        assert_eq!(post(&group, None), Err(NotThere), "not yours answers as not there");
    }

    #[test]
    fn direct_conversations_are_fixed() {
        let direct = rules(ConversationKind::Direct, Visibility::Private);
        assert_eq!(leave(&direct, Some(Role::Member)), Err(RuleError::DirectIsFixed));
        assert_eq!(join(&direct, None), Err(RuleError::NotThere));
        assert_eq!(join(&direct, Some(Role::Member)), Err(RuleError::AlreadyAMember));
    }
}
