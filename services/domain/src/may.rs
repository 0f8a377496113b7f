//! Who may do what. Pure questions over settings and roles; the only place that answers them.
//!
//! A refusal says the first rule that is broken, in this order: not there, not a member, a direct conversation, the role,
//! the archive. So nobody learns more than the one before allows.

use confab_proto::event_data::{ConversationKind, Posting, Role, Visibility};

use crate::conversation::Rules;
use crate::rule_error::RuleError;

/// Everything that rights are asked for, but reading ([`read`]) and joining ([`join`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Leave,
    Post,
    React,
    /// A message of one's own.
    Edit,
    DeleteOwn,
    DeleteAny,
    /// And unpin.
    Pin,
    /// Call all members by `@everyone`.
    MentionEveryone,
    Rename,
    SetTopic,
    SetPosting,
    SetSlowMode,
    SetVisibility,
    Archive,
    Unarchive,
    /// Let somebody in; see [`add`].
    Add,
    /// Send somebody away; see [`over`].
    Remove,
    Ban,
    Unban,
    /// See [`change_role`].
    SetRole,
    /// Make a link that lets people in.
    Invite,
    /// See who is banned, who asks to join and which invitations there are, and take invitations back.
    Oversee,
}

impl Action {
    pub const ALL: [Self; 22] = [
        Self::Leave,
        Self::Post,
        Self::React,
        Self::Edit,
        Self::DeleteOwn,
        Self::DeleteAny,
        Self::Pin,
        Self::MentionEveryone,
        Self::Rename,
        Self::SetTopic,
        Self::SetPosting,
        Self::SetSlowMode,
        Self::SetVisibility,
        Self::Archive,
        Self::Unarchive,
        Self::Add,
        Self::Remove,
        Self::Ban,
        Self::Unban,
        Self::SetRole,
        Self::Invite,
        Self::Oversee,
    ];

    /// The lowest role that may, in a group that is not archived.
    const fn least_role(self, posting: Posting) -> Role {
        match self {
            Self::Leave => Role::Reader,
            Self::Post | Self::Edit => match posting {
                Posting::Members => Role::Member,
                Posting::Admins => Role::Admin,
            },
            Self::React | Self::DeleteOwn => Role::Member,
            Self::SetVisibility | Self::Archive | Self::Unarchive => Role::Owner,
            Self::DeleteAny
            | Self::Pin
            | Self::MentionEveryone
            | Self::Rename
            | Self::SetTopic
            | Self::SetPosting
            | Self::SetSlowMode
            | Self::Add
            | Self::Remove
            | Self::Ban
            | Self::Unban
            | Self::SetRole
            | Self::Invite
            | Self::Oversee => Role::Admin,
        }
    }

    /// In a direct conversation, whose two are equals; the error of those that it does not have at all.
    const fn of_two(self) -> Result<(), RuleError> {
        match self {
            Self::Post | Self::React | Self::Edit | Self::DeleteOwn | Self::Pin => Ok(()),
            Self::DeleteAny | Self::MentionEveryone => Err(RuleError::RoleTooLow),
            _ => Err(RuleError::DirectIsFixed),
        }
    }

    /// In an archived group: it can still be tidied up, left, looked at and opened again.
    fn of_archived(self, role: Role) -> bool {
        match self {
            Self::Leave | Self::DeleteAny | Self::Unarchive | Self::Oversee => true,
            Self::DeleteOwn => rank(role) >= rank(Role::Admin),
            _ => false,
        }
    }
}

const fn rank(role: Role) -> u8 {
    match role {
        Role::Banned => 0,
        Role::Reader => 1,
        Role::Member => 2,
        Role::Admin => 3,
        Role::Owner => 4,
    }
}

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
/// The rule that forbids it.
pub fn act(action: Action, rules: &Rules, role: Option<Role>) -> Result<(), RuleError> {
    if !read(rules, role) {
        return Err(RuleError::NotThere);
    }
    let role = role.ok_or(RuleError::NotAMember)?;
    if rules.kind == ConversationKind::Direct {
        action.of_two()?;
        if rank(role) < rank(Role::Member) {
            return Err(RuleError::RoleTooLow);
        }
    } else if rank(role) < rank(action.least_role(rules.posting)) {
        return Err(RuleError::RoleTooLow);
    }
    if rules.archived && !action.of_archived(role) { Err(RuleError::Archived) } else { Ok(()) }
}

/// # Errors
/// The rule that forbids joining.
pub fn join(rules: &Rules, role: Option<Role>) -> Result<(), RuleError> {
    if !read(rules, role) {
        return Err(RuleError::NotThere);
    }
    enter(rules, role)
}

/// Like [`join`], for somebody who was invited and so need not see it yet.
///
/// # Errors
/// The rule that forbids it.
pub fn enter(rules: &Rules, role: Option<Role>) -> Result<(), RuleError> {
    match role {
        Some(Role::Banned) => return Err(RuleError::NotThere),
        Some(_) => return Err(RuleError::AlreadyAMember),
        None => {}
    }
    if rules.kind == ConversationKind::Direct {
        return Err(RuleError::NotThere);
    }
    if rules.archived { Err(RuleError::Archived) } else { Ok(()) }
}

/// What somebody with a role may be let in as.
///
/// # Errors
/// The rule that forbids it.
pub fn add(own: Role, as_role: Role) -> Result<(), RuleError> {
    if as_role == Role::Banned || own != Role::Owner && rank(as_role) >= rank(Role::Admin) {
        return Err(RuleError::RoleTooLow);
    }
    Ok(())
}

/// Whether somebody may be removed or banned by somebody else: owners have everybody below them, admins members and
/// readers, and whoever has no role here.
///
/// # Errors
/// The rule that forbids it.
pub fn over(own: Role, target: Option<Role>) -> Result<(), RuleError> {
    let is_below = target.is_none_or(|target| rank(target) < rank(Role::Admin));
    if own == Role::Owner || own == Role::Admin && is_below { Ok(()) } else { Err(RuleError::RoleTooLow) }
}

/// Whether a member's role may be changed: by an owner from any to any, by an admin between member and reader.
///
/// # Errors
/// The rule that forbids it.
pub fn change_role(own: Role, from: Role, to: Role) -> Result<(), RuleError> {
    over(own, Some(from)).and_then(|()| add(own, to))
}

/// Seconds that have to lie between two messages of somebody with this role; 0: none.
#[must_use]
pub fn slow_mode(rules: &Rules, role: Option<Role>) -> u32 {
    let waits = role.is_none_or(|role| rank(role) < rank(Role::Admin));
    if waits && rules.kind == ConversationKind::Group { rules.slow_mode_seconds } else { 0 }
}

macro_rules! questions {
    ($($name:ident: $action:ident),*) => {$(
        /// # Errors
        /// The rule that forbids it.
        pub fn $name(rules: &Rules, role: Option<Role>) -> Result<(), RuleError> {
            act(Action::$action, rules, role)
        }
    )*};
}

questions! {
    leave: Leave, post: Post, react: React, edit: Edit, delete_own: DeleteOwn, delete_any: DeleteAny, pin: Pin,
    mention_everyone: MentionEveryone
}
