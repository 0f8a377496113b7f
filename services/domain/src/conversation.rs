//! What rule events fold to: the settings of a conversation and its member rows.
//!
//! `streams` and `members` are this fold, kept by the store; the gateway folds the same events as it applies them.

use std::collections::BTreeMap;

use confab_proto::event_data::{ConversationKind, Posting, Role, Visibility};
use confab_proto::{Seq, StreamId, UserId};

use crate::change::RuleChange;

/// A row of `streams`: what decisions about a conversation rest on, apart from people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pub stream: StreamId,
    pub kind: ConversationKind,
    pub name: Option<String>,
    /// Empty: none.
    pub topic: String,
    pub visibility: Visibility,
    pub archived: bool,
    pub posting: Posting,
    /// Between two messages of one member; 0: no slow mode.
    pub slow_mode_seconds: u32,
    /// `seq` of the last event that moved any of this.
    pub guard: Seq,
}

/// A row of `members`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberRow {
    pub role: Role,
    /// `seq` of the event that let the person in.
    pub since: Seq,
    /// `seq` of the last event about the person.
    pub guard: Seq,
}

/// Settings and all member rows as of some `seq`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    pub rules: Rules,
    pub members: BTreeMap<UserId, MemberRow>,
}

impl Rules {
    /// As they are after `conversation.created`.
    #[must_use]
    pub fn created(
        stream: StreamId,
        kind: ConversationKind,
        name: Option<String>,
        visibility: Visibility,
        guard: Seq,
    ) -> Self {
        let (topic, posting) = (String::new(), Posting::Members);
        Self { stream, kind, name, topic, visibility, archived: false, posting, slow_mode_seconds: 0, guard }
    }
}

impl Conversation {
    /// The state after `conversation.created`.
    #[must_use]
    pub fn created(
        stream: StreamId,
        kind: ConversationKind,
        name: Option<String>,
        visibility: Visibility,
        seq: Seq,
    ) -> Self {
        Self { rules: Rules::created(stream, kind, name, visibility, seq), members: BTreeMap::new() }
    }

    /// The role, if there is a row; a banned person has one.
    #[must_use]
    pub fn role(&self, user: UserId) -> Option<Role> {
        self.members.get(&user).map(|row| row.role)
    }

    /// Applies one rule event. Events come in `seq` order.
    pub fn apply(&mut self, change: &RuleChange, seq: Seq) {
        match change {
            RuleChange::Created { kind, name, visibility } => {
                *self = Self::created(self.rules.stream, *kind, name.clone(), *visibility, seq);
            }
            RuleChange::Renamed(name) => {
                self.rules.name = Some(name.clone());
                self.rules.guard = seq;
            }
            RuleChange::VisibilityChanged(visibility) => {
                self.rules.visibility = *visibility;
                self.rules.guard = seq;
            }
            RuleChange::Archived(archived) => {
                self.rules.archived = *archived;
                self.rules.guard = seq;
            }
            RuleChange::TopicChanged(topic) => {
                self.rules.topic.clone_from(topic);
                self.rules.guard = seq;
            }
            RuleChange::PostingChanged(posting) => {
                self.rules.posting = *posting;
                self.rules.guard = seq;
            }
            RuleChange::SlowModeChanged(seconds) => {
                self.rules.slow_mode_seconds = *seconds;
                self.rules.guard = seq;
            }
            RuleChange::MemberAdded(user, role) => {
                self.members.insert(*user, MemberRow { role: *role, since: seq, guard: seq });
            }
            RuleChange::RoleChanged(user, role) => {
                if let Some(row) = self.members.get_mut(user) {
                    row.role = *role;
                    row.guard = seq;
                }
            }
            RuleChange::MemberGone(user) => {
                self.members.remove(user);
            }
            RuleChange::MemberBanned(user) => {
                self.members.insert(*user, MemberRow { role: Role::Banned, since: seq, guard: seq });
            }
        }
    }
}
