//! The settings of a group: name, topic, who sees it, who writes in it, how fast, and whether at all.

use axum::Json;
use axum::extract::State;
use confab_domain::RuleError;
use confab_domain::decide::{self, ChangeSettings};
use confab_domain::text::{GroupName, GroupTopic};
use confab_proto::http::{ChangeConversation, ConversationAnswer};
use confab_proto::{ConversationId, ErrorCode};
use confab_runtime::chance;

use super::conversations::answer_of;
use crate::commit::Command;
use crate::error::{ApiError, field};
use crate::extract::{Body, Id, SignedIn};
use crate::openapi::Refusals;
use crate::state::AppState;

/// Change settings of a group, all that are given or none
#[utoipa::path(patch, path = "/api/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path)), request_body = ChangeConversation,
    responses((status = 200, body = ConversationAnswer, description = "As it is now"), Refusals))]
pub(crate) async fn change_conversation(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
    Body(body): Body<ChangeConversation>,
) -> Result<Json<ConversationAnswer>, ApiError> {
    let client_id = body.client_id.unwrap_or_else(chance::client_id);
    let change = read(body)?;
    let request_hash = change.request_hash();
    let command = Command { conversation: id, actor: who.user, client_id, request_hash };
    match api.commit(command, |asker, known| decide::change_settings(asker, known, &change)).await {
        Err(refusal) if !refusal.broke(RuleError::Unchanged) => Err(refusal),
        _ => answer_of(&api, id, who.user).await,
    }
}

fn read(body: ChangeConversation) -> Result<ChangeSettings, ApiError> {
    let ChangeConversation { name, topic, visibility, archived, posting, slow_mode_seconds, client_id: _ } = body;
    let is_empty = name.is_none() && topic.is_none() && visibility.is_none() && archived.is_none();
    if is_empty && posting.is_none() && slow_mode_seconds.is_none() {
        return Err(ApiError::new(ErrorCode::Invalid, "at least one setting must be given"));
    }
    let most = ChangeSettings::MAX_SLOW_MODE_SECONDS;
    if slow_mode_seconds.is_some_and(|seconds| seconds > most) {
        return Err(ApiError::invalid("slowModeSeconds", format!("must be at most {most}")));
    }
    Ok(ChangeSettings {
        name: name.as_deref().map(GroupName::parse).transpose().map_err(field("name"))?,
        topic: topic.as_deref().map(GroupTopic::parse).transpose().map_err(field("topic"))?,
        visibility,
        archived,
        posting,
        slow_mode_seconds,
    })
}
