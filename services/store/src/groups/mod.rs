//! Ways into a group: invitations and requests to join; and what its admins oversee.
//!
//! Rights come from `domain::may`. A write checks in its own statement that the rows on which the right rests did not move
//! since they were read, and is decided again if they did.

mod invitations;
mod requests;

use async_trait::async_trait;
use confab_domain::may::{self, Action};
use confab_domain::{MemberRow, RuleError, Rules};
use confab_proto::event_data::Role;
use confab_proto::http::{Invitation, JoinRequest, OwnJoinRequest};
use confab_proto::{ConversationId, InvitationId, Timestamp, UserId};

use crate::channel::Sql;
use crate::decode::{own_row, rules};
use crate::dialect::{Arg, Columns, Dialect};
use crate::error::StoreError;
use crate::read::{KnownRules, Listed, TokenHash, UserRow};

/// A link that will let people in.
#[derive(Clone, Copy, Debug)]
pub struct NewInvitation {
    pub id: InvitationId,
    pub conversation: ConversationId,
    /// SHA-256 of what stands in the link.
    pub token: TokenHash,
    pub created_by: UserId,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub max_uses: Option<u32>,
}

/// A group as somebody meets it who holds a link that lets in now.
#[derive(Clone, Debug)]
pub struct InvitedRow {
    pub invitation: InvitationId,
    pub rules: Rules,
    /// Never banned.
    pub role: Option<Role>,
    pub member_count: u64,
}

/// What became of an admin's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overseen {
    Done,
    Refused(RuleError),
    /// What it is about is not there.
    Missing,
    TooMany,
}

/// What became of a request to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It stands, whether there is such a group or not. `new`: the admins of a group have something to see.
    Stands {
        new: bool,
    },
    /// Is in already.
    Member,
    /// Everybody may join by themselves.
    Public,
    TooMany,
}

