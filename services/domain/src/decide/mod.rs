//! Commands become events: pure functions from the rules as they are known to a finished [`Append`] or a [`RuleError`].
//!
//! Each decision names the guards it rests on, so that the store can refuse it when they moved meanwhile. One file a noun.
//!
//! [`RuleError`]: crate::RuleError

mod conversations;
mod members;
mod messages;
mod sessions;

use confab_proto::event_data::Role;
use confab_proto::{ClientId, Epoch, UserId};

pub use conversations::{
    ChangeSettings, NewGroup, change_settings, create_direct, create_group, direct_id, group_id, group_request_hash,
};
pub use members::{Other, accept_invitation, add_member, ban, change_role, join, leave, remove_member, unban};
pub use messages::{Change, Mentioned, PostMessage, Target, change_message, post_message};
pub use sessions::{revoke_session, revoke_sessions};

use crate::append::{Append, Expect, NewEvent, RequestHash, Row};
use crate::conversation::{Conversation, MemberRow, Rules};

/// Who asks, and in which epoch the rules were read.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    pub actor: UserId,
    pub client_id: ClientId,
    pub epoch: Epoch,
}

impl Asker {
    fn append(self, request_hash: RequestHash, expect: Vec<Expect>, events: Vec<NewEvent>, rows: Vec<Row>) -> Append {
        let Self { actor, client_id, epoch } = self;
        Append { actor, client_id, request_hash, epoch, expect, events, rows }
    }
}

/// What a decision about one conversation rests on: settings and the actor's own row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub rules: Rules,
    pub own: Option<MemberRow>,
    /// Whether somebody but the actor owns the group.
    pub other_owner: bool,
}

impl Known {
    /// What a fold of the log says.
    #[must_use]
    pub fn of(conversation: &Conversation, actor: UserId) -> Self {
        Self {
            rules: conversation.rules.clone(),
            own: conversation.members.get(&actor).copied(),
            other_owner: conversation.members.iter().any(|(user, row)| *user != actor && row.role == Role::Owner),
        }
    }

    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.own.map(|row| row.role)
    }

    /// The guards of what is known.
    fn expect(&self, actor: UserId) -> Vec<Expect> {
        let stream = self.rules.stream;
        vec![
            Expect::Settings { stream, guard: self.rules.guard },
            Expect::Member { stream, user: actor, guard: self.own.map(|row| row.guard) },
        ]
    }
}
