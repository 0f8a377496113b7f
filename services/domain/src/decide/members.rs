//! Who is in a conversation and as what. Whoever is let in or loses membership reads it on their own stream, too.
//!
//! A command about somebody else rests on the settings, on the actor's row and on that person's: of two that contradict
//! each other, the later one is decided again.

use confab_proto::event_data::{ConversationRef, MemberRef, MemberRole, Role};
use confab_proto::{EventType, InvitationId, UserId};
use serde_json::json;

use super::{Asker, Known};
use crate::append::{Append, Expect, NewEvent, RequestHash, Row};
use crate::conversation::MemberRow;
use crate::may::{self, Action};
use crate::rule_error::RuleError;

/// Whom a command is about.
#[derive(Clone, Copy, Debug)]
pub struct Other {
    pub user: UserId,
    pub row: Option<MemberRow>,
}

impl Other {
    /// The role, if the person is a member.
    fn member(self) -> Option<Role> {
        self.row.map(|row| row.role).filter(|role| *role != Role::Banned)
    }

    fn is_banned(self) -> bool {
        self.row.is_some_and(|row| row.role == Role::Banned)
    }
}

/// A command about a person, on its way.
struct About<'k> {
    asker: Asker,
    known: &'k Known,
    user: UserId,
    expect: Vec<Expect>,
}

impl<'k> About<'k> {
    fn oneself(asker: Asker, known: &'k Known) -> Self {
        Self { asker, known, user: asker.actor, expect: known.expect(asker.actor) }
    }

    /// The role of the actor comes along, since what it allows depends on the other one's.
    fn other(asker: Asker, known: &'k Known, action: Action, other: Other) -> Result<(Self, Role), RuleError> {
        may::act(action, &known.rules, known.role())?;
        let own = known.role().ok_or(RuleError::NotAMember)?;
        let mut expect = known.expect(asker.actor);
        if other.user != asker.actor {
            let (stream, guard) = (known.rules.stream, other.row.map(|row| row.guard));
            expect.push(Expect::Member { stream, user: other.user, guard });
        }
        Ok((Self { asker, known, user: other.user, expect }, own))
    }

    fn event(&self, event_type: EventType) -> NewEvent {
        NewEvent::new(self.known.rules.stream, event_type, &MemberRef { user_id: self.user })
    }

    fn with_role(&self, event_type: EventType, role: Role) -> NewEvent {
        NewEvent::new(self.known.rules.stream, event_type, &MemberRole { user_id: self.user, role })
    }

    /// On the person's own stream.
    fn notice(&self, event_type: EventType) -> NewEvent {
        let conversation_id = self.known.rules.stream.conversation();
        NewEvent::new(self.user, event_type, &ConversationRef { conversation_id })
    }

    fn row(&self, role: Role) -> Row {
        Row::AddMember { stream: self.known.rules.stream, user: self.user, role, event: 0 }
    }

    fn gone(&self) -> Row {
        Row::DropMember { stream: self.known.rules.stream, user: self.user }
    }

    fn append(self, request: &str, events: Vec<NewEvent>, rows: Vec<Row>) -> Append {
        let content = json!({"conversationId": self.known.rules.stream, "userId": self.user});
        self.asker.append(RequestHash::of(request, &content), self.expect, events, rows)
    }

    /// As what everybody begins who comes by themselves.
    fn enters(self, role: Role, request: &str) -> Append {
        let events = vec![self.with_role(EventType::MemberAdded, role), self.notice(EventType::ConversationEntered)];
        let rows = vec![self.row(role)];
        self.append(request, events, rows)
    }

    fn exits(self, event_type: EventType, request: &str) -> Append {
        let events = vec![self.event(event_type), self.notice(EventType::ConversationExited)];
        let rows = vec![self.gone()];
        self.append(request, events, rows)
    }

    /// An owner may stop being one only while there is another.
    fn leaves_an_owner(&mut self) -> Result<(), RuleError> {
        if !self.known.other_owner {
            return Err(RuleError::LastOwner);
        }
        self.expect.push(Expect::OtherOwner { stream: self.known.rules.stream, user: self.asker.actor });
        Ok(())
    }
}

/// Become a member.
///
/// # Errors
/// The actor may not join.
pub fn join(asker: Asker, known: &Known) -> Result<Append, RuleError> {
    may::join(&known.rules, known.role())?;
    Ok(About::oneself(asker, known).enters(Role::Member, "join"))
}