/// Ways into a group.
#[async_trait]
pub trait Groups: Send + Sync + 'static {
    /// Like [`crate::Store::known_rules`], with the row of somebody else, in one snapshot.
    async fn known_about(
        &self,
        conversation: ConversationId,
        user: UserId,
        other: UserId,
    ) -> Result<Option<(KnownRules, Option<MemberRow>)>, StoreError>;

    /// At most 100 of a group let somebody in at once.
    async fn add_invitation(&self, new: &NewInvitation) -> Result<Overseen, StoreError>;

    /// Those that let somebody in, the newest first.
    async fn invitations_of(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        now: Timestamp,
    ) -> Result<Result<Vec<Invitation>, RuleError>, StoreError>;

    /// It lets nobody in from now on.
    async fn revoke_invitation(
        &self,
        conversation: ConversationId,
        invitation: InvitationId,
        actor: UserId,
        now: Timestamp,
    ) -> Result<Overseen, StoreError>;

    /// The group that a token opens for this person now; `None` if it opens none, whatever the reason.
    async fn invited_to(
        &self,
        token: &TokenHash,
        viewer: UserId,
        now: Timestamp,
    ) -> Result<Option<InvitedRow>, StoreError>;

    /// At most 100 of one person stand at once. A repeat changes nothing.
    async fn ask_to_join(
        &self,
        conversation: ConversationId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Asked, StoreError>;

    /// Takes one's own request back; `false` if there was none.
    async fn withdraw_request(&self, conversation: ConversationId, user: UserId) -> Result<bool, StoreError>;

    /// One's own, by conversation.
    async fn requests_of(&self, user: UserId) -> Result<Vec<OwnJoinRequest>, StoreError>;

    /// Who asks to join, by user id.
    async fn requests_for(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Result<Listed<JoinRequest>, RuleError>, StoreError>;

    /// Drops somebody's request.
    async fn refuse_request(
        &self,
        conversation: ConversationId,
        user: UserId,
        actor: UserId,
    ) -> Result<Overseen, StoreError>;

    /// Whether somebody asks to join. Checks no right.
    async fn has_asked(&self, conversation: ConversationId, user: UserId) -> Result<bool, StoreError>;

    /// The banned, by user id.
    async fn bans_of(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Result<Listed<UserRow>, RuleError>, StoreError>;

    /// Owners and admins, to be told of something.
    async fn admins_of(&self, conversation: ConversationId) -> Result<Vec<UserId>, StoreError>;
}

/// How often a right may move before we give up.
const ATTEMPTS: usize = 5;

/// The settings and the viewer's row, with which every answer begins.
macro_rules! met {
    () => {
        concat!("select ", rules_columns!(), ", ", own_columns!())
    };
}

/// The conversation `$1` as the user `$2` meets it.
macro_rules! from_met {
    () => {
        " from streams s left join members m on m.stream_id = s.id and m.user_id = $2"
    };
}

macro_rules! where_met {
    () => {
        " where s.id = $1 and s.kind <> 'user'"
    };
}

/// The same, if neither the settings nor the member moved since the guards `$3` and `$4`.
macro_rules! unmoved {
    () => {
        " from streams s join members m on m.stream_id = s.id and m.user_id = $2
          where s.id = $1 and s.guard_seq = $3 and m.guard_seq = $4"
    };
}

use {from_met, met, unmoved, where_met};

const ADMINS: &str = "select user_id from members where stream_id = $1 and role in ('owner', 'admin')";

/// The rows that the right rests on, as they are.
struct Guards {
    rules: Arg<'static>,
    own: Arg<'static>,
}

/// Whether the rows say that it may be done.
fn may_act<R: Columns>(rows: &[R], action: Action) -> Result<Result<Guards, RuleError>, StoreError> {
    let Some(rules) = rows.first().map(rules).transpose()?.flatten() else { return Ok(Err(RuleError::NotThere)) };
    let own = own_row(&rows[0])?;
    if let Err(refusal) = may::act(action, &rules, own.map(|own| own.role)) {
        return Ok(Err(refusal));
    }
    let own = own.ok_or_else(|| StoreError::Damaged("a right of somebody who is not there".to_owned()))?;
    Ok(Ok(Guards { rules: Arg::Int(rules.guard.as_i64()), own: Arg::Int(own.guard.as_i64()) }))
}

fn ids(conversation: ConversationId, user: UserId) -> [Arg<'static>; 2] {
    [Arg::Id(conversation.uuid()), Arg::Id(user.uuid())]
}

#[async_trait]
impl<D: Dialect> Groups for Sql<D> {
    async fn known_about(
        &self,
        conversation: ConversationId,
        user: UserId,
        other: UserId,
    ) -> Result<Option<(KnownRules, Option<MemberRow>)>, StoreError> {
        self.read_known_about(conversation, user, other).await
    }

    async fn add_invitation(&self, new: &NewInvitation) -> Result<Overseen, StoreError> {
        self.write_invitation(new).await
    }

    async fn invitations_of(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        now: Timestamp,
    ) -> Result<Result<Vec<Invitation>, RuleError>, StoreError> {
        self.read_invitations_of(conversation, viewer, now).await
    }

    async fn revoke_invitation(
        &self,
        conversation: ConversationId,
        invitation: InvitationId,
        actor: UserId,
        now: Timestamp,
    ) -> Result<Overseen, StoreError> {
        self.write_revoked_invitation(conversation, invitation, actor, now).await
    }

    async fn invited_to(
        &self,
        token: &TokenHash,
        viewer: UserId,
        now: Timestamp,
    ) -> Result<Option<InvitedRow>, StoreError> {
        self.read_invited_to(token, viewer, now).await
    }

    async fn ask_to_join(
        &self,
        conversation: ConversationId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Asked, StoreError> {
        self.write_request(conversation, user, now).await
    }

    async fn withdraw_request(&self, conversation: ConversationId, user: UserId) -> Result<bool, StoreError> {
        self.write_withdrawal(conversation, user).await
    }

    async fn requests_of(&self, user: UserId) -> Result<Vec<OwnJoinRequest>, StoreError> {
        self.read_requests_of(user).await
    }

    async fn requests_for(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Result<Listed<JoinRequest>, RuleError>, StoreError> {
        self.read_requests_for(conversation, viewer, limit, after).await
    }

    async fn refuse_request(
        &self,
        conversation: ConversationId,
        user: UserId,
        actor: UserId,
    ) -> Result<Overseen, StoreError> {
        self.write_refusal(conversation, user, actor).await
    }

    async fn has_asked(&self, conversation: ConversationId, user: UserId) -> Result<bool, StoreError> {
        self.read_has_asked(conversation, user).await
    }

    async fn bans_of(
        &self,
        conversation: ConversationId,
        viewer: UserId,
        limit: usize,
        after: Option<UserId>,
    ) -> Result<Result<Listed<UserRow>, RuleError>, StoreError> {
        self.read_bans_of(conversation, viewer, limit, after).await
    }

    async fn admins_of(&self, conversation: ConversationId) -> Result<Vec<UserId>, StoreError> {
        let rows = self.0.rows(ADMINS, &[Arg::Id(conversation.uuid())]).await?;
        rows.iter().map(|row| Ok(UserId::from_uuid(row.id("user_id")?))).collect()
    }
}
