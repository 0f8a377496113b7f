//! Ways into a group and out of it: invitations, requests to join, bans.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::User;
use crate::numbers::maybe_u32;
use crate::{ConversationId, InvitationId, Timestamp, UserId};

/// `POST /api/conversations/{id}/invitations`
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewInvitation {
    /// In the future; never if absent.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// How many people it lets in, from 1; any number if absent.
    #[serde(default, deserialize_with = "maybe_u32")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub max_uses: Option<u32>,
}

/// A link that lets people in, without its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    pub id: InvitationId,
    pub created_by: UserId,
    pub created_at: Timestamp,
    /// Null: never.
    #[schema(required = true)]
    pub expires_at: Option<Timestamp>,
    /// Null: any number.
    #[schema(required = true)]
    pub max_uses: Option<u32>,
    /// How many people it let in so far.
    pub uses: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InvitationMade {
    pub invitation: Invitation,
    /// The link is `/invite#` and this; it is shown only now.
    pub token: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InvitationList {
    /// Those that still let somebody in, the newest first.
    pub invitations: Vec<Invitation>,
}

/// `POST /api/invitations/look` and `…/accept`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseInvitation {
    pub token: String,
}

/// What somebody who was invited sees of a group before entering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitedTo {
    pub conversation_id: ConversationId,
    pub name: String,
    pub topic: String,
    pub member_count: u64,
    /// Is in already.
    pub is_member: bool,
}

/// Somebody who asks to join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinRequest {
    pub user: User,
    pub at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JoinRequestList {
    pub requests: Vec<JoinRequest>,
    /// `cursor` of the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// A request of one's own. It says nothing about whether there is such a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnJoinRequest {
    pub conversation_id: ConversationId,
    pub at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OwnJoinRequestList {
    pub requests: Vec<OwnJoinRequest>,
}

/// `POST /api/conversations/{id}/requests/{userId}`
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgeRequest {
    pub approve: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BanList {
    pub users: Vec<User>,
    /// `cursor` of the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
}