/// Become a member by a link, which is used once more by it.
///
/// # Errors
/// The actor may not enter.
pub fn accept_invitation(asker: Asker, known: &Known, invitation: InvitationId) -> Result<Append, RuleError> {
    may::enter(&known.rules, known.role())?;
    let mut command = About::oneself(asker, known);
    command.expect.push(Expect::Invitation { stream: known.rules.stream, invitation });
    let mut append = command.enters(Role::Member, "join");
    append.rows.push(Row::UseInvitation { invitation });
    Ok(append)
}

/// Stop being a member.
///
/// # Errors
/// The actor may not leave, or is the last owner.
pub fn leave(asker: Asker, known: &Known) -> Result<Append, RuleError> {
    may::leave(&known.rules, known.role())?;
    let mut command = About::oneself(asker, known);
    if known.role() == Some(Role::Owner) {
        command.leaves_an_owner()?;
    }
    Ok(command.exits(EventType::MemberLeft, "leave"))
}

/// Let somebody in.
///
/// # Errors
/// The actor may not, or the person is in or banned.
pub fn add_member(asker: Asker, known: &Known, other: Other, role: Role) -> Result<Append, RuleError> {
    let (command, own) = About::other(asker, known, Action::Add, other)?;
    may::add(own, role)?;
    if other.is_banned() {
        return Err(RuleError::IsBanned);
    }
    if other.row.is_some() {
        return Err(RuleError::Unchanged);
    }
    Ok(command.enters(role, "member.added"))
}

/// Send a member away, who may come back.
///
/// # Errors
/// The actor may not, or there is no such member.
pub fn remove_member(asker: Asker, known: &Known, other: Other) -> Result<Append, RuleError> {
    let (command, own) = About::other(asker, known, Action::Remove, other)?;
    if other.user == asker.actor {
        return Err(RuleError::NotToOneself);
    }
    let role = other.member().ok_or(RuleError::NoSuchMember)?;
    may::over(own, Some(role))?;
    Ok(command.exits(EventType::MemberRemoved, "member.removed"))
}

/// Send somebody away for good, member or not.
///
/// # Errors
/// The actor may not, or the person is banned already.
pub fn ban(asker: Asker, known: &Known, other: Other) -> Result<Append, RuleError> {
    let (command, own) = About::other(asker, known, Action::Ban, other)?;
    if other.user == asker.actor {
        return Err(RuleError::NotToOneself);
    }
    may::over(own, other.member())?;
    if other.is_banned() {
        return Err(RuleError::Unchanged);
    }
    let mut events = vec![command.event(EventType::MemberBanned)];
    if other.member().is_some() {
        events.push(command.notice(EventType::ConversationExited));
    }
    let rows = vec![command.row(Role::Banned)];
    Ok(command.append("member.banned", events, rows))
}

/// Let a banned person be like everybody who is no member.
///
/// # Errors
/// The actor may not, or the person is not banned.
pub fn unban(asker: Asker, known: &Known, other: Other) -> Result<Append, RuleError> {
    let (command, _) = About::other(asker, known, Action::Unban, other)?;
    if !other.is_banned() {
        return Err(RuleError::Unchanged);
    }
    let (events, rows) = (vec![command.event(EventType::MemberUnbanned)], vec![command.gone()]);
    Ok(command.append("member.unbanned", events, rows))
}

/// Give a member another role. An owner hands the group over by making somebody else an owner.
///
/// # Errors
/// The actor may not, there is no such member, or nobody would own the group.
pub fn change_role(asker: Asker, known: &Known, other: Other, role: Role) -> Result<Append, RuleError> {
    let (mut command, own) = About::other(asker, known, Action::SetRole, other)?;
    let from = other.member().ok_or(RuleError::NoSuchMember)?;
    may::change_role(own, from, role)?;
    if from == role {
        return Err(RuleError::Unchanged);
    }
    if other.user == asker.actor && own == Role::Owner {
        command.leaves_an_owner()?;
    }
    let (stream, user) = (known.rules.stream, other.user);
    let events = vec![command.with_role(EventType::MemberRoleChanged, role)];
    let rows = vec![Row::ChangeRole { stream, user, role, event: 0 }];
    Ok(command.append("member.role_changed", events, rows))
}
