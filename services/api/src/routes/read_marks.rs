//! How far somebody has read.

use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::RuleError;
use confab_proto::ConversationId;
use confab_proto::http::MarkRead;
use confab_store::ReadMark;

use crate::error::ApiError;
use crate::extract::{Body, Id, SignedIn};
use crate::openapi::Refusals;
use crate::state::AppState;

/// Move the read mark; only ever forward
#[utoipa::path(put, path = "/api/conversations/{id}/read", tag = "read marks",
    params(("id" = ConversationId, Path)), request_body = MarkRead,
    responses((status = 204, description = "Done"), Refusals))]
pub(crate) async fn mark_read(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
    Body(body): Body<MarkRead>,
) -> Result<StatusCode, ApiError> {
    match api.store.mark_read(conversation, who.user, body.seq).await? {
        ReadMark::Done => Ok(StatusCode::NO_CONTENT),
        ReadMark::AboveHead => Err(ApiError::invalid("seq", "is above the head of the conversation")),
        ReadMark::NotThere => Err(RuleError::NotThere.into()),
        ReadMark::NotAMember => Err(RuleError::NotAMember.into()),
    }
}
