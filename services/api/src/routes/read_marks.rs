//! How far somebody has read, and who has read what.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::RuleError;
use confab_proto::http::{MarkRead, ReadOf, ReadersAnswer, ReadsAnswer};
use confab_proto::{ConversationId, Seq, Signal};
use confab_store::{ReadMark, Readers, Reads, SMALL};

use super::preferences::of_member;
use crate::error::ApiError;
use crate::extract::{Body, Id, MessageAt, SignedIn};
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
        ReadMark::Moved(members) => {
            let moved = Signal::ReadMoved { conversation_id: conversation, user_id: who.user, seq: body.seq };
            api.signals.to_user(who.user, &moved);
            if members <= SMALL {
                api.signals.to_conversation(conversation, &moved);
            }
            Ok(StatusCode::NO_CONTENT)
        }
        ReadMark::Done => Ok(StatusCode::NO_CONTENT),
        ReadMark::AboveHead => Err(ApiError::invalid("seq", "is above the head of the conversation")),
        ReadMark::NotThere => Err(RuleError::NotThere.into()),
        ReadMark::NotAMember => Err(RuleError::NotAMember.into()),
    }
}

/// How far each member has read, in small conversations
#[utoipa::path(get, path = "/api/conversations/{id}/reads", tag = "read marks",
    params(("id" = ConversationId, Path)),
    responses((status = 200, body = ReadsAnswer, description = "The marks"), Refusals))]
pub(crate) async fn list_reads(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
) -> Result<Json<ReadsAnswer>, ApiError> {
    let Reads { member_count, marks } = of_member(api.store.reads(conversation, who.user).await?)?;
    let reads = marks.map(|marks| marks.into_iter().map(|(user_id, seq)| ReadOf { user_id, seq }).collect());
    Ok(Json(ReadsAnswer { member_count, reads }))
}

/// Who has read up to a message
#[utoipa::path(get, path = "/api/conversations/{id}/messages/{seq}/readers", tag = "read marks",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)),
    responses((status = 200, body = ReadersAnswer, description = "How many, and in small conversations who"), Refusals))]
pub(crate) async fn list_readers(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
) -> Result<Json<ReadersAnswer>, ApiError> {
    let Readers { count, users } = of_member(api.store.readers(at.conversation, who.user, at.seq).await?)?;
    Ok(Json(ReadersAnswer { count, user_ids: users }))
}
