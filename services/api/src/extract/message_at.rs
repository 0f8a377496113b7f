//! `{id}/messages/{seq}` in a path, perhaps with an emoji behind it.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use confab_proto::{ConversationId, Seq};

use crate::error::ApiError;
use crate::state::AppState;

/// The message that a path names.
#[derive(Clone, Copy)]
pub(crate) struct MessageAt {
    pub(crate) conversation: ConversationId,
    pub(crate) seq: Seq,
}

impl FromRequestParts<AppState> for MessageAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &AppState) -> Result<Self, ApiError> {
        let names = names(parts, api).await?;
        let text = |name| names.get(name).map_or("", String::as_str);
        let conversation = text("id").parse().map_err(|error| ApiError::malformed("id", error))?;
        let seq = text("seq").parse().map_err(|_| ApiError::malformed("seq", "must be a whole number from 0"))?;
        Ok(Self { conversation, seq })
    }
}

/// One emoji, in its one spelling: `❤` and `❤️` are the same.
pub(crate) struct Emoji(pub(crate) &'static str);

impl FromRequestParts<AppState> for Emoji {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &AppState) -> Result<Self, ApiError> {
        let names = names(parts, api).await?;
        let emoji = names.get("emoji").and_then(|text| emojis::get(text));
        emoji.map(|emoji| Self(emoji.as_str())).ok_or_else(|| ApiError::invalid("emoji", "must be one emoji"))
    }
}

async fn names(parts: &mut Parts, api: &AppState) -> Result<HashMap<String, String>, ApiError> {
    let path = Path::<HashMap<String, String>>::from_request_parts(parts, api).await;
    let Path(names) = path.map_err(|_| ApiError::malformed("path", "cannot be read"))?;
    Ok(names)
}
