//! Invitations, requests and bans: no step of a plan asks for them.

use async_trait::async_trait;
use confab_domain::{MemberRow, RuleError};
use confab_proto::http::{Invitation, JoinRequest, OwnJoinRequest};
use confab_proto::{ConversationId, InvitationId, Timestamp, UserId};
use confab_store::{
    Asked, Groups, InvitedRow, KnownRules, Listed, NewInvitation, Overseen, StoreError, TokenHash, UserRow,
};

use crate::ports::not_simulated;
use crate::reads;
use crate::store::NodeStore;

type Allowed<T> = Result<Result<T, RuleError>, StoreError>;

#[async_trait]
impl Groups for NodeStore {
    async fn known_about(
        &self,
        conversation: ConversationId,
        user: UserId,
        other: UserId,
    ) -> Result<Option<(KnownRules, Option<MemberRow>)>, StoreError> {
        self.call(move |truth| reads::known_about(truth, conversation, user, other)).await
    }

    async fn add_invitation(&self, _: &NewInvitation) -> Result<Overseen, StoreError> {
        not_simulated()
    }

    async fn invitations_of(&self, _: ConversationId, _: UserId, _: Timestamp) -> Allowed<Vec<Invitation>> {
        not_simulated()
    }

    async fn revoke_invitation(
        &self,
        _: ConversationId,
        _: InvitationId,
        _: UserId,
        _: Timestamp,
    ) -> Result<Overseen, StoreError> {
        not_simulated()
    }

    async fn invited_to(&self, _: &TokenHash, _: UserId, _: Timestamp) -> Result<Option<InvitedRow>, StoreError> {
        not_simulated()
    }

    async fn ask_to_join(&self, _: ConversationId, _: UserId, _: Timestamp) -> Result<Asked, StoreError> {
        not_simulated()
    }

    async fn withdraw_request(&self, _: ConversationId, _: UserId) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn requests_of(&self, _: UserId) -> Result<Vec<OwnJoinRequest>, StoreError> {
        not_simulated()
    }

    async fn requests_for(
        &self,
        _: ConversationId,
        _: UserId,
        _: usize,
        _: Option<UserId>,
    ) -> Allowed<Listed<JoinRequest>> {
        not_simulated()
    }

    async fn refuse_request(&self, _: ConversationId, _: UserId, _: UserId) -> Result<Overseen, StoreError> {
        not_simulated()
    }

    async fn has_asked(&self, _: ConversationId, _: UserId) -> Result<bool, StoreError> {
        not_simulated()
    }

    async fn bans_of(&self, _: ConversationId, _: UserId, _: usize, _: Option<UserId>) -> Allowed<Listed<UserRow>> {
        not_simulated()
    }

    async fn admins_of(&self, _: ConversationId) -> Result<Vec<UserId>, StoreError> {
        not_simulated()
    }
}
