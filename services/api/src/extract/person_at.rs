//! `{id}/…/{userId}` and `{id}/invitations/{invitationId}` in a path: something within a conversation.

use std::collections::HashMap;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use confab_proto::ids::MalformedId;
use confab_proto::{ConversationId, InvitationId, UserId};

use crate::error::ApiError;
use crate::state::AppState;

/// A person whom a path names, as somebody in a conversation.
#[derive(Clone, Copy)]
pub(crate) struct PersonAt {
    pub(crate) conversation: ConversationId,
    pub(crate) user: UserId,
}

impl FromRequestParts<AppState> for PersonAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &AppState) -> Result<Self, ApiError> {
        let (conversation, user) = both(parts, api, "userId").await?;
        Ok(Self { conversation, user })
    }
}

/// An invitation to a conversation.
#[derive(Clone, Copy)]
pub(crate) struct InvitationAt {
    pub(crate) conversation: ConversationId,
    pub(crate) invitation: InvitationId,
}

impl FromRequestParts<AppState> for InvitationAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &AppState) -> Result<Self, ApiError> {
        let (conversation, invitation) = both(parts, api, "invitationId").await?;
        Ok(Self { conversation, invitation })
    }
}

async fn both<T: FromStr<Err = MalformedId>>(
    parts: &mut Parts,
    api: &AppState,
    name: &str,
) -> Result<(ConversationId, T), ApiError> {
    let path = Path::<HashMap<String, String>>::from_request_parts(parts, api).await;
    let Path(ids) = path.map_err(|_| ApiError::malformed("id", "must be a UUID"))?;
    let text = |name| ids.get(name).map_or("", String::as_str);
    let conversation = text("id").parse().map_err(|error| ApiError::malformed("id", error))?;
    Ok((conversation, text(name).parse().map_err(|error| ApiError::malformed(name, error))?))
}
